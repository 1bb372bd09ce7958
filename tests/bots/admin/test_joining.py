"""An invitation makes one person a member of its account, within three days, and nobody else."""

import pytest

from core.db.models.tenancy import audit_log
from core.db.session import Database
from core.environment import FIRST_ACCOUNT
from core.roles import MemberRole
from core.text.catalog import say
from services.tenancy.members import add_member, load_roles, remove_member
from services.tenancy.sign_in import invitations
from services.tenancy.sign_in.invitations import GOOD_FOR
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_account
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock

ANNA, BORIS = 501, 502


async def _invite(db: Database, role: MemberRole, account_id: int = FIRST_ACCOUNT) -> str:
    """What stands behind `?start=`."""
    async with db.unit(account_id) as uow:
        link = await invitations.invite(uow, role)
    return f"/start {link.partition('?start=')[2]}"


async def _roles(db: Database, who: int) -> frozenset[MemberRole]:
    async with db.unit(FIRST_ACCOUNT) as uow:
        return await load_roles(uow, who)


def _read(calls: list[Call], who: int) -> str:
    return "\n".join(call.text for call in calls if call.fields.get("chat_id") == who)


@pytest.mark.parametrize("bot", [SALES_BOT, COURSE_BOT])
async def test_whoever_follows_it_first_is_a_member_and_the_owners_hear_of_it(
    db: Database, desk: Desk, bot: int
) -> None:
    await desk.write("/start", ADMIN, bot)
    start = await _invite(db, MemberRole.AUTHOR)
    told = await desk.write(start, ANNA, bot)
    role = say("role-author", "en")
    assert _read(told, ANNA) == say("join-welcome", "en", {"role": role})
    assert say("join-told", "en", {"name": "P501", "role": role}) == _read(told, ADMIN)
    assert await _roles(db, ANNA) == {MemberRole.AUTHOR}
    assert [row.act for row in await read_rows(db, audit_log) if row.actor_id == ANNA] == ["join"]
    assert _read(await desk.write(start, BORIS, bot), BORIS) == say("join-over", "en")
    assert await _roles(db, BORIS) == frozenset()


async def test_it_is_over_after_three_days_and_good_in_its_own_account_alone(
    db: Database, desk: Desk, clock: StillClock
) -> None:
    late = await _invite(db, MemberRole.CURATOR)
    clock.advance(seconds=GOOD_FOR.total_seconds() + 1)
    assert _read(await desk.write(late, ANNA), ANNA) == say("join-over", "en")
    async with db.unit(2) as uow:
        await add_account(uow)
        token = late.rpartition("_")[2]
        assert await invitations.join(uow, BORIS, "Boris", token) is None
    assert await _roles(db, ANNA) == frozenset()


async def test_who_may_invite_no_more_comes_back_by_no_link_of_theirs(db: Database, desk: Desk) -> None:
    async with db.unit(1) as uow:
        for number, role in ((BORIS, MemberRole.ADMIN), (BORIS, MemberRole.OPERATOR)):
            await add_member(uow, number, role)
    mine = await _invite(db, MemberRole.ADMIN)
    async with db.unit(1) as uow:
        await remove_member(uow, BORIS, MemberRole.OPERATOR)  # who invites nobody has no links
    assert _read(await desk.write(mine, ANNA), ANNA) != say("join-over", "en")
    kept = await _invite(db, MemberRole.ADMIN)
    async with db.unit(1) as uow:
        await remove_member(uow, BORIS, MemberRole.ADMIN)
    assert _read(await desk.write(kept, BORIS), BORIS) == say("join-over", "en")
    assert await _roles(db, BORIS) == frozenset()
