"""Who takes money for an account: the first one's providers are set by the installation, others' lie here, sealed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.pay_ways import PayWay
from payment.base import PaymentProvider
from payment.registry import PROVIDERS, build_provider, describe_way, list_problems
from payment.spec import Surroundings
from services.commerce.store.money import accounts as store
from services.tenancy.bots import FIRST_ACCOUNT, has_account
from utils.sealed import KeyRing

MOCK = "mock"


@dataclass(frozen=True)
class PayAccount:
    """One account's settings of a provider, by the fields of its settings model."""

    provider: str
    values: Mapping[str, str] = field(repr=False)


async def set_account(uow: UnitOfWork, provider: str, values: Mapping[str, str]) -> None:
    """Have an account take new payments by a provider with these settings, in place of former ones; raises as `check`."""
    await check(uow, provider, values)
    sealed = uow.env.keys.seal(json.dumps(dict(values)), _place(uow.account_id, provider))
    row = {"provider": provider, "sealed": sealed, "created_at": uow.now}
    await store.put_account(uow.conn, uow.account_id, row)


async def check(uow: UnitOfWork, provider: str, values: Mapping[str, str]) -> None:
    """Raise PAY_ACCOUNT_INVALID, with a line per problem, for what the account cannot take payments by."""
    if problems := await _list_problems(uow, provider, values):
        raise DomainError(ErrorKind.INVALID, "PAY_ACCOUNT_INVALID", "\n".join(problems))


async def _list_problems(uow: UnitOfWork, provider: str, values: Mapping[str, str]) -> list[str]:
    if uow.account_id == FIRST_ACCOUNT:
        return [
            "the first account's providers are set in the environment or `.env`: docs/reference/settings.md"
        ]
    if not await has_account(uow):
        return [f"there is no account {uow.account_id}"]
    if provider not in PROVIDERS:
        return [f"“{provider}” is no payment provider: there are {', '.join(PROVIDERS)}"]
    if provider == MOCK and MOCK not in {way.provider for way in uow.env.pay_ways}:
        return ["mock gives everything away: it is there only where the installation itself uses it"]
    return list_problems(provider, values)


async def drop_account(uow: UnitOfWork, provider: str) -> bool:
    """Take no new payments by a provider, and forget its settings; False if there were none."""
    return await store.drop_account(uow.conn, uow.account_id, provider)


async def list_accounts(uow: UnitOfWork) -> list[PayAccount]:
    """What an account has set, the default of its new payments first."""
    rows = await store.list_sealed(uow.conn, uow.account_id)
    return [PayAccount(name, _open(uow.env.keys, uow.account_id, name, sealed)) for name, sealed in rows]


async def list_ways(uow: UnitOfWork) -> Sequence[PayWay]:
    """How new payments are made in an account, the default first."""
    if uow.account_id == FIRST_ACCOUNT:
        return uow.env.pay_ways
    return [describe_way(account.provider, account.values) for account in await list_accounts(uow)]


class OtherProviders:
    """The providers of accounts beside the first: built when they are asked for, anew once their settings have changed.

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
        """Every account beside the first with each provider it has set."""
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
