"""A week in fast motion: everybody lives their own story, and the clock moves on when all wait for a later hour."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sandbox.client.client import Clock

Story = Coroutine[Any, Any, None]
DAYS = 7
TODAY = DAYS + 1
NOON = time(9, tzinfo=UTC)  # in Moscow, a morning in London: day for the whole cast, and for a while
EVENING = time(16, tzinfo=UTC)
# A little more than a day: a lesson that is due a day after some minute of yesterday is due when the story comes to it.
DAY = timedelta(days=1, minutes=3)
TOGETHER = timedelta(seconds=30)  # who waits for nearly the same moment goes on at once
LOOK_SECONDS = 0.05
PATIENCE = 60.0  # real seconds in which whatever is to be said has been said


class Week:
    """The week that ends at noon; days count from 1, and the last day's end is the present."""

    def __init__(
        self,
        clock: Clock,
        began: datetime,
        is_quiet: Callable[[], Awaitable[bool]],
        on_day: Callable[[int], None],
    ) -> None:
        self._clock = clock
        self._began = began
        self._is_quiet = is_quiet  # whether the bots have said everything they have to say by now
        self._on_day = on_day
        self._day = 0
        self._awake = 0
        self._waiting: list[tuple[datetime, asyncio.Future[None]]] = []
        self._stirred = asyncio.Event()

    async def until(self, day: int, hour: float = 0) -> None:
        """Sleep until so many hours of a day are over."""
        await self._sleep(self._began + (day - 1) * DAY + timedelta(hours=hour))

    async def wait(self, seconds: float) -> None:
        """Sleep for so many seconds."""
        await self._sleep(await self._clock.now() + timedelta(seconds=seconds))

    async def live(self, *stories: Story) -> None:
        """Let all stories happen side by side, and bring the clock to the present; raises what the first raises."""
        self._awake = len(stories)
        self._tell_day(self._began)
        async with asyncio.TaskGroup() as group:
            for story in stories:
                group.create_task(self._tell(story))
            group.create_task(self._pass())
        left = self._began + DAYS * DAY - await self._clock.now()
        await self._clock.advance(seconds=max(left, timedelta()).total_seconds())

    async def _tell(self, story: Story) -> None:
        await story
        self._fall_asleep()

    async def _sleep(self, until: datetime) -> None:
        waking = asyncio.get_running_loop().create_future()
        self._waiting.append((until, waking))
        self._fall_asleep()
        await waking

    def _fall_asleep(self) -> None:
        self._awake -= 1
        self._stirred.set()

    async def _pass(self) -> None:
        """Move on to the hour somebody waits for, as soon as nobody has anything to do before it."""
        while self._awake or self._waiting:
            await self._stirred.wait()
            self._stirred.clear()
            if not self._awake and self._waiting:
                await self._move(min(until for until, _ in self._waiting))

    async def _move(self, moment: datetime) -> None:
        self._tell_day(moment)
        moment = max(until for until, _ in self._waiting if until <= moment + TOGETHER)
        left = moment - await self._clock.now()
        if left > TOGETHER:
            await self._let_bots_finish()
        if left > timedelta():
            await self._clock.advance(seconds=left.total_seconds())
        due = [waking for until, waking in self._waiting if until <= moment]
        self._waiting = [waiter for waiter in self._waiting if waiter[0] > moment]
        self._awake = len(due)
        for waking in due:
            waking.set_result(None)

    async def _let_bots_finish(self) -> None:
        """What was said in an hour should bear its date."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await self._is_quiet():
                    return
                await asyncio.sleep(LOOK_SECONDS)

    def _tell_day(self, moment: datetime) -> None:
        day = (moment - self._began) // DAY + 1
        if day > self._day and day <= DAYS:
            self._day = day
            self._on_day(day)


async def begin_week(clock: Clock) -> datetime:
    """Set the clock to a noon, a week before today's; gives the moment the week begins."""
    await clock.reset()
    noon = datetime.combine(await clock.now(), NOON)
    return await _go_to(clock, noon - DAYS * DAY)


async def pass_the_night(clock: Clock) -> None:
    """Go on to the next noon, if it is evening or night for somebody: lessons come by day, and so do visitors."""
    now = await clock.now()
    if not NOON <= now.timetz() < EVENING:
        noon = datetime.combine(now, NOON)
        await _go_to(clock, noon if noon > now else noon + timedelta(days=1))


async def _go_to(clock: Clock, moment: datetime) -> datetime:
    return await clock.advance(seconds=(moment - await clock.now()).total_seconds())
