"""`tandem partners` and `tandem payouts`: what partners earned and are owed, as a list, a table or JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork

payouts = typer.Typer(help="Money that partners have asked for.", no_args_is_help=True)
PayoutId = Annotated[int, typer.Argument(help="The payout's number.")]


def partners(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="Every share of every sale into this file, .csv or .xlsx.")
    ] = None,
) -> None:
    """Show partners: whom they brought, what they earned, what can be paid out, what was."""
    if export is not None:
        from app.cli.tables import in_table

        in_table(export, read_table)
    in_unit(list_partners, as_json=as_json)


@payouts.command("list")
def list_payouts() -> None:
    """Show what partners wait for; where it goes is not shown here."""
    in_unit(show_payouts)


@payouts.command("approve")
def approve(payout_id: PayoutId) -> None:
    """Note that a payout was made; its partner is told, where it went is forgotten."""
    in_unit(settle, payout_id, is_paid=True)


@payouts.command("refuse")
def refuse(payout_id: PayoutId) -> None:
    """Note that a payout is not made; the partner can ask again."""
    in_unit(settle, payout_id, is_paid=False)


async def read_table(uow: "UnitOfWork") -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Every share of every sale as a table."""
    from services.commerce.partners import export

    return export.COLUMNS, await export.list_rows(uow)


async def list_partners(uow: "UnitOfWork", *, as_json: bool) -> Sequence[str]:
    """A line for each partner, or one JSON document."""
    import json

    from services.commerce.partners import export

    found_partners = await export.list_partners(uow)
    if as_json:
        return [json.dumps(found_partners, ensure_ascii=False, indent=2)]
    return [_line(document) for document in found_partners] or [
        "there are no partners yet; /partner in the shop makes one"
    ]


def _line(document: dict[str, Any]) -> str:
    from core.money import Money

    head = f"{document['code']}  {document['name']}  clicks {document['clicks']}, people {document['people']}, sales {document['sales']}"
    names = ("earned", "held", "payable", "requested", "paid")
    sums = [
        ", ".join(f"{name} {Money(money[name], money['currency'])}" for name in names)
        for money in document["money"]
    ]
    return "  ".join([head, *sums])


async def show_payouts(uow: "UnitOfWork") -> list[str]:
    """A line for each payout that waits."""
    from core.money import Money
    from services.commerce.partners.payouts import list_open
    from services.commerce.partners.referrals import get_partner

    lines = []
    for payout in await list_open(uow):
        partner = await get_partner(uow, payout.partner_id)
        lines.append(
            f"{payout.id}  {partner.code}  {Money(payout.amount, payout.currency)}  since {payout.created_at:%Y-%m-%d}"
        )
    return lines or ["nobody waits for money"]


async def settle(uow: "UnitOfWork", payout_id: int, *, is_paid: bool) -> list[str]:
    """Settle a payout; raises PAYOUT_NOT_FOUND."""
    from services.commerce.partners.payouts import get_payout, settle_payout

    done = await settle_payout(uow, payout_id, 0, is_paid=is_paid)
    status = (await get_payout(uow, payout_id)).status
    return [f"payout {payout_id} is {status}" if done else f"payout {payout_id} was {status} before"]
