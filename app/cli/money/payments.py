"""`tandem payments`: what becomes of money that is under way, and by whom an account takes it."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import count, in_process, in_unit
from app.cli.money.orders import Number, get_by_number

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import Database, UnitOfWork
    from services.commerce.payments.accounts import PayAccount

payments = typer.Typer(help="Payments that are under way, and who takes them.", no_args_is_help=True)
Account = Annotated[
    int, typer.Option("--account", help="Whose; the first account may be set in `.env` as well.")
]
Name = Annotated[str, typer.Argument(help="yookassa, prodamus, stars, stripe or robokassa.")]
LAST = 4  # letters of a secret that are shown


@payments.command("check")
def check() -> None:
    """Ask now for all that is open; the running bots ask the providers and act on the answers."""
    in_process(lambda process: check_open(process.db, process.account_id))


async def check_open(db: "Database", account_id: int) -> list[str]:
    """Have every open payment asked for."""
    from services.commerce.payments.asking import ask_all

    asked = await ask_all(db, account_id)
    return [
        f"{count(asked, 'open payment')}: asked for while `tandem run` runs" if asked else "nothing is open"
    ]


@payments.command("held")
def held(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show money that is set aside and waits to be taken or let go."""
    in_unit(list_held, as_json=as_json)


@payments.command("take")
def take(order: Number) -> None:
    """Take the money that is set aside for an order; the buyer gets the receipt and the access."""
    in_unit(decide_hold, order, take=True)


@payments.command("release")
def release(order: Number) -> None:
    """Let the money go that is set aside for an order; nothing is taken, and the buyer hears of it."""
    in_unit(decide_hold, order, take=False)


