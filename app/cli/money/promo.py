"""`tandem promo`: promo codes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import in_unit

if TYPE_CHECKING:
    from core.db.session import UnitOfWork
    from services.commerce.promo.codes import Draft
    from services.commerce.schemas import Promo

promo = typer.Typer(help="Promo codes.", no_args_is_help=True)
Code = Annotated[str, typer.Argument(help="The code, in any letters.")]


@promo.command("add")
def add(
    code: Code,
    *,
    percent: Annotated[int | None, typer.Option("--percent", help="So much of the price.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="A sum like 500.00.")] = None,
    free: Annotated[bool, typer.Option("--free", help="All of it: nothing is paid.")] = False,
    limit: Annotated[str, typer.Option("--limit", help="Uses together.")] = "",
    per_person: Annotated[str, typer.Option("--per-person", help="Uses by one person.")] = "",
    until: Annotated[
        str, typer.Option("--until", help="To the end of 2030-08-31, or to 2030-08-31T18:00.")
    ] = "",
    tariff: Annotated[
        list[str] | None, typer.Option("--tariff", help="Only for these tariffs, by code.")
    ] = None,
) -> None:
    """Make a code; dates are of the first admin's own clock. The last line is the link that enters it."""
    from services.commerce.promo.codes import Draft

    wishes = [f"{percent}%" if percent is not None else None, amount, "free" if free else None]
    given_wishes = [wish for wish in wishes if wish is not None]
    if len(given_wishes) != 1:
        raise typer.BadParameter("say one of --percent, --amount and --free")
    draft = Draft(code, given_wishes[0], limit, per_person, until=until, tariffs=tuple(tariff or ()))
    in_unit(add_code, draft)


@promo.command("list")
def list_all(as_json: Annotated[bool, typer.Option("--json", help="As one JSON document.")] = False) -> None:
    """Show the codes, the newest first, with how often they were used."""
    in_unit(list_codes, as_json=as_json)


@promo.command("stop")
def stop(code: Code) -> None:
    """Let a code count no more; orders that took it keep their price."""
    in_unit(stop_code, code)


async def add_code(uow: "UnitOfWork", draft: "Draft") -> list[str]:
    """Make it; the last line is its link."""
    from dataclasses import replace

    from core.lifecycle import BotKind
    from core.links import bot_link
    from core.rules.deep_link import promo_link
    from services.commerce.promo import codes
    from services.people.admins import find_zone
    from services.tenancy.bots import get_bot

    made = await codes.add_code(uow, replace(draft, zone=await find_zone(uow)))
    shop = await get_bot(uow, BotKind.SALES)
    return [_line(made, 0), bot_link(shop.username, promo_link(made.code))]


async def list_codes(uow: "UnitOfWork", *, as_json: bool) -> list[str]:
    """A line per code, or one JSON document."""
    import json

    from services.commerce.promo import codes

    found_codes = await codes.list_codes(uow)
    if as_json:
        return [
            json.dumps([_document(code, used) for code, used in found_codes], ensure_ascii=False, indent=2)
        ]
    return [_line(code, used) for code, used in found_codes] or ["there are no promo codes"]


async def stop_code(uow: "UnitOfWork", code: str) -> list[str]:
    """Let it count no more."""
    from services.commerce.promo import codes

    was_live = await codes.stop_code(uow, code)
    return [f"{code} counts no more" if was_live else f"{code} had been stopped before"]


def _document(promo: "Promo", used: int) -> dict[str, Any]:
    return {
        "code": promo.code,
        "kind": promo.discount.kind,
        "value": promo.discount.value,
        "currency": promo.currency,
        "limit": promo.limit_total,
        "per_person": promo.limit_person,
        "taken": promo.taken,
        "used": used,
        "from": promo.starts_at.isoformat() if promo.starts_at else None,
        "until": promo.ends_at.isoformat() if promo.ends_at else None,
        "tariffs": list(promo.tariffs),
        "active": promo.is_active,
    }


def _line(promo: "Promo", used: int) -> str:
    from core.money import Money
    from core.rules.promo import PromoKind

    value = promo.discount.value
    off = {PromoKind.PERCENT: f"{value}%", PromoKind.FREE: "free"}.get(promo.discount.kind)
    until = f"until {promo.ends_at:%Y-%m-%d %H:%M} UTC" if promo.ends_at else "no end"
    state = "counts" if promo.is_active else "stopped"
    limit = f"taken {promo.taken} of {promo.limit_total or 'any number'}, used {used}"
    shown = off or str(Money(value, promo.currency or ""))
    return "\t".join((promo.code, shown, limit, until, ", ".join(promo.tariffs) or "all tariffs", state))
