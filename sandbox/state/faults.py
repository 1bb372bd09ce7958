"""Planned trouble: errors, time-outs, resets and slowness, by count or by a seeded dice."""

import random
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sandbox.wire.errors import ControlError


class FaultKind(StrEnum):
    """What can go wrong; `_after` kinds take effect and only lose the answer."""

    REVOKED = "401"
    TOO_MANY = "429"
    INTERNAL = "500"
    BAD_GATEWAY = "502"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    SLOW = "slow"


class FaultScope(StrEnum):
    """Whose limit a planned 429 is: Telegram's answer does not say it, but its deadline holds only them."""

    BOT = "bot"  # all it sends; another method by itself
    CHAT = "chat"


@dataclass(slots=True)
class Fault:
    """One rule: `count` uses of it, or `rate` of the matching calls."""

    kind: FaultKind
    method: str = ""
    bot: str = ""
    rate: float = 1.0
    count: int | None = None
    retry_after: int = 1
    scope: FaultScope = FaultScope.BOT
    delay: float = 60.0
    used: int = 0


class Faults:
    """The rules in force and the dice that chooses among calls."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self.duplicate_updates = 0.0
        self.reorder_updates = 0.0
        self.dice = random.Random(0)

    def pick(self, method: str, bot: str) -> Fault | None:
        """Return the first rule that strikes this call."""
        for rule in self.rules:
            if self._strikes(rule, method, bot):
                rule.used += 1
                return rule
        return None

    def _strikes(self, rule: Fault, method: str, bot: str) -> bool:
        if rule.method and rule.method.lower() != method.lower():
            return False
        if (rule.bot and rule.bot != bot) or (rule.count is not None and rule.used >= rule.count):
            return False
        return rule.rate >= 1 or self.dice.random() < rule.rate

    def set(self, wish: dict[str, Any]) -> None:
        """Replace the rules by `{"rules": […], "seed": n, "duplicate_updates": p, "reorder_updates": p}`."""
        rules = [_rule(raw) for raw in wish.get("rules", [])]
        seed = wish.get("seed", next((raw["seed"] for raw in wish.get("rules", []) if "seed" in raw), 0))
        self.rules = rules
        self.dice = random.Random(seed)
        self.duplicate_updates = float(wish.get("duplicate_updates", 0.0))
        self.reorder_updates = float(wish.get("reorder_updates", 0.0))

    def disturbed(self, updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Repeat and shuffle a batch of updates as the switches say."""
        batch = list(updates)
        if self.duplicate_updates:
            batch += [update for update in updates if self.dice.random() < self.duplicate_updates]
        if self.reorder_updates and self.dice.random() < self.reorder_updates:
            self.dice.shuffle(batch)
        return batch

    def as_json(self) -> dict[str, Any]:
        """Return the rules with how often each struck."""
        return {
            "rules": [asdict(rule) for rule in self.rules],
            "duplicate_updates": self.duplicate_updates,
            "reorder_updates": self.reorder_updates,
        }


def _rule(raw: dict[str, Any]) -> Fault:
    known = {key: value for key, value in raw.items() if key != "seed"}
    try:
        named = {"kind": FaultKind(str(raw.get("kind"))), "scope": FaultScope(raw.get("scope", "bot"))}
        return Fault(**{**known, **named})
    except (TypeError, ValueError) as error:
        raise ControlError(f"no such fault: {error}") from error
