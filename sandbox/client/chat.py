"""The client's view of one chat: sending, expecting answers, pressing buttons, and the transcript."""

import asyncio
import base64
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

from sandbox.client.link import Link, SandboxRefusedError
from sandbox.client.message import Expected, Message, matches, read_message

__all__ = ["Chat", "Launch", "Link", "Message", "Receipt", "SandboxRefusedError", "Topic"]
POLL = 20.0
PATIENCE = 90.0  # seconds; a person is patient, and a slow machine is no failure
Json = dict[str, Any]
Answer = TypeVar("Answer")
Coming: TypeAlias = Coroutine[Any, Any, Answer]


@dataclass(frozen=True)
class Receipt:
    """How a payment ended; `error` is the bot's refusal, or says that it was silent."""

    paid: bool
    error: str
    charge_id: str


@dataclass(frozen=True)
class Launch:
    """An open Mini App: the address for its frame, and the signed data within."""

    url: str
    kind: str
    query_id: str
    init_data: str


@dataclass(frozen=True)
class Topic:
    """A topic of a chat."""

    id: int
    name: str
    closed: bool


def read_receipt(raw: Json) -> Receipt:
    """Read a payment's end from the sandbox's JSON."""
    return Receipt(raw["paid"], raw["error"], raw["charge_id"])


def read_launch(raw: Json) -> Launch:
    """Read an opened Mini App from the sandbox's JSON."""
    return Launch(raw["url"], raw["kind"], raw["query_id"], raw["init_data"])


def _read_topic(raw: Json) -> Topic:
    return Topic(raw["message_thread_id"], raw["name"], raw["is_closed"])


class Owner(Protocol):
    """Whose chat it is."""

    id: int
    first_name: str

    async def open(self, url: str) -> "Chat":
        """Open a link."""
        ...


