"""Who takes money for an account: what it has set lies here, sealed; the first one has the environment's providers besides."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.pay_ways import PayWay
from core.text.catalog import has_text
from core.text.refusal import TERMINAL, InputRefused, Words, listed, placed, words
from payment.base import PaymentProvider, ProviderError, RefusedError
from payment.registry import PROVIDERS, build_provider, describe_way, list_faults, list_problems
from payment.spec import Surroundings
from services.commerce.store.money import accounts as store
from services.delivery.jobs import Perform
from services.tenancy.accounts import has_account
from utils.redaction import redact
from utils.sealed import KeyMissingError, KeyRing

MOCK = "mock"
ASK = "ask_account"
"""The kind of the job that asks a provider about credentials before they are kept."""
LOOK = "look_at_accounts"
"""The kind of the job that asks all providers of an account how it is with them."""


@dataclass(frozen=True)
class PayAccount:
    """One account's settings of a provider, by the fields of its settings model."""

    provider: str
    values: Mapping[str, str] = field(repr=False)


class SettingsRefused(InputRefused):
    """What was set for a provider cannot be: by the fields of its form, and for a terminal by variables."""

    def __init__(self, provider: str, values: Mapping[str, str]) -> None:
        self._faults = [
            (name, placed(name_field(provider, name), why) if name else why)
            for name, why in list_faults(provider, values)
        ]
        why = listed((why for _, why in self._faults), "\n")
        super().__init__("PAY_ACCOUNT_INVALID", why, "\n".join(list_problems(provider, values)))

    @override
    def list_places(self) -> list[tuple[str, Words]]:
        return [(f"values.{name}" if name else "values", why) for name, why in self._faults]


def name_field(provider: str, name: str) -> Words:
    """What a form calls a setting of a provider; its own name where it is none."""
    key = f"pay-field-{provider}-{name.replace('_', '-')}"
    return words(key) if has_text(key, TERMINAL) else name


async def set_account(uow: UnitOfWork, provider: str, values: Mapping[str, str]) -> None:
    """Have an account take new payments by a provider with these settings, in place of former ones; raises as `check`."""
    await check(uow, provider, values)
    sealed = uow.env.keys.seal(json.dumps(dict(values)), _place(uow.account_id, provider))
    row = {"provider": provider, "sealed": sealed, "created_at": uow.now}
    await store.put_account(uow.conn, uow.account_id, row)


async def check(uow: UnitOfWork, provider: str, values: Mapping[str, str]) -> None:
    """Raise PAY_ACCOUNT_INVALID, with a line per problem, for what the account cannot take payments by."""
    if problems := await _list_problems(uow, provider):
        raise DomainError(ErrorKind.INVALID, "PAY_ACCOUNT_INVALID", "\n".join(problems))
    if list_faults(provider, values):
        raise SettingsRefused(provider, values)


async def _list_problems(uow: UnitOfWork, provider: str) -> list[str]:
    if not await has_account(uow):
        return [f"there is no account {uow.account_id}"]
    if provider not in PROVIDERS:
        return [f"“{provider}” is no payment provider: there are {', '.join(PROVIDERS)}"]
    if provider == MOCK and not may_give_away(uow):
        return ["mock gives everything away: it is there only where the installation itself uses it"]
    return []


def may_give_away(uow: UnitOfWork) -> bool:
    """Who runs the installation may try it out; others only where it does so itself."""
    if uow.env.speaks_of(uow.account_id):
        return not uow.env.production
    return MOCK in {way.provider for way in uow.env.pay_ways}


async def drop_account(uow: UnitOfWork, provider: str) -> bool:
    """Take no new payments by a provider, and forget its settings; False if there were none."""
    return await store.drop_account(uow.conn, uow.account_id, provider)


async def list_accounts(uow: UnitOfWork) -> list[PayAccount]:
    """What an account has set, the default of its new payments first."""
    rows = await store.list_sealed(uow.conn, uow.account_id)
    return [PayAccount(name, _open(uow.env.keys, uow.account_id, name, sealed)) for name, sealed in rows]


async def list_takers(uow: UnitOfWork) -> tuple[list[str], list[str]]:
    """Who takes an account's new payments, by name: those it has set itself, and the environment's behind them."""
    own = [name for name, _ in await store.list_sealed(uow.conn, uow.account_id)]
    of_environment = [way.provider for way in uow.env.pay_ways] if uow.env.speaks_of(uow.account_id) else []
    return own, [name for name in of_environment if name not in own and not (own and name == MOCK)]


async def find_values(uow: UnitOfWork, provider: str) -> Mapping[str, str]:
    """What an account has set for a provider; nothing if it has not, or if that cannot be opened here any more."""
    sealed = await store.find_sealed(uow.conn, uow.account_id, provider)
    try:
        return _open(uow.env.keys, uow.account_id, provider, sealed) if sealed else {}
    except KeyMissingError:
        return {}


async def refuse_unknown(provider: str, values: Mapping[str, str], around: Surroundings) -> Mapping[str, Any]:
    """What `ask_account` says; raises PAY_ACCOUNT_REFUSED with the provider's words where it does not know them."""
    said = await ask_account(provider, values, around)
    if "refused" in said:
        raise InputRefused("PAY_ACCOUNT_REFUSED", words("provider-said", why=said["refused"]))
    return said


