"""The database of an installation, with the facts that use cases may know of it."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app.boot.providers import list_ways
from app.boot.settings import Settings
from core.clock import SystemClock
from core.db.session import Database
from core.environment import Environment
from core.profile import Profile, choose
from services.content.files.profiles import read_profiles
from services.reactions.tables import react
from utils.sealed import KeyRing
from utils.signing import derive_key

CONTENT = Path(__file__).parents[2] / "content"


def load_profiles(settings: Settings) -> tuple[Mapping[str, Profile], Profile]:
    """All profiles and the one SCENARIO selects; ValueError for a name that is none, or a file that is none."""
    profiles = read_profiles(CONTENT, settings.data_dir)
    return profiles, choose(profiles, settings.scenario)


def build_environment(settings: Settings, keys: KeyRing) -> Environment:
    """The facts use cases may know; ValueError as of `load_profiles`."""
    profiles, profile = load_profiles(settings)
    return Environment(
        course_day=timedelta(seconds=settings.course_day_seconds),
        admin_ids=settings.admin_ids,
        review_chat_id=settings.review_chat_id,
        community_chats=settings.community_chats,
        has_model=bool(settings.ai_base_url),
        pay_ways=list_ways(settings),
        payment_check=timedelta(seconds=settings.payment_check_seconds),
        group_grace=timedelta(days=settings.group_grace_days),
        paid_per_second=settings.paid_messages_per_second,
        subscription_retries=settings.subscription_retries,
        subscription_grace=timedelta(days=settings.subscription_grace_days),
        chat_page=settings.telegram_api_url if settings.is_local else "",
        takes_no_money=settings.takes_no_money,
        production=settings.is_production,
        content_dir=CONTENT,
        signing_key=derive_key(keys.primary, "signing"),
        older_signing_keys=tuple(derive_key(older_key, "signing") for older_key in keys.older),
        keys=keys,
        data_dir=settings.data_dir,
        enable_signup=settings.enable_signup,
        mail_from=settings.mail_from if settings.smtp_url.get_secret_value() else "",
        public_url=settings.public_url,
        operator_ids=settings.operator_ids,
        use_panel_agents=settings.use_panel_agents,
        profiles=profiles,
        profile=profile,
    )


def build_database(settings: Settings, keys: KeyRing, clock: SystemClock) -> Database:
    """The database with the reactions that make its units whole."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(settings.url, clock, build_environment(settings, keys), react)
