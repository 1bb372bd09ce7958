"""Control of conversations: reading, waiting, writing, pressing, leaving."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.actors import groups, pressing, talking, voting
from sandbox.chats import posting
from sandbox.control.requests import (
    Json,
    answer,
    body_of,
    chat_json,
    find_message,
    find_person,
    number_of,
    place,
    seconds_of,
    world_of,
)
from sandbox.control.samples import KINDS, sample
from sandbox.state.model import Chat
from sandbox.state.world import World
from sandbox.wire.errors import ControlError
from sandbox.wire.multipart import read_form
from sandbox.wire.params import Upload

routes = web.RouteTableDef()
BASE = "/sandbox/people/{person}/chats"
HERE = BASE + "/{chat}"
_EXTRA: dict[str, Json] = {"voice": {"duration": 2}, "audio": {"duration": 2, "title": "Sound"}}


@routes.get(BASE)
async def list_chats(request: web.Request) -> web.Response:
    """List a person's chats, the latest first."""
    world = world_of(request)
    person = find_person(world, request.match_info["person"])
    chats = [world.chats[key] for key in world.person_chats.get(person.id, ())]
    chats.sort(key=_last_date, reverse=True)
    return answer([chat_json(world, person, chat) for chat in chats])


def _last_date(chat: Chat) -> int:
    last = next(reversed(chat.messages.values()), None)
    return last.date if last else 0


@routes.get(HERE)
async def show_chat(request: web.Request) -> web.Response:
    """Describe one chat."""
    return answer(chat_json(*place(request)))


def _news(world: World, chat: Chat, since: int, limit: int) -> Json:
    changed = sorted(
        (message for message in chat.messages.values() if message.seq > since),
        key=lambda each_message: each_message.seq,
    )
    gone = [number for seq, number in chat.gone if seq > since]
    cut = changed[-limit:] if since == 0 else changed[:limit]
    seq = cut[-1].seq if cut and cut[-1] is not changed[-1] else chat.seq
    return {
        "messages": [posting.seen_by_people(world, message) for message in cut],
        "deleted": gone,
        "seq": seq,
    }


@routes.get(HERE + "/messages")
async def list_messages(request: web.Request) -> web.Response:
    """List messages new or changed after the cursor `since`, in the order of change."""
    world, _, chat = place(request)
    limit = int(number_of(request, "limit", 200))
    return answer(_news(world, chat, int(number_of(request, "since", 0)), limit))


@routes.get(HERE + "/wait")
async def wait_messages(request: web.Request) -> web.Response:
    """Do the same, but wait for something to happen."""
    world, _, chat = place(request)
    since = int(number_of(request, "since", 0))
    await world.hub.until(f"chat:{chat.key}", seconds_of(request, 25), lambda: chat.seq > since)
    return answer(_news(world, chat, since, int(number_of(request, "limit", 200))))


@routes.post(HERE + "/send")
async def send(request: web.Request) -> web.Response:
    """Write: `text`, or `body` with other Bot API fields, or `contact: true` for one's own number."""
    world, person, chat = place(request)
    wish = await body_of(request)
    if "text" in wish:
        body = talking.text_body(str(wish["text"]))
    elif wish.get("contact"):
        body = talking.contact_body(person, str(wish.get("phone_number", "+70000000000")))
    elif isinstance(wish.get("body"), dict):
        body = wish["body"]
    else:
        raise ControlError("nothing to send")
    message = talking.say(world, person, chat, body, *_where(wish))
    return answer(posting.seen_by_people(world, message))


def _where(wish: Json) -> tuple[int, int]:
    """Return the message replied to and the topic written to."""
    return int(wish.get("reply_to") or 0), int(wish.get("thread") or 0)


@routes.post(HERE + "/media")
async def send_media(request: web.Request) -> web.Response:
    """Send a file: multipart (kind, caption, reply_to, file) or JSON (kind, data in base64 or a sample)."""
    world, person, chat = place(request)
    wish, upload = await _file_wish(request)
    kind = str(wish.get("kind", "photo"))
    body = talking.media_body(world, kind, upload, {**_EXTRA.get(kind, {})}, str(wish.get("caption") or ""))
    message = talking.say(world, person, chat, body, *_where(wish))
    return answer(posting.seen_by_people(world, message))


