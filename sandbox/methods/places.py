"""Small things that are no files: contacts, points on the map, dice."""

from typing import Any

from sandbox.chats import posting, rendering
from sandbox.methods import sending
from sandbox.methods.editing import own_message
from sandbox.protocol.registry import Call, method
from sandbox.state.model import Chat, Message
from sandbox.wire.errors import bad_request

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
MAX_LATITUDE, MAX_LONGITUDE = 90, 180
FOREVER = 0x7FFFFFFF
_EXTRAS = ("foursquare_id", "foursquare_type", "google_place_id", "google_place_type")
Json = dict[str, Any]


@method("sendContact")
def send_contact(call: Call) -> Any:
    """Send a phone contact."""
    contact = {name: call.params.required(name) for name in ("phone_number", "first_name")}
    contact |= {name: call.params.text(name) for name in ("last_name", "vcard") if call.params.has(name)}
    return sending.send(call, sending.target(call), {"contact": contact})


@method("sendLocation")
def send_location(call: Call) -> Any:
    """Send a point on the map, which moves for `live_period` seconds if that is given."""
    place = _point(call)
    if period := call.params.number("live_period"):
        place |= {"live_period": period, **_heading(call)}
    return sending.send(call, sending.target(call), {"location": place})


def _point(call: Call) -> Json:
    place: Json = {}
    for name, most in (("latitude", MAX_LATITUDE), ("longitude", MAX_LONGITUDE)):
        raw = call.params.text(name).strip()
        if not raw:
            raise bad_request(f"{name} is empty")
        place[name] = _number(raw)
        if abs(place[name]) > most:
            raise bad_request("wrong location specified")
    if accuracy := _number(call.params.text("horizontal_accuracy")):
        place["horizontal_accuracy"] = accuracy
    return place


def _number(raw: str) -> float:
    try:
        return float(raw or 0)
    except ValueError:
        return 0.0


def _heading(call: Call) -> Json:
    wanted = ("heading", "proximity_alert_radius")
    return {name: value for name in wanted if (value := call.params.number(name))}


@method("editMessageLiveLocation")
def move_location(call: Call) -> Any:
    """Move a live point."""
    place = _point(call)
    chat, message = _living(call)
    period = call.params.number("live_period") or message.body["location"]["live_period"]
    return _show(call, chat, message, {**place, "live_period": period, **_heading(call)})


@method("stopMessageLiveLocation")
def stop_location(call: Call) -> Any:
    """Let a live point rest."""
    chat, message = _living(call)
    place = {name: message.body["location"][name] for name in ("latitude", "longitude")}
    return _show(call, chat, message, place)


def _living(call: Call) -> tuple[Chat, Message]:
    chat, message = own_message(call)
    place = message.body.get("location", {})
    period = place.get("live_period", 0)
    if not period or (period != FOREVER and message.date + period <= call.world.clock.date()):
        raise bad_request("message can't be edited")
    return chat, message


def _show(call: Call, chat: Chat, message: Message, place: Json) -> Json:
    message.body = {**message.body, "location": place}
    message.edit_date = call.world.clock.date()
    posting.show(call.world, chat, message, "message")
    return rendering.message(call.world, message, call.bot.id)


@method("sendVenue")
def send_venue(call: Call) -> Any:
    """Send a place with its name and address."""
    venue: Json = {"location": _point(call)}
    venue |= {name: call.params.text(name) for name in ("title", "address")}
    venue |= {name: call.params.text(name) for name in _EXTRAS if call.params.text(name)}
    if not venue["title"]:
        raise bad_request("VENUE_TITLE_EMPTY")
    # Telegram gives the point once more beside the venue, for old programs.
    return sending.send(call, sending.target(call), {"location": venue["location"], "venue": venue})


@method("sendDice")
def send_dice(call: Call) -> Any:
    """Throw a die, a dart, a ball or a slot machine."""
    emoji = call.params.text("emoji") or "🎲"
    sides = DICE.get(emoji.rstrip("\ufe0f"))
    if sides is None:
        raise bad_request("wrong dice emoji specified")
    # No chance here: every value comes up in its turn, so a test can throw until it sees what it wants.
    value = call.world.count("dice") * 7 % sides + 1
    return sending.send(call, sending.target(call), {"dice": {"emoji": emoji, "value": value}})
