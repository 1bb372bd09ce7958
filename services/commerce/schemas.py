"""Commerce as the use cases see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.lifecycle import (
    AccessStatus,
    ClosesOnRefund,
    CommissionStatus,
    Doubt,
    GiftState,
    MembershipStatus,
    OrderStatus,
    PaymentKind,
    PaymentStatus,
    PayoutStatus,
    RefundStatus,
    SubscriptionEnd,
)
from core.rules.periods import Period
from core.rules.promo import Discount
from core.rules.removal import Alarm
from core.rules.subscription import Standing


@dataclass(frozen=True)
class TariffPlan:
    """How something is paid otherwise than once: each `period` on and on or in `parts`, or once after a trial."""

    period: Period | None = None
    parts: int | None = None
    trial_days: int = 0
    grace_days: int | None = None  # as the installation says
    provider_plan: str = ""  # the number of it where the provider renews by itself and has one

    @property
    def is_endless(self) -> bool:
        """Whether it is paid as long as it is wanted."""
        return self.period is not None and self.parts is None


@dataclass(frozen=True)
class Tariff:
    """What is for sale; `price` in minor units, `rights` are names such as feedback or community.

    With a plan the price is that of a period, or of all parts together.
    """

    id: int
    code: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    price: int
    currency: str
    rights: tuple[str, ...]
    flow_id: int
    is_active: bool  # on sale
    stars: int | None = None  # the price in Telegram Stars, where it has one
    closes_on_refund: ClosesOnRefund = ClosesOnRefund.WHOLE
    plan: TariffPlan | None = None
    commission: Mapping[str, str] | None = None  # partners' shares by level, as written
    is_own: bool = False  # changed or stopped here, whatever the content that is shipped says
    position: int = 0  # among those of its course


@dataclass(frozen=True)
class Order:
    """A tariff somebody wants; `run_id` and `run_visit` say which offer waits for the money."""

    id: int
    public_id: str
    contact_id: int
    tariff_id: int
    terms: str | None
    bot_id: int
    chat_id: int
    run_id: int | None
    price: int
    currency: str
    status: OrderStatus
    run_visit: int | None = None
    discount: int = 0
    credit: int = 0  # taken off for what the buyer had
    stars: int | None = None  # the same price in Telegram Stars
    plan: TariffPlan | None = None  # as agreed to
    replaces: tuple[int, ...] = ()  # subscriptions that end when it is paid
    is_gift: bool = False  # for somebody else
    whole: int = 0  # with a plan: the price of a period, or of all parts together


@dataclass(frozen=True)
class Promo:
    """A promo code; `tariffs` are codes of tariffs, all if there are none, `taken` the uses that count."""

    id: int
    code: str
    discount: Discount
    currency: str | None
    limit_total: int | None
    limit_person: int | None
    taken: int
    starts_at: datetime | None
    ends_at: datetime | None
    tariffs: tuple[str, ...]
    partner_id: int | None
    is_active: bool


@dataclass(frozen=True)
class Payment:
    """One attempt to pay an order, by one provider."""

    id: int
    order_id: int
    provider: str
    external_id: str | None
    url: str | None
    amount: int
    currency: str
    status: PaymentStatus
    checks: int
    made_at: datetime  # the machine's time
    refunded: int = 0
    fee: int | None = None
    kind: PaymentKind = PaymentKind.PURCHASE
    subscription_id: int | None = None
    method: str = ""  # saved, and charged without asking
    method_title: str = ""
    profile: str = ""  # of what its provider renews by itself
    renews_until: datetime | None = None
    held_until: datetime | None = None  # then money that is set aside goes back by itself
    is_test: bool = False  # no money came, its provider says

    @property
    def is_unasked(self) -> bool:
        """Whether a saved method is charged, so that nobody waits for a page to pay on."""
        return self.subscription_id is not None and bool(self.method)


@dataclass(frozen=True)
class Refund:
    """Money of a payment that is to go back, or went; `closes` is None where the tariff decides about the access."""

    id: int
    payment_id: int
    amount: int
    status: RefundStatus
    external_id: str | None
    closes: bool | None
    by: str
    checks: int
    made_at: datetime  # the machine's time


@dataclass(frozen=True)
class Membership:
    """A buyer's place in one group."""

    id: int
    access_id: int
    community_chat_id: int
    user_id: int
    status: MembershipStatus
    link: str | None
    run_id: int | None
    run_visit: int | None
    tariff_name: Mapping[str, str]


