"""Buttons of earlier steps: what was words is shown again, what would act says why not; the run stays where it is."""

from typing import Any

import pytest

from core.db.models.learning import run_steps, runs
from core.db.models.people import tags
from core.flow.versions import MoveChoice
from core.lifecycle import BotKind
from core.text.catalog import say
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.learning.runs.version_migration import publish
from services.people.consents import VERSION
from tests.bots.admin.desk import Call
from tests.factories.accounts import SALES_BOT, add_bot
from tests.factories.flows import make_scenario
from tests.factories.persons import ANNA, add_consent, add_contact
from tests.services.learning.room import Room, lesson, texts

STEPS: list[dict[str, Any]] = [
    {"key": "hello", "type": "message", "text": "Hello", "button": "Inside?"},
    {"key": "warm", "type": "tag", "add": "warm"},
    {"key": "inside", "type": "message", "text": "Inside"},
    {
        "key": "more",
        "type": "message",
        "text": "More?",
        "options": [
            {"text": "Prices", "goto": "prices"},
            {"text": "Author", "goto": "author"},
            {"text": "Secret", "goto": "author", "wait": "1h"},
            {"text": "Chat", "goto": "rest"},
        ],
    },
    {"key": "author", "type": "message", "text": "The author", "options": [{"text": "Back", "goto": "more"}]},
    {"key": "prices", "type": "message", "text": "Prices are fair", "button": "On"},
    {"key": "rest", "type": "delay", "wait": "1h"},
    {"key": "bye", "type": "end", "text": "All set"},
]


class Old:
    """Anna has gone from the first message to the prices, minutes ago."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.shown: dict[str, Call] = {}

    async def open(self, language: str = "en") -> None:
        async with self.room.db.unit(1) as uow:
            await add_bot(uow, SALES_BOT, BotKind.SALES)
            version = await publish_flow(uow, make_scenario(steps=STEPS))
            await deploy_flow(uow, version.flow_id, SALES_BOT)
            contact = await add_contact(uow, language=language, language_is_chosen=True)
            await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)
        await self.room.desk.write("/start", ANNA, SALES_BOT)
        await self.press("Inside?")
        await self.press("Prices")

    async def press(self, button: str, *, later: float = 0) -> list[str]:
        """Press where it was seen first; what they hear."""
        self.room.clock.advance(minutes=later)
        for call in self.room.seen(ANNA):
            for one in call.buttons:
                self.shown.setdefault(one, call)
        return texts(await self.room.desk.press(button, ANNA, self.shown[button]), ANNA)

    async def state(self) -> list[Any]:
        """All that a press could have changed."""
        tables = (runs, run_steps, tags)
        return [await self.room.rows(table) for table in tables]


@pytest.fixture
async def old(room: Room) -> Old:
    made = Old(room)
    await made.open()
    return made


async def test_words_are_shown_again_and_nothing_else_happens(old: Old) -> None:
    before = await old.state()
    assert await old.press("Inside?", later=2) == ["Inside", "More?"]
    assert await old.press("Author", later=2) == ["The author"], "never seen yet, and words all the same"
    assert list(old.room.seen(ANNA)[-1].buttons) == [], "no way on from where they have not been"
    assert await old.state() == before
    assert await old.press("Prices", later=2) == ["Prices are fair"], "where the run stands, as it stands"
    assert "On" in old.room.seen(ANNA)[-1].buttons
    assert await old.state() == before
    assert set(old.room.desk.alerts) == {say("press-below", "en")}
    await old.press("On")
    assert await old.press("Inside?", later=2) == ["Inside", "More?"], "when the run has gone on, too"
    assert await old.room.pass_time(hours=1) == ["All set"]
    assert await old.press("Inside?", later=2) == ["Inside", "More?"], "and when it is over"


async def test_pressed_again_and_again_they_come_once_a_minute(old: Old) -> None:
    assert await old.press("Prices") == [], "it has only just been said"
    assert [await old.press("Inside?", later=2 * (n == 0)) for n in range(3)] == [
        ["Inside", "More?"],
        [],
        [],
    ]


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_what_would_act_says_why_it_does_not(room: Room, language: str) -> None:
    old = Old(room)
    await old.open(language)
    before = await old.state()
    assert await old.press("Chat", later=2) == [], "a wait would begin"
    assert await old.press("Secret", later=2) == [], "a wait would be cut short"
    assert room.desk.alerts[-2:] == [say("press-passed", language)] * 2
    assert await old.state() == before


@pytest.mark.parametrize("choice", MoveChoice)
async def test_a_button_whose_place_another_one_has_now_shows_nothing_else(
    old: Old, choice: MoveChoice
) -> None:
    steps = [dict(step) for step in STEPS]
    steps[3]["options"] = [{"text": "New", "goto": "author"}, *steps[3]["options"]]
    async with old.room.db.unit(1) as uow:
        await publish(uow, make_scenario(steps=steps), choice)
    await old.room.desk.tick()
    stays = choice is MoveChoice.STAY
    assert await old.press("Prices", later=2) == (["Prices are fair"] if stays else [])
    assert await old.press("Author", later=2) == (["The author"] if stays else [])
    assert await old.press("Inside?", later=2) == ["Inside", "More?"]


async def test_a_lesson_ticked_off_twice_says_so(room: Room) -> None:
    await room.open(lesson(1), lesson(2))
    first = room.last(ANNA, "Lesson 1")
    for _ in range(2):
        await room.press("✅ Done", holder=first)
    assert room.desk.alerts[-1] == say("press-ticked", "en")
