"""Talks with live operators: the ring's and the talk's buttons, `/talk`, `/close`, `/pass`, `/note`, and all that is said; changes of what was said, to whomever."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, Filter
from aiogram.types import CallbackQuery, Message

from bots.runtime.context import Context
from bots.shared.dialog import find_ref_replied_to
from bots.shared.filters import Pressed
from bots.shared.person_messages import read_person_message
from core.errors import DomainError
from core.lifecycle import Side
from core.presses import Press
from core.refs import REVIEWED
from services.delivery.carried import carrying
from services.messaging.handoffs import handoffs
from services.messaging.handoffs.handoffs import CLOSE, DECLINE, OPERATOR, PASS, PERSON, TAKE
from services.messaging.handoffs.operators import is_operator
from services.messaging.schemas import Handoff
from services.people import curators
from services.people.contacts import find_by_name, list_reachable
from services.tenancy import audit
from services.tenancy.audit import Deed
from services.tenancy.permissions import Permission

MOST_NOTE = 1000


class InTalk(Filter):
    """Lets through what is said in a hand-off, gives `handoff`; a reviewer's reply to a card is none of it."""

    async def __call__(self, message: Message, ctx: Context) -> bool | dict[str, Any]:
        """The hand-off in which they speak."""
        handoff = await handoffs.find_of_speaker(ctx.uow, ctx.bot.id, ctx.contact)
        if handoff is None:
            return False
        if handoff.contact_id != ctx.contact.id and message.reply_to_message is not None:
            ref = await find_ref_replied_to(message, ctx)
            if ref is not None and ref.kind in REVIEWED:
                return False
        return {"handoff": handoff}


def build_router() -> Router:
    """Everything of a talk; what is said goes before all that waits for words."""
    router = Router(name="talks")
    private = F.chat.type == "private"
    _add_commands(router)
    _add_buttons(router)

    @router.message(private, ~F.text.startswith("/"), InTalk())
    async def say(message: Message, ctx: Context, handoff: Handoff) -> None:
        await handoffs.say_in_talk(ctx.uow, handoff, ctx.contact.telegram_id, read_person_message(message))

    @router.edited_message()
    async def change(message: Message, ctx: Context) -> None:
        sides, key = await _sides(ctx), str(ctx.update_id)
        kept_back = await carrying.change(ctx.uow, ctx.bot.id, read_person_message(message), key, sides)
        if Side.REVIEWER in kept_back:
            key = f"changed:{ctx.bot.id}:{ctx.chat_id}:{message.message_id}"
            await curators.explain(ctx.uow, ctx.address, ctx.contact, message.message_id, key)

    return router


async def _sides(ctx: Context) -> list[Side]:
    """As whom somebody may speak: a right that was taken away holds for words said before, too."""
    sides = [Side.PERSON, Side.STUDENT]
    if await curators.may_review(ctx.uow, ctx.contact.telegram_id):
        sides.append(Side.REVIEWER)
    return [*sides, Side.OPERATOR] if await _may_talk(ctx) else sides


def _add_commands(router: Router) -> None:
    private = F.chat.type == "private"

    @router.message(Command("talk", ignore_mention=True), private)
    async def talk(_: Message, command: CommandObject, ctx: Context) -> None:
        if await _may_talk(ctx):
            await begin_talk(ctx, (command.args or "").strip())
            if not ctx.only_looked:
                _keep(ctx, "talk", ctx.about)
        else:
            ctx.say("talk-not-yours")

    @router.message(Command("close", ignore_mention=True), private)
    async def close(_: Message, ctx: Context) -> None:
        found_talk = await handoffs.find_talk_of_operator(ctx.uow, ctx.contact.telegram_id)
        if found_talk is None or not await handoffs.close(ctx.uow, found_talk, by=OPERATOR):
            ctx.say("talk-none")
            return
        _keep(ctx, "close", found_talk.contact_id)

    @router.message(Command("pass", ignore_mention=True), private)
    async def pass_on(_: Message, ctx: Context) -> None:
        found_talk = await handoffs.find_talk_of_operator(ctx.uow, ctx.contact.telegram_id)
        if found_talk is None:
            ctx.say("talk-none")
        else:
            await _pass_on(ctx, found_talk)

    @router.message(Command("note", ignore_mention=True), private)
    async def note(_: Message, command: CommandObject, ctx: Context) -> None:
        found_talk = await handoffs.find_talk_of_operator(ctx.uow, ctx.contact.telegram_id)
        text = (command.args or "").strip()
        if found_talk is None or not text:
            ctx.say("note-usage" if found_talk else "talk-none")
            return
        await handoffs.note(ctx.uow, found_talk, ctx.contact.telegram_id, text[:MOST_NOTE])
        _keep(ctx, "note", found_talk.contact_id)
        ctx.say("note-kept")


