"""A person presses an inline button and gets the bot's answer."""

import time
from typing import Any

from sandbox.chats import rendering
from sandbox.state import updates
from sandbox.state.calls import Violation
from sandbox.state.model import Chat, Message, Person
from sandbox.state.world import Callback, World
from sandbox.wire.errors import ControlError

KEPT_CALLBACKS, MAX_CALLBACKS = 1_000, 20_000
Json = dict[str, Any]


def find_button(message: Message, wish: Json) -> Json:
    """Return the inline button meant by `data`, by `text` (exact, else a part) or by `row` and `column`."""
    rows = (message.markup or {}).get("inline_keyboard", [])
    buttons: list[Json] = [button for row in rows for button in row]
    if "row" in wish:
        try:
            return dict(rows[wish["row"]][wish.get("column", 0)])
        except (IndexError, TypeError) as error:
            raise ControlError("there is no such button") from error
    if "data" in wish:
        found_buttons = [button for button in buttons if button.get("callback_data") == wish["data"]]
    else:
        text = str(wish.get("text", ""))
        found_buttons = [button for button in buttons if button["text"] == text] or [
            button for button in buttons if text in button["text"]
        ]
    if not found_buttons:
        raise ControlError(f"no such button; there are {[button['text'] for button in buttons]}")
    return found_buttons[0]


def press(world: World, person: Person, chat: Chat, message: Message, data: str) -> Callback:
    """Send the callback query of a button and return it; the bot answers later."""
    if not chat.present(person.id) or person.deleted or chat.blocked:
        raise ControlError(f"{person.first_name} cannot press buttons here")
    bot = world.bots.get(message.sender_id)
    if bot is None:
        raise ControlError("only bots' messages have buttons")
    number = world.count("callback")
    callback = Callback(
        str(4_300_000_000_000_000_000 + number * 104_729), bot.id, person.id, time.monotonic()
    )
    _remember(world, callback)
    update = {
        "id": callback.id,
        "from": rendering.user(world, person.id),
        "message": rendering.message(world, message, bot.id),
        "chat_instance": str(abs(chat.id) * 7919 + bot.id),
        "data": data,
    }
    updates.push(world, bot, "callback_query", update)
    return callback


def _remember(world: World, callback: Callback) -> None:
    """Keep a press; of older ones only those that still may be answered, and never too many."""
    known = world.callbacks
    known[callback.id] = callback
    while len(known) > KEPT_CALLBACKS:
        oldest = known[next(iter(known))]
        if oldest.answer is None and _may_be_answered(world, oldest) and len(known) <= MAX_CALLBACKS:
            return
        del known[oldest.id]
        if oldest.answer is None:
            world.log.violated(unanswered(world, oldest))


def _may_be_answered(world: World, callback: Callback) -> bool:
    return time.monotonic() - callback.at <= world.options.callback_ttl


def unanswered(world: World, callback: Callback) -> Violation:
    """Describe a callback query its bot left without an answer."""
    bot = world.bots[callback.bot_id].username
    return Violation(
        "callback_unanswered", bot, callback.at, f"callback query {callback.id}", callback.person_id
    )


async def answer_of(world: World, callback: Callback, seconds: float) -> Json:
    """Wait for the bot's answer; `answered` is false when none came in time."""
    await world.hub.until(f"callback:{callback.id}", seconds, lambda: callback.answer is not None)
    if callback.answer is None:
        return {"answered": False, "text": "", "show_alert": False, "url": ""}
    return {"answered": True, **callback.answer}
