"""Who gets into a course: the buyer alone by their own link, others by a public one while it lasts."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from core.db.models.content import deployments, enrollment_tokens, token_uses
from core.db.session import Database
from core.errors import DomainError, ErrorKind
from core.flow.definition import FlowKind
from core.rules.deep_link import CourseLink, parse_payload
from services.content.deployments import (
    admit,
    close_personal_token,
    issue_personal_token,
    move_to_bot,
    personal_payload,
    personal_text,
)
from services.content.messages.templates import COURSE_LINK, FIRST_NAME, USER_NAME, load_values
from services.people.schemas import Contact
from services.people.variables import set_variable
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.flows import add_token
from tests.factories.persons import ANNA, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_access
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock
from utils.signing import fingerprint

NEW_BOT = 7_000_009
PUBLIC = "open-to-all"


async def _issue(db: Database, shop: Shop, tariff_id: int | None = None) -> tuple[int, CourseLink]:
    """The buyer's personal token: (access, link)."""
    async with db.unit(1) as uow:
        access_id = await add_access(uow, shop.buyer.id, tariff_id or shop.basic)
        token_id = await issue_personal_token(uow, shop.deployment.id, shop.buyer.id, access_id)
        token_hash = fingerprint(personal_text(uow.env.signing_key, 1, token_id))
    payload = personal_payload(db.env.signing_keys, 1, shop.deployment.public_id, token_id, token_hash)
    link = parse_payload(payload or "")
    assert isinstance(link, CourseLink)
    return access_id, link


async def _enter(db: Database, link: CourseLink, contact_id: int, bot_id: int = COURSE_BOT) -> None:
    async with db.unit(1) as uow:
        await admit(uow, link, bot_id, contact_id)


async def _public(db: Database, shop: Shop, **changed: Any) -> CourseLink:
    async with db.unit(1) as uow:
        await add_token(uow, shop.deployment.id, hash=fingerprint(PUBLIC), **changed)
    return CourseLink(shop.deployment.public_id, PUBLIC)


async def test_the_buyer_is_welcome_again_and_again(db: Database, shop: Shop) -> None:
    access_id, link = await _issue(db, shop)
    async with db.unit(1) as uow:
        deployment, token = await admit(uow, link, COURSE_BOT, shop.buyer.id)
        assert (deployment, token.access_id) == (shop.deployment, access_id)
    await _enter(db, link, shop.buyer.id)
    assert [row.uses for row in await read_rows(db, enrollment_tokens)] == [1]  # people, not visits


async def test_a_purchase_has_one_token(db: Database, shop: Shop) -> None:
    access_id, link = await _issue(db, shop)
    async with db.unit(1) as uow:
        again = await issue_personal_token(uow, shop.deployment.id, shop.buyer.id, access_id)
    assert personal_text(db.env.signing_key, 1, again) == link.token
    assert len(await read_rows(db, enrollment_tokens)) == 1


async def test_a_closed_token_opens_when_the_purchase_is_given_back(db: Database, shop: Shop) -> None:
    access_id, link = await _issue(db, shop)
    async with db.unit(1) as uow:
        await close_personal_token(uow, access_id)
    with pytest.raises(DomainError, match="TOKEN_REFUSED"):
        await _enter(db, link, shop.buyer.id)
    async with db.unit(1) as uow:
        await issue_personal_token(uow, shop.deployment.id, shop.buyer.id, access_id)
    await _enter(db, link, shop.buyer.id)


async def test_the_texts_of_tokens_are_nowhere_in_the_database(db: Database, shop: Shop) -> None:
    _, link = await _issue(db, shop)
    await _public(db, shop)
    await _enter(db, link, shop.buyer.id)
    dump = await _dump(db)
    assert fingerprint(link.token) in dump  # the search would find it
    assert [one for one in (link.token, PUBLIC) if one in dump] == []


async def _dump(db: Database) -> str:
    """All values of all tables."""
    tables = enrollment_tokens.metadata.sorted_tables
    return "\n".join([repr(await read_rows(db, table)) for table in tables])


REFUSED = [
    "stranger",
    "unknown",
    "expired",
    "revoked",
    "used up",
    "other bot",
    "other course",
    "deployment off",
]


@pytest.mark.parametrize("why", REFUSED)
async def test_whatever_is_wrong_the_answer_is_the_same(
    db: Database, shop: Shop, clock: StillClock, why: str
) -> None:
    link, contact_id, bot_id = await _wrong(db, shop, clock, why)
    before = await read_rows(db, enrollment_tokens)
    with pytest.raises(DomainError) as refused:
        await _enter(db, link, contact_id, bot_id)
    answer = refused.value
    assert (answer.kind, answer.code, answer.detail) == (ErrorKind.FORBIDDEN, "TOKEN_REFUSED", "")
    assert await read_rows(db, enrollment_tokens) == before


async def _wrong(db: Database, shop: Shop, clock: StillClock, why: str) -> tuple[CourseLink, int, int]:
    public: dict[str, dict[str, Any]] = {
        "expired": {"expires_at": clock.now()},
        "revoked": {"revoked_at": clock.now() - timedelta(days=1)},
        "used up": {"max_uses": 3, "uses": 3},
    }
    buyer, bot_id = shop.buyer.id, COURSE_BOT
    if why in public:
        return await _public(db, shop, **public[why]), buyer, bot_id
    _, link = await _issue(db, shop)
    if why == "stranger":
        async with db.unit(1) as uow:
            buyer = (await add_contact(uow, 777)).id
    elif why == "other bot":
        bot_id = SALES_BOT
    elif why == "unknown":
        link = CourseLink(link.deployment, link.token[::-1])
    elif why == "other course":
        link = CourseLink((await read_rows(db, deployments, bot_id=SALES_BOT))[0].public_id, link.token)
    else:
        async with db.unit(1) as uow:
            await uow.conn.execute(deployments.update().values(is_active=False))
    return link, buyer, bot_id


