"""The client's view of one chat: sending, expecting answers, pressing buttons, and the transcript."""

import asyncio
import base64
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

import aiohttp

from sandbox.text.unparse import to_html

POLL = 20.0
MEDIA = (
    "photo",
    "voice",
    "video",
    "video_note",
    "document",
    "audio",
    "animation",
    "sticker",
    "poll",
    "contact",
    "location",
    "invoice",
    "dice",
)
Json = dict[str, Any]
Wanted = str | re.Pattern[str] | None
Answer = TypeVar("Answer")
Coming: TypeAlias = Coroutine[Any, Any, Answer]


class SandboxRefusedError(AssertionError):
    """The sandbox says the person cannot do this."""


class Link:
    """The HTTP connection to a sandbox."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Connect."""
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        """Disconnect."""
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, **query: Any) -> Any:
        """Read something."""
        return await self._ask("GET", path, params={key: str(value) for key, value in query.items()})

    async def post(self, path: str, body: Json) -> Any:
        """Do something."""
        return await self._ask("POST", path, json=body)

    async def _ask(self, verb: str, path: str, **how: Any) -> Any:
        if self._session is None:
            raise RuntimeError("use the client as `async with SandboxClient(url) as tg`")
        async with self._session.request(verb, self.base_url + path, **how) as answer:
            content = await answer.json()
            if not answer.ok:
                raise SandboxRefusedError(content.get("error", f"{verb} {path}: {answer.status}"))
            return content


class Owner(Protocol):
    """Whose chat it is."""

    id: int
    first_name: str

    async def open(self, url: str) -> "Chat":
        """Open a link."""
        ...


@dataclass(frozen=True)
class Message:
    """A message as people see it; `raw` has all Bot API fields."""

    id: int
    sender_id: int
    text: str
    html: str
    buttons: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    reply_buttons: tuple[str, ...]
    media: str
    edited: bool
    raw: Json

    def __str__(self) -> str:
        parts = [f"[{self.media}]"] if self.media else []
        parts += [self.text] if self.text else []
        shown = " ".join(parts) or "(service message)"
        return shown + "".join(f" «{one}»" for one in self.buttons)


def read_message(raw: Json) -> Message:
    """Read a message from the sandbox's JSON."""
    text = str(raw.get("text") or raw.get("caption") or "")
    entities: list[Json] = raw.get("entities") or raw.get("caption_entities") or []
    markup = raw.get("reply_markup") or {}
    rows = tuple(tuple(row) for row in markup.get("inline_keyboard", []))
    keys = [
        button["text"] if isinstance(button, dict) else button
        for row in markup.get("keyboard", [])
        for button in row
    ]
    return Message(
        id=raw["message_id"],
        sender_id=raw.get("from", {}).get("id", 0),
        text=text,
        html=to_html(text, entities),
        buttons=tuple(button["text"] for row in rows for button in row),
        rows=rows,
        reply_buttons=tuple(keys),
        media=next((kind for kind in reversed(MEDIA) if kind in raw), ""),
        edited="edit_date" in raw,
        raw=raw,
    )


