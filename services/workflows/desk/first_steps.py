"""The way of a school to its first sale in five steps, each ticked from what is there: what the first page leads along."""

from dataclasses import dataclass
from enum import StrEnum

from core.db.session import UnitOfWork
from core.flow.definition import FlowKind
from core.lifecycle import BotKind, OrderStatus
from core.links import bot_link
from services.commerce.catalog.tariffs import list_tariffs
from services.commerce.lists import WantedOrders
from services.commerce.orders.listing import count_orders
from services.commerce.payments.accounts import list_takers, takes_no_money
from services.content import flows
from services.tenancy.bots import find_bot
from services.tenancy.first_run import change_first_run, load_first_run


class Step(StrEnum):
    """What there is to do, in its order."""

    BOTS = "bots"
    COURSE = "course"
    TARIFF = "tariff"
    REHEARSE = "rehearse"
    LINK = "link"


class Lack(StrEnum):
    """What a step still wants."""

    SALES_BOT = "sales-bot"
    COURSE_BOT = "course-bot"
    COURSE = "course"
    PUBLISHING = "publishing"
    TARIFF = "tariff"
    PAYMENT = "payment"
    REHEARSAL = "rehearsal"
    SHARING = "sharing"


SOLD = 2  # paid orders that show a school at work: the author's own try may be the first
NOTED = {Step.REHEARSE: Lack.REHEARSAL, Step.LINK: Lack.SHARING}
"""Steps that are done when somebody says so."""


@dataclass(frozen=True)
class Way:
    """How far it has come: what each step lacks, nothing where it is done; the link that sells, the newest course's flow."""

    lacks: dict[Step, Lack | None]
    link: str | None
    flow_id: int | None
    is_free: bool
    has_sold: bool

    @property
    def is_over(self) -> bool:
        """Whether all is done, or the school has sold without it."""
        return self.has_sold or not any(self.lacks.values())

    @property
    def next_step(self) -> Step | None:
        """The first that is not done."""
        return next((step for step, lack in self.lacks.items() if lack), None)


async def look(uow: UnitOfWork) -> Way:
    """How far the account has come."""
    shop = await find_bot(uow, BotKind.SALES)
    done = (await load_first_run(uow)).done
    courses = [flow for flow in await flows.list_flows(uow) if flow.kind == FlowKind.COURSE]
    lacks = {
        Step.BOTS: await _lack_of_bots(uow, has_shop=shop is not None),
        Step.COURSE: None
        if any(flow.versions for flow in courses)
        else Lack.PUBLISHING
        if courses
        else Lack.COURSE,
        Step.TARIFF: await _lack_of_tariff(uow),
        **{step: None if step in done else lack for step, lack in NOTED.items()},
    }
    newest = max((flow.id for flow in courses), default=None)
    link = bot_link(shop.username) if shop else None
    has_sold = await count_orders(uow, WantedOrders(status=OrderStatus.PAID), SOLD) == SOLD
    return Way(lacks, link, newest, await takes_no_money(uow), has_sold)


async def _lack_of_bots(uow: UnitOfWork, *, has_shop: bool) -> Lack | None:
    if not has_shop:
        return Lack.SALES_BOT
    return None if await find_bot(uow, BotKind.COURSE) else Lack.COURSE_BOT


async def _lack_of_tariff(uow: UnitOfWork) -> Lack | None:
    if not await list_tariffs(uow):
        return Lack.TARIFF
    return None if any(await list_takers(uow)) else Lack.PAYMENT


async def note_done(uow: UnitOfWork, step: Step) -> bool:
    """Tick a step of which no row tells; False if it is ticked."""
    done = (await load_first_run(uow)).done
    if step in done or step not in NOTED:
        return False
    await change_first_run(uow, done=sorted({*done, step}))
    return True
