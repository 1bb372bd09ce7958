"""The pacer against a simulated Telegram: a sliding window on its own side of a network with jitter."""

import heapq
import random
from collections import deque
from dataclasses import dataclass, field

import pytest

from bots.shared.pacer import GROUP_LIMIT, GROUP_WINDOW, PRIVATE_BURST, WINDOW, Pacer

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
    pacer = Pacer(line.monotonic, RATE)
    chat = 0
    line.run_until(line.now + 2, pacer)
    begin, took = line.now, 0
    while line.now < begin + 120:
        for _ in range(min(batch, pacer.free())):
            chat += 1
            pacer.take(chat, speaks=True)
            line.send()
            took += 1
        line.run_until(line.now + max(0.0005, min(pacer.wait(), 0.005)), pacer)
    assert line.trips == 0
    assert took / (line.now - begin) >= 0.97 * RATE


def test_after_a_take_over_the_window_counts_as_full() -> None:
    line = Line((0.01, 0.01))
    pacer = Pacer(line.monotonic, RATE)
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
    made = Pacer(line.monotonic, RATE)
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
    assert pacer.barred() == [-7]
    assert (pacer.silence(-7), pacer.silence(5)) == (pytest.approx(10), 0)
    line.now += 10.001
    assert pacer.barred() == []
    assert pacer.silence(-7) == 0


def test_a_person_gets_a_burst_then_one_a_second(line: Line, pacer: Pacer) -> None:
    got = 0
    while 5 not in pacer.barred():
        pacer.take(5, speaks=True)
        got += 1
    assert got == PRIVATE_BURST
    assert pacer.next_unbarred() == pytest.approx(1.0)
    for _ in range(3):
        line.now += 1.001
        assert pacer.barred() == []
        pacer.take(5, speaks=True)
        assert pacer.barred() == [5]


def test_a_group_gets_twenty_a_minute(line: Line, pacer: Pacer) -> None:
    for _ in range(GROUP_LIMIT):
        assert pacer.barred() == []
        pacer.take(-7, speaks=True)
        line.now += 0.1
    assert pacer.barred() == [-7]
    line.now += GROUP_WINDOW - GROUP_LIMIT * 0.1 - 0.1
    assert pacer.barred() == [-7]
    line.now += 0.2
    assert pacer.barred() == []


def test_what_does_not_speak_is_no_charge_on_a_chat(line: Line, pacer: Pacer) -> None:
    for _ in range(3 * PRIVATE_BURST):
        pacer.take(5, speaks=False)
    assert pacer.barred() == []
    assert pacer.free() == RATE - 3 * PRIVATE_BURST


def test_many_chats_are_forgotten_once_paid(line: Line, pacer: Pacer) -> None:
    from bots.shared.pacer import KEPT_CHATS

    for chat in range(1, KEPT_CHATS + 2):
        pacer.take(chat, speaks=True)
    line.now += 10
    pacer.take(1, speaks=True)
    assert len(pacer._people) <= 2


def test_an_album_counts_as_many_messages_as_it_has_files(line: Line, pacer: Pacer) -> None:
    line.now += 10
    before = pacer.free()
    pacer.take(5, speaks=True, weight=6)
    assert pacer.free() == before - 6
    pacer.done(0.01, weight=6)
    assert pacer.free() == before - 6
    assert 5 in pacer.barred()
    line.now += 10
    assert (pacer.free(), pacer.barred()) == (before, [])
