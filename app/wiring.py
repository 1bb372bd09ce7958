"""Builds what a process needs, by hand: every choice between real things is made here."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app import model_jobs
from app.course_files import build_reader
from app.keys import load_keys
from app.paying import build_providers
from bots.shared.telegram import TelegramClient
from core.clock import SystemClock
from core.config import Settings, UpdatesBy
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind
from core.profile import Profile, choose
from services.commerce.payments import build_performers
from services.content.importing.sent import COURSE_FILE
from services.content.profiles import read_profiles
from services.delivery.jobs import Lane
from services.learning import certificate_files
from services.learning.webhooks import build_performer
from services.reactions.tables import react
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing
from utils.signing import derive_key

if TYPE_CHECKING:  # aiogram takes seconds to import: commands that handle no update do without
    from aiogram import Dispatcher

    from app.process import Process
    from bots.shared.pool import Pool

CONTENT = Path(__file__).parents[1] / "content"


def build_environment(settings: Settings, keys: KeyRing) -> Environment:
    """The facts use cases may know; ValueError as of `load_profiles`."""
    profiles, profile = load_profiles(settings)
    return Environment(
        course_day=timedelta(seconds=settings.course_day_seconds),
        admin_ids=settings.admin_ids,
        review_chat_id=settings.review_chat_id,
        community_chats=settings.community_chats,
        payment_provider=settings.provider,
        takes_no_money=settings.takes_no_money,
        production=settings.is_production,
        content_dir=CONTENT,
        signing_key=derive_key(keys.primary, "signing"),
        older_signing_keys=tuple(derive_key(one, "signing") for one in keys.older),
        keys=keys,
        data_dir=settings.data_dir,
        public_url=settings.public_url,
        operator_ids=settings.operator_ids,
        use_panel_agents=settings.use_panel_agents,
        profiles=profiles,
        profile=profile,
    )


def load_profiles(settings: Settings) -> tuple[Mapping[str, Profile], Profile]:
    """All profiles and the one SCENARIO selects; ValueError for a name that is none, or a file that is none."""
    profiles = read_profiles(CONTENT, settings.data_dir)
    return profiles, choose(profiles, settings.scenario)


def build_database(settings: Settings, keys: KeyRing, clock: SystemClock) -> Database:
    """The database with the reactions that make its units whole."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(settings.url, clock, build_environment(settings, keys), react)


def build_keys(settings: Settings) -> KeyRing:
    """The master keys."""
    return load_keys(settings)


def build_lanes(process: "Process") -> Sequence[Lane]:
    """Who performs which kind of job, and what waits for what.

    Money comes first and waits for nothing but the provider; what reads strangers' files is let go at a stop.
    """
    return (
        Lane("payments", 16, build_performers(build_providers(process.settings, process.clock))),
        Lane("models", 16, model_jobs.build_performers(process)),
        Lane("files", 2, {COURSE_FILE: build_reader(process)}, lets_go=True),
        Lane("certificates", 2, certificate_files.build_performer(process.db.env), lets_go=True),
        Lane("others", 16, build_performer(process.db.env, process.clock)),
    )


def build_dispatchers() -> "dict[BotKind, Dispatcher]":
    """Whose handlers get which bot's updates."""
    from bots.admin import review
    from bots.admin import router as admin
    from bots.course_bot import dispatcher as course_bot
    from bots.sales_bot import dispatcher as sales_bot

    return {
        BotKind.SALES: sales_bot.build_dispatcher([review.build_router(), admin.build_router()]),
        BotKind.COURSE: course_bot.build_dispatcher([review.build_router(), admin.build_router()]),
    }


def build_pool(
    settings: Settings, db: Database, telegram: TelegramClient, owner: str, bots: Sequence[ConnectedBot]
) -> "Pool":
    """The pool of a process that owns bots."""
    from bots.shared.pacer import Pace
    from bots.shared.pool import Pool, PoolSettings
    from bots.shared.render import Renderer

    webhook = settings.public_url if settings.telegram_updates is UpdatesBy.WEBHOOK else None
    pool_settings = PoolSettings(
        owner=owner,
        pace=Pace(settings.messages_per_second, settings.messages_per_chat_second, settings.chat_burst),
        lease_ttl=settings.lease_seconds,
        alone=db.is_sqlite,
        webhook_base=webhook,
        api_url=settings.telegram_api_url,
    )
    render = Renderer(db.env, {bot.id: bot.username for bot in bots})
    return Pool(db, telegram, render, pool_settings)
