"""Plans of accounts: what is offered, told before a limit, refused beyond it, paid in the operator's shop, suspended and back."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.courses.tariffs import load_tariffs, read_file
from app.cli.money.plans import change_plan, change_suspension, offer_file, tell_plan
from core.db.models.commerce import accesses, orders
from core.db.models.content import media_files
from core.db.models.delivery import outbox
from core.db.models.learning import runs
from core.db.models.messaging import broadcasts
from core.db.models.tenancy import accounts
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.lifecycle import AccessStatus, BotKind, BroadcastStatus
from core.text.message import MediaKind
from core.text.refusal import InputRefused
from services.commerce.orders.orders import OrderOutcome
from services.content.deployments import open_to_all
from services.content.files.library import Received, add
from services.delivery import timers
from services.delivery.speech import Address
from services.learning.enrollment.enrollment import enter_course
from services.messaging.broadcast_plan import Plan as Broadcast
from services.messaging.broadcasts.starting import start_broadcast
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.plans import changing, room
from services.tenancy.plans.offered import Resource, list_plans, offer_plans, read_plans
from services.tenancy.plans.standing import PlanState, find_standing
from services.tenancy.sign_in.callers import Caller, list_places
from services.tenancy.sign_in.entering import Known
from services.tenancy.sign_in.registering import MOST_OWNED, register
from services.tenancy.sign_in.sessions import SignInWay
from tests.factories.accounts import COURSE_BOT, SALES_BOT, make_bot
from tests.factories.persons import ANNA, add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop, open_shop
from tests.factories.studies import add_run
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import buy, press

OWNER = ANNA  # the shop's buyer: whoever owns a school buys its plan in the operator's shop
TENANT = 2
BOTS = "plan-full-bots"
PLANS = """\
- code: small
  name: {ru: Малый, en: Small}
  limits: {bots: 1, students: 2, broadcasts: 1, storage: 1}
  first: true
- code: school
  name: School
  limits: {bots: 4, students: 50}
  tariff: school
  trial_days: 14
"""
PRICES = """\
- code: school
  product: {text: "Thank you: your school is on its plan."}
  name: School
  price: "1900.00"
  period: month
"""


@pytest.fixture
def env(env: Environment) -> Environment:
    """An installation where people may make schools of their own."""
    return replace(env, enable_signup=True)


@pytest.fixture
async def shop(db: Database, tmp_path: Path) -> Shop:
    """The operator's shop, which sells the plans."""
    made = await open_shop(db)
    (tmp_path / "prices.yaml").write_text(PRICES)
    (tmp_path / "plans.yaml").write_text(PLANS)
    async with db.unit(1) as uow:
        await load_tariffs(uow, read_file(tmp_path / "prices.yaml"), tmp_path / "prices.yaml")
        await offer_file(uow, tmp_path / "plans.yaml")
    return made


async def sign_up(db: Database, telegram_id: int = OWNER, name: str = "Theirs", proof: str = "proof") -> Any:
    known = Known(1, telegram_id, SignInWay.WIDGET, f"{proof}{telegram_id}{name}")
    return await register(db, known, name, "browser")


async def begin_tenant(db: Database, *, bots: bool = True) -> int:
    """A school that somebody made, with a bot in which its owner can be told."""
    await sign_up(db)
    async with db.unit(TENANT) as uow:
        if bots:
            await connect_bot(
                uow, uow.env.keys, make_bot(BotKind.SALES, id=SALES_BOT + 50, account_id=TENANT)
            )
            await add_chat(uow, SALES_BOT + 50, await add_contact(uow, OWNER))
    return TENANT


async def state_of(db: Database, account_id: int = TENANT) -> tuple[str, PlanState]:
    async with db.looking(account_id) as uow:
        standing = await find_standing(uow)
        assert standing is not None
        return standing.plan.code, standing.state


