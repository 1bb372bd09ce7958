"""Move, start, pause, resume, cancel, edit and recall at any moment, and kills between them: everybody is always in exactly one place."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select

from bots.runtime.client import Answer, NotSentError, OutcomeUnknownError
from bots.runtime.sending.pacer import Pace, Pacer
from bots.runtime.sending.render import Renderer
from bots.runtime.sending.sender import Sender
from core.db.models.delivery import outbox
from core.db.models.people import chats, contacts
from core.db.session import Database, UnitOfWork
from core.environment import FIRST_ACCOUNT, Environment
from core.lifecycle import BotKind, BroadcastStatus, ChatState
from services.delivery.leases import settle_predecessor, take_lease
from services.delivery.outbox import IDEMPOTENT, MOST_TRIES, topic_of
from services.delivery.timers import fire_due
from services.messaging.broadcast_plan import Plan
from services.messaging.broadcasts import broadcasts, changes, scheduling, trials
from services.messaging.broadcasts.starting import start_broadcast
from services.messaging.schemas import Tally
from services.reactions.tables import react
from services.tenancy.accounts import ensure_account
from services.tenancy.schemas import ConnectedBot
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.fakes.clock import StillClock
from tests.fakes.tasks import end_tasks
from tests.faults.waiting import kind_of, tell

RECIPIENTS = 30
RATE = 64
LONG = 1e9  # seconds of a lease
MOODS = ("kind", "refuses", "loses answers", "loses requests", "unreachable", "too many")
SPIN = 0.002
NUMBERS = itertools.count(1)
TRIED: Mapping[str, Any] = {
    "name": "News",
    "text": "Hello",
    "variants": [{"share": 30, "text": "Hello A"}, {"share": 30, "text": "Hello B"}],
    "winner": {"by": "clicks", "after": "1m"},
}
WINDOW = {"from": "00:00", "to": "23:59"}  # everybody is let go by the timer of their wave
T = Any


class Moody:
    """A Telegram that remembers what arrived and answers as its mood is."""

    def __init__(self) -> None:
        self.mood = "kind"
        self.arrived: Counter[int] = Counter()
        self.shown: dict[tuple[int, int], str] = {}  # text by chat and message
        self.numbers = itertools.count(1)
        self.dice = random.Random(1)

    async def call(self, _: str, method: str, fields: Mapping[str, Any], __: object = None) -> Answer:
        await asyncio.sleep(self.dice.choice((0, 0, SPIN)))
        mood = self.mood if self.dice.random() < 0.5 else "kind"
        if mood == "unreachable":
            raise NotSentError(mood)
        if mood == "loses requests":
            raise OutcomeUnknownError(mood)
        if mood == "too many":
            return Answer(ok=False, code=429, error=mood, retry_after=1)
        if mood == "refuses":
            return Answer(ok=False, code=400, error="Bad Request: no")
        answer = self._carry_out(method, fields)
        if mood == "loses answers":
            raise OutcomeUnknownError(mood)
        return answer

    def _carry_out(self, method: str, fields: Mapping[str, Any]) -> Answer:
        place = (fields["chat_id"], fields.get("message_id") or next(self.numbers))
        if method == "sendMessage":
            self.arrived[fields["chat_id"]] += 1
        elif place not in self.shown:
            return Answer(ok=False, code=400, error=f"Bad Request: message to {method[:4]} not found")
        if method == "deleteMessage":
            del self.shown[place]
            return Answer(ok=True, result=True)
        self.shown[place] = fields["text"]
        return Answer(ok=True, result={"message_id": place[1]})


class SteeredBroadcast(RuleBasedStateMachine):
    """One broadcast, its sender, and somebody at the wheel."""

    db_url: str
    env: Environment
    found: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = StillClock()
        self.telegram = Moody()
        self.bot = ConnectedBot(next(NUMBERS), FIRST_ACCOUNT, BotKind.SALES, "bot", "Bot", "1:x")
        self.sent, self.has_begun = 0, False
        self.cancelled = False
        self.changes: list[int] = []
        self.text = "Hello"
        self.recalled = False

    @initialize(planned=st.booleans(), in_waves=st.booleans())
    def begin(self, planned: bool, in_waves: bool) -> None:
        """At once, or at a moment that may be moved; in one piece, or by the hours of its readers."""
        more: dict[str, Any] = {"window": WINDOW} if in_waves else {}
        if planned:
            more["at"] = (self.clock.now() + timedelta(seconds=20)).isoformat()
        self.run(self._begin(Plan.model_validate({**TRIED, **more})))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _begin(self, plan: Plan) -> None:
        self.db = Database(self.db_url, self.clock, self.env, react)
        async with self.db.unit(FIRST_ACCOUNT) as uow:
            await ensure_account(uow)
            known = list(await uow.conn.execute(select(contacts.c.id, contacts.c.telegram_id)))
            common = {"account_id": FIRST_ACCOUNT}
            if not known:
                await add_bot(uow, COURSE_BOT, BotKind.COURSE)  # who is asked about a tie is told by these
                await add_bot(uow, SALES_BOT, BotKind.SALES)
                more = {"first_name": "Ann", "language": "ru", "zone": "UTC", "created_at": uow.now}
                people = [{"telegram_id": 1000 + n, **more, **common} for n in range(RECIPIENTS)]
                known = list(
                    await uow.conn.execute(
                        insert(contacts).returning(contacts.c.id, contacts.c.telegram_id), people
                    )
                )
            state = {"bot_id": self.bot.id, "state": ChatState.OPEN, "opened_at": uow.now}
            opened = [
                {"contact_id": one.id, "telegram_id": one.telegram_id, **state, **common} for one in known
            ]
            await uow.conn.execute(insert(chats), opened)
            self.id = await start_broadcast(uow, self.bot.id, plan)
        await self._take_over()

    async def _take_over(self) -> None:
        """What the pool does for a bot it takes."""
        lease = await take_lease(self.db, FIRST_ACCOUNT, f"bot:{self.bot.id}", "me", ttl=LONG, force=True)
        assert lease
        await settle_predecessor(self.db, FIRST_ACCOUNT, self.bot.id, safe=IDEMPOTENT, most_tries=MOST_TRIES)
        pacer = Pacer(self.clock.monotonic, Pace(RATE))
        render = Renderer(self.env, {self.bot.id: "bot"})
        telegram: Any = self.telegram
        self.sender = Sender(self.db, self.bot, lease, telegram, pacer, render, RATE)
        await self.sender.start()

    @rule(spins=st.integers(1, 20), seconds=st.sampled_from((0.02, 0.3, 2.0)))
    def time_goes_on(self, spins: int, seconds: float) -> None:
        self.run(self._spin(spins, seconds))

    async def _spin(self, spins: int, seconds: float) -> None:
        for _ in range(spins):
            self.clock.advance(seconds=seconds)
            self.db.bell.ring(topic_of(self.bot.id))  # as the tick does
            await asyncio.sleep(SPIN)
        while await fire_due(self.db):
            pass
        await changes.gather_followers(self.db)
        await broadcasts.finish_broadcasts(self.db)

    @rule(mood=st.sampled_from(MOODS))
    def telegram_changes(self, mood: str) -> None:
        self.telegram.mood = mood

    @rule(seconds=st.sampled_from((5, 60, 600)))
    def move(self, seconds: int) -> None:
        """To another moment, while it is planned."""
        if self.run(self._status()) is BroadcastStatus.SCHEDULED:
            self.run(self._move(seconds))

    async def _move(self, seconds: int) -> None:
        async with self.db.unit(FIRST_ACCOUNT) as uow:
            await scheduling.move(uow, self.id, uow.now + timedelta(seconds=seconds))
        self.found["moves"] += 1

    @rule(sure=st.integers(0, 2))
    def start(self, sure: int) -> None:
        """Sooner than it was planned for."""
        if not sure:
            self.found["starts"] += self.run(self._steer(scheduling.start_now))

    async def _status(self) -> BroadcastStatus:
        return (await broadcasts.get_tally(self.db, FIRST_ACCOUNT, self.id)).status

    @rule()
    def pause(self) -> None:
        self.run(self._steer(broadcasts.pause_broadcast))

    @rule()
    def resume(self) -> None:
        self.run(self._steer(broadcasts.resume_broadcast))

    async def _steer(self, act: Callable[[UnitOfWork, int], Awaitable[bool]]) -> bool:
        async with self.db.unit(FIRST_ACCOUNT) as uow:
            return await act(uow, self.id)

    @rule(sure=st.integers(0, 3), variant=st.integers(1, 2))
    def choose(self, sure: int, variant: int) -> None:
        """What the rest gets; before that it waits."""
        if not sure:
            self.run(self._choose(variant))

    async def _choose(self, variant: int) -> bool:
        async with self.db.unit(FIRST_ACCOUNT) as uow:
            return await trials.choose_variant(uow, self.id, variant)

    @rule(sure=st.integers(0, 3))
    def cancel(self, sure: int) -> None:
        """A rare thing to do, else few examples would have anything left to steer."""
        if not sure:
            self.cancelled |= self.run(self._steer(broadcasts.cancel_broadcast))

    @rule(sure=st.integers(0, 1))
    def edit(self, sure: int) -> None:
        if not sure and self.has_begun and not self.recalled:
            self.text = f"Hello {next(NUMBERS)}"
            self.run(self._change(changes.edit_broadcast, {"*": self.text}))

    @rule(sure=st.integers(0, 7))
    def recall(self, sure: int) -> None:
        if not sure and self.has_begun and not self.recalled:
            self.recalled = self.cancelled = True
            self.run(self._change(changes.recall_broadcast))

    async def _change(self, act: Callable[..., Awaitable[int]], *texts: Mapping[str, str]) -> None:
        async with self.db.unit(FIRST_ACCOUNT) as uow:
            self.changes.append(await act(uow, self.id, *texts))
        self.found["changes"] += 1

    @rule()
    def kill(self) -> None:
        self.found["kills"] += 1
        self.run(self._kill())

    async def _kill(self) -> None:
        loops = (self.sender._claiming, self.sender._recording)
        await end_tasks(*(task for task in (*loops, *self.sender._flying) if task))
        await self._take_over()

    @rule()
    def restart(self) -> None:
        self.run(self._restart())

    async def _restart(self) -> None:
        await self._stop()
        await self._take_over()

    async def _stop(self) -> None:
        stopping = asyncio.ensure_future(self.sender.stop())
        while not stopping.done():
            await self._spin(1, 0.1)
        await stopping

    @invariant()
    def everybody_is_somewhere(self) -> None:
        for change in self.changes:
            tally = self.run(broadcasts.get_tally(self.db, FIRST_ACCOUNT, change))
            assert _sum(tally) == tally.total <= RECIPIENTS
        tally = self.run(broadcasts.get_tally(self.db, FIRST_ACCOUNT, self.id))
        assert _sum(tally) == tally.total
        assert tally.total == RECIPIENTS or (self._has_not_begun(tally) and not tally.total)
        assert tally.sent >= self.sent
        self.sent, self.has_begun = tally.sent, bool(tally.total)

    def _has_not_begun(self, tally: Tally) -> bool:
        return tally.status is BroadcastStatus.SCHEDULED or self.cancelled

    def teardown(self) -> None:
        try:
            self.run(self._finish())
        finally:
            self.run(self.db.close())
            self.loop.close()

    async def _finish(self) -> None:
        """In the end everybody has it, or a reason why not; and who may have it twice is flagged."""
        self.telegram.mood = "kind"
        await self._steer(scheduling.start_now)
        await self._steer(broadcasts.resume_broadcast)
        await self._choose(1)
        deadline = self.loop.time() + 120
        for one in (self.id, *self.changes):
            while not (await broadcasts.get_tally(self.db, FIRST_ACCOUNT, one)).is_over:
                assert self.loop.time() < deadline
                await self._spin(5, 1.0)
        await self._stop()
        async with self.db.reading() as conn:
            rows = list(await conn.execute(select(outbox).where(outbox.c.broadcast_id == self.id)))
        for row in rows:
            times = self.telegram.arrived[row.chat_id]
            assert times >= 1 or row.state != "sent"
            assert times <= 1 or row.possibly_twice
            assert row.state != "sending"
        if self.changes:
            await self._everybody_sees_the_last_change({row.chat_id: row for row in rows})
        self.found["examples"] += 1
        self.found["arrived"] += self.telegram.arrived.total()
        self.found["twice"] += sum(times > 1 for times in self.telegram.arrived.values())

    async def _everybody_sees_the_last_change(self, first: Mapping[int, Any]) -> None:
        """Whose change was refused or is unknown apart; a copy too many, whose number nobody knows, as well."""
        async with self.db.reading() as conn:
            rows = list(await conn.execute(select(outbox).where(outbox.c.broadcast_id == self.changes[-1])))
        undone = {row.chat_id for row in rows if row.state != "sent"}
        assert {row.chat_id for row in rows} | undone >= {
            chat for chat, row in first.items() if row.state == "sent" and self.recalled
        }
        for chat_id, row in first.items():
            if row.state == "sent" and chat_id not in undone:
                shown = self.telegram.shown.get((chat_id, row.telegram_message_id))
                assert shown == (None if self.recalled else self.text)


def _sum(tally: Tally) -> int:
    return tally.sent + tally.failed + tally.blocked + tally.cancelled + tally.held + tally.waiting


def _drive(db_url: str, env: Environment, examples: int, steps: int) -> None:
    found = Counter[str]()
    names = {"db_url": db_url, "env": env, "found": found}
    machine = type("Steered", (SteeredBroadcast,), names)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
    tell(
        f"steered at random, {kind_of(db_url)}: {found['examples']} broadcasts, {found['kills']} kills, "
        f"{found['arrived']} messages, {found['twice']} twice and flagged, "
        f"{found['moves']} moves, {found['starts']} starts, {found['changes']} edits and recalls; "
        "sent + failed + blocked + unknown + skipped + pending = total, always"
    )
    assert found["kills"]


def test_steered_at_random(db_url: str, env: Environment) -> None:
    _drive(db_url, env, 5, 25)


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_steered_at_random_for_long(db_url: str, env: Environment) -> None:
    _drive(db_url, env, 100, 50)
