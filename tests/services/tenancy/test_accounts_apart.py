"""Admins, groups and operators of the environment are the first account's: in another one they are nobody."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.db.models.delivery import outbox
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind
from core.roles import MemberRole
from services.content.settings import load_course_settings
from services.delivery import speech
from services.people.admins import tell_admins
from services.people.curators import may_review
from services.tenancy.members import add_member, list_operators, load_roles
from tests.factories.accounts import add_account, add_bot
from tests.factories.persons import add_chat, add_contact

ADMIN, OPERATOR, GROUP = 1001, 1002, -1009
BOT = 7_000_009
OTHER = 2


@pytest.fixture
def env(env: Environment) -> Environment:
    """An environment that names people and groups."""
    named = {"admin_ids": (ADMIN,), "operator_ids": (OPERATOR,), "review_chat_id": GROUP}
    return replace(env, **named, community_chats={"vip": (GROUP,)})  # type: ignore[arg-type]


@pytest.mark.parametrize("account", [1, OTHER])
async def test_whoever_the_environment_names_is_somebody_in_the_first_account_alone(
    db: Database, account: int
) -> None:
    is_first = account != OTHER
    async with db.unit(account) as uow:
        if not is_first:
            await add_account(uow)
        await add_bot(uow, BOT, BotKind.SALES)
        await add_bot(uow, BOT + 1, BotKind.COURSE)
        await add_chat(uow, BOT, await add_contact(uow, ADMIN))  # who has pressed Start in everybody's bots
        settings = await load_course_settings(uow, None)
        assert (await load_roles(uow, ADMIN) == {MemberRole.OWNER}) is is_first
        assert await may_review(uow, ADMIN) is is_first
        assert (settings.review_chat_id == GROUP, bool(settings.groups)) == (is_first, is_first)
        assert await list_operators(uow.conn, uow.env, account) == ([OPERATOR] if is_first else [])
        await tell_admins(uow, speech.words("review-let-admins"), "told")
    async with db.reading() as conn:
        assert list(await conn.scalars(select(outbox.c.chat_id))) == ([ADMIN] if is_first else [])


async def test_before_its_account_is_made_a_course_has_the_installations_settings(db: Database) -> None:
    async with db.unit(OTHER) as uow:
        assert (await load_course_settings(uow, None)).groups == {}


async def test_the_members_of_another_account_have_their_roles_there_alone(db: Database) -> None:
    async with db.unit(OTHER) as uow:
        await add_account(uow)
        for role in (MemberRole.CURATOR, MemberRole.OPERATOR):
            await add_member(uow, OPERATOR, role)
        assert await may_review(uow, OPERATOR)
        assert await list_operators(uow.conn, uow.env, OTHER) == [OPERATOR]
    async with db.unit(1) as uow:
        assert not await may_review(uow, OPERATOR)
