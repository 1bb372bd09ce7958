"""Money and access: tariffs, orders, payments, accesses, the groups of a tariff."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

OPEN = text("status = 'open' AND NOT is_gift")
UNPAID = text("payment_id IS NULL")

tariffs = Table(
    "tariffs",
    metadata,
    primary_key(),
    account_id(),
    Column("code", String(32), nullable=False),
    Column("name", JSON, nullable=False),  # by language
    Column("description", JSON, nullable=False),
    Column("price", Integer, nullable=False),  # minor units
    Column("currency", String(3), nullable=False),
    Column("stars", Integer, nullable=True),  # the price in Telegram Stars, where it has one
    Column("rights", JSON, nullable=False),  # list of names: feedback, community, mentor …
    refers("flow_id", "flows.id"),  # the course it sells
    Column("onboarding", JSON, nullable=False),  # messages said once per access, in order
    Column("plan", JSON, nullable=True),  # how it is paid; none: once, for good
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column(
        "is_own", Boolean, nullable=False, server_default=false()
    ),  # changed or stopped here: content leaves it
    Column("commission", JSON, nullable=True),  # shares of partners by level, as an author writes them
    Column("closes_on_refund", String(8), nullable=False, server_default="whole"),  # ClosesOnRefund
    UniqueConstraint("account_id", "code"),
)

orders = Table(
    "orders",
    metadata,
    primary_key(),
    account_id(),
    Column("public_id", String(16), nullable=False, unique=True),
    refers("contact_id", "contacts.id", index=True),
    refers("tariff_id", "tariffs.id"),
    refers("flow_id", "flows.id"),  # the tariff's course
    Column("terms", String(8), nullable=True),  # what they agreed to; none in orders of former versions
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("run_id", Id, nullable=True),  # the run that waits for the payment
    Column("run_visit", Integer, nullable=True),
    Column("price", Integer, nullable=False),
    Column("credit", Integer, nullable=False, server_default="0"),  # taken off for what they had
    Column("plan", JSON, nullable=True),  # how it is paid, as agreed to
    Column("whole", Integer, nullable=True),  # with a plan: the price of a period, or of all parts together
    Column("is_gift", Boolean, nullable=False, server_default=false()),  # for somebody else than who pays
    Column("replaces", JSON, nullable=True),  # the subscriptions that end when it is paid
    Column("discount", Integer, nullable=False, server_default="0"),  # taken off by a promo code
    Column("utm", JSON, nullable=True),  # where the buyer had come from, by mark
    Column("currency", String(3), nullable=False),
    Column("stars", Integer, nullable=True),  # the same price in Telegram Stars
    Column("status", String(16), nullable=False),  # OrderStatus
    Column("created_at", UtcDateTime, nullable=False),
    Column("paid_at", UtcDateTime, nullable=True),
    Index("ix_orders_paid", "account_id", "status", "contact_id"),
    # One open order per person and course, gifts apart: a second press finds the first one's order.
    Index(
        "uq_orders_open",
        "contact_id",
        "flow_id",
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    ),
)

payments = Table(
    "payments",
    metadata,
    primary_key(),
    account_id(),
    refers("order_id", "orders.id", index=True),
    Column("provider", String(32), nullable=False),
    Column("external_id", String(128), nullable=True),
    Column("url", Text, nullable=True),
    Column("kind", String(16), nullable=False, server_default="purchase"),  # PaymentKind
    Column("subscription_id", Id, nullable=True, index=True),  # whose charge it is
    Column("key", String(64), nullable=True),  # what may be charged once: a subscription's period and try
    Column("amount", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("method", String(128), nullable=True),  # saved, to be charged without asking
    Column("method_title", String(64), nullable=True),  # as a person knows it
    Column("profile", String(128), nullable=True),  # of a subscription that its provider renews by itself
    Column("renews_until", UtcDateTime, nullable=True),  # which it says it has paid until then
    Column("status", String(16), nullable=False),  # PaymentStatus
    Column("is_test", Boolean, nullable=False, server_default=false()),  # no money came, its provider says
    Column("held_until", UtcDateTime, nullable=True),  # then the provider lets go of money that is set aside
    Column("checks", Integer, nullable=False, server_default="0"),
    Column("refunded", Integer, nullable=False, server_default="0"),  # minor units that went back
    Column("fee", Integer, nullable=True),  # what the provider kept, once it has said so
    Column("created_at", UtcDateTime, nullable=False),
    Column("made_at", UtcDateTime, nullable=True),  # the machine's time, by which a provider forgets its keys
    Column("settled_at", UtcDateTime, nullable=True),
    UniqueConstraint("account_id", "provider", "external_id"),  # two shops of a provider may count alike
    Index("uq_payments_key", "account_id", "key", unique=True),
    Index("ix_payments_settled", "account_id", "settled_at"),
)

# What a provider told us by itself, each piece of news once.
provider_events = Table(
    "provider_events",
    metadata,
    primary_key(),
    account_id(),
    Column("provider", String(32), nullable=False),
    Column("key", String(200), nullable=False),
    Column("external_id", String(128), nullable=False),
    Column("event", String(64), nullable=False),
    Column("facts", JSON, nullable=True),  # only of notices that prove themselves
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "provider", "key"),
)

accesses = Table(
    "accesses",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id", index=True),
    refers("tariff_id", "tariffs.id"),
    refers("payment_id", "payments.id", nullable=True),
    Column("status", String(16), nullable=False),  # AccessStatus
    Column("granted_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=True),
    UniqueConstraint("payment_id"),
    # Given by hand once per person and tariff, however many admins press at the same moment.
    Index(
        "uq_accesses_by_hand",
        "contact_id",
        "tariff_id",
        unique=True,
        sqlite_where=UNPAID,
        postgresql_where=UNPAID,
    ),
)

access_changes = Table(
    "access_changes",
    metadata,
    primary_key(),
    account_id(),
    refers("access_id", "accesses.id", index=True),
    Column("change", String(16), nullable=False),  # AccessChange
    Column("admin_id", Id, nullable=False),  # Telegram id of who did it
    Column("at", UtcDateTime, nullable=False),
)

communities = Table(
    "communities",
    metadata,
    primary_key(),
    account_id(),
    refers("tariff_id", "tariffs.id"),
    Column("chat_id", Id, nullable=False),
    UniqueConstraint("tariff_id", "chat_id"),
    Index("ix_communities_chat", "chat_id"),
)

memberships = Table(
    "memberships",
    metadata,
    primary_key(),
    account_id(),
    refers("access_id", "accesses.id"),
    refers("community_id", "communities.id"),
    Column("user_id", Id, nullable=False),  # Telegram id of the only person the link lets in
    Column("status", String(16), nullable=False),  # MembershipStatus
    Column("link", Text, nullable=True),
    Column("run_id", Id, nullable=True),
    Column("run_visit", Integer, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("joined_at", UtcDateTime, nullable=True),
    Column("leaves_at", UtcDateTime, nullable=True),  # the day that was said, when the access has ended
    Column("is_last_said", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("access_id", "community_id"),
    Index("ix_memberships_link", "link"),
)

# What keeps people from being put out of groups by a wrong table or clock; one row per account.
removal_guards = Table(
    "removal_guards",
    metadata,
    primary_key(),
    account_id(),
    Column("last_at", UtcDateTime, nullable=False),  # of the last pass
    Column("seen", Integer, nullable=False),  # places it knew
    Column("alarm", String(16), nullable=True),  # Alarm: everything stands still until an owner looks
    Column("alarm_at", UtcDateTime, nullable=True),
    Column("approved", Integer, nullable=False),  # so many without access an owner has looked at
    Column("is_off", Boolean, nullable=False),  # an owner wants nobody put out
    UniqueConstraint("account_id"),
)

partners = Table(
    "partners",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id"),
    Column("parent_id", Id, nullable=True),  # the partner who brought this one
    Column("code", String(32), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("contact_id"),
    UniqueConstraint("account_id", "code"),
)

partner_clicks = Table(
    "partner_clicks",
    metadata,
    primary_key(),
    account_id(),
    refers("partner_id", "partners.id", index=True),
    refers("contact_id", "contacts.id"),
    Column("at", UtcDateTime, nullable=False),
)

referrals = Table(
    "referrals",
    metadata,
    primary_key(),
    account_id(),
    refers("partner_id", "partners.id", index=True),
    refers("contact_id", "contacts.id"),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("contact_id"),  # the first touch counts, for good
)
