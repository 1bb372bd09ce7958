"""What a payment provider must do, and the values it speaks in; whatever is its own dialect stays in its folder."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.money import Money
from utils.redaction import redact


class ProviderKind(StrEnum):
    """Where a person pays: on the provider's page, or in Telegram itself."""

    REDIRECT = "redirect"
    TELEGRAM = "telegram"


class Ability(StrEnum):
    """What a provider can do beyond making a payment; what it cannot is done by hand, and said so."""

    ASK = "ask"  # how a payment stands
    FIND = "find"  # a payment of ours whose number there we never learned
    LIST = "list"  # all payments of a period, for the daily comparison
    CAPTURE = "capture"  # two stages: hold first, take or let go later
    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    CHARGE_SAVED = "charge_saved"  # charge a saved method without the person
    SUBSCRIPTION = "subscription"  # renews by itself at the provider's


class PaymentState(StrEnum):
    """What the provider says about a payment; the last two are final."""

    PENDING = "pending"
    HELD = "held"  # the money is set aside and waits for a capture
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    """What the provider says about a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class ReceiptState(StrEnum):
    """Whether the fiscal receipt of a payment reached the tax office."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class Advice(StrEnum):
    """What helps after a payment was cancelled."""

    TRY_LATER = "try_later"  # the same card, later
    OTHER_METHOD = "other_method"
    NEVER = "never"  # the person has withdrawn the permission: not charged again
    NONE = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as far as a receipt or an invoice needs it; empty text where it is not known."""

    telegram_id: int
    email: str = ""
    phone: str = ""  # +79991234567
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """A line of the receipt; the amounts of all lines are the payment's."""

    description: str
    amount: int  # minor units of the payment's currency


@dataclass(frozen=True, slots=True)
class Renewal:
    """A subscription that the provider renews by itself."""

    period: timedelta
    plan: str = ""  # the provider's own number of it, where it has one


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment to be made; `key` is the idempotency key of the call, the same for our row whenever it is asked for.

    `method` charges a saved method without asking the person; `save_method` asks to keep the one that is used.
    `made_at` is when our row was stored: after a provider's key has expired, the payment is looked for from then on.
    """

    payment_id: int
    order: str  # the number people know
    amount: Money
    description: str
    buyer: Buyer
    items: tuple[ReceiptItem, ...]
    made_at: datetime
    return_url: str = ""
    notify_url: str = ""
    save_method: bool = False
    method: str = ""
    renewal: Renewal | None = None

    @property
    def key(self) -> str:
        """Differs between installations that share an account, where rows alone would clash."""
        return f"{self.order}-{self.payment_id}"


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What a provider knows of a payment; None and empty text where it does not say.

    `payment_id` and `order` are ours as the provider returned them, to be compared, never to be believed alone.
    `previous_id` is the payment this one renews. `url` is where the person pays.
    """

    external_id: str
    state: PaymentState
    amount: Money
    payment_id: int | None = None
    order: str = ""
    is_test: bool = False
    refunded: int = 0
    is_disputed: bool = False  # the buyer's bank wants the money back
    fee: int | None = None
    receipt: ReceiptState | None = None
    method: str = ""  # a saved method that may be charged again
    method_title: str = ""  # as a person knows it: "Visa *4242"
    reason: str = ""
    advice: Advice = Advice.NONE
    url: str = ""
    made_at: datetime | None = None
    payer_id: int | None = (
        None  # Telegram's number of who paid, where it may be another person than the buyer
    )
    is_renewal: bool = False
    renews_until: datetime | None = None
    previous_id: str = ""
    check_after: timedelta | None = None  # when it makes sense to ask again
    held_until: datetime | None = None  # then money that is set aside goes back by itself


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to go back; `key` is the idempotency key. `is_whole`: nothing of the payment remains."""

    refund_id: int
    order: str
    external_id: str
    amount: Money
    is_whole: bool
    buyer: Buyer
    items: tuple[ReceiptItem, ...]
    made_at: datetime

    @property
    def key(self) -> str:
        """As a payment's."""
        return f"{self.order}-refund-{self.refund_id}"


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What a provider knows of a refund; `payment_external_id` is the payment it belongs to."""

    external_id: str
    payment_external_id: str
    state: RefundState
    amount: Money
    reason: str = ""


MOST_ROWS = 2**63


@dataclass(frozen=True, slots=True)
class Notice:
    """What a provider told us by itself. `key` is the same for the same news and for no other.

    `facts` are given only where the notice proves itself by a signature and there is nobody to ask; a notice without
    facts is a hint that a payment has to be asked for. `payment_id` is the row of ours that it names, if it names one.

    Raises ValueError for words that no provider writes and no database keeps.
    """

    key: str
    external_id: str
    event: str
    payment_id: int | None = None
    facts: PaymentFacts | None = None

    def __post_init__(self) -> None:
        limits = ((self.key, 200), (self.external_id, 128), (self.event, 64))
        if not all(len(text) <= most and _is_kept(text) for text, most in limits):
            raise ValueError("no notification: its words cannot be kept")
        if self.payment_id is not None and not 0 <= self.payment_id < MOST_ROWS:
            raise ValueError("no notification: it names no payment of ours")


def _is_kept(text: str) -> bool:
    """Whether both databases take it: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


