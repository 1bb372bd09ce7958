"""What is sold, ordered, paid and opened."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.db.models.commerce import (
    accesses,
    communities,
    memberships,
    orders,
    partner_clicks,
    partners,
    payments,
    referrals,
    tariffs,
)
from core.db.models.commerce_money import (
    ledger_entries,
    payers,
    payment_accounts,
    promo_codes,
    promo_entries,
    promo_uses,
    refunds,
)
from core.db.models.commerce_plans import gifts, subscriptions
from core.db.session import UnitOfWork
from core.lifecycle import (
    AccessStatus,
    GiftState,
    MembershipStatus,
    OrderStatus,
    PaymentStatus,
    SubscriptionState,
)
from services.people.schemas import Contact
from tests.factories.accounts import SALES_BOT
from tests.factories.rows import add_row

PRICE = 190_000


async def add_tariff(uow: UnitOfWork, flow_id: int, code: str = "basic", **changed: Any) -> int:
    """A tariff on sale without groups."""
    row = {
        "code": code,
        "name": {"*": f"Tariff {code}"},
        "description": {"*": f"About {code}"},
        "price": PRICE,
        "currency": "RUB",
        "rights": ["questions"],
        "flow_id": flow_id,
        "onboarding": [],
        "position": 0,
        "is_active": True,
    }
    return await add_row(uow, tariffs, row, changed)


async def add_order(uow: UnitOfWork, contact: Contact, tariff_id: int, **changed: Any) -> int:
    """An open order."""
    course = select(tariffs.c.flow_id).where(
        tariffs.c.id == tariff_id, tariffs.c.account_id == uow.account_id
    )
    row = {
        "public_id": f"o{contact.id}t{tariff_id}",
        "contact_id": contact.id,
        "tariff_id": tariff_id,
        "flow_id": course.scalar_subquery(),
        "bot_id": SALES_BOT,
        "chat_id": contact.telegram_id,
        "price": PRICE,
        "currency": "RUB",
        "status": OrderStatus.OPEN,
        "created_at": uow.now,
    }
    return await add_row(uow, orders, row, changed)


async def add_payment(uow: UnitOfWork, order_id: int, **changed: Any) -> int:
    """A payment the provider does not know yet."""
    row = {
        "order_id": order_id,
        "provider": "mock",
        "amount": PRICE,
        "currency": "RUB",
        "status": PaymentStatus.NEW,
        "created_at": uow.now,
    }
    return await add_row(uow, payments, row, changed)


async def add_access(uow: UnitOfWork, contact_id: int, tariff_id: int, **changed: Any) -> int:
    """An active access, given by hand unless a payment is named."""
    row = {
        "contact_id": contact_id,
        "tariff_id": tariff_id,
        "status": AccessStatus.ACTIVE,
        "granted_at": uow.now,
    }
    return await add_row(uow, accesses, row, changed)


async def add_subscription(
    uow: UnitOfWork, contact_id: int, tariff_id: int, order_id: int, access_id: int, **changed: Any
) -> int:
    """A month that was paid just now, by a method that was kept."""
    row = {
        "contact_id": contact_id,
        "tariff_id": tariff_id,
        "order_id": order_id,
        "access_id": access_id,
        "plan": {"period": "month"},
        "price": PRICE,
        "currency": "RUB",
        "provider": "mock",
        "method": "pm-1",
        "profile": "profile-1",
        "state": SubscriptionState.ACTIVE,
        "anchor": uow.now.replace(tzinfo=None).isoformat(),
        "periods": 1,
        "charges": 1,
        "paid_until": uow.now + timedelta(days=30),
        "tries": 0,
        "is_charging": False,
        "created_at": uow.now,
    }
    return await add_row(uow, subscriptions, row, changed)


async def add_gift(uow: UnitOfWork, order_id: int, payment_id: int, **changed: Any) -> int:
    """A gift whose link nobody has used."""
    row = {
        "order_id": order_id,
        "payment_id": payment_id,
        "token_hash": "hash",
        "state": GiftState.READY,
        "created_at": uow.now,
    }
    return await add_row(uow, gifts, row, changed)


async def add_community(uow: UnitOfWork, tariff_id: int, chat_id: int, **changed: Any) -> int:
    """A group of a tariff."""
    return await add_row(uow, communities, {"tariff_id": tariff_id, "chat_id": chat_id}, changed)


async def add_membership(
    uow: UnitOfWork, access_id: int, community_id: int, user_id: int, **changed: Any
) -> int:
    """A buyer's place in a group, its link just issued."""
    row = {
        "access_id": access_id,
        "community_id": community_id,
        "user_id": user_id,
        "status": MembershipStatus.INVITED,
        "link": f"https://t.me/+{access_id}{community_id}",
        "created_at": uow.now,
    }
    return await add_row(uow, memberships, row, changed)