async def list_ways(uow: UnitOfWork) -> Sequence[PayWay]:
    """How new payments are made in an account, the default first.

    The environment's ways come behind what was set here; that nothing is taken, it says only while nothing is set.
    """
    own = [describe_way(account.provider, account.values) for account in await list_accounts(uow)]
    if not uow.env.speaks_of(uow.account_id):
        return own
    if not own:
        return uow.env.pay_ways
    known = {MOCK, *(way.provider for way in own)}
    return [*own, *(way for way in uow.env.pay_ways if way.provider not in known)]


async def takes_no_money(uow: UnitOfWork) -> bool:
    """Whether real people get for nothing what has a price."""
    set_here = [name for name, _ in await store.list_sealed(uow.conn, uow.account_id)]
    return MOCK in set_here or (not set_here and uow.env.takes_no_money)


async def set_in_place_of_test(uow: UnitOfWork, provider: str, values: Mapping[str, str]) -> None:
    """Take payments by a provider from now on, and no longer for nothing; raises as `check`."""
    await set_account(uow, provider, values)
    if provider != MOCK:
        await drop_account(uow, MOCK)


async def ask_account(provider: str, values: Mapping[str, str], around: Surroundings) -> dict[str, Any]:
    """What a provider says of credentials: `title`, `is_test`, `problems`; `refused` why not, or `away` where it cannot be asked."""
    try:
        built = build_provider(provider, values, around)
    except ValueError as error:
        return {"refused": str(error)}
    try:
        facts = await built.check_account()
    except RefusedError as error:
        return {"refused": redact(str(error))}
    except ProviderError as error:
        return {"away": redact(str(error))}
    finally:
        await built.aclose()
    return {"title": facts.title, "is_test": facts.is_test, "problems": list(facts.problems)}


def place_of_typed(account_id: int) -> str:
    """Where credentials are sealed that were typed in a chat and not yet taken."""
    return f"wizard_states/{account_id}/typed"


def open_typed(keys: KeyRing, account_id: int, typed: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, with its secrets opened."""
    place = place_of_typed(account_id)
    return {
        name: keys.open(value["sealed"], place) if isinstance(value, Mapping) else str(value)
        for name, value in typed.items()
    }


FindProvider = Callable[[int, str], Awaitable[PaymentProvider | None]]
"""Who takes an account's money under a name."""


def build_asking(
    keys: KeyRing, surround: Callable[[int], Surroundings], find: FindProvider
) -> Mapping[str, Perform]:
    """The jobs that ask providers: about what was typed, and how the accounts are that were set."""

    async def ask(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        account_id = payload["account_id"]
        values = open_typed(keys, account_id, payload["values"])
        return await ask_account(payload["provider"], values, surround(account_id))

    async def look(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        troubles: list[list[str]] = []
        for name in payload["providers"]:
            provider = await find(payload["account_id"], name)
            troubles += [[name, trouble] for trouble in await _list_troubles(provider)] if provider else []
        return {"troubles": troubles}

    return {ASK: ask, LOOK: look}


async def _list_troubles(provider: PaymentProvider) -> Sequence[str]:
    """What a provider says against its account, in its own words."""
    try:
        return (await provider.check_account()).problems
    except ProviderError as error:
        return [redact(str(error))]


class OtherProviders:
    """The providers that accounts have set: built when they are asked for, anew once their settings have changed.

    `surround` gives what a provider of an account gets besides its settings.
    """

    def __init__(self, db: Database, surround: Callable[[int], Surroundings]) -> None:
        self._db = db
        self.surround = surround
        self._built: dict[tuple[int, str], tuple[str, PaymentProvider]] = {}
        self._former: list[PaymentProvider] = []  # calls of theirs may be under way

    async def find(self, account_id: int, name: str) -> PaymentProvider | None:
        """An account's provider, if it has set it."""
        async with self._db.reading() as conn:
            sealed = await store.find_sealed(conn, account_id, name)
        if sealed is None:
            return None
        known = self._built.get((account_id, name))
        if known is not None:
            if known[0] == sealed:
                return known[1]
            self._former.append(known[1])
        values = _open(self._db.env.keys, account_id, name, sealed)
        provider = build_provider(name, values, self.surround(account_id))
        self._built[account_id, name] = sealed, provider
        return provider

    async def list_all(self) -> list[tuple[int, str]]:
        """Every account with each provider it has set."""
        async with self._db.reading() as conn:
            return await store.list_all(conn)

    async def aclose(self) -> None:
        """Let go of all connections."""
        for provider in (*self._former, *(provider for _, provider in self._built.values())):
            await provider.aclose()


def _open(keys: KeyRing, account_id: int, provider: str, sealed: str) -> Mapping[str, str]:
    values: Mapping[str, str] = json.loads(keys.open(sealed, _place(account_id, provider)))
    return values


def _place(account_id: int, provider: str) -> str:
    return f"payment_accounts/{account_id}/{provider}"