def _add_buttons(router: Router) -> None:
    @router.callback_query(Pressed(TAKE))
    async def take(query: CallbackQuery, ctx: Context, press: Press) -> None:
        number, ring = map(int, press.id.split("-"))
        screen = ctx.screen(query.message)
        if await handoffs.take(ctx.uow, number, ring, ctx.contact.telegram_id, screen):
            _keep(ctx, "take", (await handoffs.get_handoff(ctx.uow, number)).contact_id)
        else:
            ctx.alert("ring-is-over")

    @router.callback_query(Pressed(DECLINE))
    async def decline(query: CallbackQuery, ctx: Context, press: Press) -> None:
        number, ring = map(int, press.id.split("-"))
        screen = ctx.screen(query.message)
        if not await handoffs.decline(ctx.uow, number, ring, ctx.contact.telegram_id, screen):
            ctx.alert("ring-is-over")

    @router.callback_query(Pressed(CLOSE))
    async def close(_: CallbackQuery, ctx: Context, press: Press) -> None:
        talk = await _find_own(ctx, press)
        side = PERSON if talk and talk.contact_id == ctx.contact.id else OPERATOR
        if talk is None or not await handoffs.close(ctx.uow, talk, by=side):
            ctx.alert("talk-is-over")
        elif side == OPERATOR:
            _keep(ctx, "close", talk.contact_id)

    @router.callback_query(Pressed(PASS))
    async def pass_on(_: CallbackQuery, ctx: Context, press: Press) -> None:
        talk = await _find_own(ctx, press)
        if talk is None:
            ctx.alert("talk-is-over")
        else:
            await _pass_on(ctx, talk)


async def _find_own(ctx: Context, press: Press) -> Handoff | None:
    """The talk of a button, if the one who presses is still in it."""
    handoff = await handoffs.get_handoff(ctx.uow, int(press.id))
    is_in = handoff.contact_id == ctx.contact.id or handoff.operator_id == ctx.contact.telegram_id
    return handoff if is_in else None


async def _pass_on(ctx: Context, talk: Handoff) -> None:
    if await handoffs.pass_on(ctx.uow, talk):
        _keep(ctx, "pass", talk.contact_id)
    elif ctx.callback_id:
        ctx.alert("talk-nobody-else")
    else:
        ctx.say("talk-nobody-else")


def _keep(ctx: Context, act: str, contact_id: int | None) -> None:
    """Write down what an operator did, and about whom; never what is said."""
    audit.write(ctx.uow, Deed(ctx.contact.telegram_id, act, f"/{act}", contact_id))


async def _may_talk(ctx: Context) -> bool:
    return ctx.may(Permission.TALKS) or await is_operator(ctx.uow, ctx.contact.telegram_id)


async def begin_talk(ctx: Context, name: str) -> None:
    """An operator turns to a person; says what is wrong if that cannot be."""
    if not name:
        ctx.refuse("talk-usage")
        return
    person = await find_by_name(ctx.uow, name.split(maxsplit=1)[0])
    if person is None or person.id == ctx.contact.id:
        ctx.refuse("admin-unknown", name=name.split(maxsplit=1)[0])
        return
    if not await list_reachable(ctx.uow, ctx.bot.id, [person.telegram_id]):
        ctx.refuse("talk-unreachable", person=person.full_name)
        return
    ctx.about = person.id
    try:
        operator = ctx.contact.telegram_id
        await handoffs.begin_talk(ctx.uow, operator, person, ctx.bot.id, ctx.screen())
    except DomainError as refusal:
        ctx.refuse("talk-busy" if refusal.code == "OPERATOR_BUSY" else "talk-taken")