async def told(db: Database, *but: str, account_id: int = TENANT) -> list[str]:
    """What the admins were told about the plan, by the texts' names."""
    rows = await read_rows(db, outbox, account_id=account_id)
    names = (name for row in rows for name in re.findall(r'"(plan-[a-z-]+)"', str(row.payload)))
    return [name for name in names if name not in but]


async def turn(db: Database, clock: StillClock, **span: float) -> None:
    """Time passes, and what is due rings."""
    clock.advance(**span)
    while await timers.fire_due(db):
        pass


async def refused(work: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        await work
    return refusal.value.code


async def test_a_school_is_made_by_a_telegram_login_once_per_proof(db: Database, shop: Shop) -> None:
    entered = await sign_up(db)
    assert entered is not None
    assert await sign_up(db) is None, "the same proof again"
    async with db.reading() as conn:
        [place] = await list_places(conn, db.env, Caller(OWNER, 1))
    assert (place.public_id, place.name, [str(role) for role in place.roles]) == (
        entered.account,
        "Theirs",
        ["owner"],
    )
    assert await state_of(db) == ("small", PlanState.ACTIVE)
    for number in range(MOST_OWNED - 1):
        assert await sign_up(db, name=f"More {number}")
    before = await count_rows(db, accounts)
    assert await refused(sign_up(db, name="Too many")) == "SIGNUP_MOST"
    assert await register(db, Known(TENANT, 4004, SignInWay.WIDGET, "x"), "Forged", "browser") is None
    assert await register(db, Known(1, 4004, SignInWay.CODE, "x"), "By code", "browser") is None
    assert await refused(sign_up(db, 4004, " ")) == "ACCOUNT_NAME"
    assert await sign_up(db, 4004, "Now"), "a refusal has used up nothing"
    assert await count_rows(db, accounts) == before + 1


async def test_nobody_signs_up_where_it_is_off_or_no_plan_is_offered(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await offer_plans(uow, [])
    assert await refused(sign_up(db)) == "SIGNUP_CLOSED"
    db.env = replace(db.env, enable_signup=False)
    assert await refused(sign_up(db)) == "SIGNUP_CLOSED"
    assert await count_rows(db, accounts) == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (PLANS.replace("first: true", "first: false"), "first: true"),
        (PLANS.replace("code: school", "code: small"), "small"),
        (PLANS.replace("bots: 1", "cars: 1"), "cars"),
        (PLANS.replace("tariff: school", "tariff: basic"), "basic"),
        ("a: b", "list"),
    ],
)
async def test_a_wrong_file_of_plans_changes_nothing(
    db: Database, shop: Shop, tmp_path: Path, wrong: str, says: str
) -> None:
    (tmp_path / "wrong.yaml").write_text(wrong)
    with pytest.raises(InputRefused) as refusal:
        async with db.unit(1) as uow:
            await offer_file(uow, tmp_path / "wrong.yaml")
    assert refusal.value.code == "PLANS_INVALID"
    assert says in str(refusal.value)
    async with db.looking(1) as uow:
        assert [plan.code for plan in await list_plans(uow)] == ["small", "school"]


async def test_a_plan_taken_off_offer_stays_for_who_is_on_it(db: Database, shop: Shop) -> None:
    await begin_tenant(db)
    async with db.unit(1) as uow:
        await offer_plans(uow, read_plans([{"code": "new", "name": "New", "first": True}]))
    assert await state_of(db) == ("small", PlanState.ACTIVE)
    async with db.unit(TENANT) as uow:
        assert await refused(changing.choose_plan(uow, OWNER, "school")) == "PLAN_NOT_FOUND"
        await changing.choose_plan(uow, OWNER, "new")
    assert await state_of(db) == ("new", PlanState.ACTIVE)


