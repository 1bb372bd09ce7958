"""Builds what a process needs, by hand: every choice between real things is made here."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.boot.settings import Settings, UpdatesBy
from app.serve import model_jobs
from app.serve.course_file_jobs import build_reader
from app.serve.mail import jobs as mail_jobs
from app.serve.wizard_file_jobs import build_keeper
from bots.runtime.client import TelegramClient
from core.db.session import Database
from core.lifecycle import BotKind
from payment.registry import PROVIDERS
from services.commerce.payments.accounts import build_asking
from services.commerce.payments.calls import build_performers, look_up
from services.commerce.refunds import calls as refund_calls
from services.content.gathering.gathering import FETCH
from services.content.importing.sent import COURSE_FILE
from services.content.messages import charts, stamps
from services.delivery.jobs import Lane, Perform, kind_for
from services.delivery.long_jobs import steps
from services.learning.certificates import drawing
from services.learning.webhooks import build_performer
from services.messaging.broadcasts.drafting import counting
from services.reactions.long_jobs import LONG_JOBS
from services.tenancy.webhooks import deliveries
from services.workflows.desk.files import WIZARD_FILE
from services.workflows.privacy import handing_out

OF_A_PROVIDER = 8  # calls to one provider at once

if TYPE_CHECKING:  # aiogram takes seconds to import: commands that handle no update do without
    from aiogram import Dispatcher

    from app.boot.process import Process
    from bots.runtime.pool import ListBots, Pool
    from services.tenancy.permissions import Permission


def build_lanes(process: "Process") -> Sequence[Lane]:
    """Who performs which kind of job, and what waits for what.

    Money comes first, and a provider that hangs holds up no other one; what reads strangers' files is let go at a stop.
    """
    money = _build_payments(process)
    return (
        *(_build_lane(name, money) for name in PROVIDERS),
        Lane("payments", 16, money),  # jobs of former versions
        Lane("models", 16, model_jobs.build_performers(process)),
        Lane("files", 2, {COURSE_FILE: build_reader(process)}, lets_go=True),
        Lane("sent", 4, dict.fromkeys((WIZARD_FILE, FETCH), build_keeper(process)), lets_go=True),
        Lane("pictures", 2, _build_pictures(process), lets_go=True),
        Lane("counts", 2, counting.build_performer(process.db), lets_go=True),
        Lane("mail", 4, mail_jobs.build_performers(process.settings)),
        Lane("told", 8, deliveries.build_performer(process.db)),
        Lane("long", 2, steps.build_performers(process.db, LONG_JOBS), lets_go=True),
        Lane("others", 16, _build_others(process)),
    )


def _build_lane(provider: str, money: Mapping[str, Perform]) -> Lane:
    performers = {kind_for(kind, provider): perform for kind, perform in money.items()}
    return Lane(f"payments.{provider}", OF_A_PROVIDER, performers)


def _build_payments(process: "Process") -> Mapping[str, Perform]:
    whose = process.providers, process.others.find
    return {**build_performers(*whose), **refund_calls.build_performers(*whose)}


def _build_pictures(process: "Process") -> Mapping[str, Perform]:
    env = process.db.env
    return {**drawing.build_performer(env), **charts.build_performer(env), **stamps.build_performer(env)}


def _build_others(process: "Process") -> Mapping[str, Perform]:
    return {
        **build_performer(process.db.env, process.clock),
        **handing_out.build_performer(process.db),
        **build_asking(
            process.keys, process.others.surround, partial(look_up, process.providers, process.others.find)
        ),
    }


def build_dispatchers() -> "dict[BotKind, Dispatcher]":
    """Whose handlers get which bot's updates."""
    from bots.admin import router as admin
    from bots.admin.all_commands import list_takers
    from bots.admin.reviews import review
    from bots.course_bot import dispatcher as course_bot
    from bots.sales_bot import dispatcher as sales_bot

    takers = list_takers()
    return {
        BotKind.SALES: sales_bot.build_dispatcher([review.build_answers(), admin.build_router()], takers),
        BotKind.COURSE: course_bot.build_dispatcher([review.build_router(), admin.build_router()], takers),
    }


def list_admin_commands() -> "Mapping[str, Permission]":
    """The commands in the menus of members, and what each needs."""
    from bots.admin.all_commands import list_commands

    return {command.name: command.needs for command in list_commands()}


def build_pool(
    settings: Settings, db: Database, telegram: TelegramClient, owner: str, list_bots: "ListBots"
) -> "Pool":
    """The pool of a process that owns bots."""
    from bots.runtime.pool import Pool, PoolSettings
    from bots.runtime.sending.pacer import Pace
    from bots.runtime.sending.render import Renderer

    webhook = settings.public_url if settings.telegram_updates is UpdatesBy.WEBHOOK else None
    pool_settings = PoolSettings(
        owner=owner,
        pace=Pace(
            settings.messages_per_second,
            settings.messages_per_chat_second,
            settings.chat_burst,
        ),
        lease_ttl=settings.lease_seconds,
        alone=db.is_sqlite,
        webhook_base=webhook,
        api_url=settings.telegram_api_url,
    )
    usernames: dict[int, str] = {}
    return Pool(db, telegram, Renderer(db.env, usernames), pool_settings, list_bots, usernames)
