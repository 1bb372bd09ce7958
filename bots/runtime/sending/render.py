"""From a queued call to final Bot API fields: words in the person's language, signed buttons, known files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.runtime.sending.altering import alter
from bots.runtime.sending.saying import Known, Listener, say_to
from core.environment import Environment
from core.errors import DomainError
from core.links import is_web
from core.presses import Press, sign
from core.text.message import choose_language, fit_below, localize
from core.text.targets import find_link
from core.text.template import (
    find_variables,
    highlight,
)
from core.tracking import link_address
from services.content.messages import bot_values, media, templates
from services.delivery.carried.carrying import LINES, album_call, lines_fields
from services.delivery.schemas import QueuedCall, Rendered, Unrendered
from services.delivery.sentences import (
    AuthorText,
    read_sentence,
)
from services.delivery.speech import Address, Keyboard, Words
from services.learning.app_refs import app_address
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy import groups
from utils.telegram_html import cut_html, cut_text, strip_tags, utf16_length

MOST_TEXT = 4096
MOST_CAPTION = 1024
MOST_QUESTION = 300
MOST_OPTION = 100
MOST_BUTTONS = 100  # with more Telegram refuses all of the message
WORDY = ("text", "caption", "question", "heading", "below")
FILES = frozenset({"photo", "voice", "video", "document", "audio", "animation", "video_note"})
Fields = dict[str, Any]


@dataclass
class Renderer:
    """Renders batches of one process's bots; `usernames` are our bots' by id."""

    env: Environment
    usernames: Mapping[int, str]

    async def __call__(
        self, conn: AsyncConnection, calls: Sequence[QueuedCall]
    ) -> list[Rendered | Unrendered]:
        """Final fields for each call; one that cannot be rendered does not keep the others back."""
        calls, drafts = await _gather_pieces(conn, calls, _read_all(calls))
        unlike = list({id(draft): draft for draft in drafts}.values())  # all of a broadcast are one
        wordy_drafts = {id(draft) for draft in unlike if _needs_words(draft)}
        wordy = [
            call
            for call, draft in zip(calls, drafts, strict=True)
            if not call.frozen and id(draft) in wordy_drafts
        ]
        people = await self._load_people(conn, wordy, unlike)
        files = await self._load_files(conn, calls, unlike)
        return [self._render(call, draft, people, files) for call, draft in zip(calls, drafts, strict=True)]

    def _render(
        self,
        call: QueuedCall,
        draft: Fields,
        people: Mapping[tuple[int, int], Listener],
        files: Mapping[tuple[str, str], str],
    ) -> Rendered | Unrendered:
        if call.frozen:
            fields = {**draft, "chat_id": call.chat_id}  # a group that moved keeps its words
            return Rendered(call, fields, _said(draft))
        env = self.env.of_account(call.account_id)
        listener = people.get((call.account_id, call.chat_id))
        if listener is None:
            listener = Listener(env.default_language, own=env.own_texts)
        try:
            return _as_change(self._finish(call, draft, listener, files))
        except (DomainError, KeyError, ValueError) as error:
            return Unrendered(call, f"TEMPLATE_RENDER_FAILED: {error}")

    def _finish(
        self, call: QueuedCall, draft: Fields, listener: Listener, files: Mapping[tuple[str, str], str]
    ) -> Rendered:
        fields = {**draft, "chat_id": call.chat_id}
        for name, limit in (("text", MOST_TEXT), ("caption", MOST_CAPTION)):
            if isinstance(fields.get(name), dict):
                fields[name] = cut_html(say_to(fields[name], listener), limit)
                fields.setdefault("parse_mode", "HTML")
        if "heading" in fields:
            _put_heading(fields, listener)
        if "below" in fields:
            fields["text"] += "\n\n" + strip_tags(say_to(fields.pop("below"), listener))
        if isinstance(fields.get("question"), dict):
            _ask(fields, listener)
        buttons = fields.pop("buttons", None) or []
        if _goes_on(fields.pop("continues", ()), draft, listener):
            buttons = []  # they stand below the last part
        rows = [[(button, self._button(call, button, listener)) for button in row] for row in buttons]
        if keyboard := list(filter(None, [[made for _, made in row if _works(made)] for row in rows])):
            fields["reply_markup"] = {"inline_keyboard": fit_below((), keyboard, MOST_BUTTONS)}
        dead = tuple(_label(key, made, listener) for row in rows for key, made in row if not _works(made))
        for name in fields.keys() & FILES:
            self._name_file(fields, name, files)
        if isinstance(fields.get("media"), list):
            fields["media"] = [self._finish_part(part, listener, files) for part in fields["media"]]
        return Rendered(call, fields, _said(fields), dead)

    def _finish_part(
        self, part: Mapping[str, Any], listener: Listener, files: Mapping[tuple[str, str], str]
    ) -> Fields:
        """One file of an album."""
        fields = dict(part)
        if isinstance(fields.get("caption"), dict):
            fields["caption"] = cut_html(say_to(fields["caption"], listener), MOST_CAPTION)
            fields["parse_mode"] = "HTML"
        self._name_file(fields, "media", files)
        return fields

    def _button(self, call: QueuedCall, button: Mapping[str, Any], listener: Listener) -> Fields:
        text = say_to(button["text"], listener, escape=False)
        env = self.env
        if "link" in button and is_web(env.public_url):
            link = (env.public_url, env.signing_key, button["link"], call.chat_id)
            return {"text": text, "url": link_address(*link)}
        if "url" in button:
            return {"text": text, "url": find_link(say_to(button["url"], listener, escape=False))}
        if page := button.get("inside") or ("app" in button and app_address(self.env, **button["app"])):
            return {"text": text, "web_app": {"url": page}}
        return {"text": text, "callback_data": _sign(self.env, call.bot_id, call.chat_id, button)}

    def _name_file(self, fields: Fields, name: str, files: Mapping[tuple[str, str], str]) -> None:
        """A file Telegram knows goes by its file_id; another stays a reference for the sender to upload."""
        wanted = fields.get(name)
        if isinstance(wanted, Mapping):
            path = media.find_file(self.env, wanted["media"])
            known = files.get((wanted["media"], media.digest_of(path)))
            fields[name] = known or wanted

    async def _load_people(
        self, conn: AsyncConnection, calls: Sequence[QueuedCall], drafts: Sequence[Fields]
    ) -> dict[tuple[int, int], Listener]:
        if not calls:
            return {}
        listeners = await contacts.list_speaking_to(conn, [call.chat_id for call in calls])
        wanted = {str(name) for draft in drafts for text in _texts(draft) for name in find_variables(text)}
        values = await self._load_values(conn, list(listeners.values()), wanted)
        bot_names = await self._bot_values(conn, calls[0].bot_id, wanted)
        languages = await groups.load_languages(conn, {call.chat_id for call in calls if call.chat_id < 0})
        own = {
            account_id: self.env.of_account(account_id).own_texts
            for account_id, _ in (*languages, *listeners)
        }
        known: dict[int, Known] = {account_id: {} for account_id in own}
        there = {
            key: Listener(language, bot_names, own[key[0]], known[key[0]])
            for key, language in languages.items()
        }
        return there | {
            key: Listener(
                contact.language,
                {**bot_names, **values[contact.id]} if contact.id in values else bot_names,
                own[key[0]],
                known[key[0]],
            )
            for key, contact in listeners.items()
        }

    async def _load_values(
        self, conn: AsyncConnection, people: Sequence[Contact], wanted: set[str]
    ) -> dict[int, dict[str, str]]:
        if not wanted:
            return {}
        return await templates.load_values(conn, self.env, self.usernames, people, wanted)

    async def _bot_values(self, conn: AsyncConnection, bot_id: int, wanted: set[str]) -> dict[str, str]:
        own = await bot_values.load_values(conn, bot_id) if any(map(_is_of_bot, wanted)) else {}
        return {**own, templates.BOT_NAME: self.usernames.get(bot_id, "")}

    async def _load_files(
        self, conn: AsyncConnection, calls: Sequence[QueuedCall], drafts: Sequence[Fields]
    ) -> Mapping[tuple[str, str], str]:
        refs = {file["media"] for draft in drafts for file in _files(draft)}
        if not refs:
            return {}
        digests = []
        for ref in refs:
            try:
                digests.append(await media.load_digest(media.find_file(self.env, ref)))
            except DomainError:
                continue  # named again, and refused, when its own call is rendered
        return await media.load_file_ids(conn, calls[0].bot_id, digests)


def _as_change(made: Rendered) -> Rendered:
    """What would send a message, as the call that makes one say the same, or takes it away."""
    call = made.call
    if call.alters is None or call.message_id is None:
        return made
    method, fields = alter(call.alters, call.method, made.fields, call.message_id)
    return replace(made, call=replace(call, method=method), fields=fields)


def _goes_on(languages: Sequence[str], draft: Fields, listener: Listener) -> bool:
    """Whether the text a listener gets is the first part of a longer one."""
    text = read_sentence(draft.get("text")) if languages else None
    return isinstance(text, AuthorText) and choose_language(text.texts, listener.language) in languages


def _works(made: Mapping[str, Any]) -> bool:
    """Whether Telegram takes a button: one whose address is none makes it refuse the whole message."""
    return made.get("url") != ""


def _label(button: Mapping[str, Any], made: Mapping[str, Any], listener: Listener) -> str:
    """What a button is called by its author, whoever it was meant for."""
    text = read_sentence(button["text"])
    if isinstance(text, AuthorText):
        return highlight(localize(text.texts, listener.language))
    return str(made["text"])


def _is_of_bot(variable: str) -> bool:
    return variable.startswith("bot.") and variable != templates.BOT_NAME


def _read_all(calls: Sequence[QueuedCall]) -> list[Fields]:
    """The drafts; recipients of one broadcast share a parsed one."""
    parsed: dict[str, Fields] = {}
    drafts = []
    for call in calls:
        text = call.payload or "{}"
        if text not in parsed:
            parsed[text] = json.loads(text)
        drafts.append(parsed[text])
    return drafts


async def _gather_pieces(
    conn: AsyncConnection, calls: Sequence[QueuedCall], drafts: list[Fields]
) -> tuple[list[QueuedCall], list[Fields]]:
    """An album or lines that people sent leave with as many pieces as have come by now, the oldest lines first."""
    filled = list(calls)
    for place in sorted(range(len(calls)), key=lambda place: drafts[place].get(LINES, 0)):
        call, draft = calls[place], drafts[place]
        if "album" in draft:
            method, fields = await album_call(conn, call.account_id, draft["album"])
            piece = {name: value for name, value in draft.items() if name != "album"}
            filled[place], drafts[place] = replace(call, method=method), {**piece, **fields}
        elif LINES in draft:
            fields = await lines_fields(conn, call.account_id, draft[LINES])
            drafts[place] = {**{name: value for name, value in draft.items() if name != LINES}, **fields}
    return filled, drafts


def _put_heading(fields: Fields, listener: Listener) -> None:
    """Words of ours above what a person wrote, whose formatting moves down as far."""
    above = strip_tags(say_to(fields.pop("heading"), listener)) + "\n\n"
    moved = utf16_length(above)
    fields["text"] = above + fields["text"]
    fields["entities"] = [{**mark, "offset": mark["offset"] + moved} for mark in fields.get("entities", [])]


def _files(draft: Fields) -> list[Mapping[str, str]]:
    """The files a call names by our references, an album's too."""
    named = [draft.get(name) for name in FILES]
    if isinstance(draft.get("media"), list):
        named += [part["media"] for part in draft["media"]]
    return [medium for medium in named if isinstance(medium, Mapping)]