async def add_partner(uow: UnitOfWork, contact_id: int, code: str = "PARTNER1", **changed: Any) -> int:
    """A person with a link of their own."""
    return await add_row(
        uow, partners, {"contact_id": contact_id, "code": code, "created_at": uow.now}, changed
    )


async def add_referral(uow: UnitOfWork, partner_id: int, contact_id: int, **changed: Any) -> int:
    """Who brought whom."""
    row = {"partner_id": partner_id, "contact_id": contact_id, "at": uow.now}
    return await add_row(uow, referrals, row, changed)


async def add_click(uow: UnitOfWork, partner_id: int, contact_id: int, **changed: Any) -> int:
    """A press on a partner's link."""
    row = {"partner_id": partner_id, "contact_id": contact_id, "at": uow.now}
    return await add_row(uow, partner_clicks, row, changed)


async def add_ledger_line(uow: UnitOfWork, payment_id: int, **changed: Any) -> int:
    """A line of the books about a payment, which is 0 with no other one."""
    row = {
        "entry": f"pay:{payment_id}:paid",
        "book": "provider",
        "amount": PRICE,
        "currency": "RUB",
        "payment_id": payment_id,
        "at": uow.now,
    }
    return await add_row(uow, ledger_entries, row, changed)


async def add_payer(uow: UnitOfWork, contact_id: int, **changed: Any) -> int:
    """Where a person's receipts go."""
    row = {"contact_id": contact_id, "email": "anna@example.org", "phone": "", "at": uow.now}
    return await add_row(uow, payers, row, changed)


async def add_payment_account(uow: UnitOfWork, **changed: Any) -> int:
    """A provider's sealed settings."""
    row = {"provider": "scripted", "sealed": "k1:none", "created_at": uow.now}
    return await add_row(uow, payment_accounts, row, changed)


async def add_refund(uow: UnitOfWork, payment_id: int, **changed: Any) -> int:
    """A refund the provider is being asked for."""
    row = {
        "payment_id": payment_id,
        "amount": PRICE,
        "status": "asked",
        "by": "1001",
        "created_at": uow.now,
        "made_at": uow.now,
    }
    return await add_row(uow, refunds, row, changed)


async def add_promo(uow: UnitOfWork, code: str = "SUMMER", **changed: Any) -> int:
    """A code for a fifth off, as often as one likes."""
    row = {
        "code": code,
        "kind": "percent",
        "value": 20,
        "tariffs": [],
        "is_active": True,
        "created_at": uow.now,
    }
    return await add_row(uow, promo_codes, row, changed)


async def add_promo_use(
    uow: UnitOfWork, promo_id: int, order_id: int, contact_id: int, **changed: Any
) -> int:
    """An order that took a code and waits to be paid."""
    row = {"promo_id": promo_id, "order_id": order_id, "contact_id": contact_id, "number": 1}
    return await add_row(uow, promo_uses, {**row, "state": "taken", "at": uow.now}, changed)


async def add_promo_entry(uow: UnitOfWork, contact_id: int, promo_id: int, **changed: Any) -> int:
    """A code somebody has entered."""
    row = {"contact_id": contact_id, "promo_id": promo_id, "at": uow.now}
    return await add_row(uow, promo_entries, row, changed)