class Chat:
    """One person's chat; `transcript` keeps every message seen, also those `expect` passed over."""

    def __init__(self, link: Link, owner: Owner, name: str) -> None:
        self.name = name
        self.transcript: list[Message] = []
        self._link = link
        self._owner = owner
        self._path = f"/sandbox/people/{owner.id}/chats/{name}"
        self._seen = 0
        self._unread: list[Message] = []

    async def send(self, text: str, reply_to: Message | None = None) -> Message:
        """Write a text."""
        return await self._sent("send", {"text": text}, reply_to)

    async def reply(self, message: Message, text: str) -> Message:
        """Answer a message."""
        return await self.send(text, reply_to=message)

    async def send_contact(self, phone_number: str = "+70000000000") -> Message:
        """Share one's own phone number."""
        return await self._sent("send", {"contact": True, "phone_number": phone_number}, None)

    async def send_body(self, **body: Any) -> Message:
        """Send a message with these Bot API fields, such as `location={…}`."""
        return await self._sent("send", {"body": body}, None)

    async def send_photo(
        self, caption: str = "", data: bytes | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a picture, a made-up one unless given."""
        return await self._file("photo", "photo.png", data, caption, reply_to)

    async def send_voice(self, data: bytes | None = None, reply_to: Message | None = None) -> Message:
        """Send a voice note."""
        return await self._file("voice", "voice.ogg", data, "", reply_to)

    async def send_video(
        self, caption: str = "", data: bytes | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a video."""
        return await self._file("video", "video.mp4", data, caption, reply_to)

    async def send_video_note(self, data: bytes | None = None, reply_to: Message | None = None) -> Message:
        """Send a round video."""
        return await self._file("video_note", "note.mp4", data, "", reply_to)

    async def send_audio(
        self, caption: str = "", data: bytes | None = None, reply_to: Message | None = None
    ) -> Message:
        """Send a piece of music."""
        return await self._file("audio", "sound.mp3", data, caption, reply_to)

    async def send_document(
        self,
        name: str = "notes.txt",
        data: bytes | None = None,
        caption: str = "",
        reply_to: Message | None = None,
    ) -> Message:
        """Send a file."""
        return await self._file("document", name, data, caption, reply_to)

    async def send_album(self, count: int = 2, caption: str = "", kind: str = "photo") -> list[Message]:
        """Send several files as one album; the caption goes with the first."""
        items = [{"kind": kind, "sample": number} for number in range(count)]
        items[0] |= {"caption": caption}
        return [read_message(one) for one in await self._link.post(f"{self._path}/album", {"items": items})]

    async def edit(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        return read_message(
            await self._link.post(f"{self._path}/edit", {"message_id": message.id, "text": text})
        )

    def expect(self, wanted: Wanted = None, timeout: float = 10.0, *, media: str = "") -> Coming[Message]:
        """Return the next unread message from others that matches; new and edited ones count."""
        return self._next(wanted, media, timeout)

    async def _next(self, wanted: Wanted, media: str, seconds: float) -> Message:
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            while self._unread:
                message = self._unread.pop(0)
                if matches(message, wanted, media):
                    return message
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                what = f"{wanted!r} {media}".strip()
                raise AssertionError(
                    f"no message like {what} in {seconds} s; the chat so far:\n{self.told()}"
                )
            await self._fetch(min(left, POLL))

    async def expect_nothing(self, seconds: float = 0.5, wanted: Wanted = None) -> None:
        """Make sure that no (matching) message comes within so many seconds."""
        try:
            message = await self._next(wanted, "", seconds)
        except AssertionError:
            return
        raise AssertionError(f"unexpected message: {message}\n{self.told()}")

    async def messages(self) -> list[Message]:
        """Return all messages of the chat, own ones too, in order."""
        raw = await self._link.get(f"{self._path}/messages", since=0, limit=100_000)
        found = [read_message(one) for one in raw["messages"]]
        return sorted(found, key=lambda one: one.id)

    async def last(self) -> Message:
        """Return the newest message."""
        return (await self.messages())[-1]

    def press(self, button: str, message: Message | None = None, timeout: float = 10.0) -> Coming[str]:
        """Press the newest button whose text contains this; returns the note the bot answers with."""
        return self._press(button, message, timeout)

    async def _press(self, button: str, message: Message | None, seconds: float) -> str:
        holder = message or await self._holder(button)
        body = {"message_id": holder.id, "text": button, "timeout": seconds}
        found = await self._link.post(f"{self._path}/press", body)
        url = str(found.get("url") or "")
        if url and "callback_data" not in found["button"]:
            if "t.me/" in url or url.startswith("tg:"):
                await self._owner.open(url)
            return url
        if not found["answered"]:
            raise AssertionError(f"the bot did not answer «{button}» in {seconds} s\n{self.told()}")
        return str(found["text"])

    async def _holder(self, button: str) -> Message:
        found = [one for one in await self.messages() if any(button in text for text in one.buttons)]
        if not found:
            await self._fetch(0)
            raise AssertionError(f"no button like «{button}»; the chat so far:\n{self.told()}")
        return found[-1]

    async def vote(self, message: Message, *options: str | int) -> Message:
        """Answer a poll by the options' texts or numbers."""
        texts = [one["text"] for one in message.raw["poll"]["options"]]
        chosen = [texts.index(one) if isinstance(one, str) else one for one in options]
        body = {"message_id": message.id, "options": chosen}
        return read_message(await self._link.post(f"{self._path}/vote", body))

    async def info(self) -> Json:
        """Return the chat as the list shows it: title, unread count, blocked, keyboard."""
        found: Json = await self._link.get(self._path)
        return found

    async def leave(self) -> None:
        """Leave a group."""
        await self._link.post(f"{self._path}/leave", {})

    def told(self) -> str:
        """Write the transcript, one message per line."""
        lines = [
            f"{'>' if one.sender_id == self._owner.id else '<'} {'(edited) ' if one.edited else ''}{one}"
            for one in self.transcript
        ]
        return "\n".join(lines) or "(nothing)"

    async def _sent(self, act: str, body: Json, reply_to: Message | None) -> Message:
        if reply_to is not None:
            body["reply_to"] = reply_to.id
        return read_message(await self._link.post(f"{self._path}/{act}", body))

    async def _file(
        self, kind: str, name: str, data: bytes | None, caption: str, reply_to: Message | None
    ) -> Message:
        body: Json = {"kind": kind, "caption": caption}
        if data is not None:
            body |= {"name": name, "data": base64.b64encode(data).decode()}
        elif kind == "document":
            body["name"] = name
        return await self._sent("media", body, reply_to)

    async def _fetch(self, seconds: float) -> None:
        raw = await self._link.get(f"{self._path}/wait", since=self._seen, timeout=seconds)
        self._seen = raw["seq"]
        for one in raw["messages"]:
            message = read_message(one)
            # A vote changes a poll, but it is no word of the bot.
            if message.media == "poll" and any(message.id == known.id for known in self.transcript):
                continue
            self.transcript.append(message)
            if message.sender_id != self._owner.id:
                self._unread.append(message)


def matches(message: Message, wanted: Wanted, media: str = "") -> bool:
    """Tell whether a message's text contains the string, or fits the regular expression, and its media fits."""
    if media and message.media != media:
        return False
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return wanted in message.text or _found(wanted, message.text)
    return wanted.search(message.text) is not None


def _found(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