async def test_admins_are_told_before_a_limit_and_one_more_is_refused(db: Database, shop: Shop) -> None:
    """Bots, broadcasts and files, by the plan that has room for one of each."""
    await begin_tenant(db)
    async with db.unit(TENANT) as uow:
        second = make_bot(BotKind.COURSE, id=SALES_BOT + 51, account_id=TENANT)
        assert await refused(connect_bot(uow, uow.env.keys, second)) == "PLAN_BOTS"
        again = make_bot(BotKind.SALES, id=SALES_BOT + 50, account_id=TENANT)
        await connect_bot(uow, uow.env.keys, again)  # a new token of the same bot is no second one
        first = await start_broadcast(uow, SALES_BOT + 50, Broadcast(name="News", text={"*": "Hello"}))
        assert first
    async with db.unit(TENANT) as uow:
        said = start_broadcast(uow, SALES_BOT + 50, Broadcast(name="News", text={"*": "Again"}))
        assert await refused(said) == "PLAN_BROADCASTS"
        file = Received("kept/a.png", "a.png", MediaKind.PHOTO, 850_000)
        await add(uow, file)
        await add(uow, file)
        assert await refused(add(uow, replace(file, ref="kept/b.png"))) == "PLAN_STORAGE"
        await add(uow, replace(file, ref="kept/c.png", size=150_000))
    assert await count_rows(db, media_files) == 2
    assert await told(db) == [
        "plan-full-bots",
        "plan-full-broadcasts",
        "plan-near-storage",
        "plan-full-storage",
    ]
    async with db.unit(TENANT) as uow:
        assert await tell_plan(uow) == [
            "small\tactive",
            "bots\t1 of 1",
            "students\t0 of 2",
            "broadcasts\t1 of 1",
            "storage\t1 of 1",
        ]


async def test_students_beyond_the_limit_are_refused_and_who_is_in_goes_on(db: Database, shop: Shop) -> None:
    """In one account, which is on a plan itself: two places, a free link and a shop."""
    async with db.unit(1) as uow:
        await changing.put_on_plan(uow, "small")
        payload = await open_to_all(uow, shop.deployment)
        people = [await add_contact(uow, ANNA + number) for number in (1, 2, 3)]
        for person in people[:2]:
            learns = {"deployment_id": shop.deployment.id}
            await add_run(uow, person, COURSE_BOT, shop.course.id, **learns)
    async with db.unit(1) as uow:
        third = enter_course(uow, people[2], Address(COURSE_BOT, people[2].telegram_id), payload)
        assert await refused(third) == "PLAN_STUDENTS"
    assert await press(db, shop, "basic") is OrderOutcome.CLOSED, "nobody pays for a place that is not there"
    assert await count_rows(db, orders) == 0
    assert await press(db, replace(shop, buyer=people[0]), "basic") is OrderOutcome.ORDERED
    async with db.unit(1) as uow:
        back = await enter_course(uow, people[0], Address(COURSE_BOT, people[0].telegram_id), payload)
        assert not back.is_new
        assert await changing.take_off_plan(uow)
    assert await press(db, shop, "basic") is OrderOutcome.ORDERED


async def test_who_has_paid_comes_in_whatever_the_plan_says(db: Database, shop: Shop) -> None:
    await buy(db, shop, "basic")
    async with db.unit(1) as uow:
        await offer_plans(
            uow, read_plans([{"code": "none", "name": "None", "limits": {"students": 0}, "first": True}])
        )
        await changing.put_on_plan(uow, "none")
        entrance = await enter_course(uow, shop.buyer, Address(COURSE_BOT, ANNA), "")
    assert entrance.is_new
    assert await count_rows(db, runs, kind="course") == 1


