"""Who works here: a role is given and taken with buttons, and nobody does more than their role allows."""

from dataclasses import replace
from typing import Any

import pytest

from bots.admin.all_commands import list_commands
from core.db.models.tenancy import audit_log, members
from core.errors import DomainError
from core.roles import MemberRole
from core.text.catalog import say
from services.people.team.roles import change_role
from services.tenancy.members import add_member, load_roles, prefetch, remove_member
from services.tenancy.permissions import MAY, Permission, may
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows

BORIS = 1044


def person(who: int, name: str = "Boris") -> dict[str, Any]:
    return {"id": who, "is_bot": False, "first_name": name}


NAMED: dict[str, dict[str, Any]] = {
    "a forwarded message": {
        "text": "Hi",
        "forward_origin": {"type": "user", "date": 1, "sender_user": person(BORIS)},
    },
    "a contact": {"contact": {"phone_number": "+1", "first_name": "Boris", "user_id": BORIS}},
    "a number": {"text": str(BORIS)},
}


async def roles_of(desk: Desk, who: int) -> set[str]:
    return {row.role for row in await read_rows(desk.db, members) if row.telegram_id == who}


async def give(desk: Desk, who: int, *roles: MemberRole) -> None:
    async with desk.db.unit(1) as uow:
        for role in roles:
            await add_member(uow, who, role)


@pytest.mark.parametrize("named", NAMED)
async def test_who_is_to_work_here_is_named_in_any_of_these_ways(desk: Desk, named: str) -> None:
    await desk.write("/start", BORIS)
    await desk.write("/team")
    await desk.press("➕ Add somebody")
    (shown, *_) = await desk.write(who=ADMIN, **NAMED[named])
    assert "no role" in shown.text
    changed = await desk.press("➕ curator")
    assert await roles_of(desk, BORIS) == {"curator"}
    assert "Your role here from now on: curator" in next(one.text for one in changed if one.chat == BORIS)
    await desk.press("✅ curator")
    assert await roles_of(desk, BORIS) == set()


async def test_who_wrote_last_can_be_picked_and_a_second_press_changes_nothing(desk: Desk) -> None:
    await desk.write("/start", BORIS)
    await desk.write("/team")
    (asked,) = await desk.press("➕ Add somebody")
    assert f"P{BORIS}" in asked.buttons
    await desk.press(f"P{BORIS}")
    offered = next(one for one in reversed(desk.calls) if "➕ author" in one.buttons)
    for _ in range(2):
        await desk.press("➕ author", holder=offered)
    assert await roles_of(desk, BORIS) == {"author"}


async def test_a_name_that_is_nobodys_is_answered_with_an_example_and_asked_on(desk: Desk) -> None:
    await desk.write("/start", BORIS)
    await desk.write("/team")
    await desk.press("➕ Add somebody")
    (unread,) = await desk.write("somebody else")
    assert "@anna" in unread.text
    hidden = {"type": "hidden_user", "date": 1, "sender_user_name": "Boris"}
    (told,) = await desk.write("Hi", forward_origin=hidden)
    assert "hides the account" in told.text
    (shown,) = await desk.write(str(BORIS))
    assert f"P{BORIS}" in shown.text


async def test_an_admin_makes_admins_after_a_question_and_owners_never(desk: Desk) -> None:
    await desk.write("/start", BORIS)
    await give(desk, BORIS, MemberRole.ADMIN)
    await desk.write("/start", ANNA)
    await desk.write("/team", BORIS)
    await desk.press("➕ Add somebody", BORIS)
    (shown,) = await desk.press(f"P{ANNA}", BORIS)
    assert "➕ owner" not in shown.buttons
    (asked,) = await desk.press("➕ admin", BORIS)
    assert await roles_of(desk, ANNA) == set()
    assert "everything but owners" in asked.text
    await desk.press("Yes, admin", BORIS)
    assert await roles_of(desk, ANNA) == {"admin"}
    async with desk.db.unit(1) as uow:
        with pytest.raises(DomainError, match="ROLE_NOT_YOURS"):
            await change_role(uow, BORIS, ANNA, MemberRole.OWNER, has=True)


