"""What is for sale."""

from typing import Annotated, Any

from core.lifecycle import ClosesOnRefund
from services.commerce.catalog import tariffs
from services.commerce.plan_documents import write_plan
from services.commerce.schemas import Tariff
from services.content import products
from services.tenancy.permissions import Permission
from utils.signing import fingerprint
from web.api.calls import ApiCall, Call
from web.api.ids import FlowId, FlowRef, TariffId, TariffRef
from web.api.models import Answer, Money, example, money
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.TARIFFS)
TariffsPage = Annotated[ListPage, paged(tariffs.ORDERS)]
room = Room("commerce")


class PlanItem(Answer):
    """How something is paid otherwise than once: each `period` on and on or in `parts`, or once after a trial."""

    model_config = example(period="month", parts=None, trial_days=7, grace_days=3)

    period: str | None = None
    parts: int | None = None
    trial_days: int = 0
    grace_days: int | None = None
    provider_plan: str = ""


class TariffItem(Answer):
    """Something that is for sale, or was; `groups` are Telegram's numbers of the groups it opens."""

    model_config = example(
        id=f"trf_{'a' * 26}",
        etag="q5ZkX0c2Vd",
        code="basic",
        name={"*": "Basic"},
        description={"*": "All lessons"},
        price={"amount": 499000, "currency": "RUB"},
        stars=None,
        rights=["feedback"],
        flow=f"flw_{'a' * 26}",
        plan=None,
        groups=[-1001234567890],
        commission={"first": "20%"},
        closes_on_refund="whole",
        is_on_sale=True,
        is_changed_here=False,
    )

    id: TariffId
    etag: str
    code: str
    name: dict[str, str]
    description: dict[str, str]
    price: Money
    stars: int | None
    rights: list[str]
    flow: FlowId
    plan: PlanItem | None
    groups: list[int]
    commission: dict[str, str] | None
    closes_on_refund: ClosesOnRefund
    is_on_sale: bool
    is_changed_here: bool


def show_tariff(tariff: Tariff, groups: list[int]) -> TariffItem:
    """A tariff as the API shows it."""
    plan = write_plan(tariff.plan)
    names = ("id", "code", "stars", "closes_on_refund")
    return TariffItem(
        **{name: getattr(tariff, name) for name in names},
        etag=fingerprint(f"{tariff!r} {groups!r}"),
        name=dict(tariff.name),
        description=dict(tariff.description),
        price=money(tariff.price, tariff.currency),
        rights=list(tariff.rights),
        flow=tariff.flow_id,
        plan=None if plan is None else PlanItem(**plan),
        groups=groups,
        commission=None if tariff.commission is None else dict(tariff.commission),
        is_on_sale=tariff.is_active,
        is_changed_here=tariff.is_own,
    )


@room.get("/tariffs", READ)
async def list_tariffs(
    call: Call, page: TariffsPage, flow: FlowRef | None = None, is_on_sale: bool | None = None
) -> Listed[TariffItem]:
    """The tariffs of the account, on sale or not, course by course in their order."""
    wanted = tariffs.Wanted(flow, is_on_sale)
    groups: dict[int, Any] = {}

    async def give(part: Any) -> list[Tariff]:
        listed = await tariffs.list_page(call.uow, wanted, part)
        groups.update(await tariffs.load_groups(call.uow, listed))
        return listed

    taken = await page.take(
        give,
        lambda tariff: show_tariff(tariff, groups[tariff.id]),
        lambda most: tariffs.count_tariffs(call.uow, wanted, most),
    )
    return Listed(**taken)


@room.get("/tariffs/{tariff}", READ)
async def get_tariff(call: Call, tariff: TariffRef) -> TariffItem:
    """One tariff."""
    return await show_now(call, tariff)


async def show_now(call: ApiCall, tariff_id: int) -> TariffItem:
    """A tariff as it is now."""
    tariff = await tariffs.get_tariff_by_id(call.uow, tariff_id)
    return show_tariff(tariff, (await tariffs.load_groups(call.uow, [tariff]))[tariff_id])


class ProductItem(Answer):
    """Something that is sold and is no course: `name` is what files call it; its tariffs have it as their `flow`."""

    model_config = example(id=f"flw_{'a' * 26}", name="workbook", title={"*": "The workbook"})

    id: FlowId
    name: str
    title: dict[str, str]


@room.get("/products", READ)
async def list_products(call: Call) -> Listed[ProductItem]:
    """What is sold and is no course, the oldest first."""
    known = await products.list_titled(call.uow)
    return Listed(items=[ProductItem(id=each.id, name=each.name, title=dict(each.title)) for each in known])
