"""What an account sets for itself: the one definition from which commands, the chat and the API derive, and its use cases.

The environment speaks for the first account, and only where that has said nothing itself (decision 59).
Credentials of payment providers are no settings: they lie sealed in a table of their own.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.db.session import Database, UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind, RaceLost
from core.text.catalog import OwnTexts
from core.text.own import read_stored as read_texts
from core.text.refusal import MOST_GIVEN, InputRefused, Refused, explain_error, words
from services.tenancy.bot_care.connecting import TOPIC
from services.tenancy.permissions import Permission
from services.tenancy.store import settings as store
from services.tenancy.store.bots import sum_revisions

INVALID = "SETTINGS_INVALID"
TEXTS = "texts"
"""Where it lies in the account's document what its bots say in its own words (`core/text/own.py`)."""
TOLD, ALL_EVENTS = "told", "*"
"""Where it lies in the account's document which events other systems want to hear (`services/tenancy/webhooks`)."""
Address = Annotated[str, Field(max_length=500)]
TelegramId = Annotated[int, Field(gt=-(2**52), lt=2**52)]
Chats = Annotated[tuple[TelegramId, ...], Field(max_length=20)]


def _setting(meaning: str, needs: Permission = Permission.ADMINISTER, **limits: Any) -> Any:
    """A field: None is silent; `needs` is what whoever changes it must be allowed."""
    return Field(default=None, description=meaning, json_schema_extra={"needs": needs.value}, **limits)


