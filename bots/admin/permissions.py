"""Who gets to the admin's commands, and whom their arguments mean."""

from aiogram import Router
from aiogram.filters import CommandObject, Filter
from aiogram.types import CallbackQuery, Message, TelegramObject

from bots.runtime.context import Context
from core.lifecycle import BotKind
from core.text.names import show_known
from services.learning import run_lookup
from services.learning.schemas import StoredRun
from services.people.contacts import find_by_name
from services.people.schemas import Contact
from services.tenancy.bots import get_bot


class AdminInPrivate(Filter):
    """Lets admins through in their own chat; for everybody else these handlers do not exist."""

    async def __call__(self, event: TelegramObject, ctx: Context) -> bool:
        """Whether an admin speaks where nobody else listens."""
        message = event.message if isinstance(event, CallbackQuery) else event
        private = isinstance(message, Message) and message.chat.type == "private"
        return private and ctx.is_admin


def admin_router(name: str) -> Router:
    """A router that only admins reach."""
    router = Router(name=name)
    router.message.filter(AdminInPrivate())
    router.callback_query.filter(AdminInPrivate())
    return router


def read_words(command: CommandObject) -> list[str]:
    """The arguments of a command."""
    return (command.args or "").split()


async def find_person(ctx: Context, command: CommandObject, usage: str) -> Contact | None:
    """Whom the first argument means; says what is wrong if that is nobody."""
    words = read_words(command)
    if not words:
        ctx.say(usage)
        return None
    person = await find_by_name(ctx.uow, words[0])
    if person is None:
        ctx.say("admin-unknown", name=words[0])
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
        ctx.say("admin-no-run", person=name_of(person))
        return None
    return person, run


def name_of(person: Contact) -> str:
    """A person as admins know them."""
    return show_known(person.full_name, person.username, person.telegram_id)
