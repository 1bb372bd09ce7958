"""Who people are, how they came in, and who works here."""

from sqlalchemy import Table, or_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models import content, content_wizards, people, tenancy, tenancy_api, tenancy_plans
from core.db.personal.declaring import (
    Personal,
    Purpose,
    Retention,
    Subject,
    always,
    by_contact,
    by_telegram,
    nobody,
)

NONE = always(None)


def _in_list(table: Table, subject: Subject) -> ColumnElement[bool]:
    """A list names people by their number, or by their name where that is not known."""
    by_number = table.c.telegram_id == subject.telegram_id
    return or_(by_number, table.c.username == subject.username.lower()) if subject.username else by_number


def _held(table: Table, subject: Subject) -> ColumnElement[bool]:
    return or_(table.c.contact_id == subject.contact_id, table.c.holder_id == subject.telegram_id)


OF_PEOPLE: tuple[Personal, ...] = (
    Personal(
        people.contacts,
        Purpose.SERVICE,
        by_contact("id"),
        shown=(
            *("telegram_id", "first_name", "last_name", "username", "language", "zone", "lesson_hour"),
            *("reminder_days", "reminder_hours", "reminder_tone", "mailing", "mailing_at", "created_at"),
        ),
        plain=(
            *("id", "language_is_chosen", "zone_is_chosen", "weekly_digest", "sale_news"),
            *("answered", "blocked_at"),
        ),
        left={
            "telegram_id": nobody,
            "first_name": always(""),
            "last_name": always(""),
            "username": NONE,
            "zone": always("UTC"),
            "lesson_hour": NONE,
            "reminder_hours": NONE,
            "mailing": always("refused"),
        },
    ),
    Personal(
        people.chats,
        Purpose.DELIVERY,
        by_contact(),
        shown=("state", "opened_at", "seen_at"),
        inner=("contact_id", "telegram_id"),
        plain=("id", "bot_id"),
        goes=True,
    ),
    Personal(
        people.mail_addresses,
        Purpose.DELIVERY,
        by_contact(),
        ("address", "is_confirmed", "is_always", "asked_at"),
        ("contact_id", "token_hash"),
        ("id",),
        goes=True,
    ),
    Personal(
        people.variables,
        Purpose.SERVICE,
        by_contact(),
        ("name", "value"),
        ("contact_id",),
        ("id",),
        goes=True,
    ),
    Personal(
        people.contact_words,
        Purpose.SERVICE,
        by_contact(),
        ("word",),
        ("contact_id",),
        ("id",),
        goes=True,
    ),
    Personal(people.tags, Purpose.SALES, by_contact(), ("name", "at"), ("contact_id",), ("id",), goes=True),
    Personal(
        people.segment_members,
        Purpose.SALES,
        by_contact(),
        inner=("contact_id",),
        plain=("id", "segment_id"),
        goes=True,
    ),
    Personal(
        people.consents,
        Purpose.CONSENT,
        by_contact(),
        shown=("version", "asked_at", "given_at"),
        inner=("contact_id", "payload"),
        plain=("id",),
        left={"payload": always("")},
        retention=Retention.BY_LAW,
    ),
    Personal(
        people.awaited_inputs,
        Purpose.DELIVERY,
        by_telegram("chat_id"),
        inner=("chat_id", "about"),
        plain=("id", "bot_id", "kind", "asked_at", "expires_at"),
        goes=True,
    ),
    # What an author has entered and not yet confirmed is theirs alone.
    Personal(
        content_wizards.wizard_states,
        Purpose.TEAM,
        by_telegram("chat_id"),
        inner=("chat_id", "state", "choices"),
        plain=("id", "bot_id", "kind", "version", "message_id", "touched_at"),
        goes=True,
    ),
    Personal(
        content.participants,
        Purpose.SERVICE,
        _in_list,
        shown=("telegram_id", "username", "added_at"),
        plain=("id", "deployment_id"),
        goes=True,
    ),
    Personal(
        content.enrollment_tokens,
        Purpose.SERVICE,
        _held,
        shown=("kind", "label", "external_id", "created_at"),
        inner=("contact_id", "holder_id", "access_id", "hash", "sealed"),
        plain=(*("id", "deployment_id", "max_uses", "uses", "expires_at", "revoked_at", "cohort_id", "utm"),),
        left={"holder_id": NONE, "external_id": NONE, "label": NONE, "sealed": NONE},
    ),
    Personal(
        content.token_uses,
        Purpose.SERVICE,
        by_contact(),
        shown=("used_at",),
        inner=("contact_id", "token_id"),
        plain=("id",),
    ),
    # Whoever works here is deleted once they have no role any more.
    Personal(
        tenancy.members,
        Purpose.TEAM,
        by_telegram("telegram_id"),
        shown=("role", "name", "added_at"),
        inner=("telegram_id",),
        plain=("id",),
        retention=Retention.WHILE_A_MEMBER,
    ),
    Personal(
        tenancy.group_people,
        Purpose.SERVICE,
        by_telegram("telegram_id"),
        shown=("chat_id", "is_inside", "at"),
        inner=("telegram_id",),
        plain=("id",),
        goes=True,
    ),
    Personal(
        tenancy_api.sessions,
        Purpose.TEAM,
        by_telegram("telegram_id"),
        shown=("device", "created_at", "seen_at"),
        inner=("telegram_id", "token_hash", "former_hash", "rotated_at", "must_rotate", "way"),
        plain=("id",),
        goes=True,
    ),
    Personal(
        tenancy_api.login_codes,
        Purpose.TEAM,
        by_telegram("telegram_id"),
        inner=("telegram_id", "code_hash", "expires_at", "used_at"),
        plain=("id",),
        goes=True,
    ),
    Personal(
        tenancy_api.invitations,
        Purpose.TEAM,
        by_telegram("used_by"),
        inner=("used_by", "role", "token_hash", "expires_at", "used_at"),
        plain=("id",),
        goes=True,
    ),
    Personal(
        tenancy_api.api_keys,
        Purpose.TEAM,
        by_telegram("creator_id"),
        shown=("name", "created_at"),
        inner=("creator_id", "permissions", "secret_hash", "ending", "expires_at", "used_at", "revoked_at"),
        plain=("id",),
        retention=Retention.WHILE_A_MEMBER,
    ),
    Personal(
        tenancy_plans.account_plans,
        Purpose.TEAM,
        by_telegram("payer_id"),
        inner=("payer_id", "chosen_by"),
        plain=("id", "code", "chosen", "free_until", "suspended_at", "reason", "told"),
        retention=Retention.WHILE_A_MEMBER,
    ),
    Personal(
        tenancy.audit_log,
        Purpose.TEAM,
        by_telegram("actor_id"),
        shown=("at", "act", "said"),
        inner=("actor_id", "contact_id", "before", "after"),
        plain=("id", "number", "code"),
        retention=Retention.WHILE_A_MEMBER,
    ),
)