@dataclass(frozen=True)
class Partner:
    """Somebody who brings people by a link of their own."""

    id: int
    contact_id: int
    code: str
    parent_id: int | None = None  # who brought this partner


@dataclass(frozen=True)
class PartnerFigures:
    """What a partner's link has brought: who pressed it, who of them was new and what those have bought since.

    `sums` are (currency, minor units).
    """

    clicks: int
    people: int
    sales: int
    sums: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Purchase:
    """An active access and the group places that belong to it."""

    access_id: int
    tariff_name: Mapping[str, str]
    rights: tuple[str, ...]
    places: tuple["GroupPlace", ...]
    tariff_id: int = 0
    opens_course: bool = True
    has_greetings: bool = False  # messages said after the payment, which are all there is of some products


@dataclass(frozen=True)
class GroupPlace:
    """A group of a tariff; no membership yet if nobody asked for a link."""

    community_id: int
    chat_id: int
    status: MembershipStatus | None
    link: str | None


@dataclass(frozen=True)
class Access:
    """A person's right to a tariff's course and groups."""

    id: int
    contact_id: int
    tariff_id: int
    tariff_code: str
    tariff_name: Mapping[str, str]
    status: AccessStatus
    ends_at: datetime | None
    granted_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it opens anything now; what closes it at its end may still be on its way."""
        return self.status is AccessStatus.ACTIVE and (self.ends_at is None or self.ends_at > now)


@dataclass(frozen=True)
class BookSum:
    """What stands in a book of the ledger, in minor units."""

    book: str
    currency: str
    amount: int


@dataclass(frozen=True)
class ProviderSum:
    """What came by a provider and what went back, in minor units; `since` is when the first payment was made.

    `tests` is what of that stayed of payments for which no money came.
    """

    provider: str
    currency: str
    paid: int
    refunded: int
    since: datetime
    tests: int = 0


@dataclass(frozen=True)
class Outsider:
    """Somebody in a group whom no open access lets be there; `id` is the place."""

    id: int
    chat_id: int
    user_id: int
    contact_id: int
    leaves_at: datetime | None
    is_last_said: bool
    ended_at: datetime


@dataclass(frozen=True)
class Guard:
    """What stands between a wrong table and the people in the groups."""

    last_at: datetime
    seen: int = 0
    alarm: Alarm | None = None
    alarm_at: datetime | None = None
    approved: int = 0
    is_off: bool = False


@dataclass(frozen=True)
class Change:
    """The tariff that something paid each period becomes with its next charge, as agreed to."""

    tariff_id: int
    plan: TariffPlan
    price: int


@dataclass(frozen=True)
class Subscription:
    """Something of one person that is paid in charges; `price` is that of a period, or of all parts together."""

    id: int
    contact_id: int
    tariff_id: int
    order_id: int
    access_id: int
    plan: TariffPlan
    price: int
    currency: str
    provider: str
    method: str  # saved, and charged without asking
    method_title: str
    profile: str  # of what its provider renews by itself
    standing: Standing
    reason: SubscriptionEnd | None
    change: Change | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Gift:
    """Something that was paid for somebody else; whoever opens its link first has it."""

    id: int
    order_id: int
    payment_id: int
    token_hash: str
    state: GiftState
    claimed_by: int | None


@dataclass(frozen=True)
class Commission:
    """A partner's share of a payment, or what of it goes back."""

    id: int
    partner_id: int
    payment_id: int
    level: int
    amount: int
    currency: str
    status: CommissionStatus
    doubt: Doubt | None
    payable_at: datetime


@dataclass(frozen=True)
class Earnings:
    """What a partner has of one currency, in minor units; `payable` may be negative after refunds."""

    partner_id: int
    currency: str
    earned: int
    held: int
    payable: int
    requested: int
    paid: int


@dataclass(frozen=True)
class Payout:
    """Money a partner has asked for; `sealed` is where it goes, until it is settled."""

    id: int
    partner_id: int
    amount: int
    currency: str
    status: PayoutStatus
    sealed: str | None
    created_at: datetime
    settled_at: datetime | None = None