async def test_the_last_owner_stays_and_one_of_the_settings_too(desk: Desk) -> None:
    async with desk.db.unit(1) as uow:
        with pytest.raises(DomainError, match="OWNER_BY_SETTINGS"):
            await change_role(uow, ADMIN, SECOND, MemberRole.OWNER, has=False)
    desk.db.env = replace(desk.db.env, admin_ids=())
    await give(desk, ADMIN, MemberRole.OWNER)
    await give(desk, SECOND, MemberRole.OWNER)
    async with desk.db.unit(1) as uow:
        assert await change_role(uow, ADMIN, SECOND, MemberRole.OWNER, has=False)
        with pytest.raises(DomainError, match="LAST_OWNER"):
            await change_role(uow, ADMIN, ADMIN, MemberRole.OWNER, has=False)
    assert await roles_of(desk, ADMIN) == {"owner"}


async def test_every_command_is_refused_in_words_to_whose_role_does_not_allow_it(desk: Desk) -> None:
    """Each role has two members who share the commands: one reads Russian, the other English, and in turns."""
    bot = next(iter(desk.bots))
    for number, role in enumerate(MemberRole):
        refused = [one for one in list_commands() if not may([role], one.needs)]
        for place, language in enumerate(("ru", "en")):
            mine = refused[(place + number) % 2 :: 2]
            who = BORIS + 2 * number + place
            await give(desk, who, role)
            for command in mine:
                message = desk.message(who, text=f"/{command.name}")
                message["from"]["language_code"] = language
                await desk.receive(bot, {"message": message})
            told = [one.text for one in await desk.work_off()]
            refusal = say("role-needed", language, {"needed": "|", "own": "|"}).partition("|")[0]
            assert len(told) == len(mine)
            assert [one for one in told if not one.startswith(refusal)] == [], (role, language)


async def test_who_has_no_role_is_told_nothing_of_commands(desk: Desk) -> None:
    (unknown,) = await desk.write("/nonsense", BORIS)
    (same,) = await desk.write("/team", BORIS)
    assert same.text == unknown.text


def test_an_owner_may_all_and_every_permission_is_asked_for() -> None:
    assert MAY[MemberRole.OWNER] == set(Permission)
    assert set(MAY) == set(MemberRole)
    assert {command.needs for command in list_commands()} <= set(Permission)


async def test_what_was_done_is_written_down_with_who_whom_and_what_changed(desk: Desk) -> None:
    await desk.write("/start", BORIS)
    await desk.write("/team")
    await desk.press("➕ Add somebody")
    await desk.write(str(BORIS))
    await desk.press("➕ curator")
    await desk.write(f"/give {BORIS} basic")
    await desk.press("Open")
    for nothing in ("/who", f"/hold {BORIS} 3", "/hold @nobody 3"):
        await desk.write(nothing)
    rows = await read_rows(desk.db, audit_log)
    assert [(row.actor_id, row.act) for row in rows] == [(ADMIN, "tm"), (ADMIN, "gv")]
    assert (rows[0].before, rows[0].after) == ("", "curator")
    assert len({row.contact_id for row in rows}) == 1
    (shown,) = await desk.write(f"/log {BORIS}")
    assert "— → basic" in shown.text
    assert "— → curator" in shown.text
    assert f"about P{BORIS}" in shown.text


async def test_within_a_batch_roles_are_those_of_now_and_others_have_theirs(desk: Desk) -> None:
    await give(desk, BORIS, MemberRole.CURATOR)
    await give(desk, ANNA, MemberRole.AUTHOR)
    async with desk.db.transaction() as transaction:
        await prefetch(transaction, {1: [BORIS]})
        async with transaction.unit(1) as uow:
            assert await load_roles(uow, ANNA) == {MemberRole.AUTHOR}
            await remove_member(uow, BORIS, MemberRole.CURATOR)
        async with transaction.unit(1) as uow:
            assert await load_roles(uow, BORIS) == frozenset()
