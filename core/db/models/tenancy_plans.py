"""What accounts may use: the plans the operator of the installation offers, and which one an account is on."""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, UniqueConstraint, false

from core.db.base import account_id, metadata, primary_key
from core.db.types import Id, UtcDateTime

plans = Table(
    "plans",
    metadata,
    primary_key(),
    account_id(),  # whose tariff is its price: the operator's own
    Column("code", String(24), nullable=False),
    Column("name", JSON, nullable=False),  # Localized
    Column("limits", JSON, nullable=False),  # number by Resource; what is not named has no limit
    Column("tariff", String(24), nullable=True),  # of a product; none: it costs nothing
    Column("trial_days", Integer, nullable=False, server_default="0"),
    Column("is_first", Boolean, nullable=False, server_default=false()),  # who registers begins with it
    Column("is_offered", Boolean, nullable=False),  # it may be chosen
    Column("position", Integer, nullable=False),
    UniqueConstraint("account_id", "code"),
    comment="what accounts may use, and for what price",
)

account_plans = Table(
    "account_plans",
    metadata,
    primary_key(),
    account_id(),
    Column("code", String(24), nullable=False),  # of the plan that counts
    Column("chosen", String(24), nullable=True),  # counts from the moment on at which it is paid for
    Column("payer_id", Id, nullable=True),  # the owner who pays, by Telegram id
    Column("chosen_by", Id, nullable=True),  # the owner who is to pay for the chosen one
    Column("free_until", UtcDateTime, nullable=True),  # a trial, or the operator's gift
    Column("suspended_at", UtcDateTime, nullable=True),  # by the operator
    Column("reason", String(300), nullable=True),
    Column("told", JSON, nullable=False, server_default="{}"),  # to its admins, of how it stands
    UniqueConstraint("account_id"),
    Index("ix_account_plans_payer", "payer_id"),
    comment="the plan an account is on; none: it has no limits",
)
