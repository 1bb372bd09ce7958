"""`tandem deploy`: a course, scenario or outreach on its bot, and what differs there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_unit, read_options

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.content.entry.doors import Door


def deploy(
    course: Annotated[str, typer.Argument(help="What links call the course.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="name=value, as often as needed; yes, no or JSON.")
    ] = None,
    test: Annotated[bool, typer.Option("--test", help="To be tried by admins, kept out of numbers.")] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Open it to everybody with the link, even if it is sold.")
    ] = False,
) -> None:
    """Put a course on the course bot and set what differs there; the last line is the link that starts it."""
    in_unit(_deploy, course, read_options(settings), test=test, public=public)


async def _deploy(
    uow: "UnitOfWork", slug: str, settings: Mapping[str, str], *, test: bool, public: bool
) -> list[str]:
    from services.learning.webhooks import webhook_secret
    from services.workflows.installing import put_on_bot

    made = await put_on_bot(uow, slug, settings, test=test, public=public)
    link = describe_door(slug, made.door, made.username)
    if "webhook_url" not in settings:
        return [link]
    secret = webhook_secret(uow.env, uow.account_id, made.deployment.public_id)
    return [f"calls are signed with {secret}", link]


def describe_door(slug: str, door: "Door", username: str) -> str:
    """One line: the link that starts a course, or why it is not open to all and what opens it."""
    from core.links import bot_link
    from services.content.entry.doors import Shut

    if door.payload is not None:
        return bot_link(username, door.payload)
    why = "it is or was on sale" if door.shut is Shut.SOLD else "its public link was closed"
    return f"{slug} is not open to all: {why}. Who has bought comes in; --public opens it to everybody"
