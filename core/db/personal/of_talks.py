"""What was said between people and the bots, the team, and to many."""

from sqlalchemy import String, Table, cast, or_
from sqlalchemy.sql.elements import ColumnElement

from core.db.models import (
    delivery,
    delivery_long,
    delivery_words,
    messaging,
    messaging_clicks,
    messaging_drafts,
)
from core.db.personal.declaring import (
    Personal,
    Purpose,
    Subject,
    always,
    by_contact,
    by_telegram,
    nobody,
    through,
)

NONE = always(None)


def _in_inbox(table: Table, subject: Subject) -> ColumnElement[bool]:
    return table.c.chat_key == str(subject.telegram_id)


def _in_job(table: Table, subject: Subject) -> ColumnElement[bool]:
    return cast(table.c.payload["chat_id"].as_string(), String) == str(subject.telegram_id)


def _in_talk(table: Table, subject: Subject) -> ColumnElement[bool]:
    return or_(table.c.chat_id == subject.telegram_id, table.c.to_chat_id == subject.telegram_id)


OF_TALKS: tuple[Personal, ...] = (
    Personal(
        delivery.messages,
        Purpose.SERVICE,
        by_telegram("chat_id"),
        shown=("direction", "text", "at"),
        inner=("chat_id", "telegram_message_id", "outbox_id"),
        plain=("id", "bot_id"),
        goes=True,
    ),
    Personal(
        delivery_words.message_words,
        Purpose.SERVICE,
        through("message_id", delivery.messages, by_telegram("chat_id")),
        inner=("message_id", "word"),
        plain=("id",),
        goes=True,
    ),
    Personal(
        delivery.inbox,
        Purpose.DELIVERY,
        _in_inbox,
        inner=("chat_key", "payload", "error"),
        plain=("id", "bot_id", "update_id", "priority", "state", "attempts", "next_at", "received_at"),
        goes=True,
    ),
    Personal(
        delivery.carried,
        Purpose.SERVICE,
        _in_talk,
        inner=(
            *("chat_id", "message_id", "content", "heading", "about", "ref"),
            *("to_chat_id", "to_thread", "to_message_id"),
        ),
        plain=(
            "id",
            "bot_id",
            "side",
            "quoted",
            "album",
            "led_by",
            "leaves_at",
            "edited",
            "at",
            "taken_back_at",
        ),
        goes=True,
    ),
    Personal(
        delivery.outbox,
        Purpose.DELIVERY,
        by_telegram("chat_id"),
        inner=(
            "chat_id",
            "payload",
            "result",
            "error",
            "telegram_message_id",
            "dedupe_key",
            "ref",
            "on_result",
        ),
        plain=(
            *("id", "bot_id", "priority", "method", "frozen", "state", "not_before", "attempt", "epoch"),
            *("sending_since", "possibly_twice", "broadcast_id", "variant", "wave", "created_at"),
        ),
        left={  # the figures of a broadcast stay
            "chat_id": nobody,
            "payload": NONE,
            "result": NONE,
            "telegram_message_id": NONE,
        },
    ),
    Personal(
        delivery.jobs,
        Purpose.DELIVERY,
        _in_job,
        inner=("payload", "result", "key", "error", "asked_by"),
        plain=(
            *("id", "kind", "state", "attempts", "next_at"),
            *("needs", "total", "done", "begun_at", "ended_at"),
        ),
        goes=True,
    ),
    Personal(
        delivery_long.job_lines,
        Purpose.SERVICE,
        by_contact(),
        inner=("contact_id", "cells"),
        plain=("id", "job_id", "at"),
        goes=True,
    ),
    Personal(
        messaging.handoffs,
        Purpose.SERVICE,
        by_contact(),
        shown=("status", "opened_at", "connected_at", "closed_at"),
        inner=("contact_id", "chat_id", "run_id", "operator_id", "tried"),
        plain=(
            *(
                "id",
                "bot_id",
                "visit",
                "round",
                "had_talk",
                "ring_seconds",
                "silence_seconds",
                "idle_seconds",
            ),
            *("last_from", "last_at"),
        ),
        goes=True,
    ),
    Personal(
        messaging.notes,
        Purpose.SERVICE,
        by_contact(),
        shown=("text", "at"),
        inner=("contact_id", "author_id"),
        plain=("id",),
        goes=True,
    ),
    Personal(
        messaging_drafts.reply_drafts,
        Purpose.SERVICE,
        by_telegram("chat_id"),
        inner=("chat_id", "author_id", "text"),
        plain=("id", "at"),
        goes=True,
    ),
    Personal(
        messaging.trigger_firings,
        Purpose.SERVICE,
        by_contact(),
        shown=("times", "at"),
        inner=("contact_id",),
        plain=("id", "bot_id", "code"),
        goes=True,
    ),
    Personal(
        messaging.outreach_people,
        Purpose.SALES,
        by_contact(),
        shown=("given", "result", "result_at"),
        inner=("contact_id", "run_id"),
        plain=("id", "outreach_id", "position"),
        left={"given": always("")},
    ),
    Personal(
        messaging_clicks.broadcast_clicks,
        Purpose.SALES,
        by_telegram("chat_id"),
        shown=("times", "at"),
        inner=("chat_id",),
        plain=("id", "broadcast_id", "button"),
        left={"chat_id": nobody},
    ),
)
