"""Who may not answer work hears it in the group; an admin lets somebody review, or takes it back, with one button."""

from zoneinfo import ZoneInfo

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.dialog import find_ref_replied_to
from bots.shared.filters import Pressed
from core.presses import Press
from core.refs import REVIEWED
from services.learning.review import claims
from services.learning.review.claim_buttons import Subject
from services.people import contacts, curators
from services.people.curators import LET, TAKE_BACK
from services.tenancy.permissions import Permission


class FromStranger(Filter):
    """Lets a reply to a card in a group through whose writer may not answer; asked after `About`."""

    async def __call__(self, message: Message, ctx: Context) -> bool:
        """Whether it is about work or a question."""
        ref = await find_ref_replied_to(message, ctx)
        return ref is not None and ref.kind in REVIEWED


def build_router() -> Router:
    """Asked after the answers of those who may."""
    router = Router(name="admin-letting")

    @router.message(F.reply_to_message, F.chat.type != "private", FromStranger())
    async def explain(message: Message, ctx: Context) -> None:
        await explain_to(message, ctx)

    @router.callback_query(Pressed(LET, of_role=True))
    async def let(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if ctx.may(Permission.MEMBERS):
            await curators.let_review(ctx.uow, int(press.id), ctx.screen(query.message))
        else:
            ctx.refuse_press("review-let-admins")

    @router.callback_query(Pressed(TAKE_BACK, of_role=True))
    async def take_back(query: CallbackQuery, ctx: Context, press: Press) -> None:
        if ctx.may(Permission.MEMBERS):
            await curators.take_back(ctx.uow, int(press.id), ctx.screen(query.message))
        else:
            ctx.refuse_press("review-let-admins")

    return router


async def explain_to(message: Message, ctx: Context) -> None:
    """Who may not answer reads who may."""
    quoted, key = message.message_id, f"stranger:{ctx.chat_id}:{ctx.contact.telegram_id}:{_minute(ctx)}"
    if message.sender_chat is not None:
        curators.explain_anonymous(ctx.uow, ctx.address, quoted, key)
    else:
        await curators.explain(ctx.uow, ctx.address, ctx.contact, quoted, key)


def _minute(ctx: Context) -> str:
    """Telegram takes twenty messages a minute for a group: one person's words do not fill them."""
    return f"{ctx.uow.now:%Y-%m-%dT%H:%M}"


async def tell_holder(ctx: Context, subject: Subject) -> bool:
    """Whether somebody else has it before them: who wanted to do something about it reads who, and until when."""
    other = await claims.find_other(ctx.uow, subject.kind, subject.id, ctx.contact.telegram_id)
    if other is None:
        return False
    holder = await contacts.find_by_telegram_id(ctx.uow, other.curator_id)
    name = holder.full_name if holder else str(other.curator_id)
    until = f"{other.until.astimezone(ZoneInfo(ctx.contact.zone)):%H:%M}"
    if ctx.callback_id:
        ctx.refuse_press("queue-with-other-now", name=name, until=until)
    else:
        ctx.refuse("queue-with-other", name=name, until=until)
    return True


async def refuse_press(ctx: Context) -> bool:
    """Whether who pressed may not: they read why nothing happens; once a day the group reads who may."""
    if await curators.may_review(ctx.uow, ctx.contact.telegram_id):
        return False
    ctx.refuse_press("review-stranger-alert", reviewers=", ".join(await curators.list_names(ctx.uow)))
    if ctx.chat_id < 0:
        key = f"stranger:{ctx.chat_id}:{ctx.contact.telegram_id}:{ctx.uow.now:%Y-%m-%d}"
        await curators.explain(ctx.uow, ctx.address, ctx.contact, None, key)
    return True
