"""Tariffs put on sale, changed, stopped and sold again."""

from typing import Annotated, Any

from pydantic import Field

from core.lifecycle import ClosesOnRefund
from core.money import write_money
from services.commerce.catalog import tariffs
from services.tenancy.permissions import Permission
from services.workflows import selling
from web.api.calls import Call
from web.api.commerce.models import Sum
from web.api.commerce.tariffs import TariffItem, show_now
from web.api.ids import FlowRef, TariffRef
from web.api.models import Body, example
from web.api.policy import Policy
from web.api.routes import Room

WRITE = Policy(Permission.CONTENT)
CHANGE = Policy(Permission.CONTENT, if_match=True)
MOST_CODE, MOST_NAME, MOST_TEXT, MOST_LISTED = 24, 200, 4000, 20
Texts = dict[str, Annotated[str, Field(max_length=MOST_TEXT)]]
Names = Annotated[Texts, Field(min_length=1, max_length=MOST_LISTED)]
Rights = Annotated[list[str], Field(max_length=MOST_LISTED)]
Groups = Annotated[list[int], Field(max_length=MOST_LISTED)]
room = Room("commerce")


class PlanBody(Body):
    """How it is paid otherwise than once: each `period` on and on, or in `parts`; `trial` is free first, as `7d`."""

    model_config = example(period="month", trial="7d")

    period: Annotated[str | None, Field(max_length=MOST_CODE)] = None
    parts: Annotated[int | None, Field(ge=2, le=24)] = None
    trial: Annotated[str | None, Field(max_length=MOST_CODE)] = None

    @property
    def keys(self) -> dict[str, Any]:
        """The same by the keys of a tariff's file."""
        every = self.period or "month"
        instalments = {"parts": self.parts, "every": every} if self.parts else None
        return {
            "period": None if self.parts else self.period,
            "trial": self.trial,
            "instalments": instalments,
        }


class TariffChange(Body):
    """What changes of a tariff; what is not named stays. `groups` are Telegram's numbers of the groups it opens."""

    model_config = example(price={"amount": 599000, "currency": "RUB"})

    name: Names | None = None
    description: Texts | None = None
    price: Sum | None = None
    stars: Annotated[int | None, Field(ge=1)] = None
    rights: Rights | None = None
    groups: Groups | None = None
    plan: PlanBody | None = None
    commission: dict[str, str] | None = None
    closes_on_refund: ClosesOnRefund | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The same by the keys of a tariff's file, without what is not named."""
        names = ("name", "description", "stars", "rights", "groups", "commission")
        named = {name: getattr(self, name) for name in names if name in self.model_fields_set}
        if self.price is not None:
            price = write_money(self.price.amount, self.price.currency)
            named |= {"price": price, "currency": self.price.currency}
        if self.closes_on_refund is not None:
            named["refund_closes"] = self.closes_on_refund.value
        return named | (self.plan.keys if self.plan else {})


class TariffBody(TariffChange):
    """A new tariff of a course; its `code` is what links and files call it."""

    model_config = example(
        flow=f"flw_{'a' * 26}",
        code="basic",
        name={"*": "Basic"},
        price={"amount": 499000, "currency": "RUB"},
        rights=["feedback"],
    )

    flow: FlowRef
    code: Annotated[str, Field(min_length=1, max_length=MOST_CODE)]
    name: Names
    price: Sum


@room.post("/tariffs", WRITE, 201)
async def create_tariff(call: Call, body: TariffBody) -> TariffItem:
    """Put a course on sale under new terms."""
    document = {name: value for name, value in body.document.items() if value is not None}
    made = await selling.put_on_sale(call.uow, body.flow, {"code": body.code, **document})
    call.note_change(None, None, made.code)
    return await show_now(call, made.id)


@room.patch("/tariffs/{tariff}", CHANGE)
async def change_tariff(call: Call, tariff: TariffRef, body: TariffChange) -> TariffItem:
    """Sell it under other terms from now on; what was ordered keeps its price."""
    call.match((await show_now(call, tariff)).etag)
    await selling.change(call.uow, await tariffs.get_tariff_by_id(call.uow, tariff), body.document)
    return await show_now(call, tariff)


@room.post("/tariffs/{tariff}/stop", WRITE)
async def stop_tariff(call: Call, tariff: TariffRef) -> TariffItem:
    """Sell it no more; what was bought or ordered stays."""
    known = await tariffs.get_tariff_by_id(call.uow, tariff)
    call.only_looked = not known.is_active
    await tariffs.stop_selling(call.uow, known.code)
    return await show_now(call, tariff)


@room.post("/tariffs/{tariff}/sell", WRITE)
async def sell_tariff(call: Call, tariff: TariffRef) -> TariffItem:
    """Sell it again as it is."""
    known = await tariffs.get_tariff_by_id(call.uow, tariff)
    call.only_looked = known.is_active
    if not known.is_active:
        await selling.change(call.uow, known, {})
    return await show_now(call, tariff)
