"""Promo codes: made, seen, stopped."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from core.money import write_money
from services.commerce import paging
from services.commerce.paging import Wanted
from services.commerce.promo import codes
from services.commerce.promo.codes import Draft
from services.commerce.schemas import Promo
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.commerce.models import Sum
from web.api.ids import PartnerId, PromoCodeId, PromoCodeRef
from web.api.models import Answer, Body, Money, example, money
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.MONEY_READ)
CHANGE = Policy(Permission.MONEY)
MOST_CODE, MOST_TARIFFS, MOST_LIMIT = 32, 50, 1_000_000
PromosPage = Annotated[ListPage, paged(paging.ORDERS["promo_codes"])]
Limit = Annotated[int | None, Field(ge=1, le=MOST_LIMIT)]
room = Room("commerce")


class PromoItem(Answer):
    """A promo code: it takes off a part, a sum or everything; `taken` uses count, `used` of them were paid."""

    model_config = example(
        id=f"pro_{'a' * 26}",
        code="SUMMER",
        percent=20,
        amount=None,
        is_free=False,
        limit_total=100,
        limit_person=1,
        taken=14,
        used=12,
        starts_at=None,
        ends_at="2030-08-31T21:00:00Z",
        tariffs=["basic"],
        partner=None,
        is_active=True,
    )

    id: PromoCodeId
    code: str
    percent: int | None
    amount: Money | None
    is_free: bool
    limit_total: int | None
    limit_person: int | None
    taken: int
    used: int
    starts_at: datetime | None
    ends_at: datetime | None
    tariffs: list[str]
    partner: PartnerId | None
    is_active: bool


class PromoBody(Body):
    """A new code: exactly one of `percent`, `amount` and `is_free` says what it takes off; `tariffs` are codes, all without."""

    model_config = example(code="SUMMER", percent=20, limit_total=100, tariffs=["basic"])

    code: Annotated[str, Field(min_length=1, max_length=MOST_CODE)]
    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Sum | None = None
    is_free: bool = False
    limit_total: Limit = None
    limit_person: Limit = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    tariffs: Annotated[tuple[str, ...], Field(max_length=MOST_TARIFFS)] = ()

    @model_validator(mode="after")
    def _takes_off_one_thing(self) -> Self:
        if (self.percent is not None) + (self.amount is not None) + self.is_free != 1:
            raise ValueError("say one of percent, amount and is_free")
        return self

    @property
    def taken_off(self) -> str:
        """What it takes off, as people write it."""
        if self.amount is not None:
            return write_money(self.amount.amount, self.amount.currency)
        return "free" if self.is_free else f"{self.percent}%"


def show_promo(promo: Promo, used: int) -> PromoItem:
    """A code as the API shows it."""
    kind, value = promo.discount.kind, promo.discount.value
    names = ("id", "code", "limit_total", "limit_person", "taken", "starts_at", "ends_at", "is_active")
    return PromoItem(
        **{name: getattr(promo, name) for name in names},
        percent=value if kind == "percent" else None,
        amount=money(value, promo.currency) if promo.currency else None,
        is_free=kind == "free",
        used=used,
        tariffs=list(promo.tariffs),
        partner=promo.partner_id,
    )


@room.get("/promo-codes", READ)
async def list_promo_codes(call: Call, page: PromosPage, is_active: bool | None = None) -> Listed[PromoItem]:
    """The promo codes of the account, the latest first."""
    wanted, used = Wanted({"is_active": is_active}), await codes.count_used(call.uow)
    taken = await page.take(
        lambda part: paging.list_promos(call.uow, wanted, part),
        lambda promo: show_promo(promo, used.get(promo.id, 0)),
        lambda most: paging.count_rows(call.uow, "promo_codes", wanted, most),
    )
    return Listed(**taken)


@room.get("/promo-codes/{promo_code}", READ)
async def get_promo_code(call: Call, promo_code: PromoCodeRef) -> PromoItem:
    """One code."""
    return await _show_now(call, promo_code)


@room.post("/promo-codes", CHANGE, 201)
async def create_promo_code(call: Call, body: PromoBody) -> PromoItem:
    """Make a code."""
    draft = Draft(
        code=body.code,
        taken_off=body.taken_off,
        currency=body.amount.currency if body.amount else None,
        limit=str(body.limit_total or ""),
        per_person=str(body.limit_person or ""),
        starts=body.starts_at or "",
        until=body.ends_at or "",
        tariffs=body.tariffs,
    )
    made = await codes.add_code(call.uow, draft)
    call.note_change(None, None, made.code)
    return show_promo(made, 0)


@room.post("/promo-codes/{promo_code}/stop", CHANGE)
async def stop_promo_code(call: Call, promo_code: PromoCodeRef) -> PromoItem:
    """Let a code count no more; orders that took it keep their price."""
    promo = await codes.get_by_id(call.uow, promo_code)
    call.only_looked = not await codes.stop_code(call.uow, promo.code)
    call.note_change(None, promo.code, None)
    return await _show_now(call, promo_code)


async def _show_now(call: Call, promo_id: int) -> PromoItem:
    promo = await codes.get_by_id(call.uow, promo_id)
    return show_promo(promo, (await codes.count_used(call.uow)).get(promo_id, 0))