@dataclass(frozen=True, slots=True)
class Checkout:
    """Telegram asks whether somebody may pay an invoice now; `id` is what the answer names."""

    id: str
    payer_id: int
    language: str
    amount: Money
    payment_id: int | None
    order: str


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What the provider says about the account whose credentials it was given, for the doctor."""

    title: str
    is_test: bool
    problems: tuple[str, ...] = ()  # plain English, one sentence each


@dataclass(frozen=True, slots=True)
class NoticeRequest:
    """A notification as it came in: headers in lower case, the body as sent, the address it really came from."""

    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    peer: str = ""


class ProviderError(Exception):
    """A provider did not do what it was asked; `code` is its own word for why, if it has one."""

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(redact(text))
        self.code = code


class RefusedError(ProviderError):
    """It said no: asking again the same way is useless, and nothing has happened."""


class UnavailableError(ProviderError):
    """It could not be asked, or has no time now: nothing has happened, and asking again may help."""


class UnknownOutcomeError(ProviderError):
    """Nobody knows whether it happened: the same request is made again with the same key, or the payment is looked for."""


class ForgedNoticeError(ProviderError):
    """A notification that is not this provider's: it is refused and changes nothing."""


class PaymentProvider(ABC):
    """One way to take money with one account's credentials. Every call may raise the errors above.

    What is not among `abilities` need not be written: it raises RefusedError.
    """

    name: str
    kind = ProviderKind.REDIRECT
    abilities: frozenset[Ability] = frozenset()

    @abstractmethod
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        """Make a payment; the same request again gives the same payment."""

    @abstractmethod
    async def check_account(self) -> AccountFacts:
        """Whether the credentials work, and what is missing in the account."""

    async def get_payment(self, external_id: str) -> PaymentFacts:
        """How a payment stands; RefusedError if the account has none of that number."""
        raise self._cannot(Ability.ASK, external_id)

    async def find_payment(self, request: PaymentRequest) -> PaymentFacts | None:
        """The payment that `request` made, if it did, by what it carries; looked for from `made_at` on."""
        raise self._cannot(Ability.FIND, request.payment_id)

    async def list_payments(self, since: datetime, until: datetime) -> Sequence[PaymentFacts]:
        """Every payment of the account made in a period."""
        raise self._cannot(Ability.LIST, since, until)

    async def capture_payment(self, external_id: str, amount: Money) -> PaymentFacts:
        """Take money that is held."""
        raise self._cannot(Ability.CAPTURE, external_id, amount)

    async def cancel_payment(self, external_id: str) -> PaymentFacts:
        """Let money go that is held."""
        raise self._cannot(Ability.CAPTURE, external_id)

    async def refund_payment(self, request: RefundRequest) -> RefundFacts:
        """Give money back; the same request again is the same refund."""
        raise self._cannot(Ability.REFUND, request.external_id)

    async def get_refund(self, external_id: str) -> RefundFacts:
        """How a refund stands that was not final at once."""
        raise self._cannot(Ability.REFUND, external_id)

    async def stop_renewal(self, external_id: str, buyer: Buyer) -> None:
        """The provider renews no more; what is paid stays."""
        raise self._cannot(Ability.SUBSCRIPTION, external_id, buyer.telegram_id)

    def read_notice(self, request: NoticeRequest) -> Notice | None:
        """Read a notification; None for a genuine one that says nothing about a payment.

        Raises ForgedNoticeError for what is not the provider's, ValueError for what is no notification.
        """
        raise ForgedNoticeError(f"{self.name} sends no notifications ({request.peer})")

    def read_update(self, update: Mapping[str, Any]) -> Notice | None:
        """What an update of the Bot API says about a payment, as it came; None if nothing."""
        del update
        return None

    def read_checkout(self, update: Mapping[str, Any]) -> Checkout | None:
        """The question in an update of the Bot API whether an invoice may be paid; None if it is none."""
        del update
        return None

    def answer_notice(self, notice: Notice | None) -> str:
        """The body of the answer that the provider expects once a notification is stored."""
        del notice
        return "OK"

    async def aclose(self) -> None:
        """Let go of connections."""
        return

    def _cannot(self, ability: Ability, *what: object) -> RefusedError:
        return RefusedError(f"{self.name} cannot do this: {ability} {' '.join(map(str, what))}")
