"""By whom money is taken here: what the settings say about payment, checked before anything is opened."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from loguru import logger
from pydantic import SecretStr

from app.boot.machine import env_file
from app.boot.settings import MOCK, Settings
from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from core.clock import Clock
from core.db.session import Database
from core.lifecycle import BotKind
from core.pay_ways import PayWay
from payment.base import PaymentProvider, RefusedError, UnavailableError, UnknownOutcomeError
from payment.registry import PROVIDERS, build_provider, describe_way, list_problems
from payment.spec import CallTelegram, Surroundings
from services.tenancy.bots import list_bots

NO_MONEY = (
    "PAYMENT_PROVIDER=mock takes no money: every payment succeeds by itself, "
    "and whoever presses a tariff has the course for nothing"
)
NOBODY = "nobody takes money here"
STARS = "stars"
STARS_RULE = (
    "Telegram's rules want digital goods in bots sold for Stars; {} takes none: PAYMENT_PROVIDERS offers several, "
    "docs/how-to/take-money.md says what the rules are about"
)
TRY_OUT = "; to try the bots out, PAYMENT_PROVIDER=mock takes no money and gives every course away"


def build_providers(
    settings: Settings, clock: Clock, call_telegram: CallTelegram
) -> Mapping[str, PaymentProvider]:
    """All providers that may be asked here: a payment is asked of the one it was begun with, whatever is set now.

    One whose settings are wrong is left out; `check_provider` and the doctor say what is wrong with it.
    """
    around = Surroundings(clock, call_telegram, settings.payment_timeout_seconds)
    values = {name: read_values(name) for name in list_set_up(settings)}
    return {
        name: build_provider(name, fields, around)
        for name, fields in values.items()
        if not list_problems(name, fields)
    }


def list_set_up(settings: Settings) -> list[str]:
    """The providers that take new payments, that something is set for, or that need nothing to be set."""
    return [name for name in PROVIDERS if _is_set_up(settings, name)]


def _is_set_up(settings: Settings, name: str) -> bool:
    if name == MOCK:
        return settings.has_mock
    needs_nothing = not PROVIDERS[name].variables()
    return needs_nothing or name in settings.offered_providers or bool(read_values(name))


def list_ways(settings: Settings) -> tuple[PayWay, ...]:
    """How new payments are made, the default first; what is wrong with the settings of one is said elsewhere."""
    offered = [name for name in settings.offered_providers if name in PROVIDERS]
    values = {name: read_values(name) for name in offered}
    return tuple(
        describe_way(name, fields) for name, fields in values.items() if not list_problems(name, fields)
    )


def read_values(name: str) -> Mapping[str, str]:
    """What the environment, and `.env` where that says nothing, sets for a provider, by the fields of its settings."""
    values = env_file.read_settings()
    values_set = {field: values.get(variable, "") for field, variable in PROVIDERS[name].variables().items()}
    return {field: value for field, value in values_set.items() if value}


def list_variables() -> list[str]:
    """The names of the environment that set up providers."""
    return [variable for spec in PROVIDERS.values() for variable in spec.variables().values()]


def list_secrets() -> list[str]:
    """The values that must stand in no text: whatever a provider's settings call a secret."""
    values = env_file.read_settings()
    names = [
        variable
        for spec in PROVIDERS.values()
        for field, variable in spec.variables().items()
        if spec.settings.model_fields[field].annotation is SecretStr
    ]
    return [value for name in names if (value := values.get(name, ""))]


def call_sales_bot(telegram: TelegramClient, token: str) -> CallTelegram:
    """Calls of the Bot API as the bot that sells."""

    async def call(method: str, fields: Mapping[str, Any]) -> Any:
        try:
            answer = await telegram.call(token, method, fields)
        except NotSentError as error:
            raise UnavailableError(str(error)) from None
        except OutcomeUnknownError as error:
            raise UnknownOutcomeError(str(error)) from None
        if answer.ok:
            return answer.result
        raise UnavailableError(answer.error) if answer.retry_after else RefusedError(answer.error)

    return call


def call_shop_of(telegram: TelegramClient, db: Database, account_id: int) -> CallTelegram:
    """The same as the bot that sells in an account, whatever token it has at that moment."""

    async def call(method: str, fields: Mapping[str, Any]) -> Any:
        bots = await list_bots(db, db.env.keys)
        shops = [bot for bot in bots if bot.account_id == account_id and bot.kind is BotKind.SALES]
        if not shops:
            raise UnavailableError(f"account {account_id} has no bot that sells")
        return await call_sales_bot(telegram, shops[0].token)(method, fields)

    return call


def check_provider(settings: Settings) -> None:
    """ValueError with a sentence for a provider that is none, or whose settings are wrong; that none is set is no fault yet."""
    if settings.offered_providers and (lack := describe_lack(settings)):
        raise ValueError(lack)
    if problems := list_complaints(settings):
        raise ValueError("\n".join(problems))


def list_complaints(settings: Settings) -> list[str]:
    """What is wrong with the settings of providers, a line each."""
    return [problem for name in list_set_up(settings) for problem in list_problems(name, read_values(name))]


def describe_lack(settings: Settings) -> str:
    """Why nobody can pay, and what to do about it; nothing where somebody can."""
    unknown = [name for name in settings.offered_providers if name not in PROVIDERS]
    if settings.offered_providers and not unknown:
        return ""
    known = [name for name in PROVIDERS if name != MOCK]
    there_are = f"there are {', '.join(known)}" if known else "this version has none that takes money yet"
    try_out = "" if settings.is_production else TRY_OUT
    if unknown:
        near = get_close_matches(unknown[0].lower(), PROVIDERS, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        return f"PAYMENT_PROVIDER={unknown[0]!r} is no payment provider: {there_are}{try_out}{meant}"
    return f"PAYMENT_PROVIDER is not set, so nobody could pay: {there_are}{try_out}"


def describe(settings: Settings) -> str:
    """By whom payments are taken, for somebody who looks."""
    if describe_lack(settings):
        return NOBODY
    if settings.takes_no_money:
        return NO_MONEY
    if settings.offered_providers == (MOCK,):
        return "mock, no money is taken: Telegram is one on this machine, where nobody real is expected"
    return ", ".join(settings.offered_providers)


def describe_stars_rule(settings: Settings) -> str:
    """What Telegram's rules want of who sells courses in a bot by other means alone; nothing where Stars are taken."""
    real = [name for name in settings.offered_providers if name != MOCK]
    if settings.is_local or not real or STARS in real:
        return ""
    return STARS_RULE.format(", ".join(real))


def tell_provider(settings: Settings) -> None:
    """Say in the log by whom payments are taken; that none takes money is a warning."""
    if settings.takes_no_money:
        logger.bind(event="payment.mock").warning(NO_MONEY)
    else:
        logger.bind(event="payment.provider").info("payments: {}", describe(settings))
