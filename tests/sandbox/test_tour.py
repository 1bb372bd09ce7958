"""A guided tour over HTTP: what is to be done next, told by the messages of the chats."""

from pathlib import Path
from typing import Any

import pytest
from bot_client import BotClient

from sandbox.beside import running
from sandbox.client.chat import SandboxRefusedError
from sandbox.client.client import Person, SandboxClient
from sandbox.state.options import Limits, Options

Json = dict[str, Any]
START: Json = {"person": "anna", "chat": "sales_bot", "text": "Start", "done": {"says": ["/start"]}}
OFFER: Json = {
    "person": "anna",
    "chat": "sales_bot",
    "text": "Look",
    "done": {"hears": ["Prices", "Tariffs"]},
}
REVIEW: Json = {
    "person": "marina",
    "chat": "course_bot",
    "text": "Accept",
    "done": {"person": "anna", "chat": "course_bot", "hears": ["Accepted"]},
}


@pytest.fixture
async def anna(tg: SandboxClient) -> Person:
    await tg.person("Marina", username="marina")
    return await tg.person("Anna", username="anna")


async def _done(tg: SandboxClient) -> int:
    return int((await tg.tour())["done"])


async def test_it_moves_on_as_things_happen(
    tg: SandboxClient, bot: BotClient, course_bot: BotClient, anna: Person
) -> None:
    marina = await tg.find_person("marina")
    group = await tg.group("Together", owner=marina, bots=["sales_bot"])
    join: Json = {"person": "anna", "chat": str(group.id), "text": "Join", "done": {"joins": True}}
    await tg.begin_tour({"en": [START, OFFER, join, REVIEW]})
    steps = (await tg.tour("en"))["steps"]
    assert steps[0] == {
        "person": anna.id,
        "name": "Anna",
        "chat": "sales_bot",
        "title": "Sales",
        "text": "Start",
    }
    assert [(one["name"], one["title"]) for one in steps[1:]] == [
        ("Anna", "Sales"),
        ("Anna", "Together"),
        ("Marina", "Course"),
    ]
    assert await _done(tg) == 0
    await anna.start("sales_bot", "p_vera")
    assert await _done(tg) == 1
    await bot.ok("sendMessage", chat_id=anna.id, text="Hello")
    assert await _done(tg) == 1
    await bot.ok("sendMessage", chat_id=anna.id, text="<b>Our</b> Tariffs", parse_mode="HTML")
    assert await _done(tg) == 2
    await group.add(anna)
    assert await _done(tg) == 3
    # The last step is done at one desk and seen in another chat.
    await anna.start("course_bot")
    await course_bot.ok("sendMessage", chat_id=anna.id, text="Accepted!")
    assert await _done(tg) == 4


async def test_the_same_twice_needs_two_messages_and_ones_own_words_are_no_answer(
    tg: SandboxClient, bot: BotClient, anna: Person
) -> None:
    await tg.begin_tour({"en": [OFFER, OFFER]})
    chat = await anna.start("sales_bot")
    await chat.send("Prices?")
    assert await _done(tg) == 0
    await bot.ok("sendMessage", chat_id=anna.id, text="Prices: 1")
    assert await _done(tg) == 1
    await bot.ok("sendMessage", chat_id=anna.id, text="Prices: 2")
    assert await _done(tg) == 2


async def test_what_happened_before_counts_for_nothing(tg: SandboxClient, anna: Person) -> None:
    await anna.start("sales_bot")
    await tg.begin_tour({"en": [START]})
    assert await _done(tg) == 0
    await anna.start("sales_bot")
    assert await _done(tg) == 1
    await tg.begin_tour({"en": [START]})
    assert await _done(tg) == 0


async def test_each_language_has_its_own_way(tg: SandboxClient, anna: Person) -> None:
    await tg.begin_tour({"ru": [{**START, "text": "Начните"}, {**OFFER, "text": "Смотрите"}], "en": [START]})
    await anna.start("sales_bot")
    assert [one["text"] for one in (await tg.tour("ru"))["steps"]] == ["Начните", "Смотрите"]
    assert (await tg.tour("ru"))["done"] == 1
    assert [one["text"] for one in (await tg.tour("en"))["steps"]] == ["Start"]
    assert await tg.tour("fr") == await tg.tour("ru")


async def test_a_step_may_be_skipped(tg: SandboxClient, bot: BotClient, anna: Person) -> None:
    await tg.begin_tour({"en": [START, OFFER, OFFER], "ru": [START]})
    assert (await tg._link.post("/sandbox/tour/skip", {"lang": "en"}))["done"] == 1
    assert (await tg.tour("ru"))["done"] == 0
    await anna.start("sales_bot")
    assert (await tg.tour("en"))["done"] == 1
    await bot.ok("sendMessage", chat_id=anna.id, text="Prices")
    assert (await tg.tour("en"))["done"] == 2
    assert (await tg._link.post("/sandbox/tour/skip", {"lang": "en"}))["done"] == 3
    assert (await tg._link.post("/sandbox/tour/skip", {"lang": "en"}))["done"] == 3


async def test_looking_begins_no_chat_and_without_a_tour_there_is_nothing(
    tg: SandboxClient, anna: Person
) -> None:
    assert await tg.tour() == {"steps": [], "done": 0, "names": {}, "product": ""}
    await tg.begin_tour({"en": [START]})
    await tg.tour()
    assert await anna.chats() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": "nobody"}, "no such person"),
        ({"chat": "nowhere"}, "no such group"),
        ({"done": {}}, "done by one of says, hears, joins"),
        ({"done": {"says": [], "joins": True}}, "done by one of"),
        ({"done": {"says": [""], "chat": "nowhere"}}, "no such group"),
    ],
)
async def test_a_step_nobody_can_do_is_refused(
    tg: SandboxClient, anna: Person, wrong: Json, said: str
) -> None:
    with pytest.raises(SandboxRefusedError, match=said):
        await tg.begin_tour({"en": [{**START, **wrong}]})
    assert (await tg.tour())["steps"] == []


async def test_it_is_kept(tmp_path: Path) -> None:
    options = Options(
        limits=Limits(enabled=False), state=tmp_path / "state.json", bots=(("1234:abc", "sales_bot"),)
    )
    with running(options) as url:
        async with SandboxClient(url) as tg:
            anna = await tg.person("Anna", username="anna")
            await tg.begin_tour({"en": [START, OFFER]})
            await anna.start("sales_bot")
            before = await tg.tour()
    with running(options) as url:
        async with SandboxClient(url) as tg:
            assert await tg.tour() == before
    assert before["done"] == 1
