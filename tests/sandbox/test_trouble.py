"""Limits, faults, the clock, the log and the state file."""

import asyncio
import time
from pathlib import Path

import aiohttp
import pytest
from bot_client import PATIENCE, TOKEN, BotClient

from sandbox.client.client import Person, SandboxClient
from sandbox.pytest_plugin import StartSandbox
from sandbox.state.options import Limits, Options


@pytest.fixture
async def anna(tg: SandboxClient) -> Person:
    anna = await tg.person("Anna")
    await anna.start("sales_bot")
    return anna


class TestLimits:
    @pytest.fixture
    def sandbox_options(self) -> Options:
        return Options(limits=Limits(per_bot=10, chat_burst=3, per_group=4, group_window=1.0, grace=0.05))

    async def test_a_private_chat_takes_a_burst(
        self, anna: Person, bot: BotClient, tg: SandboxClient
    ) -> None:
        for _ in range(3):
            await bot.ok("sendMessage", chat_id=anna.id, text="Hi")
        status, body = await bot.ask("sendMessage", chat_id=anna.id, text="Hi")
        assert (status, body["description"]) == (429, "Too Many Requests: retry after 1")
        assert body["parameters"] == {"retry_after": 1}
        assert (await tg.report())["counts"] == {}
        await asyncio.sleep(0.1)
        assert (await bot.fails("sendMessage", chat_id=anna.id, text="Hi"))[0] == 429
        assert (await tg.report())["counts"] == {"before_retry_after": 1}

    async def test_a_bot_has_a_window(self, bot: BotClient, tg: SandboxClient) -> None:
        ids = await tg.people(12, started="sales_bot")
        codes = [(await bot.ask("sendMessage", chat_id=one, text="Hi"))[0] for one in ids]
        assert codes == [200] * 10 + [429] * 2
        await asyncio.sleep(1.01)
        await bot.ok("sendMessage", chat_id=ids[-1], text="Hi")

    async def test_a_group_has_a_window(self, bot: BotClient, tg: SandboxClient) -> None:
        group = await tg.group("Club", bots=["sales_bot"])
        codes = [(await bot.ask("sendMessage", chat_id=group.id, text="Hi"))[0] for _ in range(6)]
        assert codes == [200] * 4 + [429] * 2


async def test_error_faults(anna: Person, bot: BotClient, tg: SandboxClient) -> None:
    await tg.faults(
        {"kind": "502", "method": "sendMessage", "count": 1}, {"kind": "429", "retry_after": 3, "count": 1}
    )
    assert (await bot.fails("sendMessage", chat_id=anna.id, text="A"))[0] == 502
    status, body = await bot.ask("sendMessage", chat_id=anna.id, text="B")
    assert (status, body["parameters"]) == (429, {"retry_after": 3})
    assert (await bot.fails("sendMessage", chat_id=anna.id, text="C"))[0] == 429
    assert await tg.texts("sales_bot", anna) == []
    assert [one["code"] for one in await tg.calls(method="sendMessage")] == [502, 429, 429]


@pytest.mark.parametrize(("scope", "others"), [("bot", 429), ("chat", 200)])
async def test_a_429_holds_its_scope(
    anna: Person, bot: BotClient, tg: SandboxClient, scope: str, others: int
) -> None:
    [boris] = await tg.people(1, started="sales_bot")
    await tg.faults({"kind": "429", "retry_after": 3, "count": 1, "scope": scope})
    assert (await bot.fails("sendMessage", chat_id=anna.id, text="A"))[0] == 429
    assert (await bot.ask("sendMessage", chat_id=boris, text="B"))[0] == others
    assert (await bot.fails("sendMessage", chat_id=anna.id, text="C"))[0] == 429


@pytest.mark.parametrize(
    ("kind", "arrives"),
    [("reset_before", 0), ("reset_after", 1), ("timeout_before", 0), ("timeout_after", 1)],
)
async def test_lost_answers(anna: Person, bot: BotClient, tg: SandboxClient, kind: str, arrives: int) -> None:
    await tg.faults({"kind": kind, "method": "sendMessage", "count": 1, "delay": 5})
    lost = await bot.begin(bot.ask("sendMessage", chat_id=anna.id, text="A"))
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        await asyncio.wait_for(lost, 0.3)
    assert await tg.texts("sales_bot", anna) == ["A"] * arrives
    assert (await tg.tally("sales_bot", "A")) == {arrives: 1}
    await bot.ok("sendMessage", chat_id=anna.id, text="B")


