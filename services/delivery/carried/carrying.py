"""What one person says to another through a bot: text, media, albums and edits, each once and none lost."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from core.events import CallAnswered, WordsChanged
from core.lifecycle import Side
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Carried, Outgoing, Passage, PersonMessage
from services.delivery.sending.threads import is_topic_lost
from services.delivery.speech import Address, Words
from services.delivery.store import carried as store
from utils.telegram_html import shorten, utf16_length

SHOWN = "carried"  # name under which Telegram's answer comes back
ALBUM = "sendMediaGroup"
MOST_UNDER_HEADING = 3500  # units of a text that still fits into one message with the words above it
GATHERING = timedelta(seconds=1)  # real time in which the pieces of an album come
LATEST = timedelta(seconds=0.3)  # before an album leaves no piece joins it any more
MOST_LINE = 300
LINES = "lines"  # in a payload: the leader of the lines that leave in one message
MOST_NUMBER = 2**40
MOST_TEXT = 4096  # units of one message
MOST_ROOM = MOST_TEXT - 100  # of them for their lines when a word about the others stands below
QUICK = 3  # lines that leave at once; of who goes on writing they are gathered
LATELY = timedelta(seconds=10)  # in which so many are quick
MOST_WAITING = (
    3  # messages of one person's gathered lines; what comes while so many wait is counted, and kept
)
METHODS = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "voice": "sendVoice",
    "video_note": "sendVideoNote",
    "document": "sendDocument",
    "audio": "sendAudio",
    "animation": "sendAnimation",
    "sticker": "sendSticker",
}
EDITABLE = ("photo", "video", "document", "audio", "animation")  # whose file can be changed
TOGETHER = ("photo", "video", "document", "audio")  # of which albums are made
LOST_COPY = ("message to copy not found", "can't be copied", "message_id_invalid")
LOST_FILE = ("wrong file", "file reference", "file_id_invalid")
TOLD = (Side.PERSON, Side.OPERATOR, Side.REVIEWER)  # who hears that their words did not arrive


def written_elsewhere(author_id: int, text: str) -> PersonMessage:
    """Words that somebody wrote on a page of ours: no message of Telegram's, whose numbers are above zero."""
    return PersonMessage(author_id, -1 - secrets.randbelow(MOST_NUMBER), {"text": text})


async def carry(uow: UnitOfWork, said: PersonMessage, to: Address | None, passage: Passage) -> None:
    """Bring what was said to somebody, once; `to` None: nobody is there yet, it waits for `carry_waiting`."""
    heading = await _say_apart(uow, said, to, passage)
    row = {
        "bot_id": passage.bot_id,
        "about": passage.about,
        "side": passage.side,
        "ref": passage.ref,
        "quoted": passage.quoted,
        "heading": heading,
        "chat_id": said.chat_id,
        "message_id": said.message_id,
        "content": dict(said.content),
        "album": said.album,
        "to_chat_id": to.chat_id if to else 0,
        "to_thread": to.thread if to else None,
        "at": uow.now,
    }
    carried_id = await store.add(uow.conn, uow.account_id, row)
    if carried_id is not None and to is not None:
        await _deliver(uow, await get_carried(uow, carried_id))


async def _say_apart(
    uow: UnitOfWork, said: PersonMessage, to: Address | None, passage: Passage
) -> Words | None:
    """The words above what is brought: in one message with a text that is short enough, else before it, once for an album."""
    heading: Words | None = passage.heading
    if heading is None or to is None:
        return None
    if "text" in said.content and utf16_length(said.content["text"]) <= MOST_UNDER_HEADING:
        return heading
    key = _heading_key(passage.about, said.key, to.chat_id)
    speech.say(uow, to, heading, key, ref=passage.ref, extra=quoting(passage.quoted))
    return None


async def carry_waiting(uow: UnitOfWork, about: str, to: Address) -> None:
    """Bring what was said about something before anybody was there."""
    for piece in await list_carried(uow, about):
        if not piece.to_chat_id:
            place = {"to_chat_id": to.chat_id, "to_thread": to.thread}
            await store.change(uow.conn, uow.account_id, piece.id, place)
            await _deliver(uow, replace(piece, to_chat_id=to.chat_id, to_thread=to.thread))


