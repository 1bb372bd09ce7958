"""Master keys rotate as documented: what was made under an older key of the ring stays good, a missing one is named."""

from dataclasses import replace

import pytest

from core.db.session import Database
from core.environment import Environment
from core.presses import Press, sign, verify
from services.content.deployments import issue_personal_token, open_to_all
from services.content.entry.doors import see_door
from services.content.entry.tokens import find_missing_key, find_open_link, list_tokens
from services.content.messages import templates
from services.learning.app_refs import AppVisit, read_visit, sign_visit
from services.learning.webhooks import webhook_secret
from tests.factories.accounts import COURSE_BOT
from tests.factories.sales import add_access
from tests.factories.shops import Shop
from utils.sealed import KeyRing

OLD, NEW = b"s" * 32, b"n" * 32


def rotated(env: Environment, *, dropped: bool = False) -> Environment:
    """The installation after `k2` has come, with the older key behind it or without it."""
    ring = {"k2": NEW} if dropped else {"k2": NEW, "k1": OLD}
    older = () if dropped else (env.signing_key,)
    return replace(env, keys=KeyRing(ring), signing_key=b"2" * 32, older_signing_keys=older)


async def personal_link(db: Database, shop: Shop) -> str | None:
    async with db.reading() as conn:
        found = await templates.load_values(conn, db.env, {COURSE_BOT: "course"}, [shop.buyer], set())
    return found[shop.buyer.id].get(templates.COURSE_LINK)


async def test_links_stay_what_they_were(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        access = await add_access(uow, shop.buyer.id, shop.basic)
        await issue_personal_token(uow, shop.deployment.id, shop.buyer.id, access)
        public = await open_to_all(uow, shop.deployment)
    personal = await personal_link(db, shop)
    assert personal
    db.env = rotated(db.env)
    assert await personal_link(db, shop) == personal
    async with db.unit(1) as uow:
        assert await open_to_all(uow, shop.deployment) == public
        assert (await see_door(uow, shop.deployment)).payload == public
        assert [one.payload for one in await list_tokens(uow, shop.deployment)] == [public]
        assert await find_missing_key(uow) is None


async def test_a_key_that_is_gone_is_named_and_nothing_hangs(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        access = await add_access(uow, shop.buyer.id, shop.basic)
        await issue_personal_token(uow, shop.deployment.id, shop.buyer.id, access)
        await open_to_all(uow, shop.deployment)
    db.env = rotated(db.env, dropped=True)
    assert await personal_link(db, shop) is None
    async with db.unit(1) as uow:
        assert [one.payload for one in await list_tokens(uow, shop.deployment)] == [""]
        assert await find_open_link(uow, shop.deployment) is None
        assert await find_missing_key(uow) == "k1"


def test_what_an_older_key_signed_is_still_ours(env: Environment) -> None:
    press, holders = Press("rv", "1"), ("5",)
    data, ref = sign(env.signing_key, 7, 5, "5", press), sign_visit(env.signing_key, AppVisit(1, 2, 3))
    secret, after = webhook_secret(env, 1, "x"), rotated(env)
    assert verify(after.signing_keys, 7, 5, holders, data) == press
    assert read_visit(after.signing_keys, ref) == AppVisit(1, 2, 3)
    assert webhook_secret(after, 1, "x") == secret
    gone = rotated(env, dropped=True)
    assert verify(gone.signing_keys, 7, 5, holders, data) is None


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_words_for_a_link_that_cannot_be_shown(language: str) -> None:
    from core.text.catalog import say

    assert "MASTER_KEYS" in say("token-hidden", language, {})
