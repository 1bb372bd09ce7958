"""Access by hand: asked, given, told, taken away, given back."""

import pytest
from sqlalchemy import delete, select, update

from core.db.models.commerce import access_changes, accesses, communities, memberships
from core.db.models.people import contacts
from core.db.models.tenancy import audit_log
from core.db.session import Database
from core.lifecycle import AccessStatus, MembershipStatus
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.factories.sales import add_community
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock


async def changes(db: Database) -> list[tuple[str, int]]:
    return [(row.change, row.admin_id) for row in await read_rows(db, access_changes)]


async def status(db: Database) -> list[str]:
    return [row.status for row in await read_rows(db, accesses)]


async def give(desk: Desk, who: str = f"@person{ANNA}") -> list[Call]:
    await desk.write(f"/give {who} basic")
    return await desk.press("Open")


async def test_giving_is_asked_first(desk: Desk, shop: Shop) -> None:
    (asked,) = await desk.write(f"/give {ANNA} basic")
    assert "without payment" in asked.text
    assert await status(desk.db) == []
    (left,) = await desk.press("No")
    assert not left.buttons
    assert await status(desk.db) == []


@pytest.mark.parametrize("who", [str(ANNA), f"@person{ANNA}", f"@PERSON{ANNA}", f"person{ANNA}"])
async def test_the_student_is_told_and_gets_in_by_her_link(desk: Desk, who: str) -> None:
    told, done = sorted(await give(desk, who), key=lambda one: one.chat == ADMIN)
    assert told.chat == ANNA
    assert (done.method, done.buttons) == ("editMessageText", {})
    url = told.fields["reply_markup"]["inline_keyboard"][0][0]["url"]
    payload = url.split("start=")[1]
    await desk.write(f"/start {payload}", ANNA, COURSE_BOT)
    lesson = await agree(desk)
    assert "One thought" in lesson
    assert await changes(desk.db) == [("given", ADMIN)]


async def agree(desk: Desk) -> str:
    """Whatever consent the course asks for is given; what is said then."""
    last = [one for one in desk.calls if one.chat == ANNA][-1]
    if last.buttons and "One thought" not in last.text:
        await desk.press(next(iter(last.buttons)), ANNA)
    return "\n".join(one.text for one in desk.calls if one.chat == ANNA and one.bot == COURSE_BOT)


async def test_a_second_press_gives_nothing_more(desk: Desk) -> None:
    (asked,) = await desk.write(f"/give {ANNA} basic")
    await desk.press("Open", holder=asked)
    (again,) = await desk.press("Open", holder=asked)
    assert "already" in again.text
    assert len(await status(desk.db)) == 1


async def test_two_admins_give_once(desk: Desk) -> None:
    await desk.write(f"/give {ANNA} basic")
    await desk.write(f"/give {ANNA} basic", SECOND)
    await desk.press("Open")
    await desk.press("Open", SECOND)
    assert await status(desk.db) == [AccessStatus.ACTIVE]


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/give", "basic, club"),
        ("/give @nobody", "basic, club"),
        ("/give @nobody basic", "press Start first"),
        ("/give 77777777777777777777777 basic", "press Start first"),
        (f"/give {ANNA} gold", "basic, club"),
        (f"/give {ANNA} basic now", "basic, club"),
        ("/revoke", "/revoke @anna"),
        ("/revoke 42", "press Start first"),
        (f"/revoke {ANNA}", "nothing to close"),
        ("/resend", "/resend @anna"),
        ("/resend <b>", "&lt;b&gt;"),
        (f"/resend {ANNA}", "not on the course"),
        ("/open", "/open @anna"),
        (f"/open {ANNA}", "not on the course"),
    ],
)
async def test_what_is_wrong_is_said_with_an_example(desk: Desk, command: str, answer: str) -> None:
    (said,) = await desk.write(command)
    assert answer in said.text
    assert not said.buttons