async def list_carried(uow: UnitOfWork, about: str) -> list[Carried]:
    """All that was said about something, oldest first."""
    return await store.list_about(uow.conn, uow.account_id, about)


async def _deliver(uow: UnitOfWork, piece: Carried) -> None:
    if piece.album and piece.content.get("kind") in TOGETHER and "file_id" in piece.content:
        await _gather(uow, piece)
    elif piece.side == Side.STUDENT and "text" in piece.content and piece.quoted is None:
        await _gather_line(uow, piece)
    else:
        method, fields = _call_of(piece)
        _send(uow, piece, method, fields)


async def _gather(uow: UnitOfWork, piece: Carried) -> None:
    """Pieces of an album leave together: the first one leads, and waits a moment for the others."""
    leader = await store.find_leader(uow.conn, uow.account_id, piece, uow.real_now + LATEST)
    if leader is not None:
        await store.change(uow.conn, uow.account_id, piece.id, {"led_by": leader})
        return
    values = {"led_by": piece.id, "leaves_at": uow.real_now + GATHERING}
    await store.change(uow.conn, uow.account_id, piece.id, values)
    _send(uow, piece, ALBUM, {"album": piece.id, **quoting(piece.quoted)}, wait=GATHERING)


async def _gather_line(uow: UnitOfWork, piece: Carried) -> None:
    """A line joins the one before it that has not left yet; in great haste the first one waits for the others."""
    leader = await _find_line_leader(uow, piece)
    if leader is not None:
        await store.change(uow.conn, uow.account_id, piece.id, {"led_by": leader})
        return
    values = {"led_by": piece.id, "leaves_at": uow.real_now}
    await store.change(uow.conn, uow.account_id, piece.id, values)
    quick = await store.count_lately(uow.conn, uow.account_id, piece, uow.now - LATELY) >= QUICK
    _send(uow, piece, "sendMessage", {LINES: piece.id}, wait=GATHERING if quick else timedelta())


async def _find_line_leader(uow: UnitOfWork, piece: Carried) -> int | None:
    """With what a line leaves: nothing else stands between them, and there is room or too much waits."""
    before = await store.find_previous(uow.conn, uow.account_id, piece)
    if before is None or before.led_by is None or "text" not in before.content:
        return None
    if not await store.hold_open(uow.conn, uow.account_id, before.led_by):
        return None
    pieces = [*await store.list_led(uow.conn, uow.account_id, before.led_by), piece]
    fits = utf16_length("\n".join(piece.content["text"] for piece in pieces)) <= MOST_TEXT
    if fits or await store.count_open(uow.conn, uow.account_id, piece) >= MOST_WAITING:
        return before.led_by
    return None


def _send(
    uow: UnitOfWork,
    piece: Carried,
    method: str,
    fields: Mapping[str, Any],
    *,
    again: str = "",
    wait: timedelta = timedelta(),
) -> None:
    payload = {**_place(piece).fields, **fields}
    answer = {"name": SHOWN, "ref": piece.id}
    key = f"{key_of(piece.id)}{again}"
    call = Outgoing(
        piece.bot_id, piece.to_chat_id, method, payload, key, ref=piece.ref, on_result=answer, wait=wait
    )
    enqueue(uow, call)


async def album_call(conn: AsyncConnection, account_id: int, leader: int) -> tuple[str, dict[str, Any]]:
    """The call that brings an album as far as it has come; a single piece is brought as such."""
    pieces = await store.list_led(conn, account_id, leader)
    if len(pieces) == 1:
        return _call_of(pieces[0])
    return ALBUM, {"media": [_part(piece.content) for piece in pieces]}