def _needs_words(draft: Fields) -> bool:
    is_album = isinstance(draft.get("media"), list)
    return is_album or "buttons" in draft or any(isinstance(draft.get(name), dict) for name in WORDY)


def _said(fields: Fields) -> str:
    """What a call says, for the history."""
    return next((str(fields[name]) for name in WORDY if fields.get(name)), "")


def _ask(fields: Fields, listener: Listener) -> None:
    """A poll takes no markup: its words go out plain, each cut to what Telegram shows."""
    fields["question"] = cut_text(say_to(fields["question"], listener, escape=False), MOST_QUESTION)
    fields["options"] = [
        {"text": cut_text(say_to(option["text"], listener, escape=False), MOST_OPTION)}
        for option in fields["options"]
    ]


def _texts(value: Any) -> list[str]:
    """Authors' texts anywhere in a draft."""
    if isinstance(value, Mapping):
        sentence = read_sentence(value)
        if isinstance(sentence, AuthorText):
            return list(sentence.texts.values())
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []


def render_at_once(env: Environment, to: Address, language: str, words: Words, buttons: Keyboard) -> Fields:
    """A message of our own words with buttons that are pressed, for a call that is not stored on its way."""
    listener, at = Listener(language), (to.bot_id, to.chat_id)

    def make(button: Mapping[str, Any]) -> Fields:
        label = say_to(button["text"], listener, escape=False)
        return {"text": label, "callback_data": _sign(env, *at, button)}

    keyboard = [[make(button) for button in row] for row in buttons]
    fields = {"chat_id": to.chat_id, "text": say_to(words, listener), "parse_mode": "HTML"}
    return {**fields, "reply_markup": {"inline_keyboard": keyboard}}


def _sign(env: Environment, bot_id: int, chat_id: int, button: Mapping[str, Any]) -> str:
    kind, _, target = button["press"].partition(".")
    return sign(env.signing_key, bot_id, chat_id, button.get("holder", str(chat_id)), Press(kind, target))