async def list_held(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """A line for each, the oldest first, or one JSON document."""
    import json

    from core.money import Money
    from services.commerce.orders.holds import list_held as find_held

    found_held = await find_held(uow)
    if as_json:
        told = [
            {
                "order": order.public_id,
                "amount": payment.amount,
                "currency": payment.currency,
                "provider": payment.provider,
                "external_id": payment.external_id,
                "until": payment.held_until.isoformat() if payment.held_until else None,
            }
            for payment, order in found_held
        ]
        return [json.dumps(told, ensure_ascii=False, indent=2)]
    lines = [
        f"{order.public_id}\t{Money(payment.amount, payment.currency)}\t{payment.provider}\t"
        + (
            f"goes back by itself on {payment.held_until:%Y-%m-%d}"
            if payment.held_until
            else "no end is known"
        )
        for payment, order in found_held
    ]
    return lines or ["no money is set aside"]


async def decide_hold(uow: "UnitOfWork", number: str, *, take: bool) -> list[str]:
    """Have the provider take the money or let it go; raises HOLD_OVER where none is set aside, or it is asked already."""
    from core.errors import DomainError, ErrorKind
    from core.money import Money
    from services.commerce.orders import holds

    order = await get_by_number(uow, number)
    payment = await holds.find_held(uow, order)
    if payment is None:
        told = f"no money is set aside for order {order.public_id}; `tandem payments held` lists it"
        raise DomainError(ErrorKind.CONFLICT, "HOLD_OVER", told)
    await holds.decide(uow, payment.id, take=take)
    money, wish = Money(payment.amount, payment.currency), "take" if take else "let go of"
    return [f"order {order.public_id}: {payment.provider} is asked to {wish} {money} while `tandem run` runs"]


@payments.command("connect")
def connect(provider: Name) -> None:
    """Have an account take payments by a provider, with credentials of its own, sealed in the database.

    They are asked for one by one, secrets unseen; or come on standard input, a line each as in `.env`
    (YOOKASSA_SHOP_ID=…). Nothing is kept that the provider refuses.
    """
    lines = read_lines(sys.stdin) if not sys.stdin.isatty() else ask_values(provider)
    in_process(
        lambda process: connect_account(
            process, account_id=process.account_id, provider=provider, parameters=lines
        )
    )


@payments.command("accounts")
def accounts(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show by whom an account takes payments; of a secret the last letters alone."""
    in_process(lambda process: list_accounts(process, account_id=process.account_id, as_json=as_json))


@payments.command("disconnect")
def disconnect(provider: Name) -> None:
    """Take no payments by it any more, and forget the credentials; what is under way cannot be asked for then."""
    in_process(lambda process: drop_account(process, account_id=process.account_id, provider=provider))


def read_lines(lines: "Iterable[str]") -> dict[str, str]:
    """Settings as they stand in `.env`, by the names of the environment."""
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip().upper(): value.strip().strip("\"'") for name, _, value in pairs}


def ask_values(provider: str) -> dict[str, str]:
    """Ask for each setting of a provider at the terminal; what is a secret is not shown."""
    from pydantic import SecretStr

    from payment.registry import PROVIDERS

    answers: dict[str, str] = {}
    spec = PROVIDERS.get(provider)
    if spec is None:
        return answers  # it is said why not where they are checked
    for field, variable in spec.variables().items():
        about = spec.settings.model_fields[field]
        answers[variable] = typer.prompt(
            f"{variable} ({about.description})",
            default=None if about.is_required() else "",
            hide_input=about.annotation is SecretStr,
            show_default=False,
        )
    return answers


async def connect_account(
    process: "Process", *, account_id: int, provider: str, parameters: Mapping[str, str]
) -> list[str]:
    """Check the credentials with the provider, and keep them."""
    from services.commerce.payments import accounts as use_cases

    values = _by_field(provider, parameters)
    async with process.db.unit(account_id) as uow:
        await use_cases.check(uow, provider, values)
    said = await _ask_provider(process, account_id, provider, values)
    async with process.db.unit(account_id) as uow:
        await use_cases.set_account(uow, provider, values)
    hook = f"{process.settings.public_url.rstrip('/') or '<PUBLIC_URL>'}/payments/{provider}/{account_id}"
    return [*said, f"account {account_id} takes payments by {provider}; its notifications go to", hook]


def _by_field(provider: str, entered: Mapping[str, str]) -> dict[str, str]:
    """The settings by the fields of the provider's model; ValueError for a name it does not know."""
    from payment.registry import PROVIDERS

    if provider not in PROVIDERS:
        return {}
    fields = {variable: field for field, variable in PROVIDERS[provider].variables().items()}
    if unknown := sorted(set(entered) - set(fields)):
        there_are = f"there are {', '.join(fields)}" if fields else "it needs none"
        raise ValueError(f"{provider} knows no {', '.join(unknown)}: {there_are}")
    return {fields[name]: value for name, value in entered.items() if value}


async def _ask_provider(
    process: "Process", account_id: int, provider: str, values: Mapping[str, str]
) -> Sequence[str]:
    """What the provider says of the credentials; ValueError if it refuses them."""
    from services.commerce.payments.accounts import ask_account

    answer = await ask_account(provider, values, process.others.surround(account_id))
    if "refused" in answer:
        raise ValueError(f"{provider} refuses these credentials, so they are not kept: {answer['refused']}")
    if "away" in answer:
        return [f"{provider} could not be asked now, `tandem doctor` asks again: {answer['away']}"]
    is_test = ["these are credentials for tests: no money comes"] if answer["is_test"] else []
    return [answer["title"], *is_test, *answer["problems"]]


async def list_accounts(process: "Process", *, account_id: int, as_json: bool) -> list[str]:
    """What an account has set, secrets masked."""
    import json

    from services.commerce.payments import accounts as use_cases

    async with process.db.unit(account_id) as uow:
        documents = [_document(account) for account in await use_cases.list_accounts(uow)]
    if as_json:
        return [json.dumps(documents, ensure_ascii=False, indent=2)]
    lines = [
        "\t".join((account["provider"], *(f"{name}={value}" for name, value in account["settings"].items())))
        for account in documents
    ]
    return lines or [f"account {account_id} takes no payments yet; `tandem payments connect` begins"]


def _document(pay_account: "PayAccount") -> dict[str, Any]:
    from pydantic import SecretStr

    from payment.registry import PROVIDERS

    fields = PROVIDERS[pay_account.provider].settings.model_fields
    shown = {
        name: f"…{value[-LAST:]}" if fields[name].annotation is SecretStr else value
        for name, value in pay_account.values.items()
    }
    return {"provider": pay_account.provider, "settings": shown}


async def drop_account(process: "Process", *, account_id: int, provider: str) -> list[str]:
    """Forget a provider's credentials."""
    from services.commerce.payments import accounts as use_cases

    async with process.db.unit(account_id) as uow:
        had_any = await use_cases.drop_account(uow, provider)
    return [f"account {account_id} takes no payments by {provider}{'' if had_any else ', as before'}"]
