"""`tandem account`: the accounts of this installation, and what each has set for itself."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import in_process, in_unit, read_options
from app.cli.whose import with_account

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork

accounts = typer.Typer(help="The accounts that work here, each apart from all others.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON document.")]


@accounts.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What the school is called.")],
    owner: Annotated[int, typer.Option("--owner", help="The Telegram id of its first owner.")],
) -> None:
    """Add an account; the last line is its id."""

    async def work(process: "Process") -> list[str]:
        from core.db.session import until_won
        from services.tenancy.accounts import add_account

        account = await until_won(lambda: add_account(process.db, name, owner))
        return [f"{account.name} is there; connect its bots with `tandem bot connect`", account.public_id]

    in_process(work, for_all=True)


@accounts.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Show all accounts."""

    async def work(process: "Process") -> list[str]:
        return await list_lines(process, as_json=as_json)

    in_process(work, for_all=True)


async def list_lines(process: "Process", *, as_json: bool) -> list[str]:
    """A line each, or one JSON document."""
    import json

    from services.tenancy.accounts import list_accounts

    there = await list_accounts(process.db)
    if as_json:
        told = [
            {
                "id": account.public_id,
                "number": account.id,
                "name": account.name,
                "created_at": f"{account.created_at:%Y-%m-%dT%H:%M:%SZ}",
            }
            for account in there
        ]
        return [json.dumps(told, ensure_ascii=False, indent=2)]
    lines = [f"{account.public_id}\t{account.name}" for account in there]
    return lines or ["there is no account yet: `tandem init` makes the first one"]


@accounts.command("show")
@with_account
def show(as_json: AsJson = False) -> None:
    """Show what an account has set for itself; what it leaves open is said by the environment, or is empty."""
    in_unit(show_settings, as_json=as_json)


async def show_settings(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """A line per setting with what it means, or one JSON document."""
    import json

    from services.tenancy.settings import AccountSettings, load_settings

    settings, revision = await load_settings(uow)
    told = settings.model_dump(mode="json")
    if as_json:
        return [json.dumps({"revision": revision, "settings": told}, ensure_ascii=False, indent=2)]
    return [
        f"{name}\t{json.dumps(told[name], ensure_ascii=False)}\t{field.description}"
        for name, field in AccountSettings.model_fields.items()
    ]


@accounts.command("set")
@with_account
def set_some(
    settings: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="Settings; `null` leaves one open.")
    ],
) -> None:
    """Change what an account has set for itself; it counts at once."""
    in_unit(change, read_options(settings))


async def change(uow: "UnitOfWork", words: "dict[str, str]") -> list[str]:
    """Set them; what reads as JSON is that, all else is text."""
    from services.tenancy.settings import change_settings

    await change_settings(uow, {name: read_value(value) for name, value in words.items()})
    return [f"set: {', '.join(words)}"]


def read_value(text: str) -> object:
    """A value as it is typed."""
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text
