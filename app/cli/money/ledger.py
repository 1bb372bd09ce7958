"""`tandem ledger`: the books, whether they are right, and as a table."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_process

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import Database, UnitOfWork
    from payment.base import PaymentProvider
    from services.commerce.ledger.checking import Books, ProviderCheck

SILENT = {
    "not_asked": "not asked; --check asks",
    "no_list": "cannot be asked: it gives no list of its payments; compare with its cabinet by hand",
    "not_set_up": "cannot be asked: it is not set up here",
}


def ledger(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Ask the providers too; 1 if anything is wrong.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="All lines into this file, .csv or .xlsx.")
    ] = None,
) -> None:
    """Show what became of all money, check it, or write it into a table."""
    if export is not None:
        from app.cli.tables import in_table

        in_table(export, list_lines)
    in_process(partial(_show, as_json=as_json, check=check))


async def _show(process: "Process", *, as_json: bool, check: bool) -> list[str]:
    import json

    books = await read_books(process.db, process.account_id, process.providers if check else None)
    if as_json:
        lines = [json.dumps(write_document(books), ensure_ascii=False, indent=2)]
    else:
        lines = write_lines(books)
    if check and not books.is_right:
        if as_json:
            typer.echo("\n".join(lines))
        raise ValueError("the books are not right:\n" + "\n".join(_wrongs(books)))
    return lines


async def read_books(
    db: "Database", account_id: int, providers: "Mapping[str, PaymentProvider] | None"
) -> "Books":
    """The books; these providers are asked for their lists, or nobody."""
    from services.commerce.ledger.checking import check_books

    return await check_books(db, account_id, providers)


def write_document(books: "Books") -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "right": books.is_right,
        "books": [
            {"book": each_sum.book, "amount": each_sum.amount, "currency": each_sum.currency}
            for each_sum in books.sums
        ],
        "providers": [_provider(provider) for provider in books.providers],
        "unbalanced": books.unbalanced,
        "unbooked": books.unbooked,
        "money_without_access": books.money_without_access,
        "access_without_money": books.access_without_money,
        "differences": books.differences,
    }


def _provider(provider_check: "ProviderCheck") -> dict[str, Any]:
    ours = provider_check.ours
    return {
        "provider": ours.provider,
        "currency": ours.currency,
        "paid": ours.paid,
        "refunded": ours.refunded,
        "ours": ours.paid - ours.refunded,
        "tests": ours.tests,
        "theirs": provider_check.theirs,
        "equal": provider_check.is_equal,
        "asked": provider_check.silence is None,
        "not_asked": provider_check.silence,
        "trouble": provider_check.trouble,
    }


def write_lines(books: "Books") -> list[str]:
    """One line per book and provider, then what is wrong."""
    from core.money import Money

    sums = [f"{each_sum.book}\t{Money(each_sum.amount, each_sum.currency)}" for each_sum in books.sums]
    theirs = [_say_provider(provider) for provider in books.providers]
    if not sums:
        return ["no money has come yet"]
    return [*sums, *theirs, *(_wrongs(books) or [_say_right(books)])]


def _say_right(books: "Books") -> str:
    """That nothing is wrong, and which providers could not be asked about that."""
    silent = sorted(
        {
            provider.ours.provider
            for provider in books.providers
            if provider.silence not in {None, "not_asked"}
        }
    )
    if not silent:
        return "the books are right"
    return f"the books are right in themselves; not compared: {', '.join(silent)}"


def _say_provider(provider_check: "ProviderCheck") -> str:
    from core.money import Money

    ours = provider_check.ours
    here = Money(ours.paid - ours.refunded, ours.currency)
    theirs = "" if provider_check.theirs is None else f"{Money(provider_check.theirs, ours.currency)} there"
    there = provider_check.trouble or theirs or SILENT[provider_check.silence or "not_asked"]
    tests = f" ({Money(ours.tests, ours.currency)} of it tests, no money)" if ours.tests else ""
    return f"{ours.provider}\t{here} here{tests}, {there}"


def _wrongs(books: "Books") -> list[str]:
    wrong: dict[str, Sequence[str]] = {
        "not balanced": books.unbalanced,
        "paid and not in the books": books.unbooked,
        "paid and opened nothing": books.money_without_access,
        "open without money": books.access_without_money,
    }
    return [
        *(f"{what}: {', '.join(wrongs)}" for what, wrongs in wrong.items() if wrongs),
        *books.differences,
        *(_say_provider(provider) for provider in books.providers if provider.is_equal is False),
    ]


async def list_lines(uow: "UnitOfWork") -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Every line of the books as a table."""
    from services.commerce.ledger.exporting import COLUMNS, list_rows

    return COLUMNS, await list_rows(uow)
