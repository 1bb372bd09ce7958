"""Tokens an admin issues: each kind lets in whom it says, the link can be listed again, and closing closes it."""

from datetime import UTC, datetime, timedelta

import pytest

from core.db.models.content import enrollment_tokens
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import TokenKind
from core.rules.deep_link import CourseLink, parse_payload
from services.content.deployments import admit, open_to_all
from services.content.entry.tokens import (
    ListedToken,
    find_course,
    issue_token,
    list_tokens,
    read_terms,
    revoke_token,
)
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import add_contact
from tests.factories.rows import read_rows
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock

NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)


async def _issue(db: Database, shop: Shop, kind: str, **options: str) -> ListedToken:
    async with db.unit(1) as uow:
        return await issue_token(uow, shop.deployment, read_terms(kind, options, uow.now))


async def _let_in(db: Database, made: ListedToken, telegram_id: int) -> bool:
    link = parse_payload(made.payload)
    assert isinstance(link, CourseLink)
    try:
        async with db.unit(1) as uow:
            known = (await add_contact(uow, telegram_id)).id
            await admit(uow, link, COURSE_BOT, known)
    except DomainError:
        return False
    return True


LETS_IN = {
    "public": ("public", {}, [True, True, True]),
    "group of two": ("group", {"uses": "2"}, [True, True, False]),
    "personal of the second": ("personal", {"for": "902"}, [False, True, False]),
    "personal of the first who comes": ("personal", {}, [True, False, False]),
    "external": ("external", {"external": "crm-17"}, [True, False, False]),
}


@pytest.mark.parametrize("case", LETS_IN)
async def test_a_token_lets_in_whom_it_says(db: Database, shop: Shop, case: str) -> None:
    kind, options, expected = LETS_IN[case]
    made = await _issue(db, shop, kind, **options)
    assert [await _let_in(db, made, telegram_id) for telegram_id in (901, 902, 903)] == expected


async def test_a_token_that_ends_ends(db: Database, shop: Shop, clock: StillClock) -> None:
    made = await _issue(db, shop, "public", days="3")
    clock.advance(days=2)
    assert await _let_in(db, made, 901)
    clock.advance(days=1)
    assert not await _let_in(db, made, 902)


async def test_links_can_be_listed_again_and_the_database_holds_no_text(db: Database, shop: Shop) -> None:
    made = [await _issue(db, shop, "group", uses="3", label="blog"), await _issue(db, shop, "public")]
    async with db.unit(1) as uow:
        opened = await open_to_all(uow, shop.deployment)
        assert await open_to_all(uow, shop.deployment) == opened
        listed = await list_tokens(uow, shop.deployment)
    assert [one.payload for one in listed] == [opened, made[1].payload, made[0].payload]
    assert listed[-1].token.label == "blog"
    rows = repr(await read_rows(db, enrollment_tokens))
    assert [one for one in listed if one.payload.split("_", 2)[2] in rows] == []


async def test_a_closed_token_lets_nobody_in_and_cannot_be_closed_twice(db: Database, shop: Shop) -> None:
    made = await _issue(db, shop, "public")
    async with db.unit(1) as uow:
        await revoke_token(uow, made.token.id)
    assert not await _let_in(db, made, 901)
    with pytest.raises(DomainError, match=f"no open link {made.token.id}; `tandem token list` shows"):
        async with db.unit(1) as uow:
            await revoke_token(uow, made.token.id)


WRONG = {
    "no kind": ("friend", {}),
    "no such word": ("public", {"colour": "red"}),
    "a group without a number": ("group", {}),
    "a group of none": ("group", {"uses": "0"}),
    "a group of minus one": ("group", {"uses": "-1"}),
    "a group of very many": ("group", {"uses": "9" * 30}),
    "a public one for two": ("public", {"uses": "2"}),
    "a public one for her": ("public", {"for": "1"}),
    "for a name": ("personal", {"for": "@anna"}),
    "external without a name": ("external", {}),
    "a public one with a name": ("public", {"external": "x"}),
    "a name too long": ("external", {"external": "x" * 129}),
    "a label too long": ("public", {"label": "x" * 65}),
    "no days": ("public", {"days": "0"}),
    "a day gone by": ("public", {"until": "2029-01-01"}),
    "no day": ("public", {"until": "tomorrow"}),
    "two ends": ("public", {"days": "3", "until": "2031-01-01"}),
    "no utm": ("public", {"utm": "blog"}),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_refused_by_name(case: str) -> None:
    kind, options = WRONG[case]
    with pytest.raises(DomainError, match="TOKEN_TERMS") as refused:
        read_terms(kind, options, NOW)
    assert refused.value.detail


def test_all_words_together() -> None:
    options = {"uses": "30", "until": "2030-12-31", "label": "blog", "utm": "source:blog,campaign:spring"}
    terms = read_terms("group", options, NOW)
    assert (terms.kind, terms.max_uses, terms.label) == (TokenKind.GROUP, 30, "blog")
    assert terms.expires_at == datetime(2030, 12, 31, tzinfo=UTC)
    assert terms.utm == {"utm_source": "blog", "utm_campaign": "spring"}
    assert read_terms("public", {"days": "2"}, NOW).expires_at == NOW + timedelta(days=2)


async def test_a_cohort_must_be_there(db: Database, shop: Shop) -> None:
    with pytest.raises(DomainError, match="TOKEN_TERMS: there is no cohort “spring”"):
        await _issue(db, shop, "public", cohort="spring")


async def test_the_only_course_need_not_be_named(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        only = await find_course(uow, COURSE_BOT, None)
        assert only.deployment == shop.deployment
        assert await find_course(uow, COURSE_BOT, only.slug) == only
        with pytest.raises(DomainError, match="COURSE_UNKNOWN"):
            await find_course(uow, COURSE_BOT, "other")