@pytest.mark.parametrize(
    ("language", "answer"),
    [("en", "has no open tariff gold. These are open"), ("ru", "тарифа gold среди открытых нет")],
)
async def test_a_tariff_they_do_not_have_is_answered_with_those_they_have(
    desk: Desk, language: str, answer: str
) -> None:
    await give(desk)
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(contacts).values(language=language, language_is_chosen=True))
    (said,) = await desk.write(f"/revoke {ANNA} gold")
    assert answer in said.text
    (asked,) = await desk.press(next(iter(said.buttons)), holder=said)
    assert "basic" in asked.text
    assert await status(desk.db) == [AccessStatus.ACTIVE]


async def test_what_was_taken_away_can_be_given_back(desk: Desk) -> None:
    await give(desk)
    (asked,) = await desk.write(f"/revoke {ANNA}")
    (taken,) = [one for one in await desk.press("Close", holder=asked) if one.chat == ADMIN]
    assert await desk.press("Close", holder=asked)
    assert await status(desk.db) == [AccessStatus.REVOKED]
    assert await desk.press("Give it back", holder=taken)
    assert await desk.press("Give it back", holder=taken)
    assert await status(desk.db) == [AccessStatus.ACTIVE]
    assert await changes(desk.db) == [("given", ADMIN), ("revoked", ADMIN), ("restored", ADMIN)]
    assert [row.act for row in await read_rows(desk.db, audit_log)] == ["gv", "tk", "tb"]


async def test_a_revoked_link_lets_nobody_in_until_it_is_given_back(desk: Desk) -> None:
    told = next(one for one in await give(desk) if one.chat == ANNA)
    payload = told.fields["reply_markup"]["inline_keyboard"][0][0]["url"].split("start=")[1]
    await desk.write(f"/revoke {ANNA}")
    await desk.press("Close")
    await desk.write(f"/start {payload}", ANNA, COURSE_BOT)
    assert "One thought" not in await agree(desk)
    await give(desk)
    await desk.write(f"/start {payload}", ANNA, COURSE_BOT)
    assert "One thought" in await agree(desk)
    assert await status(desk.db) == [AccessStatus.ACTIVE]


async def test_of_several_tariffs_one_is_chosen(desk: Desk) -> None:
    await give(desk)
    await desk.write(f"/give {ANNA} club")
    await desk.press("Open")
    (which,) = await desk.write(f"/revoke {ANNA}")
    assert len(which.buttons) == 2
    await desk.press("Tariff club")
    await desk.press("Close")
    assert await status(desk.db) == [AccessStatus.ACTIVE, AccessStatus.REVOKED]


async def test_a_tariff_may_be_named(desk: Desk) -> None:
    await give(desk)
    (asked,) = await desk.write(f"/revoke {ANNA} basic")
    assert "Close" in asked.buttons


async def test_somebody_who_cannot_be_written_to_gets_access_all_the_same(desk: Desk) -> None:
    desk.blocked = {ANNA}
    await desk.write("/start", ANNA)
    (done,) = await give(desk, str(ANNA))
    assert "cannot write" in done.text
    assert await status(desk.db) == [AccessStatus.ACTIVE]
    assert done.bot == SALES_BOT


async def in_the_group(desk: Desk, shop: Shop, *also: str) -> None:
    """The buyer has `club` (and more tariffs) and has joined its first group."""
    for code in ("club", *also):
        await desk.write(f"/give {ANNA} {code}")
        await desk.press("Open")
    async with desk.db.unit(1) as uow:
        first = select(communities.c.id).order_by(communities.c.id).limit(1).scalar_subquery()
        club = select(accesses.c.id).where(accesses.c.tariff_id == shop.club).scalar_subquery()
        await uow.conn.execute(delete(memberships).where(memberships.c.access_id != club))
        await uow.conn.execute(delete(memberships).where(memberships.c.community_id != first))
        await uow.conn.execute(update(memberships).values(status=MembershipStatus.JOINED))
    await desk.rank(SALES_BOT, GROUPS[0], "administrator", can_invite_users=True)


