"""What `tandem token` does, and the lines it prints."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.content import tokens
from services.content.schemas import DeployedCourse
from services.content.tokens import ListedToken
from services.tenancy.bots import get_bot

Do = Callable[[UnitOfWork], Awaitable[list[str]]]


async def _find_course(uow: UnitOfWork, slug: str) -> tuple[str, DeployedCourse]:
    bot = await get_bot(uow, BotKind.COURSE)
    return bot.username, await tokens.find_course(uow, bot.id, slug or None)


def read_options(words: Sequence[str]) -> dict[str, str]:
    """Options written as `name=value`."""
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def issue(kind: str, course: str, options: Mapping[str, str]) -> Do:
    """Make a token; one line, its link."""

    async def do(uow: UnitOfWork) -> list[str]:
        username, found = await _find_course(uow, course)
        terms = tokens.read_terms(kind, options, uow.now)
        made = await tokens.issue_token(uow, found.deployment, terms)
        return [start_link(username, made.payload)]

    return do


def show_tokens(course: str) -> Do:
    """One line per token: number, kind, people, end, label, link."""

    async def do(uow: UnitOfWork) -> list[str]:
        username, found = await _find_course(uow, course)
        return [_describe(username, one) for one in await tokens.list_tokens(uow, found.deployment)]

    return do


def revoke(number: int) -> Do:
    """Close a token."""

    async def do(uow: UnitOfWork) -> list[str]:
        await tokens.revoke_token(uow, number)
        return [f"link {number} is closed"]

    return do


def start_link(username: str, payload: str) -> str:
    """The link that opens a bot with a start payload."""
    return f"https://t.me/{username}?start={payload}"


def _describe(username: str, listed: ListedToken) -> str:
    token = listed.token
    people = f"{token.uses}/{token.max_uses}" if token.max_uses else str(token.uses)
    if token.revoked_at is not None:
        end = "closed"
    else:
        end = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "no end"
    link = start_link(username, listed.payload) if listed.payload else "its text is not kept"
    name = token.label or token.external_id or token.holder_id or ""
    return "\t".join([str(token.id), token.kind, people, end, str(name), link])
