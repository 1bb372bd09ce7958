"""The bots answer by themselves: what is met, in which order, how often, and what comes about without a word."""

from dataclasses import replace
from typing import Any

import pytest

from core.db.models.learning import runs
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.events import CourseFinished, PaymentFailed
from core.lifecycle import OrderStatus
from core.text.refusal import InputRefused
from core.triggers import read_triggers
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.messaging.triggers import put_triggers
from services.people.consents import VERSION
from services.people.contacts import get_by_telegram_id
from services.people.tags import add_tag
from tests.bots.admin.desk import ADMIN, RANKS, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.flows import make_scenario
from tests.factories.persons import ANNA, add_consent
from tests.factories.rows import read_rows
from tests.factories.sales import add_order
from tests.factories.shops import GROUPS, Shop, open_shop
from tests.fakes.clock import StillClock


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, admin_ids=(ADMIN,))


@pytest.fixture
async def shop(db: Database) -> Shop:
    """The buyer has agreed; `spring` is a scenario beside the default one."""
    made = await open_shop(db)
    async with db.unit(1) as uow:
        await add_consent(uow, made.buyer.id, version=VERSION, payload="", given_at=uow.now)
        hello = {"key": "hello", "type": "message", "text": "Spring is here", "button": "Go on"}
        version = await publish_flow(uow, make_scenario("spring", steps=[hello]))
        await deploy_flow(uow, version.flow_id, SALES_BOT)
    return made


@pytest.fixture
def desk(db: Database, shop: Shop) -> Desk:
    return Desk(db)


def when(**kind: Any) -> dict[str, Any]:
    """A trigger that answers with its own id."""
    fields = ("priority", "once", "schedule", "start", "id", "audience")
    more: dict[str, Any] = {name: kind.pop(name) for name in fields if name in kind}
    name = more.pop("id", next(iter(kind)))
    answer = {} if "start" in more else {"answer": {"text": f"met {name}"}}
    return {"id": name, "when": kind, **answer, **more}


async def give(db: Database, *triggers: dict[str, Any], bot: int = SALES_BOT) -> bool:
    async with db.unit(1) as uow:
        return await put_triggers(uow, bot, read_triggers({"triggers": triggers}))


def met(calls: list[Call]) -> list[str]:
    return [one.text for one in calls if one.text.startswith("met ") or "Spring" in one.text]


async def test_the_first_by_priority_and_then_in_order_answers(db: Database, desk: Desk) -> None:
    await give(
        db,
        when(any="yes"),
        when(keyword="price"),
        when(phrase="what price", priority=5),
        when(regex="pric.", id="late"),
        when(command="price"),
    )
    assert met(await desk.write("What price is it?", ANNA)) == ["met phrase"]
    assert met(await desk.write("The price?", ANNA)) == ["met keyword"]
    assert met(await desk.write("prics", ANNA)) == ["met late"]
    assert met(await desk.write("/price", ANNA)) == ["met keyword"]
    assert met(await desk.write("Hello", ANNA)) == ["met any"]


async def test_without_a_trigger_the_bot_has_its_own_word(db: Database, desk: Desk) -> None:
    assert await give(db, when(keyword="price"))
    assert not await give(db, when(keyword="price")), "the same again changes nothing"
    assert met(await desk.write("Hello", ANNA)) == []
    assert desk.calls, "the fallback speaks"


async def test_once_is_once_per_person(db: Database, desk: Desk, clock: StillClock) -> None:
    await give(db, when(keyword="price", once=True), when(any="yes"))
    assert met(await desk.write("price", ANNA)) == ["met keyword"]
    clock.advance(days=9)
    assert met(await desk.write("price", ANNA)) == ["met any"]


async def test_a_trigger_with_an_audience_is_met_by_its_people_alone(db: Database, desk: Desk) -> None:
    for_warm = when(id="warm", keyword="price", audience={"all": [{"tag": "warm"}, "has_not_paid"]})
    await give(db, for_warm, when(id="others", keyword="price"))
    assert met(await desk.write("The price?", ANNA)) == ["met others"]
    async with db.unit(1) as uow:
        await add_tag(uow, (await get_by_telegram_id(uow, ANNA)).id, "warm")
    assert met(await desk.write("The price?", ANNA)) == ["met warm"]
    with pytest.raises(InputRefused, match=r"warm: audience: .*rich.* is no condition"):
        await give(db, {**for_warm, "audience": "rich"})
    with pytest.raises(InputRefused, match="there is no segment"):
        await give(db, {**for_warm, "audience": {"in_segment": "nobody"}})
    with pytest.raises(InputRefused, match=r"warm: audience: .*variable.*there is no “shoe”"):
        await give(db, {**for_warm, "audience": {"variable": "shoe"}})


