"""`tandem token`: links into a course."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit, read_options

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.content.entry.tokens import ListedToken
    from services.content.schemas import DeployedCourse

tokens = typer.Typer(help="Links into a course: make, list and close them.", no_args_is_help=True)
Course = Annotated[str, typer.Option(help="The course, if the bot has several.")]


@tokens.command("issue")
def issue(
    kind: Annotated[str, typer.Argument(help="public, group, personal or external")],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="uses=30 for=1002 external=crm-17 days=14 until=2030-12-31 cohort= label= utm="),
    ] = None,
    course: Course = "",
) -> None:
    """Make a link; it is printed alone, and can be listed again."""
    in_unit(_issue, kind, course, read_options(words))


@tokens.command("list")
def list_tokens(course: Course = "") -> None:
    """Show the links of a course, newest first."""
    in_unit(_list_tokens, course)


@tokens.command("revoke")
def revoke(number: Annotated[int, typer.Argument(help="The number `tandem token list` shows.")]) -> None:
    """Close a link; who came by it stays in the course."""
    in_unit(_revoke, number)


async def find_course(uow: "UnitOfWork", slug: str) -> "tuple[str, DeployedCourse]":
    """The course bot's username, and the course of that slug; the only one where none is named."""
    from core.lifecycle import BotKind
    from services.content.entry import tokens
    from services.tenancy.bots import get_bot

    bot = await get_bot(uow, BotKind.COURSE)
    return bot.username, await tokens.find_course(uow, bot.id, slug or None)


async def _issue(uow: "UnitOfWork", kind: str, course: str, options: Mapping[str, str]) -> list[str]:
    from core.links import bot_link
    from services.content.entry import tokens

    username, found_course = await find_course(uow, course)
    terms = tokens.read_terms(kind, options, uow.now)
    made = await tokens.issue_token(uow, found_course.deployment, terms)
    return [bot_link(username, made.payload)]


async def _list_tokens(uow: "UnitOfWork", course: str) -> list[str]:
    """One line per token: number, kind, people, end, label, link."""
    from services.content.entry import tokens

    username, found_course = await find_course(uow, course)
    return [_describe(username, token) for token in await tokens.list_tokens(uow, found_course.deployment)]


def _describe(username: str, listed: "ListedToken") -> str:
    from core.links import bot_link

    token = listed.token
    people = f"{token.uses}/{token.max_uses}" if token.max_uses else str(token.uses)
    if token.revoked_at is not None:
        end = "closed"
    else:
        end = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "no end"
    hidden = "its text is not kept" if token.sealed is None else "its key is missing, see tandem doctor"
    link = bot_link(username, listed.payload) if listed.payload else hidden
    name = token.label or token.external_id or token.holder_id or ""
    return "\t".join([str(token.id), token.kind, people, end, str(name), link])


async def _revoke(uow: "UnitOfWork", number: int) -> list[str]:
    from services.content.entry import tokens

    await tokens.revoke_token(uow, number)
    return [f"link {number} is closed"]
