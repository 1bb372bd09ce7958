"""Each condition holds for whom it says, and for nobody else; tags are put on and taken off."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from core.db.session import Database, UnitOfWork
from core.flow.definition import FlowKind
from core.flow.run import RunStatus
from core.lifecycle import AccessStatus, BotKind, Mailing, MembershipStatus, OrderStatus, PaymentStatus
from core.text.catalog import say_words
from services.people import tags
from services.people.conditions import CONDITIONS, check_condition, holds
from services.people.consents import answer_mailing
from services.people.schemas import Contact
from services.tenancy.groups import note_person
from tests.factories.accounts import COURSE_BOT, add_bot
from tests.factories.flows import add_flow, add_version, make_course
from tests.factories.persons import ANNA, add_chat, add_contact, add_segment, add_tag, add_variable
from tests.factories.sales import (
    add_access,
    add_community,
    add_membership,
    add_order,
    add_partner,
    add_payment,
    add_referral,
    add_tariff,
)
from tests.factories.studies import add_run, add_step

Asked = tuple[str, Mapping[str, Any]]
HOLDS: list[Asked] = [
    ("paid", {}),
    ("tariff", {"code": "basic"}),
    ("utm", {"value": "ads"}),
    ("utm", {"name": "utm_campaign", "value": "spring"}),
    ("finished", {"flow": "words"}),
    ("tag", {"name": "words"}),
    ("variable", {"name": "utm_source"}),
    ("variable", {"name": "utm_source", "value": "ads"}),
    ("language", {"code": "ru"}),
    ("joined", {"after": "2030-01-07"}),
    ("joined", {"before": "2030-01-08"}),
    ("created_after", {"day": "2030-01-07"}),
    ("agreed_to_mailing", {}),
    ("in_segment", {"name": "warm"}),
    ("last_seen_days", {"days": 1}),
    ("zone", {"name": "Europe/Moscow"}),
    ("named", {"words": "Ann"}),
    ("has_paid", {}),
    ("has_paid", {"tariff": "basic"}),
    ("partner", {"code": "FRIEND"}),
    ("joined_group", {"chat": -100}),
    ("joined_group", {"chat": -300}),
    ("progress", {"course": "words", "at_least": 1}),
    ("progress", {"course": "words", "at_most": 1}),
    ("stuck_days", {"days": 5}),
    ("counted", {"number": "chose"}),
]
FOR_WHO_HAS_NOTHING: list[Asked] = [("no_active_scenario", {}), ("has_not_paid", {})]
FAILS: list[Asked] = [
    ("named", {"words": "Ann Nobody"}),
    ("tariff", {"code": "premium"}),
    ("utm", {"value": "letter"}),
    ("utm", {"name": "utm_campaign", "value": "autumn"}),
    ("finished", {"flow": "other"}),
    ("tag", {"name": "Words"}),
    ("variable", {"name": "nothing"}),
    ("variable", {"name": "utm_source", "value": "letter"}),
    ("language", {"code": "en"}),
    ("joined", {"after": "2030-01-08"}),
    ("joined", {"after": "2030-01-01", "before": "2030-01-07"}),
    ("created_after", {"day": "2030-01-08"}),
    ("zone", {"name": "Europe/Berlin"}),
    ("has_paid", {"tariff": "premium"}),
    ("partner", {"code": "OTHER"}),
    ("joined_group", {"chat": -200}),
    ("joined_group", {"chat": -400}),
    ("progress", {"course": "words", "at_least": 2}),
    ("progress", {"course": "other", "at_most": 9}),
    ("stuck_days", {"days": 7}),
]


async def everything(uow: UnitOfWork) -> tuple[Contact, Contact]:
    """Somebody for whom every condition can hold, and somebody of whom nothing is known."""
    anna, ben = await add_contact(uow), await add_contact(uow, ANNA + 1, language="de")
    await add_bot(uow, COURSE_BOT, BotKind.COURSE)
    course = make_course()
    flow_id = await add_flow(uow, course)
    version_id = await add_version(uow, flow_id, course)
    tariff_id = await add_tariff(uow, flow_id, code="basic")
    access_id = await add_access(uow, anna.id, tariff_id)
    group_id = await add_community(uow, tariff_id, -100)
    await add_membership(uow, access_id, group_id, ANNA, status=MembershipStatus.JOINED)
    for chat_id, inside in ((-300, True), (-400, False)):  # by no tariff: Telegram has told of it
        await note_person(uow, chat_id, ANNA, inside=inside)
    order_id = await add_order(uow, anna, tariff_id, status=OrderStatus.PAID)
    await add_payment(uow, order_id, status=PaymentStatus.SUCCEEDED)
    partner_id = await add_partner(uow, (await add_contact(uow, ANNA + 2)).id, "FRIEND")
    await add_referral(uow, partner_id, anna.id)
    await add_chat(uow, COURSE_BOT, anna)
    over = {"status": RunStatus.COMPLETED, "utm": {"utm_campaign": "spring"}}
    await add_run(uow, anna, COURSE_BOT, version_id, **over)
    await add_run(uow, anna, COURSE_BOT, version_id, kind=FlowKind.SCENARIO, status=RunStatus.HELD)
    run_id = await add_run(uow, anna, COURSE_BOT, version_id, spoke_at=uow.now - timedelta(days=6))
    for visit in (1, 2):
        await add_step(uow, run_id, step=course.steps[0].key, visit=visit)
    await add_variable(uow, anna.id, name="utm_source", value="ads")
    await add_tag(uow, anna.id)
    await add_segment(uow, anna.id)
    await answer_mailing(uow, anna.id, Mailing.AGREED)
    return anna, ben


async def test_every_condition_holds_for_whom_it_says(db: Database) -> None:
    assert {name for name, _ in HOLDS + FOR_WHO_HAS_NOTHING} == CONDITIONS.keys()
    async with db.unit(1) as uow:
        anna, ben = await everything(uow)
        for name, params in HOLDS:
            assert await holds(uow, anna.id, name, params), (name, params)
        for name, params in FAILS:
            assert not await holds(uow, anna.id, name, params), (name, params)
        for name, params in HOLDS:
            is_of_both = name in {"joined", "created_after", "named", "zone"}
            assert await holds(uow, ben.id, name, params) == is_of_both, (name, params)
        for name, params in FOR_WHO_HAS_NOTHING:
            assert await holds(uow, ben.id, name, params), (name, params)
            assert not await holds(uow, anna.id, name, params), (name, params)


@pytest.mark.parametrize("changed", [{"status": AccessStatus.REVOKED}, {"ends_at": timedelta(0)}])
async def test_access_that_is_over_pays_for_nothing(db: Database, changed: Mapping[str, Any]) -> None:
    async with db.unit(1) as uow:
        anna = await add_contact(uow)
        tariff_id = await add_tariff(uow, await add_flow(uow, make_course()), code="basic")
        values = {name: uow.now if name == "ends_at" else value for name, value in changed.items()}
        await add_access(uow, anna.id, tariff_id, **values)
        assert not await holds(uow, anna.id, "paid", {})
        assert not await holds(uow, anna.id, "tariff", {"code": "basic"})


WRONG: list[tuple[str, Mapping[str, Any], str]] = [
    ("rich", {}, "“rich” is no condition; there are agreed_to_mailing, counted, created_after,"),
    ("tariff", {}, "code: is missing"),
    ("paid", {"code": "basic"}, "code: is not known here"),
    ("joined", {}, "needs `after` or `before`"),
    ("joined", {"after": "soon"}, "after: “soon” is no date"),
]


@pytest.mark.parametrize(("name", "params", "why"), WRONG)
async def test_what_cannot_be_asked_is_named_and_holds_for_nobody(
    db: Database, name: str, params: Mapping[str, Any], why: str
) -> None:
    assert why in say_words(check_condition(name, params), "en")
    async with db.unit(1) as uow:
        anna, _ = await everything(uow)
        assert not await holds(uow, anna.id, name, params)


async def test_tags_are_put_on_once_and_taken_off(db: Database) -> None:
    async with db.unit(1) as uow:
        anna, ben = await add_contact(uow), await add_contact(uow, ANNA + 1)
        for one in (anna, anna, ben):
            await tags.add_tag(uow, one.id, "keen")
        await tags.add_tag(uow, anna.id, "late")
        await tags.remove_tag(uow, anna.id, "keen")
        await tags.remove_tag(uow, anna.id, "never")
        found = await tags.load_of_many(uow.conn, 1, [anna.id, ben.id])
        assert found == {anna.id: {"late"}, ben.id: {"keen"}}