async def test_a_schedule_counts_on_her_clock(db: Database, desk: Desk, clock: StillClock) -> None:
    await give(db, when(keyword="price", schedule={"from": "00:00", "to": "12:00"}), when(any="yes"))
    said = {met(await desk.write("price", ANNA))[0]}
    clock.advance(hours=12)
    said.add(met(await desk.write("price", ANNA))[0])
    assert said == {"met keyword", "met any"}


async def test_a_trigger_begins_a_scenario_by_the_rule_of_start(db: Database, desk: Desk) -> None:
    await give(db, when(keyword="spring", start="spring"))
    assert met(await desk.write("spring", ANNA)) == ["Spring is here"]
    assert met(await desk.write("spring", ANNA)) == [], "she is in it already"
    assert len(await read_rows(db, runs)) == 1


async def test_who_has_not_agreed_begins_nothing_before_she_does(db: Database, desk: Desk) -> None:
    await give(db, when(keyword="spring", start="spring"))
    await desk.write("spring", 2001)
    assert await read_rows(db, runs) == []
    button = next(iter(desk.calls[-1].buttons))
    assert met(await desk.press(button, 2001)) == ["Spring is here"]


async def test_a_link_and_a_button_are_met(db: Database, desk: Desk) -> None:
    more = {
        "id": "hello",
        "when": {"link": "hello"},
        "answer": {"text": "met link", "buttons": [[{"text": "More", "press": "more"}]]},
    }
    await give(db, more, when(button="more"))
    assert met(await desk.write("/start hello", ANNA)) == ["met link"]
    assert met(await desk.press("More", ANNA)) == ["met button"]
    await give(db, more)
    await desk.press("More", ANNA)
    assert "expired" in desk.alerts[-1] or "не действует" in desk.alerts[-1]


async def test_the_course_bot_has_triggers_of_its_own(db: Database, desk: Desk) -> None:
    await give(db, when(command="hours"), when(keyword="price"), bot=COURSE_BOT)
    assert met(await desk.write("/hours", ANNA, COURSE_BOT)) == ["met command"]
    assert met(await desk.write("price", ANNA, COURSE_BOT)) == ["met keyword"]
    assert met(await desk.write("price", ANNA, SALES_BOT)) == []


def change(new: str, old: str, chat: int, **more: Any) -> dict[str, Any]:
    """Anna comes into a group or leaves it, or gets another place in it."""
    user = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    group = {"id": chat, "type": "supergroup", "title": "Club"}
    states = {
        "old_chat_member": {"user": user, "status": old, **RANKS.get(old, {})},
        "new_chat_member": {"user": user, "status": new, **RANKS.get(new, {}), **more},
    }
    return {"chat_member": {"chat": group, "from": user, "date": 1, **states}}


async def test_coming_and_going_are_met(db: Database, desk: Desk) -> None:
    await give(db, when(joined=str(GROUPS[0])), when(left="yes"))
    assert met(await desk.send(SALES_BOT, change("member", "left", GROUPS[0]))) == ["met joined"]
    assert met(await desk.send(SALES_BOT, change("member", "left", GROUPS[1]))) == []
    assert met(await desk.send(SALES_BOT, change("left", "member", GROUPS[1]))) == ["met left"]


async def test_a_group_into_which_anybody_has_brought_the_bot_opens_nothing(db: Database, desk: Desk) -> None:
    foreign = -1007770001
    await give(db, when(joined="yes"), when(joined=str(foreign - 1), id="named"))
    assert met(await desk.send(SALES_BOT, change("member", "left", foreign))) == []
    assert met(await desk.send(SALES_BOT, change("member", "left", foreign - 1))) == ["met named"]
    assert met(await desk.send(SALES_BOT, change("member", "left", GROUPS[0]))) == ["met joined"]


async def test_another_place_in_the_group_is_no_coming(db: Database, desk: Desk) -> None:
    await give(db, when(joined="yes"), when(left="yes"))
    for new, old in (("administrator", "member"), ("member", "administrator"), ("member", "creator")):
        assert met(await desk.send(SALES_BOT, change(new, old, GROUPS[0]))) == []
    for is_member, heard in ((True, []), (False, ["met left"])):
        muted = change("restricted", "member", GROUPS[0], is_member=is_member)
        assert met(await desk.send(SALES_BOT, muted)) == heard


