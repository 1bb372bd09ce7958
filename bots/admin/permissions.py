"""Who gets to the admin's commands, and whom their arguments mean."""

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import CommandObject, Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bots.runtime.context import Context
from core.lifecycle import BotKind
from core.text.names import show_known
from services.delivery import speech
from services.learning import run_lookup
from services.learning.schemas import StoredRun
from services.people.contacts import find_by_name
from services.people.schemas import Contact
from services.tenancy.bots import get_bot
from services.tenancy.permissions import Permission, list_roles_for


class MayInPrivate(Filter):
    """Lets those through in their own chat whose role allows it; for everybody else these handlers do not exist."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, event: TelegramObject, ctx: Context) -> bool:
        """Whether one who may speaks where nobody else listens."""
        message = event.message if isinstance(event, CallbackQuery) else event
        private = isinstance(message, Message) and message.chat.type == "private"
        return private and ctx.may(self.permission)


class InPrivateAsMember(Filter):
    """Lets whoever has a role through in their own chat; asked after those who may."""

    async def __call__(self, message: Message, ctx: Context) -> bool:
        """Whether they work here, whatever their role allows."""
        return message.chat.type == "private" and bool(ctx.roles)


def refuse(permission: Permission) -> Callable[[Message, Context], Awaitable[None]]:
    """What is said to a member whose role does not allow it: never silence."""

    async def tell(_: Message, ctx: Context) -> None:
        needed = [speech.words(f"role-{role}") for role in list_roles_for(permission)]
        own = [speech.words(f"role-{role}") for role in sorted(ctx.roles)]
        ctx.refuse("role-needed", own=own, needed=needed)

    return tell


def admin_router(name: str, permission: Permission = Permission.ADMINISTER) -> Router:
    """A router that only those reach whose role allows it."""
    router = Router(name=name)
    router.message.filter(MayInPrivate(permission))
    router.callback_query.filter(MayInPrivate(permission))
    return router


def read_words(command: CommandObject) -> list[str]:
    """The arguments of a command."""
    return (command.args or "").split()


async def find_person(ctx: Context, command: CommandObject, usage: str) -> Contact | None:
    """Whom the first argument means; says what is wrong if that is nobody."""
    words = read_words(command)
    if not words:
        ctx.refuse(usage)
        return None
    person = await find_by_name(ctx.uow, words[0])
    if person is None:
        ctx.refuse("admin-unknown", name=words[0])
    else:
        ctx.about = person.id
    return person


async def find_course_run(
    ctx: Context, command: CommandObject, usage: str
) -> tuple[Contact, StoredRun] | None:
    """The student meant and their run in the course bot; says what is missing."""
    person = await find_person(ctx, command, usage)
    if person is None:
        return None
    course = await get_bot(ctx.uow, BotKind.COURSE)
    run = await run_lookup.find_current(ctx.uow, person, course.id)
    if run is None:
        ctx.refuse("admin-no-run", person=name_of(person))
        return None
    return person, run


def name_of(person: Contact) -> str:
    """A person as admins know them."""
    return show_known(person.full_name, person.username, person.telegram_id)
