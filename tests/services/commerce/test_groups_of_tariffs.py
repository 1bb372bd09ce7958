"""The groups of a tariff: their titles on the buttons, and what becomes of buyers while a group is broken."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.db.models.commerce import accesses, communities, memberships
from core.db.session import Database
from core.lifecycle import AccessStatus, MembershipStatus
from services.commerce.access import leaving
from services.commerce.catalog.tariffs import bind_groups
from services.delivery.sending.dead_letters import list_dead_letters
from services.tenancy.groups import read_refusal
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_access
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock

FIRST, SECOND = GROUPS
STRANGER = 900_001
NO_RIGHT = "Bad Request: not enough rights to manage chat invite link"


@pytest.fixture
async def desk(db: Database, shop: Shop) -> Desk:
    """The buyer has `club`; the admin has started the shop."""
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, shop.club)
        await add_chat(uow, SALES_BOT, await add_contact(uow, ADMIN, language="en"))
    return Desk(db)


def links(calls: list[Call]) -> list[dict[str, str]]:
    """The buttons that open something, of each message."""
    rows = [one.fields.get("reply_markup", {}).get("inline_keyboard", []) for one in calls]
    found = [{one["text"]: one["url"] for row in rows_ for one in row if "url" in one} for rows_ in rows]
    return [one for one in found if one]


async def ask_for_purchases(desk: Desk, shop: Shop) -> list[Call]:
    return await desk.write("/purchases", shop.buyer.telegram_id)


async def ask_to_join(desk: Desk, shop: Shop, chat: int) -> list[Call]:
    """The buyer and a stranger stand at a group's door; gives what came of it."""
    door: dict[str, Any] = {"chat": {"id": chat, "type": "supergroup", "title": "G"}, "date": 1}
    came = []
    for who in (shop.buyer.telegram_id, STRANGER):
        user = {"id": who, "is_bot": False, "first_name": "P"}
        came += await desk.send(SALES_BOT, {"chat_join_request": {**door, "from": user, "user_chat_id": who}})
    return came


def decisions(calls: list[Call]) -> set[tuple[str, int, int]]:
    return {(one.method, one.chat, one.fields["user_id"]) for one in calls if "JoinRequest" in one.method}


def decided_in(chat: int, shop: Shop) -> set[tuple[str, int, int]]:
    """The buyer is let in, the stranger is not."""
    return {
        ("approveChatJoinRequest", chat, shop.buyer.telegram_id),
        ("declineChatJoinRequest", chat, STRANGER),
    }


def warnings(desk: Desk) -> list[str]:
    return [one.text for one in desk.calls if one.chat == ADMIN and "⚠️" in one.text]


async def test_buttons_bear_the_groups_titles(desk: Desk, shop: Shop) -> None:
    for chat in GROUPS:
        await desk.rank(SALES_BOT, chat, "administrator", can_invite_users=True)
    came = links(await ask_for_purchases(desk, shop))
    assert [name for one in came for name in one if "Group" in name] == [f"Group {one}" for one in GROUPS]
    again = links(await ask_for_purchases(desk, shop))
    assert set(again[0]) >= {f"Group {one}" for one in GROUPS}
    renamed = desk.in_group(FIRST, ADMIN, new_chat_title="Readers")
    await desk.send(SALES_BOT, {"message": renamed})
    assert "Readers" in links(await ask_for_purchases(desk, shop))[0]


async def test_while_the_right_is_gone_the_buyer_is_told_and_then_has_her_link(
    db: Database, desk: Desk, shop: Shop
) -> None:
    desk.refusing = {FIRST: NO_RIGHT}
    said = [one.text for one in await ask_for_purchases(desk, shop) if one.chat == shop.buyer.telegram_id]
    assert any("The admins know" in text or "Администраторы" in text for text in said)
    (warning,) = warnings(desk)
    assert "may not invite people" in warning
    assert "createChatInviteLink" in (await list_dead_letters(db, 1))[0].what
    await ask_for_purchases(desk, shop)
    assert len(warnings(desk)) == 1
    desk.refusing = {}
    came = await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True)
    told = [one for one in came if one.chat == shop.buyer.telegram_id]
    assert links(told) == [{f"Group {FIRST}": f"https://t.me/+{FIRST}"}]
    assert await list_dead_letters(db, 1) == [], "the doctor speaks no more of what is mended"


async def test_a_right_that_was_taken_is_told_before_anybody_buys(desk: Desk, shop: Shop) -> None:
    await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True)
    assert warnings(desk) == []
    await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=False)
    await desk.rank(SALES_BOT, FIRST, "member")
    assert len(warnings(desk)) == 1


async def test_requests_that_came_meanwhile_are_decided(desk: Desk, shop: Shop) -> None:
    await ask_for_purchases(desk, shop)
    desk.refusing = {FIRST: NO_RIGHT}
    await ask_to_join(desk, shop, FIRST)
    desk.refusing = {}
    came = await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True)
    assert decisions(came) == decided_in(FIRST, shop)


