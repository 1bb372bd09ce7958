"""`tandem account plans|plan|put-on|suspend|resume`: what accounts may use, for the operator of the installation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.accounts import AsJson, accounts
from app.cli.base import in_process, in_unit
from app.cli.whose import with_account

if TYPE_CHECKING:
    from app.boot.process import Process
    from core.db.session import UnitOfWork
    from services.tenancy.plans.offered import Plan

__all__ = ["accounts"]
NO_PLAN = "none"


@accounts.command("plans")
def offer(
    path: Annotated[Path | None, typer.Argument(help="A YAML list of plans; without it: show them.")] = None,
) -> None:
    """Offer the plans of a file and no others, or show those there are; who is on another one stays on it."""

    async def work(process: "Process") -> list[str]:
        async with process.db.unit(process.db.env.account_id) as uow:
            return await offer_file(uow, path)

    in_process(work, for_all=True)


async def offer_file(uow: "UnitOfWork", path: Path | None) -> list[str]:
    """Offer what a file says; a line per plan, those that are offered no more last."""
    from app.cli.documents import read_document
    from services.tenancy.plans import offered

    if path is not None:
        document = read_document(path, offered.INVALID, "plans-needed", list)
        await offered.offer_plans(uow, offered.read_plans(document))
    plans = await offered.list_plans(uow)
    lines = [_line(plan) for plan in sorted(plans, key=lambda plan: not plan.is_offered)]
    return lines or ["no plan is offered; `tandem account plans FILE` begins"]


def _line(plan: "Plan") -> str:
    from core.money import show_money

    price = show_money(plan.price.amount, plan.price.currency, "en") if plan.price else "free"
    limits = ", ".join(f"{name} {most}" for name, most in plan.limits.items()) or "no limits"
    marks = [mark for mark, is_so in (("first", plan.is_first), ("no more", not plan.is_offered)) if is_so]
    return "\t".join((plan.code, price, limits, f"{plan.trial_days} days of trial", *marks))


@accounts.command("plan")
@with_account
def show_plan(as_json: AsJson = False) -> None:
    """Show what plan an account is on, and how far each limit is used."""
    in_unit(tell_plan, as_json=as_json)


async def tell_plan(uow: "UnitOfWork", *, as_json: bool = False) -> list[str]:
    """A line for the plan and one per limit, or one JSON document."""
    import json

    from services.tenancy.plans.room import list_uses
    from services.tenancy.plans.standing import find_standing

    standing = await find_standing(uow)
    uses = await list_uses(uow, standing) if standing else []
    if as_json:
        told = {
            "plan": standing and standing.plan.code,
            "state": standing and standing.state,
            "until": standing.until.isoformat() if standing and standing.until else None,
            "chosen": standing and standing.chosen,
            "reason": standing and standing.reason,
            "uses": {use.resource: {"used": use.used, "most": use.most} for use in uses},
        }
        return [json.dumps(told, ensure_ascii=False, indent=2)]
    if standing is None:
        return ["it is on no plan: it has no limits"]
    until = f" until {standing.until:%Y-%m-%d %H:%M} UTC" if standing.until else ""
    why = f": {standing.reason}" if standing.reason else ""
    lines = [f"{use.resource}\t{use.used} of {'any' if use.most is None else use.most}" for use in uses]
    return [f"{standing.plan.code}\t{standing.state}{until}{why}", *lines]


@accounts.command("put-on")
@with_account
def put_on(
    code: Annotated[str, typer.Argument(help=f"A plan's code; `{NO_PLAN}`: without limits.")],
    days: Annotated[
        int | None, typer.Option("--days", min=0, help="Free of charge for so long; else its trial.")
    ] = None,
) -> None:
    """Put an account on a plan, or take it off all plans."""
    in_unit(change_plan, code, days)


async def change_plan(uow: "UnitOfWork", code: str, days: int | None) -> list[str]:
    """Do so; says how it stands now."""
    from services.tenancy.plans import changing

    if code == NO_PLAN:
        await changing.take_off_plan(uow)
    else:
        await changing.put_on_plan(uow, code, days)
    return await tell_plan(uow)


@accounts.command("suspend")
@with_account
def suspend(reason: Annotated[str, typer.Argument(help="Why; its owners read it.")]) -> None:
    """Have nothing new begin in an account with a plan; its students go on, nothing is deleted."""
    in_unit(change_suspension, reason)


@accounts.command("resume")
@with_account
def resume() -> None:
    """End a suspension; what the account owes it owes still."""
    in_unit(change_suspension, None)


async def change_suspension(uow: "UnitOfWork", reason: str | None) -> list[str]:
    """Suspend for a reason, or resume; says how it stands now."""
    from services.tenancy.plans import changing

    await (changing.resume(uow) if reason is None else changing.suspend(uow, reason))
    return await tell_plan(uow)
