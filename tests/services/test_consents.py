"""Consent before anything else; what they came for waits for it."""

import asyncio

import pytest

from core.db.models.people import consents
from core.db.session import Database
from services.people.consents import VERSION, ask_consent, give_consent, has_consented
from services.people.schemas import Contact
from services.tenancy.settings import change_settings
from tests.factories.persons import add_consent, add_contact
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock


@pytest.fixture
async def anna(db: Database) -> Contact:
    async with db.unit(1) as uow:
        return await add_contact(uow)


async def _ask(db: Database, contact: Contact, payload: str) -> None:
    async with db.unit(1) as uow:
        await ask_consent(uow, contact.id, payload)


async def _give(db: Database, contact: Contact) -> str | None:
    async with db.unit(1) as uow:
        return await give_consent(uow, contact.id)


async def _has(db: Database, contact: Contact) -> bool:
    async with db.unit(1) as uow:
        return await has_consented(uow, contact.id)


async def test_asking_is_not_consenting(db: Database, anna: Contact) -> None:
    assert not await _has(db, anna)
    await _ask(db, anna, "p_code")
    assert not await _has(db, anna)
    assert await _give(db, anna) == "p_code"
    assert await _has(db, anna)


@pytest.mark.parametrize(
    ("payloads", "kept"),
    [(["", "p_a", "p_b", ""], "p_a"), (["p_a", "p_b"], "p_a"), ([""], ""), (["", ""], "")],
)
async def test_the_first_payload_that_says_anything_waits(
    db: Database, anna: Contact, payloads: list[str], kept: str
) -> None:
    for payload in payloads:
        await _ask(db, anna, payload)
    assert await _give(db, anna) == kept


async def test_consent_is_given_once_with_its_moment(db: Database, anna: Contact, clock: StillClock) -> None:
    await _ask(db, anna, "p_a")
    clock.advance(seconds=30)
    given_at = clock.now()
    answers = await asyncio.gather(*(_give(db, anna) for _ in range(20)))
    assert sorted(answers, key=str) == [*[None] * 19, "p_a"]
    clock.advance(days=1)
    assert await _give(db, anna) is None
    assert [(row.version, row.given_at) for row in await read_rows(db, consents)] == [(VERSION, given_at)]


async def test_without_a_question_there_is_nothing_to_agree_to(db: Database, anna: Contact) -> None:
    assert await _give(db, anna) is None
    assert not await _has(db, anna)


async def test_an_older_version_is_not_the_one_in_force(
    db: Database, anna: Contact, clock: StillClock
) -> None:
    async with db.unit(1) as uow:
        await add_consent(uow, anna.id, version="2020-01", given_at=clock.now())
    assert not await _has(db, anna)


async def test_one_persons_consent_is_not_anothers(db: Database, anna: Contact) -> None:
    async with db.unit(1) as uow:
        boris = await add_contact(uow, 500_002)
    for one in (anna, boris):
        await _ask(db, one, "x")
    await _give(db, anna)
    assert not await _has(db, boris)


async def test_other_papers_are_agreed_to_anew(db: Database, anna: Contact) -> None:
    await _ask(db, anna, "")
    await _give(db, anna)
    async with db.unit(1) as uow:
        await change_settings(uow, {"offer_url": "https://example.com/offer"})
    assert not await _has(db, anna)
    await _ask(db, anna, "p_code")
    assert await _give(db, anna) == "p_code"
    assert await _has(db, anna)
    async with db.unit(1) as uow:
        await change_settings(uow, {"privacy_url": "https://example.com/policy"})
    assert not await _has(db, anna)