async def test_a_moved_group_stays_the_tariffs_whatever_the_settings_say(
    db: Database, desk: Desk, shop: Shop
) -> None:
    heir = -1_009_999
    await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True)
    await ask_for_purchases(desk, shop)
    await desk.send(SALES_BOT, {"message": desk.in_group(FIRST, ADMIN, migrate_to_chat_id=heir)})
    assert {row.chat_id for row in await read_rows(db, communities)} == {heir, SECOND}
    assert decisions(await ask_to_join(desk, shop, heir)) == decided_in(heir, shop)
    async with db.unit(1) as uow:
        await bind_groups(uow, shop.course.flow_id, {"club": GROUPS})
    assert decisions(await ask_to_join(Desk(db), shop, heir)) == decided_in(heir, shop), "init and a restart"
    assert {row.chat_id for row in await read_rows(db, communities)} == {heir, SECOND}
    assert len(await read_rows(db, memberships)) == len(GROUPS)
    assert warnings(desk) == []


async def test_a_broken_group_is_looked_at_every_hour_until_it_works(
    db: Database, desk: Desk, shop: Shop, clock: StillClock
) -> None:
    desk.refusing = {FIRST: NO_RIGHT}
    await ask_for_purchases(desk, shop)
    for _ in range(3):
        clock.advance(hours=1, seconds=1)
        await desk.tick()
    assert len(warnings(desk)) == 1
    desk.refusing = {}
    clock.advance(hours=1, seconds=1)
    await desk.tick()
    assert any("works again" in one.text for one in desk.calls if one.chat == ADMIN)


async def test_a_missing_right_to_remove_is_told_once_and_who_was_to_go_goes_when_it_is_there(
    db: Database, desk: Desk, shop: Shop, clock: StillClock
) -> None:
    await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True, can_restrict_members=False)
    await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True, can_restrict_members=False)
    (warning,) = warnings(desk)
    assert "right to ban users" in warning
    await ask_for_purchases(desk, shop)  # people are let in all the same
    assert len(warnings(desk)) == 1
    assert all("works again" not in one.text for one in desk.calls)
    async with db.unit(1) as uow:
        gone = {"status": MembershipStatus.JOINED, "is_last_said": True}
        await uow.conn.execute(update(memberships).values(**gone, leaves_at=uow.now + timedelta(days=7)))
    await desk.rank(SALES_BOT, FIRST, "administrator", can_invite_users=True, can_restrict_members=True)
    assert any("works again" in one.text for one in desk.calls if one.chat == ADMIN)
    async with db.reading() as conn:
        days = (await conn.execute(select(memberships.c.leaves_at).order_by(memberships.c.id))).scalars()
        assert [one <= clock.now() for one in days] == [True, False]  # of this group alone


@pytest.mark.parametrize("error", [NO_RIGHT, "Bad Request: user is an administrator of the chat"])
async def test_a_refused_removal_is_told_of_the_person_and_a_missing_right_of_the_group(
    db: Database, desk: Desk, shop: Shop, error: str
) -> None:
    await ask_for_purchases(desk, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(update(memberships).values(status=MembershipStatus.JOINED))
        await uow.conn.execute(update(accesses).values(status=AccessStatus.REVOKED))
    desk.refusing = {FIRST: error}
    async with db.unit(1) as uow:
        await leaving.remove_from_groups(uow, 1)
    while await desk.deliver():
        pass
    told = warnings(desk)
    assert len([one for one in told if "could not be removed" in one]) == 1
    assert len([one for one in told if "right to ban users" in one]) == int(error == NO_RIGHT)


@pytest.mark.parametrize(
    ("method", "error", "trouble"),
    [
        ("sendMessage", "Forbidden: bot was kicked from the group chat", "gone"),
        ("sendMessage", "Forbidden: bot is not a member of the supergroup chat", "gone"),
        ("getChat", "Bad Request: chat not found", "gone"),
        ("sendMessage", "Forbidden: the group chat was deleted", "gone"),
        ("copyMessage", "Bad Request: not enough rights to send photos to the chat", "silenced"),
        ("sendMessage", "Bad Request: have no rights to send a message", "silenced"),
        ("sendMessage", "Bad Request: CHAT_WRITE_FORBIDDEN", "silenced"),
        ("sendMessage", "Bad Request: TOPIC_CLOSED", "closed"),
        ("createChatInviteLink", NO_RIGHT, "no_invites"),
        ("approveChatJoinRequest", "Bad Request: CHAT_ADMIN_REQUIRED", "no_invites"),
        ("approveChatJoinRequest", "Bad Request: USER_NOT_FOUND", None),
        ("banChatMember", "Bad Request: not enough rights to restrict/unrestrict chat member", "no_bans"),
        ("banChatMember", "Bad Request: CHAT_ADMIN_REQUIRED", "no_bans"),
        ("banChatMember", "Bad Request: user is an administrator of the chat", None),
        ("sendMessage", "Bad Request: message text is empty", None),
        ("editMessageText", "Bad Request: message to edit not found", None),
    ],
)
def test_what_a_refusal_says_about_the_bots_place(method: str, error: str, trouble: str | None) -> None:
    assert read_refusal(method, error) == trouble
