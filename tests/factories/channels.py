"""Made-up channels: posts of every kind, as Telegram Desktop exports them."""

import io
import json
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ABSENT = "(File not included. Change data exporting settings to download.)"
FIRST = 1_700_000_000
CHANNEL_ID = 1234567890
PIECES = ("plain", "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "link",
          "mention", "hashtag", "custom_emoji", "blockquote")  # fmt: skip
WORDS = (
    "Ясные",
    "слова",
    "<тег>",
    "a & b",
    "{{user.name}}",
    "кавычки “так”",
    "👍🏽",
    "lesson",
    "2 < 3",
    "строка\nниже",
)
FILES = {
    "photo": ("photos/photo_{n}@01-01-2024_10-00-00.jpg", None),
    "video": ("video_files/video_{n}.mp4", "video_file"),
    "voice": ("voice_messages/audio_{n}@01-01-2024.ogg", "voice_message"),
    "video_note": ("round_video_messages/file_{n}@01-01-2024.mp4", "video_message"),
    "animation": ("video_files/animation_{n}.mp4", "animation"),
    "audio": ("files/song_{n}.mp3", "audio_file"),
    "document": ("files/work_{n}.pdf", None),
}


@dataclass(frozen=True)
class MadeFile:
    """A file of a post: how Telegram shows it, where the export puts it, what is in it."""

    kind: str
    path: str
    content: bytes


@dataclass(frozen=True)
class MadeMessage:
    """A message of the channel; an album is several with one `album`."""

    number: int
    at: int
    pieces: tuple[tuple[str, str], ...] = ()
    file: MadeFile | None = None
    album: int | None = None
    poll: tuple[str, tuple[str, ...]] | None = None
    reply_to: int | None = None
    is_edited: bool = False
    what: str = "message"  # or service, sticker, absent


def make_channel(posts: int, seed: int = 1) -> list[MadeMessage]:
    """So many posts that become something, and among them what becomes nothing."""
    lot = random.Random(seed)
    made: list[MadeMessage] = []
    done = 0
    while done < posts:
        number, at = len(made) + 1 + lot.randrange(3) + (made[-1].number if made else 0), FIRST + 3_600 * done
        kind = lot.choices(("text", "file", "album", "poll", "service", "sticker"), (4, 5, 2, 1, 1, 1))[0]
        done += kind not in {"service", "sticker"}
        match kind:
            case "text":
                reply = made[-1].number if made and lot.random() < 0.2 else None
                made.append(
                    MadeMessage(number, at, _pieces(lot), reply_to=reply, is_edited=lot.random() < 0.2)
                )
            case "file":
                file = _file(lot.choice(tuple(FILES)), number)
                made.append(MadeMessage(number, at, _pieces(lot) if lot.random() < 0.6 else (), file))
            case "album":
                group = lot.choice((("photo", "video"), ("document",), ("audio",)))
                for part in range(lot.randint(2, 5)):
                    words = _pieces(lot) if part == 0 and lot.random() < 0.7 else ()
                    file = _file(lot.choice(group), number + part)
                    made.append(MadeMessage(number + part, at, words, file, album=number))
            case "poll":
                answers = tuple(f"Вариант {letter}" for letter in "ABCD"[: lot.randint(2, 4)])
                made.append(MadeMessage(number, at, poll=(f"Вопрос {number}?", answers)))
            case _:
                made.append(MadeMessage(number, at + 1, what=kind))
    return made


def _pieces(lot: random.Random) -> tuple[tuple[str, str], ...]:
    return (
        ("plain", f"Пост {lot.randrange(10_000)}\n"),
        *((lot.choice(PIECES), lot.choice(WORDS)) for _ in range(lot.randint(1, 6))),
    )


def _file(kind: str, number: int) -> MadeFile:
    path = FILES[kind][0].format(n=number)
    return MadeFile(kind, path, f"{kind} {number}".encode())


