"""getUpdates: one long poll per bot, confirmed by the next offset."""

from typing import Any

from sandbox.protocol.registry import Call, method
from sandbox.state import updates
from sandbox.wire.errors import conflict

MAX_UPDATES = 100
MAX_WAIT = 50
_TAKEN_OVER = "terminated by other getUpdates request; make sure that only one bot instance is running"
_HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@method("getUpdates")
async def get_updates(call: Call) -> Any:
    """Confirm what was handled and return what waits, or wait for it."""
    world, bot = call.world, call.bot
    if bot.webhook:
        raise conflict(_HOOKED)
    turn = world.count(f"poll{bot.id}")
    # Whoever polls already has to go: the newest poll wins.
    world.hub.wake(updates.topic(bot))
    updates.remember_wishes(world, bot, call.params.json("allowed_updates"))
    updates.confirm(world, bot, call.params.number("offset"))
    if not bot.pending:
        seconds = min(max(call.params.number("timeout"), 0), MAX_WAIT)
        await world.hub.until(
            updates.topic(bot),
            seconds,
            lambda: bool(bot.pending) or _ousted(call, turn) or bot.webhook is not None,
        )
        if _ousted(call, turn):
            raise conflict(_TAKEN_OVER)
        if bot.webhook:
            raise conflict("terminated by setWebhook request")
    limit = call.params.number("limit", MAX_UPDATES)
    limit = limit if 1 <= limit <= MAX_UPDATES else MAX_UPDATES
    batch = [update for update, _ in zip(bot.pending, range(limit), strict=False)]
    return world.faults.disturbed(batch)


def _ousted(call: Call, turn: int) -> bool:
    return call.world.counters[f"poll{call.bot.id}"] != turn
