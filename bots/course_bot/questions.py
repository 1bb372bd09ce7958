"""`/ask`: a question to the curator; the next thing they write, or a reply to an answer."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared import triggers
from bots.shared.commands.help import describe_commands
from bots.shared.dialog import find_ref_replied_to
from bots.shared.filters import Pressed
from bots.shared.person_messages import read_person_message
from core.lifecycle import BotKind
from core.refs import RefKind
from services.delivery import speech
from services.learning import run_lookup
from services.learning.review import questions
from services.learning.review.questions import DROP
from services.learning.runs.effects import ASK
from services.people.schemas import AwaitedInput
from services.tenancy.permissions import Permission


class Asks(Filter):
    """Lets through what is a question without `/ask`: a reply to an answer, words in reply to a lesson, the rest of an album."""

    async def __call__(self, message: Message, ctx: Context) -> bool:
        """A reply to any other message of ours is about that message; a file in reply to a lesson may be work."""
        ref = await find_ref_replied_to(message, ctx)
        if ref is not None and ref.kind is RefKind.RUN:
            return message.text is not None and await run_lookup.is_lesson(ctx.uow, ref.id, ref.visit)
        if ref is not None:
            return ref.kind in {RefKind.ANSWER, RefKind.TOPIC}
        return await questions.is_rest_of_one(ctx.uow, ctx.contact, ctx.bot.id, message.media_group_id)


def build_router() -> Router:
    """The command, its buttons and the question itself; any other command is explained."""
    router = Router(name="course-questions")
    private = F.chat.type == "private"

    @router.message(Command("ask"), private)
    async def ask(message: Message, command: CommandObject, ctx: Context) -> None:
        if not command.args:
            await questions.open_question(ctx.uow, ctx.contact, ctx.address, ctx.next_key())
            return
        said = read_person_message(message, command.args)
        await questions.ask_question(ctx.uow, ctx.contact, ctx.address, said)

    @router.callback_query(Pressed(ASK))
    async def press_ask(_: CallbackQuery, ctx: Context) -> None:
        await questions.open_question(ctx.uow, ctx.contact, ctx.address, ctx.next_key())

    @router.callback_query(Pressed(DROP))
    async def drop(_: CallbackQuery, ctx: Context) -> None:
        dropped = await questions.drop_question(ctx.uow, ctx.contact, ctx.address)
        ctx.alert("question-dropped" if dropped else "error-button-expired")

    @router.message(private, F.text.startswith("/"))
    async def explain_commands(message: Message, ctx: Context) -> None:
        if not await triggers.answer_text(ctx, message.text or ""):
            text = describe_commands(BotKind.COURSE, is_member=ctx.may(Permission.WORK))
            speech.say(ctx.uow, ctx.address, text, ctx.next_key())

    @router.message(private, Asks())
    async def take_reply(message: Message, ctx: Context) -> None:
        ref = await find_ref_replied_to(message, ctx)
        is_asked = ref is not None and ref.kind is RefKind.TOPIC
        said = read_person_message(message)
        await questions.ask_question(ctx.uow, ctx.contact, ctx.address, said, is_asked=is_asked)

    return router


async def take_question(ctx: Context, message: Message, _: AwaitedInput) -> bool:
    """What is written after `/ask`."""
    await questions.ask_question(ctx.uow, ctx.contact, ctx.address, read_person_message(message))
    return True