async def lines_fields(conn: AsyncConnection, account_id: int, leader: int) -> dict[str, Any]:
    """One person's lines, one below the other as they are now; from now on no line joins them.

    What does not fit is counted below.
    """
    await store.close(conn, account_id, leader)
    contents = [piece.content for piece in await store.list_led(conn, account_id, leader)]
    if len(contents) == 1:
        return _text(contents[0])
    fits = utf16_length("\n".join(content["text"] for content in contents)) <= MOST_TEXT
    text, entities, shown = "", [], 0
    for content in contents:
        longer = f"{text}\n{content['text']}" if shown else content["text"]
        if not fits and shown and utf16_length(longer) > MOST_ROOM:
            break
        moved = utf16_length(longer) - utf16_length(content["text"])
        entities += [{**entity, "offset": entity["offset"] + moved} for entity in content.get("entities", [])]
        text, shown = longer, shown + 1
    fields: dict[str, Any] = {"text": text} | ({"entities": entities} if entities else {})
    if shown < len(contents):
        fields["below"] = speech.words("carried-more", count=len(contents) - shown)
    return fields


def _part(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": content["kind"], "media": content["file_id"], **_caption(content)}


def _call_of(piece: Carried) -> tuple[str, dict[str, Any]]:
    answering = quoting(piece.quoted)
    if "text" in piece.content:
        heading = {"heading": piece.heading} if piece.heading else {}
        return "sendMessage", {**_text(piece.content), **heading, **answering}
    return "copyMessage", {"from_chat_id": piece.chat_id, "message_id": piece.message_id, **answering}


def _text(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in ("text", "entities", "link_preview_options") if name in content}


def _caption(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in ("caption", "caption_entities") if name in content}


def quoting(message_id: int | None) -> dict[str, Any]:
    """How a message answers another one, if that is there still."""
    if message_id is None:
        return {}
    return {"reply_parameters": {"message_id": message_id, "allow_sending_without_reply": True}}


async def change(
    uow: UnitOfWork, bot_id: int, said: PersonMessage, key: str, sides: Collection[Side]
) -> set[Side]:
    """Change what others see as a message was changed; one not shown yet is changed when it is.

    Only what was said as one of these `sides`, those they may still speak as; gives the others.
    """
    sayings = await store.list_said(uow.conn, uow.account_id, bot_id, said.chat_id, said.message_id)
    changed = [replace(piece, content=said.content) for piece in sayings if piece.side in sides]
    for (
        piece
    ) in changed:  # in the order in which they leave, and before any call: who sends takes them so, too
        waits = {"edited": True} if piece.to_message_id is None else {}
        await store.change(uow.conn, uow.account_id, piece.id, {"content": dict(said.content), **waits})
    for piece in changed:
        if piece.to_message_id is not None:
            await _edit(uow, piece, piece.to_message_id, key)
        uow.publish(WordsChanged(piece.about, said.chat_id, said.message_id, said.content))
    return {Side(piece.side) for piece in sayings} - set(sides)


async def _edit(uow: UnitOfWork, piece: Carried, message_id: int, key: str) -> None:
    """Show what a message says now; of several edits that wait only the last one leaves."""
    fields: dict[str, Any] = {"chat_id": piece.to_chat_id, "message_id": message_id}
    content = piece.content
    if piece.led_by is not None and "text" in content:
        method = "editMessageText"
        fields[LINES] = piece.led_by
    elif "text" in content:
        method = "editMessageText"
        fits = utf16_length(content["text"]) <= MOST_UNDER_HEADING
        fields |= _text(content) | ({"heading": piece.heading} if piece.heading and fits else {})
    elif content.get("kind") in EDITABLE and "file_id" in content:
        method = "editMessageMedia"
        fields["media"] = _part(content)
    else:
        method = "editMessageCaption"
        fields |= _caption(content)
    prefix = f"{key_of(fields.get(LINES, piece.id))}:edit:"
    await store.drop_edits(uow.conn, uow.account_id, piece, prefix)
    enqueue(uow, Outgoing(piece.bot_id, piece.to_chat_id, method, fields, f"{prefix}{key}"))


async def note_shown(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Keep where it is shown, and change what was changed meanwhile; what was refused is brought in another way."""
    pieces = await store.list_led(uow.conn, uow.account_id, answer.ref) or [
        await get_carried(uow, answer.ref)
    ]
    if not answer.ok:
        for piece in pieces:
            _deliver_stored(uow, piece, str(answer.result))
        return
    if "text" in pieces[0].content:
        await _note_lines_shown(uow, pieces, answer.result["message_id"])
        return
    shown = answer.result if isinstance(answer.result, list) else [answer.result]
    for piece, message in zip(pieces, shown, strict=False):
        message_id = message["message_id"]
        values = {"to_message_id": message_id, "edited": False}
        await store.change(uow.conn, uow.account_id, piece.id, values)
        if piece.edited:
            await _edit(uow, piece, message_id, "late")
    for late in pieces[len(shown) :]:  # came while the album left
        await store.change(uow.conn, uow.account_id, late.id, {"led_by": None})
        method, fields = _call_of(late)
        _send(uow, late, method, fields)


async def _note_lines_shown(uow: UnitOfWork, pieces: Sequence[Carried], message_id: int) -> None:
    """All lines of a message stand where it does; it is drawn anew if one was changed while it left."""
    first = pieces[0]
    values = {"to_message_id": message_id, "edited": False}
    if first.led_by is None:
        await store.change(uow.conn, uow.account_id, first.id, values)
    else:
        await store.change_led(uow.conn, uow.account_id, first.led_by, values)
    if any(piece.edited for piece in pieces):
        await _edit(uow, first, message_id, "late")


def _deliver_stored(uow: UnitOfWork, piece: Carried, error: str) -> None:
    """Say what was kept of a message that cannot be copied any more; who is talked with hears that nothing came."""
    content = piece.content
    method = METHODS.get(str(content.get("kind")))
    if piece.to_thread and is_topic_lost(error):
        return  # said again in the topic that is made anew
    refusal = error.lower()
    lost = any(words in refusal for words in LOST_COPY)
    if lost and method is not None and "file_id" in content:
        caption = {} if content["kind"] in {"video_note", "sticker"} else _caption(content)
        _send(uow, piece, method, {content["kind"]: content["file_id"], **caption}, again=":stored")
        return
    if lost or any(words in refusal for words in LOST_FILE):
        words = speech.words("carry-lost", kind=_line(content))
        speech.say(uow, _place(piece), words, f"{key_of(piece.id)}:lost", ref=piece.ref)
    if piece.side in TOLD:
        to, words = Address(piece.bot_id, piece.chat_id), speech.words("talk-undelivered")
        speech.say(
            uow,
            to,
            words,
            f"{key_of(piece.id)}:failed",
            extra=quoting(piece.message_id if piece.message_id > 0 else None),
        )


def sum_up(said: Sequence[Carried], most: int) -> Words | None:
    """The last lines of what was said, for who comes new to it; None if nobody has spoken."""
    lines = [speech.words(f"talk-line-{piece.side}", text=_line(piece.content)) for piece in said[-most:]]
    return speech.lines(*lines, gap="\n") if lines else None


def _line(content: Mapping[str, Any]) -> str:
    words = content.get("text") or content.get("caption") or f"[{content.get('kind', '?')}]"
    return shorten(str(words), MOST_LINE)


async def get_carried(uow: UnitOfWork, carried_id: int) -> Carried:
    """One thing said to one reader; raises LookupError."""
    carried = await store.find(uow.conn, uow.account_id, carried_id)
    if carried is None:
        raise LookupError(f"nothing carried is {carried_id}")
    return carried


def _place(piece: Carried) -> Address:
    return Address(piece.bot_id, piece.to_chat_id, piece.to_thread)


def key_of(carried_id: int) -> str:
    """Under which what was said leaves."""
    return f"carried:{carried_id}"


def heading_key_of(piece: Carried) -> str:
    """Under which the words above it leave, where they are a message of their own."""
    return _heading_key(piece.about, f"{piece.chat_id}:{piece.album or piece.message_id}", piece.to_chat_id)


def _heading_key(about: str, said: str, chat_id: int) -> str:
    return f"heading:{about}:{said}:{chat_id}"