async def test_a_trigger_follows_a_group_that_became_a_supergroup(db: Database, desk: Desk) -> None:
    await give(db, when(joined=str(GROUPS[0])))
    moved = GROUPS[0] - 77
    user = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    group = {"id": GROUPS[0], "type": "group", "title": "Club"}
    tells = {"message_id": 1, "date": 1, "chat": group, "from": user, "migrate_to_chat_id": moved}
    states = {
        "old_chat_member": {"user": user, "status": "left"},
        "new_chat_member": {"user": user, "status": "member"},
    }
    comes = {"chat": {**group, "id": moved, "type": "supergroup"}, "from": user, "date": 1, **states}
    assert met(await desk.send(SALES_BOT, {"chat_member": comes})) == [], "a group nobody has named"
    await desk.send(SALES_BOT, {"message": tells})
    assert met(await desk.send(SALES_BOT, {"chat_member": comes | {"date": 2}})) == ["met joined"]


async def test_a_payment_that_failed_is_met(db: Database, desk: Desk, shop: Shop) -> None:
    await give(db, when(payment_failed="basic"))
    for tariff in (shop.club, shop.basic):
        async with db.unit(1) as uow:
            order = await add_order(uow, shop.buyer, tariff, status=OrderStatus.CANCELLED)
            uow.publish(PaymentFailed(order))
    assert met(await desk.deliver()) == ["met payment_failed"]


async def test_a_tag_and_the_end_of_a_course_are_met(db: Database, desk: Desk) -> None:
    tagged = {"key": "tag", "type": "tag", "add": "warm"}
    async with db.unit(1) as uow:
        version = await publish_flow(uow, make_scenario("spring", steps=[tagged]))
        del version
    await give(db, when(tag="warm"))
    assert met(await desk.write("/start spring", ANNA)) == ["met tag"]
    [run] = await read_rows(db, runs)
    await give(db, when(finished="spring"))
    async with db.unit(1) as uow:
        uow.publish(CourseFinished(run.id))
    assert met(await desk.deliver()) == ["met finished"]


async def test_what_cannot_work_is_refused_and_the_former_ones_stay(db: Database, desk: Desk) -> None:
    await give(db, when(keyword="price"))
    with pytest.raises(DomainError, match="TRIGGERS_INVALID") as refused:
        await give(
            db,
            when(keyword="cost", start="autumn"),
            when(any="yes", id="x") | {"answer": {"text": "{{user.nobody}}"}},
        )
    assert "autumn" in refused.value.detail
    assert "nobody" in refused.value.detail
    assert met(await desk.write("price", ANNA)) == ["met keyword"]


def heard(calls: list[Call], who: int = ANNA) -> list[str]:
    return [one.text for one in calls if one.chat == who]


async def pass_time(desk: Desk, clock: StillClock, **span: float) -> list[str]:
    clock.advance(**span)
    return heard(await desk.tick())


async def test_who_has_gone_quiet_is_turned_to_once_per_absence(
    db: Database, desk: Desk, clock: StillClock
) -> None:
    await desk.write("hello", ANNA)
    await give(db, when(inactive=3), when(inactive=7, id="week", start="spring"))
    assert await pass_time(desk, clock, days=2, hours=23) == []
    assert await pass_time(desk, clock, hours=1, minutes=15) == ["met inactive"]
    assert await pass_time(desk, clock, days=3) == []
    assert await pass_time(desk, clock, days=1) == ["Spring is here"]
    assert await pass_time(desk, clock, days=9) == []
    await desk.write("I am back", ANNA)
    assert await pass_time(desk, clock, days=2) == []
    await desk.press("Go on", ANNA)  # counts as being here
    assert await pass_time(desk, clock, days=2) == []
    assert await pass_time(desk, clock, days=1, hours=1) == ["met inactive"]


async def test_once_means_once_ever_and_hours_are_hers(db: Database, desk: Desk, clock: StillClock) -> None:
    await desk.write("hello", ANNA)  # Monday, 12:00 in Moscow
    await give(db, when(inactive=1, once=True, schedule={"from": "18:00", "to": "20:00"}))
    assert await pass_time(desk, clock, days=1, hours=5) == []
    assert await pass_time(desk, clock, hours=1, minutes=15) == ["met inactive"]
    await desk.write("I am back", ANNA)
    for _ in range(12):
        assert await pass_time(desk, clock, hours=6) == []


async def test_who_has_not_agreed_or_has_blocked_the_bot_is_left_alone(
    db: Database, desk: Desk, clock: StillClock
) -> None:
    stranger = ANNA + 77
    await desk.write("hello", stranger)
    await give(db, when(inactive=1))
    clock.advance(days=5)
    assert heard(await desk.tick(), stranger) == []


@pytest.mark.parametrize("days", ["soon", "0", "9999", ["1", "2"]])
def test_a_number_of_days_is_needed(days: Any) -> None:
    with pytest.raises(ValueError, match="is a number of days"):
        read_triggers({"triggers": [when(inactive=days)]})