async def _file_wish(request: web.Request) -> tuple[Json, Upload]:
    if not request.content_type.startswith("multipart/"):
        wish = await body_of(request)
        return wish, _upload(wish, 0)
    wish, files = await read_form(request)
    return dict(wish), next(iter(files.values()), None) or _upload(wish, 0)


def _upload(wish: Mapping[str, Any], number: int) -> Upload:
    kind = str(wish.get("kind", "photo"))
    if kind not in KINDS:
        raise ControlError(f"no such kind of file: {kind}")
    if "data" not in wish:
        made = sample(kind, int(wish.get("sample") or number))
        return Upload(str(wish.get("name") or made.name), made.mime, made.data)
    try:
        data = base64.b64decode(str(wish["data"]), validate=True)
    except (ValueError, binascii.Error) as error:
        raise ControlError("data must be base64") from error
    return Upload(str(wish.get("name") or kind), str(wish.get("mime") or ""), data)


@routes.post(HERE + "/album")
async def send_album(request: web.Request) -> web.Response:
    """Send several files as one album: `items`, or `count` sample pictures."""
    world, person, chat = place(request)
    wish = await body_of(request)
    items: list[Json] = wish.get("items") or [{"kind": "photo"} for _ in range(int(wish.get("count", 2)))]
    bodies = [
        talking.media_body(
            world, str(part.get("kind", "photo")), _upload(part, number), {}, str(part.get("caption") or "")
        )
        for number, part in enumerate(items)
    ]
    sent = talking.say_album(world, person, chat, bodies, *_where(wish))
    return answer([posting.seen_by_people(world, part) for part in sent])


@routes.post(HERE + "/edit")
async def edit(request: web.Request) -> web.Response:
    """Change one's own message."""
    world, person, chat = place(request)
    wish = await body_of(request)
    message = talking.edit_text(
        world, person, chat, int(wish.get("message_id") or 0), str(wish.get("text", ""))
    )
    return answer(posting.seen_by_people(world, message))


@routes.post(HERE + "/delete")
async def delete(request: web.Request) -> web.Response:
    """Take back one's own message."""
    world, person, chat = place(request)
    talking.take_back(world, person, chat, int((await body_of(request)).get("message_id") or 0))
    return answer({"ok": True})


@routes.post(HERE + "/press")
async def press(request: web.Request) -> web.Response:
    """Press an inline button; a callback's answer is waited for, an address is only returned."""
    world, person, chat = place(request)
    wish = await body_of(request)
    message = find_message(chat, wish)
    button = pressing.find_button(message, wish)
    if "callback_data" not in button:
        return answer(
            {"answered": True, "text": "", "show_alert": False, "url": _address(button), "button": button}
        )
    callback = pressing.press(world, person, chat, message, button["callback_data"])
    seconds = float(wish.get("timeout", 10))
    answer_text = await pressing.answer_of(world, callback, seconds)
    return answer({**answer_text, "button": button, "callback_id": callback.id})


def _address(button: Json) -> str:
    for name in ("url", "web_app", "login_url"):
        value: Any = button.get(name)
        if value:
            return str(value["url"] if isinstance(value, dict) else value)
    return ""


@routes.post(HERE + "/vote")
async def vote(request: web.Request) -> web.Response:
    """Answer a poll with the numbers of `options`, from 0 on."""
    world, person, chat = place(request)
    wish = await body_of(request)
    chosen = [int(number) for number in wish.get("options", [])]
    return answer(
        posting.seen_by_people(world, voting.vote(world, person, chat, find_message(chat, wish), chosen))
    )


@routes.post(HERE + "/read")
async def read(request: web.Request) -> web.Response:
    """Mark the chat as read."""
    world, person, chat = place(request)
    chat.reads[person.id] = chat.seq
    return answer(chat_json(world, person, chat))


@routes.post(HERE + "/leave")
async def leave(request: web.Request) -> web.Response:
    """Leave a group."""
    world, person, chat = place(request)
    groups.leave(world, person, chat)
    return answer(chat_json(world, person, chat))
