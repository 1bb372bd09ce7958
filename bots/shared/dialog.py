"""What both bots do with presses and words: give them to the run they belong to, or say what is expected."""

from collections.abc import Awaitable, Callable

from aiogram import F, Router
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, PollAnswer

from bots.runtime.context import Context
from bots.shared import triggers
from bots.shared.filters import Pressed, is_nobodys
from bots.shared.person_messages import read_person_message
from core.events import ChatBlocked
from core.flow.events import Pressed as StepPressed
from core.flow.events import Replied
from core.flow.history import Outcome
from core.presses import Press
from core.refs import Ref, RefKind
from services.delivery import outbox
from services.learning import run_lookup
from services.learning.runs import old_presses, runs
from services.learning.runs.effects import STEP
from services.learning.study import polls, standing
from services.messaging.handoffs import handoffs

MEDIA = (
    "photo",
    "voice",
    "video",
    "video_note",
    "document",
    "audio",
    "animation",
    "sticker",
    "location",
    "contact",
)


Fallback = Callable[[Context, Message], Awaitable[None]]


def build_router(fallback: Fallback) -> Router:
    """Presses, replies and everything nobody else took; `fallback` is the last answer."""
    router = Router(name="dialog")
    private = F.chat.type == "private"

    @router.callback_query(Pressed(STEP))
    async def press(_: CallbackQuery, ctx: Context, press: Press) -> None:
        run_id, visit, option = press.id.split("-", 2)
        pressed = StepPressed(int(visit), option)
        outcome = await runs.deliver(ctx.uow, int(run_id), pressed)
        if outcome in {Outcome.STALE, Outcome.IGNORED}:
            await _answer_old_press(ctx, int(run_id), pressed)
        elif outcome is Outcome.STAYED:  # nothing on their screen changes: the press itself is answered
            ctx.note("lesson-noted")

    @router.callback_query()
    async def unknown_press(query: CallbackQuery, ctx: Context) -> None:
        ctx.alert("error-button-expired" if is_nobodys(query, ctx) else "error-forbidden")

    @router.poll_answer()
    async def vote(answer: PollAnswer, ctx: Context) -> None:
        await polls.take_vote(ctx.uow, ctx.contact, ctx.bot.id, answer.poll_id, tuple(answer.option_ids))

    @router.message(private)
    async def words(message: Message, ctx: Context) -> None:
        if not await _is_hasty(ctx):
            await _take_words(message, ctx, fallback)

    @router.my_chat_member(private)
    async def blocked(change: ChatMemberUpdated, ctx: Context) -> None:
        if change.new_chat_member.status == "kicked":
            ctx.uow.publish(ChatBlocked(ctx.bot.id, ctx.contact.telegram_id))

    return router


async def _take_words(message: Message, ctx: Context, fallback: Fallback) -> None:
    """To the run they answer, else to a trigger, else to the last answer."""
    about = await find_run_replied_to(message, ctx)
    taken = await runs.reply(ctx.uow, ctx.contact, ctx.screen(), read_reply(message), about)
    if not taken and not await triggers.answer_text(ctx, message.text or message.caption or ""):
        await fallback(ctx, message)


async def _is_hasty(ctx: Context) -> bool:
    """Whether they write to a model more than it answers in a while."""
    return await run_lookup.talks_with_model(ctx.uow, ctx.contact, ctx.bot.id) and not ctx.may_talk()


async def _answer_old_press(ctx: Context, run_id: int, pressed: StepPressed) -> None:
    """Show the words the button led to, or say why it leads to nothing: they talk, have paused, are past it."""
    if await handoffs.is_talking(ctx.uow, ctx.contact.id):
        ctx.alert("talk-goes-on")
    elif await old_presses.show_again(ctx.uow, run_id, pressed):
        ctx.note("press-below")
    else:
        ctx.alert(await standing.explain_press(ctx.uow, run_id, pressed.visit))


def read_reply(message: Message) -> Replied:
    """A message as the engine sees it."""
    kind = next((name for name in MEDIA if getattr(message, name) is not None), None)
    reference: dict[str, int | str] = {"chat_id": message.chat.id, "message_id": message.message_id}
    if sound := message.voice or message.audio:
        reference["file_id"] = sound.file_id
    said = read_person_message(message)
    return Replied(said.words, kind, reference, said.album, said.content)


async def find_ref_replied_to(message: Message, ctx: Context) -> Ref | None:
    """What the message it replies to was about; None if it replies to none of ours."""
    replied_to = message.reply_to_message
    if replied_to is None or replied_to.from_user is None or replied_to.from_user.id != ctx.bot.id:
        return None
    return await outbox.find_ref(ctx.uow, ctx.bot.id, ctx.chat_id, replied_to.message_id)


async def find_run_replied_to(message: Message, ctx: Context) -> int | None:
    """The run whose message this one replies to."""
    ref = await find_ref_replied_to(message, ctx)
    return ref.id if ref is not None and ref.kind is RefKind.RUN else None