class AccountSettings(BaseModel):
    """What an account has set; each field says what it means, and `find_needed` who may change it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    public_name: str | None = _setting("What the school is called before people", max_length=200)
    language: Literal["ru", "en"] | None = _setting("The language of who has not chosen one")
    offer_url: Address | None = _setting("The terms people agree to before they begin")
    privacy_url: Address | None = _setting("What happens with people's data")
    review_chat_id: TelegramId | None = _setting("The group in which work is reviewed")
    groups: dict[str, Chats] | None = _setting("The groups that a tariff opens, by its code")
    operator_ids: Annotated[tuple[TelegramId, ...], Field(max_length=200)] | None = _setting(
        "Who takes hand-offs, by Telegram ids", Permission.MEMBERS
    )
    use_panel_agents: bool | None = _setting(
        "Whether hand-offs go to the members who are operators instead", Permission.MEMBERS
    )
    scenario: str | None = _setting("The profile by which people who say yes are met", max_length=32)
    paid_per_second: int | None = _setting(
        "Messages a second for which a bot may pay Telegram", Permission.OWN, ge=0, le=1_000
    )

    @field_validator("offer_url", "privacy_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if value and (parts.scheme != "https" or not parts.hostname or parts.username):
            raise Refused("refused-page-address", given=value[:MOST_GIVEN])
        return value


FACTS: Mapping[str, str] = {
    "public_name": "public_name",
    "language": "default_language",
    "offer_url": "offer_url",
    "privacy_url": "privacy_url",
    "review_chat_id": "review_chat_id",
    "groups": "community_chats",
    "operator_ids": "operator_ids",
    "use_panel_agents": "use_panel_agents",
    "paid_per_second": "paid_per_second",
}
"""Which fact of the environment a setting takes the place of; `scenario` names the profile."""


def find_needed(names: Mapping[str, Any] | set[str]) -> frozenset[Permission]:
    """What somebody must be allowed who changes these settings."""
    extras = (AccountSettings.model_fields[name].json_schema_extra for name in names)
    return frozenset(Permission(str(extra["needs"])) for extra in extras if isinstance(extra, dict))


async def load_settings(uow: UnitOfWork) -> tuple[AccountSettings, int]:
    """What the account has set, and the revision that a change must name."""
    stored, revision = await store.load_settings(uow.conn, uow.account_id)
    return read_stored(stored), revision


async def change_settings(
    uow: UnitOfWork, changes: Mapping[str, Any], revision: int | None = None
) -> AccountSettings:
    """Set some settings, others stay; None has one be silent again. It counts from the commit on, here at once.

    Raises SETTINGS_INVALID, NO_ACCOUNT, and SETTINGS_CHANGED where `revision` is no longer the last one.
    """
    stored, known = await store.load_settings(uow.conn, uow.account_id)
    if revision is not None and revision != known:
        raise DomainError(ErrorKind.CONFLICT, "SETTINGS_CHANGED", str(known))
    settings = _check(uow.env, {**_told(read_stored(stored)), **changes})
    others = {name: value for name, value in stored.items() if name not in AccountSettings.model_fields}
    row = {**others, **_told(settings)}
    if not await store.replace_settings(uow.conn, uow.account_id, row, known):
        raise RaceLost("another unit has changed the settings")
    uow.after_commit(lambda: renew(uow.env, uow.account_id, row))
    return settings


async def load_texts(uow: UnitOfWork) -> tuple[OwnTexts, int]:
    """What the account says in its own words, and the revision that a change must name."""
    stored, revision = await store.load_settings(uow.conn, uow.account_id)
    return read_texts(stored.get(TEXTS, {})), revision


async def keep_texts(uow: UnitOfWork, key: str, texts: Mapping[str, str], revision: int) -> None:
    """Have it say this instead of a sentence, by language; no texts: as delivered. Raises SETTINGS_CHANGED."""
    stored, known = await store.load_settings(uow.conn, uow.account_id)
    if revision != known:
        raise DomainError(ErrorKind.CONFLICT, "SETTINGS_CHANGED", str(known))
    others = {name: said for name, said in stored.get(TEXTS, {}).items() if name != key}
    row = {**stored, TEXTS: {**others, key: dict(texts)} if texts else others}
    if not await store.replace_settings(uow.conn, uow.account_id, row, known):
        raise RaceLost("another unit has changed the settings")
    uow.after_commit(lambda: renew(uow.env, uow.account_id, row))


def _told(settings: AccountSettings) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_none=True)


def _check(env: Environment, wanted: Mapping[str, Any]) -> AccountSettings:
    try:
        settings = AccountSettings.model_validate(wanted)
    except ValidationError as error:
        raise InputRefused(INVALID, explain_error(error)) from None
    if settings.scenario is not None and settings.scenario not in env.profiles:
        known = ", ".join(sorted(env.profiles))
        raise InputRefused(INVALID, words("setting-no-profile", given=settings.scenario, known=known))
    return settings


def read_stored(stored: Mapping[str, Any]) -> AccountSettings:
    """Settings as they were stored, beside what the account says for its courses."""
    return AccountSettings.model_validate(
        {name: stored[name] for name in stored.keys() & AccountSettings.model_fields.keys()}
    )


async def load_facts(db: Database) -> None:
    """Have every account's settings count in this process; to be called before it works for them."""
    async with db.reading() as conn:
        stored = await store.list_settings(conn)
    for account_id, settings in stored.items():
        renew(db.env, account_id, settings)


def renew(env: Environment, account_id: int, stored: Mapping[str, Any]) -> None:
    """What was stored counts for every unit that begins from now on."""
    settings = read_stored(stored)
    said = settings.model_dump(exclude_none=True)
    facts = {FACTS[name]: value for name, value in said.items() if name in FACTS}
    if profile := env.profiles.get(settings.scenario or ""):
        facts["profile"] = profile
    if texts := stored.get(TEXTS):
        facts["own_texts"] = read_texts(texts)
    if wanted := stored.get(TOLD):
        facts["told"] = frozenset(wanted)
    env.own_facts[account_id] = facts


class AccountsWatch:
    """Sees what other processes change about accounts: their settings and their bots."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._seen: tuple[int, int] | None = None

    async def look(self) -> None:
        """Have what is new count here, and whoever serves bots look which there are."""
        async with self._db.reading() as conn:
            now = await sum_revisions(conn)
        if self._seen not in {None, now}:
            await load_facts(self._db)
            self._db.bell.ring(TOPIC)
        self._seen = now