async def test_what_is_given_by_hand_opens_its_groups(desk: Desk, shop: Shop) -> None:
    await desk.write(f"/give {ANNA} club")
    came = await desk.press("Open")
    assert [one.chat for one in came if one.method == "createChatInviteLink"] == list(GROUPS)
    assert sum("https://t.me/+" in str(one.fields.get("reply_markup")) for one in desk.calls) == len(GROUPS)


async def test_the_question_names_the_groups_and_the_answer_leaves_them(
    desk: Desk, shop: Shop, clock: StillClock
) -> None:
    await in_the_group(desk, shop)
    (asked,) = await desk.write(f"/revoke {ANNA}")
    assert f"This also removes them from the group: Group {GROUPS[0]}." in asked.text
    came = await desk.press("Close")
    out = [(one.method, one.chat, one.fields["user_id"]) for one in came if "user_id" in one.fields]
    assert out == [("banChatMember", GROUPS[0], ANNA), ("unbanChatMember", GROUPS[0], ANNA)]
    (done,) = [one for one in came if one.chat == ADMIN]
    assert f"Removing them from the group: Group {GROUPS[0]}." in done.text
    assert list(done.buttons) == ["Give it back"]
    (told,) = [one for one in came if one.chat == ANNA]
    assert "Доступ к «Tariff club» закрыт." in told.text
    assert f"Вместе с ним закрылась и группа: Group {GROUPS[0]}." in told.text
    assert (told.bot, list(told.buttons)) == (SALES_BOT, ["Тарифы и цены"])
    clock.advance(minutes=1)
    back = await desk.press("Give it back", holder=done)
    assert any("доступ снова открыт" in one.text for one in back if one.chat == ANNA)
    assert GROUPS[0] in [one.chat for one in back if one.method == "createChatInviteLink"]


@pytest.mark.parametrize("still_hers", [False, True])
async def test_who_comes_in_when_her_access_is_closed_already_is_told_and_removed_at_a_press(
    desk: Desk, shop: Shop, still_hers: bool
) -> None:
    await in_the_group(desk, shop)
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(memberships.update().values(status=MembershipStatus.INVITED))
    if not still_hers:
        await desk.write(f"/revoke {ANNA}")
        await desk.press("Close")
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    states = {
        f"{one}_chat_member": {"user": person, "status": s} for one, s in (("old", "left"), ("new", "member"))
    }
    change = {**desk.in_group(GROUPS[0], ANNA), **states}
    del change["message_id"]
    came = [one for _ in range(2) for one in await desk.send(SALES_BOT, {"chat_member": change})]
    told = [one for one in came if one.chat == ADMIN]
    if still_hers:
        assert told == []
        return
    [told_once] = told
    assert "was closed meanwhile" in told_once.text
    out = await desk.press("Remove from the groups", holder=told_once)
    assert "banChatMember" in [one.method for one in out]


async def test_a_refused_removal_is_told(desk: Desk, shop: Shop) -> None:
    await in_the_group(desk, shop)
    await desk.write(f"/revoke {ANNA}")
    desk.refusing[GROUPS[0]] = "Bad Request: not enough rights to restrict/unrestrict chat member"
    came = await desk.press("Close")
    assert any("could not be removed" in one.text for one in came if one.chat == ADMIN)
    assert [row.status for row in await read_rows(desk.db, memberships)] == ["joined"]


async def test_a_group_that_another_tariff_opens_is_not_left(desk: Desk, shop: Shop) -> None:
    async with desk.db.unit(1) as uow:
        await add_community(uow, shop.basic, GROUPS[0])
    await in_the_group(desk, shop, "basic")
    (asked,) = await desk.write(f"/revoke {ANNA} club")
    assert "removes" not in asked.text
    assert not any("user_id" in one.fields for one in await desk.press("Close"))
