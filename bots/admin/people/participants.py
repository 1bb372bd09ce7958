"""`/participants`: who is on the list of a restricted course; add and remove by Telegram number or @username."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import read_words
from bots.runtime.context import Context
from core.errors import DomainError
from core.lifecycle import BotKind
from services.content.entry import participants
from services.content.entry.tokens import COURSE, find_course
from services.content.schemas import Deployment
from services.tenancy.bots import get_bot

MOST_SHOWN = 100


async def change(_: Message, command: CommandObject, ctx: Context) -> None:
    """Show the list of a restricted course; `add 1002 @anna`, `remove 1002` change it."""
    words = read_words(command)
    named = [word.partition("=")[2] for word in words if word.startswith(f"{COURSE}=")]
    rest = [word for word in words if not word.startswith(f"{COURSE}=")]
    bot = await get_bot(ctx.uow, BotKind.COURSE)
    try:
        course = await find_course(ctx.uow, bot.id, named[0] if named else None)
        await _change(ctx, course.deployment, rest)
    except DomainError as refusal:
        _explain(ctx, refusal)


COMMANDS = (AdminCommand("participants", change, Section.ACCESS),)


async def _change(ctx: Context, deployment: Deployment, words: list[str]) -> None:
    match words:
        case []:
            await _show(ctx, deployment)
        case ["add", *people] if people:
            count = await participants.add_participants(ctx.uow, deployment, people)
            ctx.say("participants-added", count=count)
        case ["remove", *people] if people:
            count = await participants.remove_participants(ctx.uow, deployment, people)
            ctx.say("participants-removed", count=count)
        case _:
            ctx.refuse("participants-usage")


async def _show(ctx: Context, deployment: Deployment) -> None:
    found_participants = await participants.list_participants(ctx.uow, deployment)
    if not found_participants:
        ctx.refuse("participants-none")
        return
    ctx.only_looked = True
    ctx.say(
        "participants-list", total=len(found_participants), people=", ".join(found_participants[:MOST_SHOWN])
    )


def _explain(ctx: Context, refusal: DomainError) -> None:
    if refusal.code == "COURSE_UNKNOWN":
        ctx.refuse("course-which", courses=refusal.detail)
    else:
        ctx.refuse("participants-usage")
