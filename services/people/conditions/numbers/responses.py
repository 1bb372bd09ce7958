"""Who did something after a broadcast came: wrote to the bot, paid, came to the end of a flow."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.commerce import orders
from core.db.models.delivery import messages, outbox
from core.db.models.learning import runs
from core.db.models.people import contacts
from core.db.types import SecondsBetween
from core.flow.run import RunStatus
from core.lifecycle import OutboxState
from services.people.conditions.purchase import has_paid

DAYS = 7  # within which a payment or a completion is put down to the message
REPLY = timedelta(days=1)  # within which what somebody writes is
# When a recipient's message left, by the product's clock.
# all accounts: of a recipient's row
LEFT_AT = (
    select(func.max(messages.c.at))
    .where(messages.c.bot_id == outbox.c.bot_id, messages.c.chat_id == outbox.c.chat_id)
    .where(messages.c.outbox_id == outbox.c.id)
    .correlate(outbox)  # named, for where it stands within another one
    .scalar_subquery()
)
# One without words is in no history: it counts from its place in the line, or from when it was sent hours after that.
SENT_AT = case(
    (outbox.c.sending_since > outbox.c.created_at, outbox.c.sending_since), else_=outbox.c.created_at
)
SINCE = func.coalesce(LEFT_AT, SENT_AT)


def _came(account_id: int, broadcast_id: int) -> Any:
    """Those who got it, with when: `contact_id`, `bot_id`, `chat_id`, `since`."""
    theirs = (contacts.c.telegram_id == outbox.c.chat_id) & (contacts.c.account_id == account_id)
    return (
        select(
            contacts.c.id.label("contact_id"),
            outbox.c.bot_id,
            outbox.c.chat_id,
            SINCE.label("since"),
        )
        .join(outbox, theirs)
        .where(outbox.c.account_id == account_id, outbox.c.broadcast_id == broadcast_id)
        .where(outbox.c.state == OutboxState.SENT)
        .subquery()
    )


def _within(came: Any, acted: Any, window: timedelta) -> tuple[ColumnElement[bool], ...]:
    """What happened at `acted` did so after the message came, and within the window."""
    return acted >= came.c.since, SecondsBetween(came.c.since, acted) < window.total_seconds()


def who_replied(account_id: int, broadcast_id: int) -> Select[Any]:
    """Those who wrote to the bot, no command, within a day after it came; presses are no words."""
    came = _came(account_id, broadcast_id)
    wrote = exists().where(
        messages.c.bot_id == came.c.bot_id,
        messages.c.chat_id == came.c.chat_id,
        messages.c.direction == "in",
        messages.c.at > came.c.since,
        messages.c.telegram_message_id.is_not(None),  # a press has no number
        messages.c.text.not_like("/%"),
        *_within(came, messages.c.at, REPLY),
    )
    return select(came.c.contact_id, came.c.since.label("at")).where(wrote)


def who_bought(account_id: int, broadcast_id: int) -> Select[Any]:
    """Those who paid within a week after it came, and did not get it all back."""
    came = _came(account_id, broadcast_id)
    bought = exists().where(
        orders.c.contact_id == came.c.contact_id,
        *has_paid.is_paid(account_id),
        *_within(came, orders.c.paid_at, timedelta(days=DAYS)),
    )
    return select(came.c.contact_id, came.c.since.label("at")).where(bought)


def who_finished(account_id: int, broadcast_id: int) -> Select[Any]:
    """Those who came to the end of a course or scenario within a week after it came."""
    came = _came(account_id, broadcast_id)
    done = exists().where(
        runs.c.account_id == account_id,
        runs.c.contact_id == came.c.contact_id,
        runs.c.status == RunStatus.COMPLETED,
        *_within(came, runs.c.finished_at, timedelta(days=DAYS)),
    )
    return select(came.c.contact_id, came.c.since.label("at")).where(done)
