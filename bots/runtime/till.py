"""Updates about money: kept as news of a provider like any other's, or answered at once because Telegram waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loguru import logger

from bots.runtime.context import DirectCall
from core.db.session import UnitOfWork
from payment.base import Checkout, Notice, PaymentProvider, ProviderKind
from services.commerce.payments.checkouts import judge
from services.commerce.payments.incoming import keep_notice


@dataclass(frozen=True)
class MoneyUpdate:
    """What an update says about money, and by which provider."""

    provider: str
    said: Notice | Checkout


def read_money(providers: Mapping[str, PaymentProvider], update: Mapping[str, Any]) -> MoneyUpdate | None:
    """What an update says about a payment in Telegram; None for all others, and for what nobody can read."""
    for name, provider in providers.items():
        if provider.kind is not ProviderKind.TELEGRAM:
            continue
        try:
            said = provider.read_checkout(update) or provider.read_update(update)
        except (ValueError, KeyError, TypeError, AttributeError):
            logger.bind(event="payment.unreadable", provider=name).warning("an update about money is no such")
            return None
        if said is not None:
            return MoneyUpdate(name, said)
    return None


async def take_money(uow: UnitOfWork, money: MoneyUpdate, direct: DirectCall) -> None:
    """Keep the news, or say whether the invoice may be paid; the answer leaves with the commit."""
    if isinstance(money.said, Notice):
        await keep_notice(uow, money.provider, money.said)
        return
    refusal = await judge(uow, money.provider, money.said)
    fields = {"pre_checkout_query_id": money.said.id, "ok": not refusal}
    answer = fields | ({"error_message": refusal} if refusal else {})
    uow.after_commit(lambda: direct("answerPreCheckoutQuery", answer))
