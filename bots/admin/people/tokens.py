"""`/tokens`, `/token` and `/revoketoken`: the links into a course, issued, listed and closed."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import read_words
from bots.runtime.context import Context
from core.errors import DomainError
from core.lifecycle import BotKind
from core.links import bot_link
from core.text.refusal import InputRefused
from services.content.entry import tokens
from services.content.entry.tokens import COURSE, ListedToken
from services.delivery import speech
from services.delivery.speech import Words
from services.tenancy.bots import get_bot

MOST_SHOWN = 20
MOST_DIGITS = 18


async def show(_: Message, command: CommandObject, ctx: Context) -> None:
    """List the links into a course with their numbers; `/tokens words` where there are several courses."""
    await _list(ctx, read_words(command))


async def issue(_: Message, command: CommandObject, ctx: Context) -> None:
    """Make a link: `public`, `group uses=30`, `personal for=1002`, `external external=crm-17`.

    Any of them with `course=`, `days=` or `until=`, `cohort=`, `label=`, `utm=source:blog`.
    """
    await _issue(ctx, read_words(command))


async def revoke(_: Message, command: CommandObject, ctx: Context) -> None:
    """Close a link; who came by it stays."""
    entered = " ".join(read_words(command))
    if not entered.isdecimal() or len(entered) > MOST_DIGITS:
        ctx.refuse("revoketoken-usage")
        return
    try:
        await tokens.revoke_token(ctx.uow, int(entered))
    except DomainError:
        ctx.refuse("token-unknown", number=entered)
        return
    ctx.say("token-revoked", number=entered)


COMMANDS = (
    AdminCommand("tokens", show, Section.ACCESS, looks=True),
    AdminCommand("token", issue, Section.ACCESS, "group uses=30"),
    AdminCommand("revoketoken", revoke, Section.ACCESS, "12"),
)


async def _list(ctx: Context, words: list[str]) -> None:
    bot = await get_bot(ctx.uow, BotKind.COURSE)
    try:
        course = await tokens.find_course(ctx.uow, bot.id, words[0] if words else None)
    except DomainError as refusal:
        ctx.refuse("course-which", courses=refusal.detail)
        return
    found_tokens = await tokens.list_tokens(ctx.uow, course.deployment)
    title = speech.words("tokens-of" if found_tokens else "tokens-none", course=speech.named(course.name))
    more = [speech.words("tokens-more")] if len(found_tokens) > MOST_SHOWN else []
    shown = [_line(ctx, bot.username, token) for token in found_tokens[:MOST_SHOWN]]
    speech.say(ctx.uow, ctx.address, speech.lines(title, *shown, *more), ctx.next_key())


async def _issue(ctx: Context, words: list[str]) -> None:
    if not words:
        ctx.refuse("token-usage")
        return
    options = {name: value for name, _, value in (word.partition("=") for word in words[1:])}
    slug = options.pop(COURSE, None)
    bot = await get_bot(ctx.uow, BotKind.COURSE)
    try:
        terms = tokens.read_terms(words[0].lower(), options, ctx.uow.now)
        course = await tokens.find_course(ctx.uow, bot.id, slug)
        made = await tokens.issue_token(ctx.uow, course.deployment, terms)
    except DomainError as refusal:
        _explain(ctx, refusal)
        return
    speech.say(ctx.uow, ctx.address, _line(ctx, bot.username, made), ctx.next_key())


def _explain(ctx: Context, refusal: DomainError) -> None:
    if refusal.code == "COURSE_UNKNOWN":
        ctx.refuse("course-which", courses=refusal.detail)
        return
    if not isinstance(refusal, InputRefused):
        raise refusal
    wrong, ctx.only_looked = speech.words("token-wrong", problem=refusal.words), True
    speech.say(ctx.uow, ctx.address, speech.lines(wrong, speech.words("token-usage")), ctx.next_key())


def _line(ctx: Context, username: str, listed: ListedToken) -> Words:
    token = listed.token
    facts = {
        "number": token.id,
        "label": token.label or token.external_id or (f"→ {token.holder_id}" if token.holder_id else ""),
        "kind": speech.words(f"token-kind-{token.kind}"),
        "uses": f"{token.uses}/{token.max_uses}" if token.max_uses else str(token.uses),
        "link": bot_link(username, listed.payload) if listed.payload else "",
    }
    parts = [speech.words("token-line", **facts)]
    if token.sealed is not None and not listed.payload:
        parts.append(speech.words("token-hidden"))
    if token.revoked_at is not None:
        parts.append(speech.words("token-is-revoked"))
    elif token.expires_at is not None:
        at = speech.moment(token.expires_at, ctx.contact.zone)
        parts.append(speech.words("token-expires", moment=at))
    return speech.lines(*parts, gap="\n")