class Chat:
    """One person's chat; `transcript` keeps every message seen, also those `expect` passed over.

    The chat of a topic (`in_topic`) writes and hears only there.
    """

    def __init__(self, link: Link, owner: Owner, name: str, topic: int = 0) -> None:
        self.name = name
        self.topic = topic
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

    async def send_sticker(self) -> Message:
        """Send a sticker."""
        return await self._file("sticker", "sticker.webp", None, "", None)

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
        body = {"items": items, "thread": self.topic}
        return [read_message(message) for message in await self._link.post(f"{self._path}/album", body)]

    async def edit(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        return read_message(
            await self._link.post(f"{self._path}/edit", {"message_id": message.id, "text": text})
        )

    def expect(
        self, wanted: Expected = None, timeout: float = PATIENCE, *, media: str = ""
    ) -> Coming[Message]:
        """Return the next unread message from others that matches; new and edited ones count."""
        return self._next(wanted, media, timeout)

    async def _next(self, wanted: Expected, media: str, seconds: float) -> Message:
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

    async def expect_nothing(self, seconds: float = 0.5, wanted: Expected = None) -> None:
        """Make sure that no (matching) message comes within so many seconds."""
        try:
            message = await self._next(wanted, "", seconds)
        except AssertionError:
            return
        raise AssertionError(f"unexpected message: {message}\n{self.told()}")

    async def messages(self) -> list[Message]:
        """Return all messages of the chat, own ones too, in order."""
        raw = await self._link.get(f"{self._path}/messages", since=0, limit=100_000)
        everything = [read_message(message) for message in raw["messages"]]
        return sorted(everything, key=lambda message: message.id)

    async def last(self) -> Message:
        """Return the newest message."""
        return (await self.messages())[-1]

    def press(self, button: str, message: Message | None = None, timeout: float = PATIENCE) -> Coming[str]:
        """Press the newest button whose text contains this; returns the note the bot answers with.

        An address outside Telegram, or of an invoice, is returned instead: who wants to goes there, or pays.
        """
        return self._press(button, message, timeout)

    async def _press(self, button: str, message: Message | None, seconds: float) -> str:
        holder = message or await self._holder(button)
        body = {"message_id": holder.id, "text": button, "timeout": seconds}
        answer = await self._link.post(f"{self._path}/press", body)
        url = str(answer.get("url") or "")
        if url and "callback_data" not in answer["button"]:
            is_invoice = "t.me/$" in url or "t.me/invoice/" in url
            if not is_invoice and ("t.me/" in url or url.startswith("tg:")):
                await self._owner.open(url)
            return url
        if not answer["answered"]:
            raise AssertionError(f"the bot did not answer «{button}» in {seconds} s\n{self.told()}")
        return str(answer["text"])

    async def _holder(self, button: str) -> Message:
        found_messages = [
            message for message in await self.messages() if any(button in text for text in message.buttons)
        ]
        if not found_messages:
            await self._fetch(0)
            raise AssertionError(f"no button like «{button}»; the chat so far:\n{self.told()}")
        return found_messages[-1]

    async def vote(self, message: Message, *options: str | int) -> Message:
        """Answer a poll by the options' texts or numbers."""
        texts = [option["text"] for option in message.raw["poll"]["options"]]
        chosen = [texts.index(option) if isinstance(option, str) else option for option in options]
        body = {"message_id": message.id, "options": chosen}
        return read_message(await self._link.post(f"{self._path}/vote", body))

    async def react(self, message: Message, *emoji: str) -> Message:
        """Put these reactions in place of one's former ones; none takes them away."""
        body = {"message_id": message.id, "reactions": list(emoji)}
        return read_message(await self._link.post(f"{self._path}/react", body))

    async def pay(self, invoice: Message) -> Receipt:
        """Pay an invoice; comes back when the bot has agreed, refused, or been silent for ten seconds."""
        return read_receipt(await self._link.post(f"{self._path}/pay", {"message_id": invoice.id}))

    async def launch(self, button: str, message: Message | None = None) -> Launch:
        """Open the Mini App of an inline button, of the newest message that has it unless one is given."""
        holder = message or await self._holder(button)
        body = {"message_id": holder.id, "text": button}
        return read_launch(await self._link.post(f"{self._path}/launch", body))

    async def launch_menu(self) -> Launch:
        """Open the Mini App of the menu button."""
        return read_launch(await self._link.post(f"{self._path}/launch", {"menu": True}))

    async def launch_keyboard(self, button: str) -> Launch:
        """Open the Mini App of a keyboard button."""
        return read_launch(await self._link.post(f"{self._path}/launch", {"button": button}))

    async def send_app_data(self, button: str, data: str) -> Message:
        """Send what a keyboard button's Mini App gives back."""
        body = {"button": button, "data": data}
        return read_message(await self._link.post(f"{self._path}/webapp_data", body))

    async def topics(self) -> list[Topic]:
        """Return the chat's topics."""
        return [_read_topic(topic) for topic in await self._link.get(f"{self._path}/topics")]

    async def open_topic(self, name: str) -> Topic:
        """Open a topic."""
        return _read_topic(await self._link.post(f"{self._path}/topics", {"name": name}))

    def in_topic(self, topic: Topic | int) -> "Chat":
        """Return the same chat within one topic."""
        number = topic if isinstance(topic, int) else topic.id
        return Chat(self._link, self._owner, self.name, number)

    async def drafts(self) -> list[str]:
        """Return the texts the bot is writing just now."""
        return [draft["text"] for draft in (await self.info())["drafts"]]

    async def info(self) -> Json:
        """Return the chat as the list shows it: title, unread count, blocked, keyboard."""
        answer: Json = await self._link.get(self._path)
        return answer

    async def read(self) -> None:
        """Mark everything as read, as opening the chat does."""
        await self._link.post(f"{self._path}/read", {})

    async def leave(self) -> None:
        """Leave a group."""
        await self._link.post(f"{self._path}/leave", {})

    def told(self) -> str:
        """Write the transcript, one message per line."""
        lines = [
            f"{'>' if line.sender_id == self._owner.id else '<'} {'(edited) ' if line.edited else ''}{line}"
            for line in self.transcript
        ]
        return "\n".join(lines) or "(nothing)"

    async def _sent(self, act: str, body: Json, reply_to: Message | None) -> Message:
        if self.topic:
            body["thread"] = self.topic
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
        for message in map(read_message, raw["messages"]):
            if self._is_elsewhere(message) or self._is_no_word(message):
                continue
            self.transcript.append(message)
            if message.sender_id != self._owner.id:
                self._unread.append(message)

    def _is_elsewhere(self, message: Message) -> bool:
        return bool(self.topic) and message.raw.get("message_thread_id") != self.topic

    def _is_no_word(self, message: Message) -> bool:
        """Tell whether only people's votes, reactions or payments have changed a message known already."""
        known = next((line for line in reversed(self.transcript) if line.id == message.id), None)
        return known is not None and known.says_the_same(message)