def write_result(made: Sequence[MadeMessage], name: str = "Ясные слова") -> bytes:
    """The `result.json` that Telegram Desktop writes."""
    document = {
        "name": name,
        "type": "private_channel",
        "id": CHANNEL_ID,
        "messages": [*map(_exported, made)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def export_channel(folder: Path, made: Sequence[MadeMessage], name: str = "Ясные слова") -> Path:
    """Write the folder Telegram Desktop makes; gives its `result.json`."""
    for path, content in [*_list_files(made), ("result.json", write_result(made, name))]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder / "result.json"


def pack_channel(made: Sequence[MadeMessage], root: str = "") -> bytes:
    """The same folder as an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in [("result.json", write_result(made)), *_list_files(made)]:
            archive.writestr(root + path, content)
    return packed.getvalue()


def _list_files(made: Sequence[MadeMessage]) -> list[tuple[str, bytes]]:
    return [(message.file.path, message.file.content) for message in made if message.file is not None]


def _exported(message: MadeMessage) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": message.number,
        "type": "message",
        "date": _when(message.at),
        "date_unixtime": str(message.at),
    }
    if message.what == "service":
        return fields | {
            "type": "service",
            "actor": "Анна",
            "actor_id": "user1",
            "action": "pin_message",
            "message_id": 1,
            "text": "",
        }
    fields |= {"from": "Ясные слова", "from_id": f"channel{CHANNEL_ID}"}
    if message.what == "sticker":
        return fields | {
            "file": ABSENT,
            "thumbnail": ABSENT,
            "media_type": "sticker",
            "sticker_emoji": "👍",
            "text": "",
            "text_entities": [],
        }
    if message.is_edited:
        fields |= {"edited": _when(message.at + 60), "edited_unixtime": str(message.at + 60)}
    if message.reply_to:
        fields["reply_to_message_id"] = message.reply_to
    if message.poll:
        question, answers = message.poll
        listed = [{"text": answer, "voters": 3, "chosen": False} for answer in answers]
        fields["poll"] = {"question": question, "closed": False, "total_voters": 9, "answers": listed}
    if message.file:
        fields |= _exported_file(message.file)
    entities = [_entity(*piece) for piece in message.pieces]
    older = [entity["text"] if entity["type"] == "plain" else entity for entity in entities]
    return fields | {"text": older or "", "text_entities": entities}


def _exported_file(file: MadeFile) -> dict[str, Any]:
    if file.kind == "photo":
        return {"photo": file.path, "width": 800, "height": 600}
    kind = FILES[file.kind][1]
    named = {"media_type": kind} if kind else {}
    return {
        "file": file.path,
        "thumbnail": f"{file.path}_thumb.jpg",
        **named,
        "mime_type": "x/y",
        "duration_seconds": 3,
    }


def _entity(kind: str, words: str) -> dict[str, Any]:
    more = {
        "text_link": {"href": "https://e.com/?a=1&b=2"},
        "pre": {"language": "python"},
        "custom_emoji": {"document_id": ABSENT},
    }
    return {"type": kind, "text": words, **more.get(kind, {})}


def _when(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def forward(message: MadeMessage) -> dict[str, Any]:
    """What the Bot API says of the message, forwarded to a bot; a file's identifier is its path in the export."""
    channel = {"id": -1_000_000_000_000 - CHANNEL_ID, "type": "channel", "title": "Ясные слова"}
    body: dict[str, Any] = {"forward_origin": {"type": "channel", "chat": channel, "message_id": message.number, "date": message.at}}  # fmt: skip
    if message.what == "sticker":
        sticker = {"type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
        return body | {"sticker": {**_file_of("sticker"), **sticker}}
    if message.poll:
        return body | {"poll": _forwarded_poll(*message.poll)}
    if message.album is not None:
        body["media_group_id"] = str(message.album)
    text, entities = _with_entities(message.pieces)
    if message.file:
        body |= _forwarded_file(message.file)
        return body | ({"caption": text, "caption_entities": entities} if text else {})
    return body | {"text": text, "entities": entities}


def _forwarded_poll(question: str, answers: Sequence[str]) -> dict[str, Any]:
    options = [
        {"persistent_id": str(n), "text": answer, "voter_count": 3} for n, answer in enumerate(answers)
    ]
    flags = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
    return {"id": "1", "question": question, "options": options, "total_voter_count": 9, "is_anonymous": True, "type": "regular", **flags}  # fmt: skip


def _file_of(file_id: str) -> dict[str, Any]:
    return {"file_id": file_id, "file_unique_id": file_id}


def _forwarded_file(file: MadeFile) -> dict[str, Any]:
    sizes = {"width": 800, "height": 600, "duration": 3, "length": 240}
    known = {"photo": ("width", "height"), "video": ("width", "height", "duration"), "animation": ("width", "height", "duration"), "voice": ("duration",), "audio": ("duration",), "video_note": ("duration", "length")}  # fmt: skip
    fields = {**_file_of(file.path), **{name: sizes[name] for name in known.get(file.kind, ())}}
    if file.kind == "photo":
        return {"photo": [{**fields, **_file_of("small")}, fields]}
    named = (
        {"file_name": Path(file.path).name}
        if file.kind in {"document", "audio", "video", "animation"}
        else {}
    )
    return {file.kind: fields | named}


_ENTITIES = {"link": "url", "plain": ""}


def _with_entities(pieces: Sequence[tuple[str, str]]) -> tuple[str, list[dict[str, Any]]]:
    text, entities = "", []
    for kind, words in pieces:
        name = _ENTITIES.get(kind, kind)
        more = {"text_link": {"url": "https://e.com/?a=1&b=2"}, "pre": {"language": "python"}, "custom_emoji": {"custom_emoji_id": "5"}}  # fmt: skip
        places = [len(part.encode("utf-16-le")) // 2 for part in (text, words)]
        if name:
            entities.append({"type": name, "offset": places[0], "length": places[1], **more.get(kind, {})})
        text += words
    return text, entities
