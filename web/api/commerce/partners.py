"""Partners and their payouts; who is a partner alone sees their own."""

from datetime import datetime
from typing import Annotated, Any

from core.lifecycle import PayoutStatus
from services.commerce import paging
from services.commerce.paging import Wanted
from services.commerce.partners import commissions, payouts, referrals
from services.commerce.schemas import Earnings, Partner, Payout
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.ids import ContactId, PartnerId, PartnerRef, PayoutId, PayoutRef
from web.api.models import Answer, Money, example, money
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.PARTNERS)
LOOK = Policy(Permission.MONEY)
CHANGE = Policy(Permission.MONEY, idempotency_key=True)
PartnersPage = Annotated[ListPage, paged(paging.ORDERS["partners"])]
PayoutsPage = Annotated[ListPage, paged(paging.ORDERS["payouts"])]
room = Room("commerce")

EARNINGS = {
    "earned": {"amount": 99800, "currency": "RUB"},
    "held": {"amount": 49900, "currency": "RUB"},
    "payable": {"amount": 49900, "currency": "RUB"},
    "requested": {"amount": 0, "currency": "RUB"},
    "paid": {"amount": 0, "currency": "RUB"},
}
PARTNER = {
    "id": f"prt_{'a' * 26}",
    "contact": f"con_{'a' * 26}",
    "code": "k3n2p9xq",
    "parent": None,
    "money": [EARNINGS],
}


class EarningsItem(Answer):
    """What a partner has of one currency; `payable` may be negative after refunds."""

    model_config = example(**EARNINGS)

    earned: Money
    held: Money
    payable: Money
    requested: Money
    paid: Money


class PartnerItem(Answer):
    """Somebody who brings people by a link of their own; `parent` brought this partner."""

    model_config = example(**PARTNER)

    id: PartnerId
    contact: ContactId
    code: str
    parent: PartnerId | None
    money: list[EarningsItem]


class PartnerDetail(PartnerItem):
    """A partner with what the link has brought."""

    model_config = example(**{**PARTNER, "clicks": 40, "people": 31, "sales": 4})

    clicks: int
    people: int
    sales: int


class PayoutItem(Answer):
    """Money that a partner has asked for."""

    model_config = example(
        id=f"out_{'a' * 26}",
        partner=f"prt_{'a' * 26}",
        amount={"amount": 49900, "currency": "RUB"},
        status="requested",
        created_at="2030-01-07T09:02:00Z",
        settled_at=None,
    )

    id: PayoutId
    partner: PartnerId
    amount: Money
    status: PayoutStatus
    created_at: datetime
    settled_at: datetime | None


class PayoutPlace(Answer):
    """Where the money of a payout goes, as the partner wrote it; empty once it is settled."""

    model_config = example(place="Card 2200 0000 0000 0000")

    place: str


def show_earnings(earnings: Earnings) -> EarningsItem:
    """What a partner has of one currency, as the API shows it."""
    return EarningsItem(
        **{name: money(getattr(earnings, name), earnings.currency) for name in EarningsItem.model_fields}
    )


def show_partner(partner: Partner, earnings: list[Earnings]) -> PartnerItem:
    """A partner as the API shows them."""
    return PartnerItem(
        id=partner.id,
        contact=partner.contact_id,
        code=partner.code,
        parent=partner.parent_id,
        money=[show_earnings(balance) for balance in earnings if balance.partner_id == partner.id],
    )


def show_payout(payout: Payout) -> PayoutItem:
    """A payout as the API shows it."""
    names = ("id", "status", "created_at", "settled_at")
    return PayoutItem(
        **{name: getattr(payout, name) for name in names},
        partner=payout.partner_id,
        amount=money(payout.amount, payout.currency),
    )


def _owner(call: ApiCall) -> int | None:
    """Whose rows alone are shown: who has no say about money sees their own."""
    return None if call.may(Permission.MONEY_READ) else call.who.telegram_id


@room.get("/partners", READ)
async def list_partners(call: Call, page: PartnersPage) -> Listed[PartnerItem]:
    """The partners of the account with what they earned, the latest first; a partner sees themself."""
    wanted, earnings = Wanted({}, _owner(call)), await commissions.list_earnings(call.uow)
    taken = await page.take(
        lambda part: paging.list_partners(call.uow, wanted, part),
        lambda partner: show_partner(partner, earnings),
        lambda most: paging.count_rows(call.uow, "partners", wanted, most),
    )
    return Listed(**taken)


@room.get("/partners/{partner}", READ)
async def get_partner(call: Call, partner: PartnerRef) -> PartnerDetail:
    """One partner, with what the link has brought."""
    row: Partner = await paging.get_row(call.uow, paging.list_partners, "partners", partner, _owner(call))
    figures = await referrals.get_figures(call.uow, partner)
    shown = show_partner(row, await commissions.list_earnings(call.uow, partner))
    brought = {name: getattr(figures, name) for name in ("clicks", "people", "sales")}
    return PartnerDetail(**dict(shown), **brought)


@room.get("/payouts", READ)
async def list_payouts(
    call: Call, page: PayoutsPage, status: PayoutStatus | None = None, partner: PartnerRef | None = None
) -> Listed[PayoutItem]:
    """The payouts that were asked for, the latest first; a partner sees their own."""
    wanted = Wanted({"status": status, "partner_id": partner}, _owner(call))
    taken = await page.take(
        lambda part: paging.list_payouts(call.uow, wanted, part),
        show_payout,
        lambda most: paging.count_rows(call.uow, "payouts", wanted, most),
    )
    return Listed(**taken)


@room.get("/payouts/{payout}", READ)
async def get_payout(call: Call, payout: PayoutRef) -> PayoutItem:
    """One payout."""
    return show_payout(await _find(call, payout))


@room.get("/payouts/{payout}/place", LOOK)
async def get_payout_place(call: Call, payout: PayoutRef) -> PayoutPlace:
    """Where the money goes, for who pays it."""
    return PayoutPlace(place=payouts.open_place(call.uow, await payouts.get_payout(call.uow, payout)))


@room.post("/payouts/{payout}/approve", CHANGE)
async def approve_payout(call: Call, payout: PayoutRef) -> PayoutItem:
    """Note that a payout was made; its partner is told, where it went is forgotten."""
    return await _settle(call, payout, is_paid=True)


@room.post("/payouts/{payout}/refuse", CHANGE)
async def refuse_payout(call: Call, payout: PayoutRef) -> PayoutItem:
    """Note that a payout is not made; the partner can ask again."""
    return await _settle(call, payout, is_paid=False)


async def _settle(call: ApiCall, payout_id: int, *, is_paid: bool) -> PayoutItem:
    wished = PayoutStatus.PAID if is_paid else PayoutStatus.REFUSED
    is_news = await payouts.settle_payout(call.uow, payout_id, call.who.telegram_id, is_paid=is_paid)
    settled = await payouts.require_settled(call.uow, payout_id, wished)
    call.only_looked = not is_news
    call.note_change(None, PayoutStatus.REQUESTED, settled.status)
    return show_payout(settled)


async def _find(call: ApiCall, payout_id: int) -> Any:
    return await paging.get_row(call.uow, paging.list_payouts, "payouts", payout_id, _owner(call))