async def test_refusals_keep_nothing_of_who_was_refused(db: Database, shop: Shop) -> None:
    async def refusal() -> DomainError:
        with pytest.raises(DomainError) as refused:
            await _enter(db, CourseLink("x", "y"), shop.buyer.id)
        return refused.value

    assert await refusal() is not await refusal()  # one shared error would gather the tracebacks of all


async def test_a_public_token_lets_in_as_many_as_it_says(db: Database, shop: Shop) -> None:
    link = await _public(db, shop, max_uses=10)
    people = await _people(db, 60)
    answers = await asyncio.gather(*(_enter(db, link, one.id) for one in people), return_exceptions=True)
    refused = [one for one in answers if one is not None]
    assert (len(refused), {str(one) for one in refused}) == (50, {"TOKEN_REFUSED"})
    assert [row.uses for row in await read_rows(db, enrollment_tokens)] == [10]


async def _people(db: Database, count: int) -> list[Contact]:
    async with db.unit(1) as uow:
        return [await add_contact(uow, 800_000 + n) for n in range(count)]


async def test_a_public_token_without_an_end_has_none(db: Database, shop: Shop, clock: StillClock) -> None:
    link = await _public(db, shop)
    clock.advance(days=1000)
    for one in await _people(db, 5):
        await _enter(db, link, one.id)


async def test_who_was_counted_comes_again_though_it_is_used_up(db: Database, shop: Shop) -> None:
    link = await _public(db, shop, kind="group", max_uses=1)
    await asyncio.gather(*(_enter(db, link, shop.buyer.id) for _ in range(20)))
    (other,) = await _people(db, 1)
    with pytest.raises(DomainError, match="TOKEN_REFUSED"):
        await _enter(db, link, other.id)
    assert [row.uses for row in await read_rows(db, enrollment_tokens)] == [1]
    assert len(await read_rows(db, token_uses)) == 1


async def test_a_use_that_is_rolled_back_does_not_count(db: Database, shop: Shop) -> None:
    link = await _public(db, shop, max_uses=1)
    with suppress(ZeroDivisionError):
        async with db.unit(1) as uow:
            await admit(uow, link, COURSE_BOT, shop.buyer.id)
            raise ZeroDivisionError
    await _enter(db, link, shop.buyer.id)


async def test_a_link_sold_before_leads_to_the_bot_that_took_the_place(db: Database, shop: Shop) -> None:
    _, link = await _issue(db, shop)
    async with db.unit(1) as uow:
        await move_to_bot(uow, FlowKind.COURSE, NEW_BOT, [NEW_BOT])
    await _enter(db, link, shop.buyer.id, NEW_BOT)
    with pytest.raises(DomainError, match="TOKEN_REFUSED"):
        await _enter(db, link, shop.buyer.id, COURSE_BOT)
    async with db.reading() as conn:
        values = await load_values(conn, db.env, {NEW_BOT: "new_bot"}, [shop.buyer], ())
    assert (
        values[shop.buyer.id][COURSE_LINK] == f"https://t.me/new_bot?start=cd_{link.deployment}_{link.token}"
    )
    assert {row.bot_id for row in await read_rows(db, deployments)} == {NEW_BOT, SALES_BOT}


def test_texts_differ_by_key_account_and_token() -> None:
    texts = {
        personal_text(key, account, token) for key in (b"a", b"b") for account in (1, 11) for token in (1, 11)
    }
    assert len(texts) == 8


async def test_templates_know_her_name_and_her_way_in(db: Database, shop: Shop) -> None:
    _, link = await _issue(db, shop)
    async with db.unit(1) as uow:
        stranger = await add_contact(uow, 777, first_name="Only", last_name="", username=None)
        await set_variable(uow, stranger.id, "goal", "to read")
        await set_variable(uow, stranger.id, "user_name", "nobody")
    async with db.reading() as conn:
        values = await load_values(conn, db.env, {COURSE_BOT: "course_bot"}, [shop.buyer, stranger], ())
    way_in = f"https://t.me/course_bot?start=cd_{link.deployment}_{link.token}"
    hers = {USER_NAME: f"person{ANNA}", FIRST_NAME: "Anna", COURSE_LINK: way_in}
    assert values[shop.buyer.id] == hers
    assert values[stranger.id] == {USER_NAME: "Only", FIRST_NAME: "Only", "user.goal": "to read"}


async def test_the_newest_open_purchase_is_her_way_in(db: Database, shop: Shop) -> None:
    _, first = await _issue(db, shop)
    access_id, second = await _issue(db, shop, shop.club)
    assert await _way_in(db, shop) == second.token
    async with db.unit(1) as uow:
        await close_personal_token(uow, access_id)
    assert await _way_in(db, shop) == first.token


async def _way_in(db: Database, shop: Shop) -> str:
    async with db.reading() as conn:
        values = await load_values(conn, db.env, {COURSE_BOT: "course_bot"}, [shop.buyer], ())
    return values[shop.buyer.id][COURSE_LINK].split("_", 3)[-1]
