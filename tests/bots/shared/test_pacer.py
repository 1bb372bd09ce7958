"""The pacer against a simulated Telegram: a sliding window on its own side of a network with jitter."""

import heapq
import random
from collections import deque
from dataclasses import dataclass, field

import pytest

from bots.runtime.sending.chat_pace import GROUP_LIMIT, GROUP_WINDOW, KEPT_CHATS, LEARNED_SECONDS
from bots.runtime.sending.pacer import AT_ONCE, WINDOW, Pace, Pacer, Verdict

RATE = 30


@dataclass
class Line:
    """A clock, a network and a server that counts messages within any second of its own."""

    one_way: tuple[float, float]
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    now: float = 100.0
    took: int = 0
    trips: int = 0
    _seen: deque[float] = field(default_factory=deque)
    _coming: list[tuple[float, str, float]] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def _hop(self) -> float:
        return self.dice.uniform(*self.one_way)

    def send(self) -> None:
        heapq.heappush(self._coming, (self.now + self._hop(), "arrives", self.now))

    def run_until(self, moment: float, pacer: Pacer) -> None:
        while self._coming and self._coming[0][0] <= moment:
            self.now, what, sent_at = heapq.heappop(self._coming)
            if what == "arrives":
                self._count()
                heapq.heappush(self._coming, (self.now + self._hop(), "answers", sent_at))
            else:
                pacer.done(self.now - sent_at)
        self.now = max(self.now, moment)

    def _count(self) -> None:
        while self._seen and self.now - self._seen[0] >= WINDOW:
            self._seen.popleft()
        if len(self._seen) >= RATE:
            self.trips += 1
        self._seen.append(self.now)
        self.took += 1


@pytest.mark.parametrize(
    "one_way",
    [(0.001, 0.002), (0.02, 0.04), (0.05, 0.06), (0.02, 0.035), (0.15, 0.17)],
    ids=["beside", "near", "steady", "jitter", "far"],
)
@pytest.mark.parametrize("batch", [1, 4])
def test_never_trips_and_hardly_ever_idles(one_way: tuple[float, float], batch: int) -> None:
    line = Line(one_way)
    pacer = Pacer(line.monotonic, Pace(RATE))
    chat = 0
    line.run_until(line.now + 2, pacer)
    begin, took = line.now, 0
    while line.now < begin + 120:
        for _ in range(min(batch, pacer.free())):
            chat += 1
            pacer.take(chat)
            line.send()
            took += 1
        line.run_until(line.now + max(0.0005, min(pacer.wait(), 0.005)), pacer)
    assert line.trips == 0
    assert took / (line.now - begin) >= 0.97 * RATE


@pytest.mark.parametrize(
    "one_way", [(0.001, 0.002), (0.02, 0.04), (0.15, 0.17)], ids=["beside", "near", "far"]
)
def test_a_press_within_a_broadcast_soon_finds_a_slot(one_way: tuple[float, float]) -> None:
    """Calls that were held up together do not stay together: the next slot is never far."""
    line = Line(one_way)
    pacer = Pacer(line.monotonic, Pace(RATE))
    line.run_until(line.now + 2, pacer)  # idle: the broadcast begins with a bunch
    waits, asked, end = [], line.now + 4, line.now + 64
    while line.now < end:
        free = pacer.free()
        if free and line.now >= asked:
            waits.append(line.now - asked)
            asked = line.now + line.dice.uniform(0, 0.4)
        for _ in range(min(4, free)):
            pacer.take()
            line.send()
        line.run_until(line.now + max(0.0005, min(pacer.wait(), 0.005)), pacer)
    assert line.trips == 0
    assert sorted(waits)[int(len(waits) * 0.99)] <= 5 / RATE


