"""Whatever people and broken clients send: no error, nothing given up, an answer or silence on purpose, and on it goes."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any

import pytest

from sandbox.client.chat import SandboxRefusedError
from sandbox.client.client import Bot, Chat, Group, Person, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.forging import Forger
from tests.stories.people import EN, buyer
from tests.stories.school import School, eventually, group_of, is_quiet

SEED = 20_261_121
PIECES = (
    "a",
    "Ж",
    "漢字",
    "🧑🏽‍🚀",
    "\u202e",
    "e\u0301",
    " ",
    "\n",
    "<b>",
    "</i>",
    "<a href='x'>",
    "&amp;",
    "&#x110000;",
    "{{user.user_name}}",
    "{{",
    "}}",
    "{name}",
    "%s",
    "'; DROP TABLE runs; --",
    "/start",
    "/",
    "@",
    "\\",
    "\u2028",
    "0",
    "-1",
    "\u200b",
    "𝕏",
)
SIZES = (1, 2, 5, 40, 300, 4096)
STARTS = (
    "/start",
    "/start ",
    "/start cd_",
    "/start cd_a_b",
    "/start p_",
    "/start p_nobody",
    "/start s_welcome",
    "/start s_nothing",
    "/start welcome__utmsvk__utmcspring",
    "/start __utms",
    "/start Ж",
    "/start <b>",
    "/start 0",
    "/start@nobody_bot",
    "/START",
    "/start\n/start",
    "/purchases",
    "/partner",
    "/help",
    "/cancel",
    "/settings x y z",
    "/" + "a" * 300,
)
BODIES: tuple[dict[str, Any], ...] = (
    {"location": {"latitude": 55.7, "longitude": 37.6}},
    {"venue": {"location": {"latitude": 1, "longitude": 1}, "title": "<b>", "address": ""}},
    {"dice": {"emoji": "🎲", "value": 6}},
    {"contact": {"phone_number": "x", "first_name": "{{user.x}}"}},
    {"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False,
              "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}},
    {"game": {"title": "t", "description": "d", "photo": []}},
    {"new_chat_title": "<b>"},
    {"group_chat_created": True},
    {"successful_payment": {"currency": "RUB", "total_amount": -1, "invoice_payload": "x",
                            "telegram_payment_charge_id": "x", "provider_payment_charge_id": "x"}},
)  # fmt: skip
CHAT = {"id": -1001, "type": "supergroup", "title": "<b>{{x}}"}
USER = {"id": 77_000_001, "is_bot": False, "first_name": "<b>{{user.x}}", "username": "u"}
RAW: tuple[dict[str, Any], ...] = (
    {},
    {"nothing_like_this": {"from": 1}},
    {"message": None},
    {"message": []},
    {"message": "text"},
    {"message": {}},
    {"message": {"message_id": "x", "date": "y", "chat": {}}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "text": "no sender"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": USER, "text": "/start"}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": 0, "type": "nowhere"}, "from": USER}},
    {"message": {"message_id": 1, "date": 10**12, "chat": CHAT, "from": USER, "text": "late"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": {**USER, "id": 10**25}, "text": "x"}},
    {"message": {"message_id": 10**25, "date": 1, "chat": {**CHAT, "id": 10**25}, "from": USER, "text": "x"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": {**USER, "first_name": "n\x00l"},
                 "text": "a\x00b"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": {**USER, "first_name": "x" * 5000},
                 "text": "long name"}},
    {"message": {"message_id": 1, "date": 1, "chat": CHAT, "from": USER, "text": "half \ud83d"}},
    {"edited_message": {"message_id": 1, "date": 1, "chat": CHAT, "from": USER, "text": "x"}},
    {"channel_post": {"message_id": 1, "date": 1, "chat": {**CHAT, "type": "channel"}, "text": "x"}},
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1"}},
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "inline_message_id": "x", "data": "x"}},
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "data": "v1.st.1-1-1.x",
                        "message": {"message_id": 1, "date": 0, "chat": CHAT}}},
    {"inline_query": {"id": "1", "from": USER, "query": "x", "offset": ""}},
    {"pre_checkout_query": {"id": "1", "from": USER, "currency": "RUB", "total_amount": 1,
                            "invoice_payload": "x"}},
    {"pre_checkout_query": "x"},
    {"shipping_query": {"id": "1", "from": USER}},
    {"poll_answer": {"poll_id": "1", "user": USER, "option_ids": [99]}},
    {"poll": {"id": "1"}},
    {"chat_join_request": {"chat": CHAT, "from": USER, "user_chat_id": 1, "date": 1}},
    {"my_chat_member": {"chat": CHAT, "from": USER, "date": 1}},
    {"chat_member": {"chat": CHAT, "from": USER, "date": 1,
                     "old_chat_member": {"status": "left", "user": USER},
                     "new_chat_member": {"status": "unheard_of", "user": USER}}},
    {"message_reaction": {"chat": CHAT, "message_id": 1, "date": 1, "old_reaction": [], "new_reaction": []}},
)  # fmt: skip


class Monkey:
    """Somebody who does anything at all with one bot; the same seed does the same."""

    def __init__(self, tg: SandboxClient, bot: Bot, person: Person, group: Group, seed: int) -> None:
        self._tg = tg
        self._bot = bot
        self._chat: Chat = person.chat(bot)
        self._group = person.chat(group)
        self._forger = Forger(tg, bot, person)
        self._dice = random.Random(seed)
        self.refused = 0
        self._acts: tuple[Callable[[], Awaitable[object]], ...] = (
            self._write,
            self._write,
            self._command,
            self._send_media,
            self._send_body,
            self._send_album,
            self._share_contact,
            self._press_forged,
            self._press_forged,
            self._press_real,
            self._edit,
            self._write_in_group,
            self._inject,
            self._inject,
        )

    async def act(self) -> None:
        """One input; what the sandbox itself refuses counts as none."""
        act = self._dice.choice(self._acts)
        try:
            await act()
        except SandboxRefusedError:
            self.refused += 1

    def _text(self) -> str:
        size = self._dice.choice(SIZES)
        return "".join(self._dice.choice(PIECES) for _ in range(size))[:4096]

    async def _write(self) -> None:
        await self._chat.send(self._text())

    async def _command(self) -> None:
        await self._chat.send(self._dice.choice(STARTS))

    async def _send_media(self) -> None:
        caption = self._text()[:1024]
        send = self._dice.choice(
            (
                lambda: self._chat.send_photo(caption),
                self._chat.send_voice,
                lambda: self._chat.send_video(caption),
                self._chat.send_video_note,
                self._chat.send_sticker,
                lambda: self._chat.send_audio(caption),
                lambda: self._chat.send_document("<b>.exe", b"x", caption),
            )
        )
        await send()

    async def _send_body(self) -> None:
        await self._chat.send_body(**self._dice.choice(BODIES))

    async def _send_album(self) -> None:
        await self._chat.send_album(self._dice.randint(2, 5), self._text()[:1024])

    async def _share_contact(self) -> None:
        await self._chat.send_contact()

    async def _press_forged(self) -> None:
        data = self._dice.choice(
            (
                "",
                ".",
                "...",
                "v1.st.1-1-1.",
                "v1.buy.1-1-basic.AAAAAAAAAAAA",
                "v1.rv.1-accepted.AAAAAAAAAAAA",
                "v1.ok.1.AAAAAAAAAAAA",
                "v2.st.1-1-1.AAAAAAAAAAAA",
                "x" * 10_000,
                self._text(),
                await self._true_data() or "v1",
            )
        )
        await self._forger.send(data[: self._dice.choice((1, 20, 64, 20_000))])

    async def _true_data(self) -> str:
        rows = [row for one in await self._chat.messages() for row in one.rows]
        return str(self._dice.choice(rows)[0].get("callback_data", "")) if rows else ""

    async def _press_real(self) -> None:
        holders = [one for one in await self._chat.messages() if one.buttons]
        if holders:
            message = self._dice.choice(holders)
            button = self._dice.choice([key for row in message.rows for key in row])
            if "callback_data" in button:
                await self._forger.send(button["callback_data"])

    async def _edit(self) -> None:
        mine = [one for one in await self._chat.messages() if one.sender_id != self._bot.id and one.text]
        if mine:
            await self._chat.edit(self._dice.choice(mine), self._text())

    async def _write_in_group(self) -> None:
        await self._group.send(self._dice.choice((self._text(), *STARTS)))

    async def _inject(self) -> None:
        await self._tg.inject(self._bot, self._dice.choice(RAW))


async def test_bad_inputs_change_nothing(tg: SandboxClient, school: School) -> None:
    await _storm(tg, school, 75)


@pytest.mark.faults
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_thousand_bad_inputs_to_each_bot_change_nothing(
    database: str, open_school: OpenSchool, telegram: str
) -> None:
    school = open_school(database)
    school.install()
    school.start()

    async def storm() -> None:
        async with SandboxClient(telegram) as tg:
            await _storm(tg, school, 1000)
            await school.assert_well(tg)

    asyncio.run(storm())
    assert school.stop() == 0


async def _storm(tg: SandboxClient, school: School, number: int) -> None:
    """So many inputs to each bot by four people at once; then a newcomer buys and learns as ever."""
    people = [await tg.person("Mallory <b>{{user.x}}", language_code="en") for _ in range(4)]
    group = await group_of(tg, school, "feedback")
    await group.set_bot(school.course, "administrator")
    for person in people:
        await group.add(person)
        await person.start(school.sales)
        await person.start(school.course)
    monkeys = [
        Monkey(tg, bot, person, group, SEED + n)
        for n, (bot, person) in enumerate(product((school.sales, school.course), people))
    ]
    await asyncio.gather(*(_play(monkey, number // len(people)) for monkey in monkeys))
    await eventually(lambda: is_quiet(tg, school), 60 + number / 5)
    refused = sum(monkey.refused for monkey in monkeys)
    print(f"bad inputs: {2 * number} sent, {refused} of them refused by Telegram itself")
    assert refused < number / 2
    anna = await buyer(tg, school)
    await anna.reach_offer()
    await anna.pay(EN.basic)
    await anna.open_course()


async def _play(monkey: Monkey, times: int) -> None:
    for _ in range(times):
        await monkey.act()
