"""All settings, from the environment or `.env`; read only by `app/`."""

from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.db.address import has_good_port

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DATABASES = ("postgresql://", "postgresql+asyncpg://", "postgres://", "sqlite:///", "sqlite+aiosqlite:///")
MOCK = "mock"
MAIL = ("smtp", "smtps")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Mode(StrEnum):
    """What the installation is for."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class UpdatesBy(StrEnum):
    """How updates come from Telegram."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class Settings(BaseSettings):
    """Each field is an environment variable of the same name in capitals; see `.env.example`."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True)

    environment: Mode = Mode.DEVELOPMENT
    telegram_api_url: str = "https://api.telegram.org"
    telegram_updates: UpdatesBy = UpdatesBy.POLLING
    sales_bot_token: SecretStr = SecretStr("")
    course_bot_token: SecretStr = SecretStr("")
    admin_ids: Annotated[tuple[int, ...], NoDecode] = ()
    review_chat_id: int | None = None
    community_chats: Annotated[dict[str, tuple[int, ...]], NoDecode] = {}
    database_url: str = ""
    data_dir: Path = Path("data")
    payment_provider: str = ""
    payment_providers: Annotated[tuple[str, ...], NoDecode] = ()
    payment_timeout_seconds: float = Field(default=35, gt=0, le=300)
    payment_check_seconds: float = Field(default=60, gt=0)
    group_grace_days: float = Field(default=3, ge=1, le=365)
    subscription_retries: int = Field(default=3, ge=1, le=30)
    subscription_grace_days: float = Field(default=3, ge=0, le=90)
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    course_day_seconds: float = Field(default=86_400, gt=0)
    clock_url: str = ""
    enable_signup: bool = False
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65_535)
    public_url: str = ""
    metrics_token: SecretStr = SecretStr("")
    master_keys: SecretStr = SecretStr("")
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    log_level: str = "INFO"
    scenario: str = ""
    operator_ids: Annotated[tuple[int, ...], NoDecode] = ()
    use_panel_agents: bool = False
    google_docs_url: str = "https://docs.google.com"
    ai_base_url: str = ""
    ai_api_key: SecretStr = SecretStr("")
    messages_per_second: int = Field(default=30, ge=1, le=100_000)
    paid_messages_per_second: int = Field(default=0, ge=0, le=1_000)
    messages_per_chat_second: float = Field(default=1.0, gt=0, le=100_000)
    chat_burst: int = Field(default=5, ge=1, le=100_000)
    lease_seconds: float = Field(default=10, ge=1)
    fault_at: int = Field(default=0, ge=0)

    @field_validator("review_chat_id", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("admin_ids", "operator_ids", mode="before")
    @classmethod
    def _read_ids(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(_read_id(part) for part in value.split(",") if part.strip())
        return value

    @field_validator("payment_providers", mode="before")
    @classmethod
    def _read_names(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        names = tuple(part.strip() for part in value.split(",") if part.strip())
        for name in names:
            ip_network(name, strict=False)
        return names

    @field_validator("community_chats", mode="before")
    @classmethod
    def _read_chats(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        chats: dict[str, tuple[int, ...]] = {}
        for part in value.split(","):
            if part.strip():
                tariff, colon, chat = part.strip().partition(":")
                if not (tariff and colon):
                    raise ValueError(f"{part.strip()!r} is no tariff:chat; write premium:-1001234567890")
                chats[tariff] = (*chats.get(tariff, ()), _read_id(chat))
        return chats

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(DATABASES):
            raise ValueError("must be postgresql://user:password@host/name, or empty for SQLite in DATA_DIR")
        if value and not has_good_port(value):
            raise ValueError("the port behind the host is no number from 1 to 65535")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _known_mail(cls, value: SecretStr) -> SecretStr:
        address = urlsplit(value.get_secret_value())
        if value.get_secret_value() and (address.scheme not in MAIL or not address.hostname):
            raise ValueError(
                "must be smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465"
            )
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in LEVELS:
            raise ValueError(f"must be one of {', '.join(LEVELS)}")
        return value

    @field_validator("telegram_api_url", "public_url", "clock_url", "ai_base_url", "google_docs_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        address = urlsplit(value)
        if (
            value
            and address.scheme != "https"
            and not (address.scheme == "http" and address.hostname in LOOPBACK)
        ):
            raise ValueError("must be https://…, or http:// on this very machine (127.0.0.1, localhost)")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.telegram_updates is UpdatesBy.WEBHOOK and not self.public_url:
            raise ValueError("TELEGRAM_UPDATES=webhook needs PUBLIC_URL, the address Telegram can reach")
        if self.smtp_url.get_secret_value() and not ("@" in self.mail_from and self.public_url):
            raise ValueError(
                "SMTP_URL needs MAIL_FROM, the sender's address, and PUBLIC_URL for the links in letters"
            )
        if self.is_production:
            self._fit_for_production()
        return self

    def _fit_for_production(self) -> None:
        problems = {
            "PAYMENT_PROVIDER=mock gives courses away: not in production": MOCK in self.named_providers,
            "CLOCK_URL moves the clock: not in production": bool(self.clock_url),
            "MASTER_KEYS must be set in production, and kept outside the database and its backups": (
                not self.master_keys.get_secret_value()
            ),
        }
        if any(problems.values()):
            raise ValueError("\n".join(text for text, is_so in problems.items() if is_so))

    @property
    def is_production(self) -> bool:
        """Whether real money and real people are meant."""
        return self.environment is Mode.PRODUCTION

    @property
    def is_local(self) -> bool:
        """Whether Telegram is one on this machine, such as the sandbox: nobody real is met there."""
        return urlsplit(self.telegram_api_url).hostname in LOOPBACK

    @property
    def named_providers(self) -> tuple[str, ...]:
        """The payment providers that are named, the default first."""
        first = (self.payment_provider,) if self.payment_provider else ()
        return tuple(dict.fromkeys((*first, *self.payment_providers)))

    @property
    def offered_providers(self) -> tuple[str, ...]:
        """Who takes new payments, the default first; the mock by itself only where nobody real is met."""
        return self.named_providers or ((MOCK,) if self.is_local and not self.is_production else ())

    @property
    def has_mock(self) -> bool:
        """Whether the mock provider may say that somebody has paid."""
        return not self.is_production and (self.is_local or MOCK in self.named_providers)

    @property
    def takes_no_money(self) -> bool:
        """Whether real people get for nothing what has a price."""
        return MOCK in self.offered_providers and not self.is_local

    @property
    def url(self) -> str:
        """The database's address; SQLite in `DATA_DIR` by default, plain schemes get their async driver."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'tandem.db'}"
        return with_driver(self.database_url)


def with_driver(url: str) -> str:
    """A database's address whose plain scheme got its async driver."""
    scheme, colon, rest = url.partition(":")
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    return f"{drivers.get(scheme, scheme)}{colon}{rest}"


def _read_id(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(
            f"{text.strip()!r} is no number; Telegram's ids are numbers like 123456789"
        ) from None