async def test_seeded_mix_and_slowness(bot: BotClient, tg: SandboxClient) -> None:
    rule = {"kind": "500", "method": "getMe", "rate": 0.5}
    runs = []
    for _ in range(2):
        await tg.faults(rule, seed=7)
        runs.append([(await bot.ask("getMe"))[0] for _ in range(20)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}
    await tg.faults({"kind": "slow", "delay": 0.1, "method": "getMe"})
    begun = time.monotonic()
    await bot.ok("getMe")
    assert time.monotonic() - begun >= 0.1


async def test_updates_twice_and_out_of_order(bot: BotClient, tg: SandboxClient) -> None:
    for number in range(8):
        await tg.inject("sales_bot", {"message": {"number": number}})
    await tg.faults(duplicate_updates=1.0, reorder_updates=1.0, seed=3)
    numbers = [one["message"]["number"] for one in await bot.updates()]
    assert sorted(numbers) == sorted([*range(8), *range(8)])
    assert numbers != sorted(numbers)


async def test_clock_moves_dates_and_wakes_waiters(
    anna: Person, bot: BotClient, tg: SandboxClient, sandbox_url: str
) -> None:
    before = (await bot.ok("sendMessage", chat_id=anna.id, text="A"))["date"]
    async with bot.session.get(f"{sandbox_url}/clock") as answer:
        seen = await answer.json()

    async def wait() -> dict[str, float]:
        async with bot.session.get(
            f"{sandbox_url}/clock", params={"after": seen["version"], "timeout": 50}
        ) as answer:
            found: dict[str, float] = await answer.json()
            return found

    waiting = await bot.begin(wait())
    await tg.clock.advance(days=1)
    moved = await asyncio.wait_for(waiting, PATIENCE)
    assert moved["version"] == seen["version"] + 1
    assert moved["offset"] == 86_400
    after = (await bot.ok("sendMessage", chat_id=anna.id, text="B"))["date"]
    assert 86_400 <= after - before <= 86_400 + PATIENCE
    await tg.clock.reset()


async def test_unanswered_buttons_are_reported(
    start_sandbox: StartSandbox, session: aiohttp.ClientSession
) -> None:
    url = start_sandbox(Options(callback_patience=0.1, callback_ttl=0.2))
    async with SandboxClient(url) as tg:
        await tg.add_bot(TOKEN, "sales_bot")
        bot = BotClient(session, url)
        anna = await tg.person("Anna")
        chat = await anna.start("sales_bot")
        keyboard = {"inline_keyboard": [[{"text": "Buy", "callback_data": "b"}]]}
        await bot.ok("sendMessage", chat_id=anna.id, text="Hi", reply_markup=keyboard)
        with pytest.raises(AssertionError, match="did not answer"):
            await chat.press("Buy", timeout=0.25)
        (query,) = await bot.drain("callback_query")
        late = await bot.fails("answerCallbackQuery", callback_query_id=query["id"])
        assert late[1].startswith("Bad Request: query is too old")
        assert (await tg.report())["counts"] == {"callback_unanswered": 1}


async def test_state_survives_a_restart(
    start_sandbox: StartSandbox, session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    options = Options(state=tmp_path / "state.json", limits=Limits(enabled=False))
    url = start_sandbox(options)
    async with SandboxClient(url) as tg:
        await tg.add_bot(TOKEN, "sales_bot", "Sales")
        anna = await tg.person("Anna", username="anna")
        chat = await anna.start("sales_bot")
        await chat.send_document("a.txt", b"kept")
        group = await tg.group("Club", owner=anna, bots=["sales_bot"])
        await tg.clock.advance(hours=1)
        bot = BotClient(session, url)
        await bot.ok("sendMessage", chat_id=anna.id, text="Before", reply_markup={"keyboard": [["A"]]})
        await bot.ok("sendPoll", chat_id=group.id, question="Why?", options=["A"], open_period=3600)
        offer = {"title": "T", "description": "D", "payload": "p", "currency": "XTR"}
        link = await bot.ok("createInvoiceLink", **offer, prices=[{"label": "T", "amount": 5}])
        await group.set_forum()
        topic = await anna.chat(group).open_topic("Work")
        pending = await bot.updates()
        last = pending[-1]["update_id"]
    # The first sandbox still runs: what the second one reads is what was saved on the way.
    await asyncio.sleep(0.8)
    url = start_sandbox(options)
    async with SandboxClient(url) as tg:
        bot = BotClient(session, url)
        assert await bot.updates() == pending
        file_id = next(
            one["message"]["document"]["file_id"] for one in pending if "document" in one.get("message", {})
        )
        file = await bot.ok("getFile", file_id=file_id)
        async with session.get(f"{url}/file/bot{TOKEN}/{file['file_path']}") as answer:
            assert await answer.read() == b"kept"
        anna = await tg.find_person("anna")
        assert [one.text for one in await anna.chat("sales_bot").messages()] == ["/start", "", "Before"]
        assert (await bot.ok("getChatMember", chat_id=group.id, user_id=anna.id))["status"] == "creator"
        await anna.chat("sales_bot").send("After")
        assert (await bot.updates(offset=last + 1))[0]["message"]["text"] == "After"
        assert topic in await anna.chat(group).topics()
        await tg.clock.advance(hours=1)
        poll = (await bot.updates(offset=last + 2, timeout=50))[0]["poll"]
        assert poll["is_closed"] is True
        paying = asyncio.create_task(anna.pay(link))
        query = (await bot.updates(offset=last + 3, timeout=50))[0]["pre_checkout_query"]
        await bot.ok("answerPreCheckoutQuery", pre_checkout_query_id=query["id"], ok=True)
        assert (await paying).paid
