"""What an account sets for itself counts in place of what the environment says, and in no other account."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.profile import Profile
from services.content.settings import load_course_settings
from services.tenancy.permissions import Permission
from services.tenancy.settings import (
    FACTS,
    AccountSettings,
    change_settings,
    find_needed,
    load_facts,
    load_settings,
)
from services.tenancy.store import settings as store
from tests.factories.accounts import add_account

OTHER, GROUP, OWN_GROUP = 2, -1009, -1010


@pytest.fixture
def env(env: Environment) -> Environment:
    """An environment that speaks for the first account."""
    said = {"review_chat_id": GROUP, "operator_ids": (1002,), "paid_per_second": 3}
    agrad = Profile(name="agrad", transfer_to_operator=True)
    return replace(env, **said, profiles={"agrad": agrad})  # type: ignore[arg-type]


async def test_what_an_account_sets_counts_there_alone_at_once_and_after_a_restart(db: Database) -> None:
    async with db.unit(OTHER) as uow:
        await add_account(uow)
    async with db.unit(1) as uow:
        await change_settings(
            uow,
            {"review_chat_id": OWN_GROUP, "groups": {"vip": [OWN_GROUP]}, "scenario": "agrad"},
        )
        assert uow.env.review_chat_id == GROUP  # a unit that has begun goes on as it began
    for restarted in (False, True):
        if restarted:
            db.env.own_facts.clear()
            await load_facts(db)
        async with db.unit(1) as uow:
            assert (uow.env.review_chat_id, uow.env.operator_ids) == (OWN_GROUP, (1002,))
            assert uow.env.community_chats == {"vip": (OWN_GROUP,)}
            assert uow.env.profile is not None
            assert uow.env.profile.name == "agrad"
            assert (await load_course_settings(uow, None)).review_chat_id == OWN_GROUP
        async with db.unit(OTHER) as uow:
            assert (uow.env.review_chat_id, uow.env.community_chats, uow.env.profile) == (None, {}, None)


async def test_an_empty_answer_is_an_answer_and_none_lets_the_environment_speak_again(db: Database) -> None:
    async with db.unit(1) as uow:
        await change_settings(uow, {"operator_ids": [], "paid_per_second": 0, "language": "en"})
    async with db.unit(1) as uow:
        assert (uow.env.operator_ids, uow.env.paid_per_second, uow.env.default_language) == ((), 0, "en")
        assert await load_settings(uow) == (
            AccountSettings(operator_ids=(), paid_per_second=0, language="en"),
            1,
        )
        await change_settings(uow, {"operator_ids": None, "paid_per_second": None, "language": None})
    async with db.unit(1) as uow:
        assert (uow.env.operator_ids, uow.env.paid_per_second, uow.env.default_language) == ((1002,), 3, "ru")


async def test_what_the_account_says_for_its_courses_stays(db: Database) -> None:
    async with db.unit(1) as uow:
        await store.replace_settings(uow.conn, 1, {"ai_limit": 5}, 0)
    async with db.unit(1) as uow:
        await change_settings(uow, {"public_name": " The Words "})
    async with db.unit(1) as uow:
        assert (await load_course_settings(uow, None)).ai_limit == 5
        assert uow.env.public_name == "The Words"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"paid_per_second": 2_000}, "paid_per_second"),
        ({"offer_url": "http://example.org"}, "https"),
        ({"scenario": "nosuch"}, "agrad"),
        ({"groups": {"vip": ["x"]}}, "groups.vip"),
    ],
)
async def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(
    db: Database, changes: dict[str, object], said: str
) -> None:
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match=said) as refused:
            await change_settings(uow, {"language": "en", **changes})
        assert refused.value.code == "SETTINGS_INVALID"
        assert await load_settings(uow) == (AccountSettings(), 0)


async def test_whoever_was_slower_is_told(db: Database) -> None:
    async with db.unit(1) as uow:
        await change_settings(uow, {"language": "en"}, revision=0)
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="SETTINGS_CHANGED: 1"):
            await change_settings(uow, {"language": "ru"}, revision=0)
        assert not await store.replace_settings(uow.conn, 1, {}, 0)
    with pytest.raises(DomainError, match="NO_ACCOUNT"):
        async with db.unit(77) as uow:
            await change_settings(uow, {"language": "ru"})


def test_every_setting_says_what_it_means_who_may_change_it_and_takes_effect() -> None:
    for name, field in AccountSettings.model_fields.items():
        assert field.description
        assert find_needed({name}) <= set(Permission)
        assert name in FACTS or name == "scenario"
    assert find_needed({"operator_ids", "paid_per_second"}) == {Permission.MEMBERS, Permission.OWN}
    facts = {field for field in FACTS.values() if field in Environment.__dataclass_fields__}
    assert facts == set(FACTS.values())
