"""What one person bought becomes another's."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.commerce import accesses, orders, partner_clicks, partners, referrals
from core.db.models.commerce_money import payers, promo_uses
from core.db.models.commerce_plans import subscriptions
from core.db.reassign import reassign
from core.lifecycle import OrderStatus, SubscriptionState


async def take_over(
    conn: AsyncConnection, account_id: int, contact_id: int, heir_id: int, chat_id: int
) -> tuple[int, int]:
    """Orders with their money, accesses, subscriptions, what partners are owed for it; says how many orders and accesses.

    An order that is still open stays where it is: its page was made for who opened it. So does what the heir has already.
    """
    people = contact_id, heir_id
    settled = orders.c.status != OrderStatus.OPEN.value
    bought = await reassign(conn, orders, account_id, people, where=[settled], more={"chat_id": chat_id})
    paid = accesses.c.payment_id.is_not(None)
    opened = await reassign(conn, accesses, account_id, people, where=[paid])
    by_hand = accesses.c.payment_id.is_(None)
    opened += await reassign(conn, accesses, account_id, people, alone=("tariff_id",), where=[by_hand])
    over = subscriptions.c.state == SubscriptionState.ENDED.value
    await reassign(conn, subscriptions, account_id, people, where=[over])
    await reassign(conn, subscriptions, account_id, people, alone=("tariff_id",))
    await reassign(conn, promo_uses, account_id, people, alone=("promo_id", "number"))
    await reassign(conn, partner_clicks, account_id, people)
    for table in (payers, referrals, partners):
        await reassign(conn, table, account_id, people, alone=())
    return bought, opened
