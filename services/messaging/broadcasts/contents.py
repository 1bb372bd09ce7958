"""What a broadcast says, as calls of the Bot API: the first is the recipient's row, the others follow its answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from core.db.session import UnitOfWork
from core.flow.effects import Poll
from core.links import is_web
from core.presses import PressKind
from core.text.message import ANY_LANGUAGE, MAX_CAPTION, MAX_TEXT, Message, localize, shown_length
from core.text.template import find_variables
from services.content.flows import find_version
from services.content.messages.rendering import WORDLESS, Call, calls_of, media_calls, poll_call
from services.content.messages.templates import scenario_values
from services.delivery import speech
from services.delivery.speech import Keyboard
from services.messaging.broadcast_plan import Original, Plan, PlanButton
from services.messaging.responses.links import ensure_links
from services.messaging.schemas import Content
from utils.signing import fingerprint
from utils.telegram_html import split_html

PRESS = PressKind.MAILING  # kind of an author's buttons: broadcast-row-column-mark
STOP = PressKind.MAILING_STOP  # kind of the footer: broadcast
TRACKED = "tracked"  # of a button on its way here: the address whose clicks are counted
OWN_HOSTS = ("t.me", "telegram.me", "telegram.dog")
MARK = 4  # letters of it
MESSAGES_PER_STAR = 10  # at the paid pace
PART = 3_500  # units of a part of a long text with variables: what they become has room
SHARE = "https://t.me/share/url?url=https://t.me/{{bot.bot_name}}&text="


async def read_contents(uow: UnitOfWork, broadcast_id: int, plan: Plan) -> list[Content]:
    """What each recipient's row says, by variant: the first call of several."""
    values = await _load_values(uow, plan)
    variants = [plan.as_variant(number) for number in range(len(plan.variants) + 1)]
    links = await _load_links(uow, broadcast_id, variants)
    contents = [_track(_first(variant, broadcast_id, values), links) for variant in variants]
    return [_pay(content) for content in contents] if _is_paid(uow, plan) else contents


async def list_contents(
    uow: UnitOfWork, broadcast_id: int, plan: Plan, language: str = ANY_LANGUAGE
) -> list[Content]:
    """All that somebody of a language gets, in order."""
    links = await _load_links(uow, broadcast_id, [plan])
    if plan.original is not None:
        return [_track(_copy(plan.original, _keyboard(plan, broadcast_id)), links)]
    values = await _load_values(uow, plan)
    calls = _calls(plan, broadcast_id, _parts_in(plan, language))
    return [_track(Content(method, speech.with_values(fields, values)), links) for method, fields in calls]


async def list_following(
    uow: UnitOfWork, broadcast_id: int, plan: Plan, variant: int, language: str
) -> list[Content]:
    """What follows the first call, for somebody of a language."""
    contents = (await list_contents(uow, broadcast_id, plan.as_variant(variant), language))[1:]
    return [_pay(content) for content in contents] if _is_paid(uow, plan) else contents