async def test_a_plan_is_paid_in_the_operators_shop_and_ends_with_the_payments(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await begin_tenant(db)
    async with db.unit(TENANT) as uow:
        link = await changing.choose_plan(uow, OWNER, "school")
        assert link == f"https://t.me/sales_{SALES_BOT}_bot?start=b_school"
        assert await changing.choose_plan(uow, OWNER, "school") == link
    assert await state_of(db) == ("small", PlanState.ACTIVE), "it counts once it is paid for"
    await buy(db, shop, "school")
    assert await state_of(db) == ("school", PlanState.ACTIVE)
    await turn(db, clock, hours=1)
    async with db.unit(TENANT) as uow:
        assert await changing.choose_plan(uow, OWNER, "school") is None, "nothing is to be paid"
    async with db.unit(1) as uow:  # the subscription has ended for want of money
        ended = {"status": AccessStatus.REVOKED, "ends_at": uow.now}
        await uow.conn.execute(accesses.update().where(accesses.c.account_id == 1).values(**ended))
    assert await state_of(db) == ("school", PlanState.OVERDUE)
    await turn(db, clock, hours=1)
    assert await told(db, BOTS) == ["plan-overdue"]
    await turn(db, clock, days=4)
    assert await state_of(db) == ("school", PlanState.SUSPENDED)
    assert await told(db, BOTS) == ["plan-overdue", "plan-suspended"]
    async with db.unit(TENANT) as uow:
        assert await refused(room.take(uow, Resource.STUDENTS)) == "PLAN_SUSPENDED"
        await changing.choose_plan(uow, OWNER, "small")
    assert await state_of(db) == ("small", PlanState.ACTIVE)
    assert (await told(db))[-1] == "plan-active"


async def test_one_payment_counts_for_one_school(db: Database, shop: Shop) -> None:
    await begin_tenant(db, bots=False)
    await sign_up(db, name="Second")
    async with db.unit(TENANT) as uow:
        await changing.choose_plan(uow, OWNER, "school")
    async with db.unit(TENANT + 1) as uow:
        assert await refused(changing.choose_plan(uow, OWNER, "school")) == "PLAN_PAYER"
    await buy(db, shop, "school")
    assert await state_of(db, TENANT) == ("school", PlanState.ACTIVE)
    assert await state_of(db, TENANT + 1) == ("small", PlanState.ACTIVE)
    async with db.unit(1) as uow:
        assert await refused(changing.choose_plan(uow, OWNER, "small")) == "PLAN_NONE"


async def test_a_trial_is_announced_ends_and_is_suspended_after_the_grace(
    db: Database, shop: Shop, clock: StillClock
) -> None:
    await begin_tenant(db)
    async with db.unit(TENANT) as uow:
        await changing.put_on_plan(uow, "school")
    await turn(db, clock, days=10)
    assert await told(db, BOTS) == []
    await turn(db, clock, days=1, hours=1)
    assert await told(db, BOTS) == ["plan-ends"]
    await turn(db, clock, days=3)
    await turn(db, clock, days=3)
    await turn(db, clock, days=1)
    assert await told(db, BOTS) == ["plan-ends", "plan-overdue", "plan-suspended"]


async def test_the_operator_suspends_and_brings_back(db: Database, shop: Shop, clock: StillClock) -> None:
    await begin_tenant(db)
    async with db.unit(TENANT) as uow:
        planned = Broadcast(name="News", text={"*": "Later"}, at=uow.now.replace(day=8))
        await start_broadcast(uow, SALES_BOT + 50, planned)
        lines = await change_suspension(uow, "spam")
        assert lines[0] == "small\tsuspended: spam"
        await change_suspension(uow, "spam again")
    await turn(db, clock, days=2)
    assert [row.status for row in await read_rows(db, broadcasts)] == [BroadcastStatus.CANCELLED]
    async with db.unit(TENANT) as uow:
        lines = await change_suspension(uow, None)
        assert lines[0] == "small\tactive"
        assert await change_plan(uow, "none", None) == ["it is on no plan: it has no limits"]
    assert await told(db) == [
        *("plan-full-bots", "plan-full-broadcasts", "plan-suspended"),
        *("plan-broadcast-stopped", "plan-active"),
    ]
