"""`/team`: who works here and in which roles; a role is given and taken with a button."""

from datetime import timedelta

from aiogram import Router
from aiogram.types import CallbackQuery, Message, MessageOriginHiddenUser, MessageOriginUser

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import AwaitedKind
from core.presses import Press
from core.roles import MemberRole
from services.delivery import speech
from services.insight.students import list_candidates
from services.people import awaited, contacts
from services.people.schemas import AwaitedInput
from services.people.team import roles, screens
from services.people.team.screens import TEAM
from services.tenancy.permissions import Permission

WITHIN = timedelta(minutes=30)
MOST_PICKED = 6


async def show(_: Message, ctx: Context) -> None:
    """Show who works here and in which roles; owners and admins add people and give roles with buttons."""
    await _show_list(ctx, None)


COMMANDS = (AdminCommand("team", show, Section.OVERVIEW, permission=Permission.WORK, looks=True),)


def build_buttons() -> Router:
    """The screens' buttons."""
    router = admin_router("admin-team", Permission.MEMBERS)

    @router.callback_query(Pressed(TEAM))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        act, *target = press.id.split("-")
        ctx.only_looked = act != screens.SET
        if act == screens.LIST:
            await _show_list(ctx, query)
        elif act == screens.ADD:
            await _ask_whom(ctx, query)
        else:
            await _turn_to(ctx, query, act, target)

    return router


async def _show_list(ctx: Context, query: CallbackQuery | None) -> None:
    await awaited.settle(ctx.uow, ctx.address, AwaitedKind.MEMBER)
    team = await roles.list_team(ctx.uow)
    text, buttons = screens.show_team(team, may_change=ctx.may(Permission.MEMBERS))
    speech.show(ctx.uow, ctx.screen(query.message if query else None), text, buttons)


async def _ask_whom(ctx: Context, query: CallbackQuery) -> None:
    await awaited.expect(ctx.uow, ctx.address, AwaitedKind.MEMBER, WITHIN)
    people = await list_candidates(ctx.uow, MOST_PICKED)
    speech.show(ctx.uow, ctx.screen(query.message), *screens.ask_whom(people))


async def _turn_to(ctx: Context, query: CallbackQuery, act: str, target: list[str]) -> None:
    """One person: looked at, asked about, changed; a press whose wish is so already shows how it stands."""
    telegram_id = int(target[0])
    if act == screens.SURE:
        asked = screens.ask_sure(await roles.get_member(ctx.uow, telegram_id), MemberRole(target[1]))
        speech.show(ctx.uow, ctx.screen(query.message), *asked)
        return
    if act == screens.SET:
        await _change(ctx, telegram_id, MemberRole(target[1]), has=target[2] == "1")
    await _show_one(ctx, telegram_id, query)


async def _change(ctx: Context, telegram_id: int, role: MemberRole, *, has: bool) -> None:
    before = await roles.get_member(ctx.uow, telegram_id)
    await roles.change_role(ctx.uow, ctx.contact.telegram_id, telegram_id, role, has=has)
    after = (await roles.get_member(ctx.uow, telegram_id)).roles
    ctx.note_change(before.contact_id, ", ".join(sorted(before.roles)), ", ".join(sorted(after)))


async def _show_one(ctx: Context, telegram_id: int, query: CallbackQuery | None) -> None:
    await awaited.settle(ctx.uow, ctx.address, AwaitedKind.MEMBER)
    member = await roles.get_member(ctx.uow, telegram_id)
    screen = ctx.screen(query.message if query else None)
    speech.show(ctx.uow, screen, *screens.show_member(member, ctx.roles))


async def take_person(ctx: Context, message: Message, _: AwaitedInput) -> bool:
    """Somebody named for the team: a forwarded message, a contact, a name; what names nobody is answered with an example."""
    if not ctx.may(Permission.MEMBERS):
        return False
    ctx.only_looked = True
    telegram_id = await _read_person(ctx, message)
    if telegram_id is not None:
        await _show_one(ctx, telegram_id, None)
    return True


async def _read_person(ctx: Context, message: Message) -> int | None:
    """Whom a message names; says what is wrong if that is nobody."""
    origin = message.forward_origin
    if isinstance(origin, MessageOriginUser) and not origin.sender_user.is_bot:
        return origin.sender_user.id
    if message.contact is not None and message.contact.user_id is not None:
        return message.contact.user_id
    if isinstance(origin, MessageOriginHiddenUser):
        ctx.refuse("team-hidden", name=origin.sender_user_name)
        return None
    word = (message.text or "").strip()
    person = await contacts.find_by_name(ctx.uow, word) if word else None
    if person is None:
        ctx.refuse("team-unread")
    return person.telegram_id if person else None


TAKERS = {AwaitedKind.MEMBER: take_person}
