"""What comes in, goes out and waits: updates, calls, timers, jobs, broadcasts, words."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from core.db.models.delivery import chat_bursts, inbox, jobs, leases, messages, outbox, rate_holds, timers
from core.db.models.delivery_long import job_lines
from core.db.models.messaging import broadcasts
from core.db.models.tenancy import bot_menus
from core.db.session import UnitOfWork
from core.lifecycle import BroadcastStatus, InboxState, JobState, Misfire, OutboxState, Priority
from tests.factories.rows import add_row


async def add_update(uow: UnitOfWork, bot_id: int, **changed: Any) -> int:
    """A waiting update."""
    row = {
        "bot_id": bot_id,
        "update_id": 1,
        "chat_key": "5",
        "priority": 1,
        "payload": "{}",
        "state": InboxState.PENDING,
        "attempts": 0,
        "next_at": uow.real_now,
        "received_at": uow.now,
    }
    return await add_row(uow, inbox, row, changed)


async def add_call(uow: UnitOfWork, bot_id: int, chat_id: int, dedupe_key: str, **changed: Any) -> int:
    """A waiting call."""
    row = {
        "bot_id": bot_id,
        "chat_id": chat_id,
        "priority": Priority.INTERACTIVE,
        "dedupe_key": dedupe_key,
        "method": "sendMessage",
        "payload": "{}",
        "frozen": False,
        "state": OutboxState.PENDING,
        "not_before": uow.real_now,
        "attempt": 0,
        "possibly_twice": False,
        "created_at": uow.now,
    }
    return await add_row(uow, outbox, row, changed)


async def add_timer(uow: UnitOfWork, kind: str, key: str, **changed: Any) -> int:
    """A timer that is due."""
    row = {
        "kind": kind,
        "key": key,
        "set_at": uow.now,
        "due_at": uow.now,
        "misfire": Misfire.SEND,
        "payload": {},
        "attempts": 0,
    }
    return await add_row(uow, timers, row, changed)


async def add_job(uow: UnitOfWork, kind: str, key: str, **changed: Any) -> int:
    """A job that waits."""
    row = {
        "kind": kind,
        "key": key,
        "payload": {},
        "state": JobState.PENDING,
        "attempts": 0,
        "next_at": uow.real_now,
    }
    return await add_row(uow, jobs, row, changed)


async def add_long_job(uow: UnitOfWork, word: str, contact_id: int, **changed: Any) -> int:
    """A long job that is being done, with a line about somebody."""
    begun = {"asked_by": 1001, "needs": "account.work", "begun_at": uow.now, "total": 2, "done": 1}
    job_id = await add_job(
        uow, "long", f"long:{word}", state=JobState.RUNNING, attempts=1, **begun, **changed
    )
    line = {"job_id": job_id, "contact_id": contact_id, "cells": [word], "at": uow.now}
    await add_row(uow, job_lines, line, {"id": job_id})
    return job_id


async def add_lease(uow: UnitOfWork, name: str) -> None:
    """A lease that somebody holds for a minute."""
    until = uow.real_now + timedelta(minutes=1)
    row = {"name": name, "account_id": uow.account_id, "owner": "process", "epoch": 3, "expires_at": until}
    await uow.conn.execute(insert(leases).values(**row))


async def add_rate_hold(uow: UnitOfWork, bot_id: int, chat_id: int, **changed: Any) -> int:
    """A deadline Telegram has set."""
    row = {"bot_id": bot_id, "chat_id": chat_id, "until": uow.real_now + timedelta(minutes=1)}
    return await add_row(uow, rate_holds, row, changed)


async def add_burst(uow: UnitOfWork, bot_id: int, **changed: Any) -> int:
    """What was learned about a bot's chats."""
    row = {"bot_id": bot_id, "burst": 3, "until": uow.real_now + timedelta(days=1)}
    return await add_row(uow, chat_bursts, row, changed)


async def add_broadcast(uow: UnitOfWork, bot_id: int, **changed: Any) -> int:
    """A running broadcast."""
    row = {
        "bot_id": bot_id,
        "method": "sendMessage",
        "payload": '{"text": "news"}',
        "status": BroadcastStatus.RUNNING,
        "total": 1,
        "author_id": 1001,
        "created_at": uow.now,
    }
    return await add_row(uow, broadcasts, row, changed)


async def add_message(uow: UnitOfWork, bot_id: int, chat_id: int, **changed: Any) -> int:
    """Something a person wrote."""
    row = {"bot_id": bot_id, "chat_id": chat_id, "direction": "in", "text": "hello", "at": uow.now}
    return await add_row(uow, messages, row, changed)


async def add_menu(uow: UnitOfWork, bot_id: int, **changed: Any) -> int:
    """A menu Telegram was told."""
    return await add_row(uow, bot_menus, {"bot_id": bot_id, "chat_id": 0, "digest": "told"}, changed)