def find_price(uow: UnitOfWork, plan: Plan, people: int) -> int:
    """The most Stars that so many people cost at Telegram's paid pace; 0 where there is none to choose."""
    if not can_pay(uow, plan):
        return 0
    if plan.original is not None:
        return -(-people // MESSAGES_PER_STAR)
    variants = [plan.as_variant(number) for number in range(len(plan.variants) + 1)]
    most = max(
        sum(map(_count_messages, _calls(variant, 0, parts)))
        for variant in variants
        for parts in _all_parts(variant)
    )
    return -(-people * most // MESSAGES_PER_STAR)


def _count_messages(call: Call) -> int:
    """An album is as many messages as it has media."""
    _, fields = call
    return len(fields.get("media", ())) or 1


def _all_parts(plan: Plan) -> list[list[Mapping[str, str]]]:
    """The messages of its text, for each language it has one in."""
    return [_parts_in(plan, language) for language in plan.text or [ANY_LANGUAGE]]


def can_pay(uow: UnitOfWork, plan: Plan) -> bool:
    """Whether the owner has turned it on, and Telegram sells it for such a message: not for a repeated album."""
    is_album = plan.original is not None and len(plan.original.message_ids) > 1
    return uow.env.paid_per_second > 0 and not is_album


def _is_paid(uow: UnitOfWork, plan: Plan) -> bool:
    """Also when it starts: the owner may have turned it off since."""
    return plan.paid and uow.env.paid_per_second > 0


def _pay(content: Content) -> Content:
    """The same at Telegram's paid pace, which it has for everything but a repeated album."""
    if content.method == "copyMessages":
        return content
    return Content(content.method, {**content.payload, "allow_paid_broadcast": True})


def has_following(plan: Plan) -> bool:
    """Whether anything follows the first call, of any variant and in any language."""
    variants = [plan.as_variant(number) for number in range(len(plan.variants) + 1)]
    return any(
        len(list(_calls(variant, 0, _first_parts(variant)))) > 1 or _long_languages(variant)
        for variant in variants
    )


async def _load_values(uow: UnitOfWork, plan: Plan) -> Mapping[str, Any]:
    """What the named scenario gives the texts."""
    version = await find_version(uow, plan.scenario) if plan.scenario else None
    return scenario_values(version.flow) if version else {}


async def _load_links(uow: UnitOfWork, broadcast_id: int, plans: Sequence[Plan]) -> Mapping[str, int]:
    """The links whose clicks are counted, by their address: those that are alike for everybody and open no chat."""
    if not is_web(uow.env.public_url):
        return {}
    buttons = [button for plan in plans for row in plan.buttons for button in row]
    urls = [
        button.url
        for button in buttons
        if button.url is not None and button.track and _can_be_tracked(button.url)
    ]
    return await ensure_links(uow, broadcast_id, urls) if urls else {}


def _can_be_tracked(url: str) -> bool:
    """Telegram opens its own addresses by itself, and one with variables is another one for each."""
    return is_web(url) and "{{" not in url and urlsplit(url).hostname not in OWN_HOSTS


def _track(content: Content, links: Mapping[str, int]) -> Content:
    """The same with the numbers of its tracked links."""
    rows = content.payload.get("buttons")
    if not rows:
        return content
    tracked = [[_with_link(button, links) for button in row] for row in rows]
    return Content(content.method, {**content.payload, "buttons": tracked})


def _with_link(button: Mapping[str, Any], links: Mapping[str, int]) -> Mapping[str, Any]:
    """An address that is not tracked by the author's wish stays as it is."""
    address = button.get(TRACKED)
    shown = {name: value for name, value in button.items() if name != TRACKED}
    return {**shown, "link": links[address]} if address is not None and address in links else shown


def _first(plan: Plan, broadcast_id: int, values: Mapping[str, Any]) -> Content:
    if plan.original is not None:
        return _copy(plan.original, _keyboard(plan, broadcast_id))
    method, fields = next(_calls(plan, broadcast_id, _first_parts(plan)))
    if not _leads(plan) and (long := _long_languages(plan)):
        fields |= {"continues": long}
    return Content(method, speech.with_values(fields, values))


def _copy(original: Original, keyboard: Keyboard) -> Content:
    """A message of an admin's, repeated as it is."""
    source = {"from_chat_id": original.from_chat_id}
    if len(original.message_ids) > 1:
        return Content("copyMessages", {**source, "message_ids": list(original.message_ids)})
    fields = {**source, "message_id": original.message_ids[0], "buttons": [list(row) for row in keyboard]}
    if original.caption is not None:
        fields["caption"] = speech.content(original.caption)
    return Content("copyMessage", fields)


def _calls(plan: Plan, broadcast_id: int, parts: Sequence[Mapping[str, str]]) -> Iterator[Call]:
    """Media before the text unless it is the caption of the only one; the last has the buttons."""
    keyboard = _keyboard(plan, broadcast_id)
    below = [] if plan.poll else keyboard
    yield from _worded_calls(plan, parts, below)
    if plan.poll is not None:
        yield poll_call(
            Poll(plan.poll.question, plan.poll.options, multiple=plan.poll.multiple), keyboard, of_run=False
        )


def _worded_calls(plan: Plan, parts: Sequence[Mapping[str, str]], keyboard: Keyboard) -> Iterator[Call]:
    if plan.media and parts and not _leads(plan):
        yield from calls_of(Message(text=dict(parts[0]), media=plan.media), keyboard)
        return
    if len(plan.media) > 1 or (plan.media and parts):
        yield from media_calls(Message(media=plan.media))
    elif plan.media:
        yield from calls_of(Message(media=plan.media), keyboard)
    for number, part in enumerate(parts, start=1):
        message = Message(text=dict(part), link_preview=plan.link_preview)
        yield from calls_of(message, keyboard if number == len(parts) else [])


def _leads(plan: Plan) -> bool:
    """Whether media go ahead of the text in a message of their own."""
    if not plan.media or not plan.text:
        return False
    if len(plan.media) > 1 or plan.media[0].kind in WORDLESS:
        return True
    return any(shown_length(text) > MAX_CAPTION for text in plan.text.values())


def _long_languages(plan: Plan) -> list[str]:
    """The languages in which the text is more than one message."""
    return [language for language, text in (plan.text or {}).items() if len(_split(text)) > 1]


def _parts_in(plan: Plan, language: str) -> list[Mapping[str, str]]:
    if plan.text is None:
        return []
    return [{ANY_LANGUAGE: part} for part in _split(localize(plan.text, language))]


def _first_parts(plan: Plan) -> list[Mapping[str, str]]:
    """What everybody gets first of the text, by language."""
    parts = {language: _split(text)[0] for language, text in (plan.text or {}).items()}
    return [parts] if parts else []


def _split(text: str) -> list[str]:
    limit = PART if find_variables(text) else MAX_TEXT
    return [text] if shown_length(text) <= limit else split_html(text, limit)


def _keyboard(plan: Plan, broadcast_id: int) -> Keyboard:
    """The author's buttons, and the footer by which people get no more."""
    rows = [
        [
            _button(button, f"{broadcast_id}-{row}-{column}-{mark_of(button)}")
            for column, button in enumerate(buttons)
        ]
        for row, buttons in enumerate(plan.buttons)
    ]
    return [*rows, [speech.button(speech.words("mailing-stop"), STOP, broadcast_id)]]


def mark_of(button: PlanButton) -> str:
    """Letters that stand for what a press does: an edit may have put another button in its place."""
    return fingerprint(f"{button.tag}:{button.start}")[:MARK]


def _button(button: PlanButton, place: str) -> Mapping[str, Any]:
    text = speech.content(button.text)
    if button.url is not None:
        link = speech.link_button(text, speech.content({ANY_LANGUAGE: button.url}))
        return {**link, TRACKED: button.url} if button.track else link
    if button.share is not None:
        shared = {language: SHARE + quote(said, safe="{}.") for language, said in button.share.items()}
        return speech.link_button(text, speech.content(shared))
    return speech.button(text, PRESS, place)


def contents_columns(contents: Sequence[Content]) -> Mapping[str, Any]:
    """The contents as the broadcast's row keeps them."""
    first, *others = contents
    following = [{"method": content.method, "payload": dump_payload(content.payload)} for content in others]
    return {
        "method": first.method,
        "payload": dump_payload(first.payload),
        "variants": json.dumps(following, ensure_ascii=False) if following else None,
    }


def dump_payload(payload: Mapping[str, Any]) -> str:
    """The fields of a call as they wait in a row."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