def test_an_idle_bot_may_say_much_at_once_and_an_album_finds_room(line: Line, pacer: Pacer) -> None:
    assert (pacer.free(), pacer.room()) == (RATE, RATE)
    pacer.take(weight=RATE // 2 + 1)
    assert pacer.free() <= RATE * AT_ONCE
    assert pacer.room() == RATE - RATE // 2 - 1


def test_after_a_take_over_the_window_counts_as_full() -> None:
    line = Line((0.01, 0.01))
    pacer = Pacer(line.monotonic, Pace(RATE))
    assert pacer.free() == 0
    line.now += WINDOW / 2
    assert pacer.free() == RATE // 2
    line.now += WINDOW
    assert pacer.free() == RATE


@pytest.fixture
def line() -> Line:
    return Line((0.01, 0.01))


@pytest.fixture
def pacer(line: Line) -> Pacer:
    made = Pacer(line.monotonic, Pace(RATE))
    line.now += 2 * WINDOW
    return made


def test_silent_to_the_deadline_then_slower_then_as_before(line: Line, pacer: Pacer) -> None:
    pacer.hold(10)
    assert pacer.free() == 0
    assert pacer.wait() == pytest.approx(10)
    assert pacer.silence(5) == pytest.approx(10)
    line.now += 9.999
    assert pacer.free() == 0
    line.now += 0.002
    assert pacer.silence(5) == 0
    assert 0 < pacer.free() <= RATE // 2
    shares = []
    for _ in range(10):
        line.now += 6
        shares.append(pacer.free())
    assert shares == sorted(shares)
    assert shares[-1] == RATE


def test_a_shorter_deadline_does_not_end_a_longer_one(line: Line, pacer: Pacer) -> None:
    pacer.hold(10)
    pacer.hold(1)
    line.now += 5
    assert pacer.free() == 0


def test_a_groups_deadline_bars_the_group_only(line: Line, pacer: Pacer) -> None:
    pacer.hold(10, -7)
    assert pacer.free() == RATE
    assert pacer.chats.barred() == [-7]
    assert (pacer.silence(-7), pacer.silence(5)) == (pytest.approx(10), 0)
    line.now += 10.001
    assert pacer.chats.barred() == []
    assert pacer.silence(-7) == 0


BURST = Pace().chat_burst


def tell(pacer: Pacer, chat_id: int, weight: int = 1) -> None:
    """A message to a chat whose answer comes at once."""
    pacer.take(chat_id, weight)
    pacer.done(0.0, chat_id, weight)


def test_a_person_gets_a_burst_then_one_a_second(line: Line, pacer: Pacer) -> None:
    got = 0
    while 5 not in pacer.chats.barred():
        tell(pacer, 5)
        got += 1
    assert got == BURST
    assert pacer.chats.next_unbarred() == pytest.approx(1.0, abs=0.01)
    for _ in range(3):
        line.now += 1.003
        assert pacer.chats.barred() == []
        tell(pacer, 5)
        assert pacer.chats.barred() == [5]


def test_a_chats_own_pace_is_a_setting(line: Line) -> None:
    pacer = Pacer(line.monotonic, Pace(RATE, per_chat_second=0.5, chat_burst=2))
    tell(pacer, 5)
    assert pacer.chats.barred() == []
    tell(pacer, 5)
    assert pacer.chats.next_unbarred() == pytest.approx(2.0, abs=0.01)


def test_a_person_is_charged_from_the_answer_on(line: Line, pacer: Pacer) -> None:
    for _ in range(BURST):
        pacer.take(5)
    line.now += 3
    assert pacer.chats.barred() == [5]
    for _ in range(BURST):
        pacer.done(3.0, 5)
    assert pacer.chats.next_unbarred() == pytest.approx(1.0, abs=0.01)


def test_a_group_gets_twenty_a_minute(line: Line, pacer: Pacer) -> None:
    for _ in range(GROUP_LIMIT):
        assert pacer.chats.barred() == []
        tell(pacer, -7)
        line.now += 0.1
    assert pacer.chats.barred() == [-7]
    line.now += GROUP_WINDOW - GROUP_LIMIT * 0.1 - 0.1
    assert pacer.chats.barred() == [-7]
    line.now += 0.2
    assert pacer.chats.barred() == []


def test_what_does_not_speak_is_no_charge_on_a_chat(line: Line, pacer: Pacer) -> None:
    for _ in range(3 * BURST):
        pacer.take()
    assert pacer.chats.barred() == []
    assert pacer.free() == RATE - 3 * BURST


def test_many_chats_are_forgotten_once_paid(line: Line, pacer: Pacer) -> None:
    for chat in range(1, KEPT_CHATS + 2):
        tell(pacer, chat)
    line.now += 10
    tell(pacer, 1)
    assert len(pacer.chats._people) <= 2


def test_an_album_counts_as_many_messages_as_it_has_files(line: Line, pacer: Pacer) -> None:
    line.now += 10
    before = pacer.free()
    pacer.take(5, 6)
    assert pacer.free() == before - 6
    pacer.done(0.01, 5, 6)
    assert pacer.free() == before - 6
    assert 5 in pacer.chats.barred()
    line.now += 10
    assert (pacer.free(), pacer.chats.barred()) == (before, [])


@pytest.fixture
def old(line: Line, pacer: Pacer) -> Pacer:
    """One that has owned its bot for so long that no message of a former owner counts any more."""
    line.now += BURST + 1
    return pacer


def refuse(pacer: Pacer, chat_id: int, seconds: float = 1) -> Verdict:
    """The next message to a chat comes back with a 429."""
    pacer.take(chat_id)
    verdict = pacer.obey(seconds, chat_id)
    pacer.done(0.0, chat_id)
    return verdict


def test_a_fast_persons_429_is_her_chats_and_teaches_the_burst_of_all(line: Line, old: Pacer) -> None:
    for _ in range(3):
        tell(old, 5)
        line.now += 0.05
    assert refuse(old, 5) == Verdict(5, burst=3)
    assert old.chats.barred() == [5]
    assert old.silence(5) == pytest.approx(1)
    assert (old.silence(6), old.free()) == (0, RATE - 4)
    for _ in range(3):
        assert 6 not in old.chats.barred()
        tell(old, 6)
    assert 6 in old.chats.barred()


def test_it_is_her_chats_also_within_a_broadcast_that_fills_the_limit(line: Line, old: Pacer) -> None:
    for chat in range(100, 100 + RATE - 4):
        tell(old, chat)
    for _ in range(3):
        tell(old, 5)
    assert refuse(old, 5) == Verdict(5, burst=3)
    line.now += 1.01
    assert old.room() == RATE


def test_a_429_far_below_the_limit_is_the_chats_whatever_it_owes(line: Line, old: Pacer) -> None:
    assert refuse(old, 5, seconds=7) == Verdict(5)
    assert (old.silence(5), old.silence(6)) == (pytest.approx(7), 0)
    assert old.free() == RATE - 1


def test_two_chats_at_once_that_owe_nothing_speak_for_the_bot(line: Line, old: Pacer) -> None:
    assert refuse(old, 5).chat_id == 5
    assert refuse(old, 6) == Verdict(0)
    assert old.free() == 0


def test_near_its_limit_it_is_the_bots_and_over_within_seconds_of_quiet(line: Line, old: Pacer) -> None:
    for chat in range(100, 100 + RATE - 4):
        tell(old, chat)
    assert [refuse(old, chat).chat_id for chat in (201, 202, 203)] == [0, 0, 0]
    assert old.free() == 0
    line.now += 1.1
    assert old.room() == RATE // 2, "three answers of one moment are one reason to be slower"
    for _ in range(5):
        line.now += 1.1
        old.free()
    assert old.free() == RATE


def test_a_new_owner_learns_nothing_from_messages_it_did_not_send(line: Line, pacer: Pacer) -> None:
    tell(pacer, 5)
    assert refuse(pacer, 5) == Verdict(5)
    assert pacer.chats.burst == BURST


def test_what_was_learned_is_believed_for_a_day(line: Line, old: Pacer) -> None:
    old.chats.believe(3, LEARNED_SECONDS)
    assert old.chats.burst == 3
    line.now += LEARNED_SECONDS + 1
    assert old.chats.burst == BURST


def test_a_groups_429_teaches_nothing_about_people(line: Line, old: Pacer) -> None:
    for _ in range(3):
        tell(old, -7)
    assert refuse(old, -7) == Verdict(-7)
    assert old.chats.burst == BURST


def test_after_a_429_a_chat_gets_no_second_burst(line: Line, pacer: Pacer) -> None:
    refuse(pacer, 5)
    line.now += 1.01
    assert pacer.chats.barred() == []
    tell(pacer, 5)
    assert pacer.chats.next_unbarred() == pytest.approx(1.0, abs=0.02)
