"""A week in fast motion: who sleeps till when, when the clock moves, and what a story that fails does."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest

from app.demo.week import DAY, DAYS, EVENING, NOON, TODAY, Week, begin_week, pass_the_night
from app.demo.words import Words, piece_of
from core.text.catalog import say
from sandbox.client.client import SandboxClient

CLOSE = timedelta(seconds=20)  # what a slow machine may need between two looks at the clock


class Diary:
    """A week with a note of what happened when; `busy` is how often the bots still have something to say."""

    def __init__(self, tg: SandboxClient, began: datetime, busy: int = 0) -> None:
        self.tg = tg
        self.began = began
        self.busy = busy
        self.days: list[int] = []
        self.notes: list[str] = []
        self.week = Week(tg.clock, began, self._is_quiet, self.days.append)

    async def _is_quiet(self) -> bool:
        self.busy -= 1
        return self.busy < 0

    async def story(self, name: str, *moments: tuple[int, float]) -> None:
        for day, hour in moments:
            await self.week.until(day, hour)
            self.note(name, await self.tg.clock.now() - self.began, (day - 1) * DAY + timedelta(hours=hour))

    def note(self, name: str, shown: timedelta, wanted: timedelta) -> None:
        assert wanted <= shown < wanted + CLOSE
        self.notes.append(name)


@pytest.fixture
async def diary(sandbox: SandboxClient) -> Diary:
    return Diary(sandbox, await begin_week(sandbox.clock))


async def test_everybody_wakes_in_the_order_of_the_hours_and_the_end_is_noon(diary: Diary) -> None:
    noon = diary.began + DAYS * DAY
    assert timedelta() <= noon - datetime.combine(noon, NOON) < CLOSE
    await diary.week.live(
        diary.story("late", (3, 5), (TODAY, 0)), diary.story("early", (1, 2), (3, 4.5)), diary.story("never")
    )
    assert diary.notes == ["early", "early", "late", "late"]
    assert diary.days == [1, 3]
    assert timedelta() <= await diary.tg.clock.now() - noon < CLOSE


@pytest.mark.parametrize(
    ("hour", "goes_on_to"),
    [
        (8, timedelta(hours=1)),
        (9.5, timedelta()),
        (15.9, timedelta()),
        (16.1, timedelta(hours=16.9)),
        (23, timedelta(hours=10)),
        (0, timedelta(hours=9)),
    ],
)
async def test_who_comes_back_in_the_night_finds_the_next_noon(
    sandbox: SandboxClient, hour: float, goes_on_to: timedelta
) -> None:
    now = await sandbox.clock.now()
    wanted = datetime.combine(now + timedelta(days=1), time(tzinfo=UTC)) + timedelta(hours=hour)
    await sandbox.clock.advance(seconds=(wanted - now).total_seconds())
    await pass_the_night(sandbox.clock)
    shown = await sandbox.clock.now()
    assert -CLOSE < shown - (wanted + goes_on_to) < CLOSE
    assert NOON <= shown.timetz() < EVENING


async def test_those_who_wait_for_nearly_the_same_moment_go_on_together(diary: Diary) -> None:
    """Each of two buyers waits for their payment; the second does not wait for the end of the first one's story."""
    met = asyncio.Barrier(2)

    async def buys(hour: float) -> None:
        await diary.week.until(1, hour)
        await diary.week.wait(6)
        async with asyncio.timeout(180):
            await met.wait()
        diary.notes.append("paid")

    await diary.week.live(buys(2), buys(2 + 1 / 3600))
    assert diary.notes == ["paid", "paid"]


async def test_the_clock_stands_until_the_bots_have_said_everything(diary: Diary) -> None:
    diary.busy = 3
    await diary.week.live(diary.story("one", (2, 0)))
    assert diary.busy < 0
    diary.busy = 3
    await diary.week.live(diary.story("one"))
    assert diary.busy == 3, "nobody waits for an hour, so nothing has to be said before it"


async def test_a_story_that_fails_ends_the_week(diary: Diary) -> None:
    async def fails() -> None:
        await diary.week.until(2)
        raise AssertionError("the bot said nothing")

    with pytest.raises(ExceptionGroup) as caught:
        await diary.week.live(fails(), diary.story("others", (5, 0)))
    assert [str(one) for one in caught.value.exceptions] == ["the bot said nothing"]
    assert diary.notes == []


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("<b>Paid</b>: tariff “{tariff}”", ": tariff “"),
        ("{{user.user_name}}, hello\n\nthe longest line of it", "the longest line of it"),
        ("plain", "plain"),
    ],
)
def test_a_piece_is_what_every_message_has(text: str, piece: str) -> None:
    assert piece_of(text) == piece


@pytest.mark.parametrize("language", ["ru", "en"])
def test_pieces_are_found_in_what_the_bots_say(language: str) -> None:
    words = Words(language)
    paid = say("order-paid", language, {"tariff": "T", "amount": "1", "number": "N"})
    assert words.piece("order-paid") in paid
    assert words.tariff("feedback") != words.tariff("premium")
    assert words.button("hello")
    assert words.step("day1") != words.step("day2")
