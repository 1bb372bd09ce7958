"""How much one caller, or one account, may ask: counted within the process, by the limits of `core/limits.py`."""

import math
from collections import OrderedDict
from dataclasses import dataclass

from core.limits import Limit
from utils.signing import fingerprint

MOST_KNOWN = 10_000


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass, what is left, and in how many seconds there is room again."""

    passes: bool
    most: int
    left: int
    wait: int

    @property
    def headers(self) -> dict[str, str]:
        """What a program reads of it."""
        told = {"RateLimit": f"limit={self.most}, remaining={self.left}, reset={self.wait}"}
        return told if self.passes else {**told, "Retry-After": str(self.wait)}


class Throttle:
    """Buckets that fill up steadily; who has not been here for longest is forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, limit: Limit, now: float) -> Verdict:
        """Take one request out of somebody's bucket, at the time `now` in seconds."""
        name = fingerprint(f"{limit.what}:{limit.whose}:{who}")
        left, at = self._buckets.pop(name, (float(limit.most), now))
        rate = limit.most / limit.seconds
        left = min(float(limit.most), left + max(0.0, now - at) * rate)
        passes = left >= 1
        left -= passes
        self._buckets[name] = left, now
        if len(self._buckets) > MOST_KNOWN:
            self._buckets.popitem(last=False)
        wait = 0 if left >= 1 else math.ceil((1 - left) / rate)
        return Verdict(passes, limit.most, int(left), wait)
