"""The `tandem` command; each command imports what it needs, so that help is quick."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from app.cli import running
from app.cli.api import login_link, openapi, routes
from app.cli.audit import audit
from app.cli.bots import bots
from app.cli.courses import versions
from app.cli.courses.deployments import deploy
from app.cli.courses.exporting import export
from app.cli.courses.scenarios import scenarios
from app.cli.courses.shared import shared
from app.cli.courses.tariffs import tariffs
from app.cli.courses.triggers import triggers
from app.cli.importing.command import import_anything
from app.cli.mailing.broadcast import broadcast
from app.cli.mailing.contacts import contacts
from app.cli.mailing.outreach import outreach, results
from app.cli.mailing.people import people
from app.cli.mailing.segment import segment
from app.cli.money.ledger import ledger
from app.cli.money.orders import orders, refund, settle
from app.cli.money.partners import partners, payouts
from app.cli.money.payments import payments
from app.cli.money.plans import accounts
from app.cli.money.promo import promo
from app.cli.money.why import why
from app.cli.people.certificates import certificates
from app.cli.people.cohorts import cohorts
from app.cli.people.find import find
from app.cli.people.imports import imports
from app.cli.people.members import members
from app.cli.people.operators import operators
from app.cli.people.participants import participants
from app.cli.people.removals import removals
from app.cli.people.tokens import tokens
from app.cli.upkeep import backup, move, purge, restore, resume_sending
from app.cli.whose import give_account, with_account

UPKEEP: Mapping[str, Callable[..., None]] = {
    "backup": backup,
    "restore": restore,
    "resume-sending": resume_sending,
    "move": move,
    "purge": purge,
}
FOR_ALL = frozenset(
    {"demo", "migrate", "init", "run", "web", "worker", "doctor", "account", "routes", "openapi", *UPKEEP}
)
"""Commands for the installation; all others work for one account."""
START = "Begin and run"
COURSES = "Courses, scenarios and their prices"
MONEY = "Money"
PEOPLE = "People"
KEEP = "Upkeep, and when something is wrong"

main = typer.Typer(
    help="Sell a course in one Telegram bot, teach it in another.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS: Mapping[str, Mapping[str, Callable[..., None]]] = {
    START: {
        "demo": running.demo,
        "migrate": running.migrate,
        "init": running.init,
        "run": running.run,
        "web": running.web,
        "worker": running.worker,
        "login-link": login_link,
    },
    COURSES: {
        "import": import_anything,
        "rehearse": running.rehearse,
        "deploy": deploy,
        "publish": versions.publish,
        "rollback": versions.rollback,
        "flows": versions.flows,
        "versions": versions.versions,
        "export": export,
    },
    MONEY: {"orders": orders, "settle": settle, "refund": refund, "ledger": ledger, "partners": partners},
    PEOPLE: {
        "people": people,
        "contacts": contacts,
        "outreach": outreach,
        "results": results,
        "removals": removals,
        "find": find,
    },
    KEEP: {
        **UPKEEP,
        "doctor": running.doctor,
        "replay": running.replay,
        "why": why,
        "routes": routes,
        "openapi": openapi,
    },
}
GROUPS: Mapping[str, Mapping[str, typer.Typer]] = {
    START: {"account": accounts, "bot": bots},
    KEEP: {"audit": audit},
    MONEY: {"payments": payments, "promo": promo, "payouts": payouts},
    COURSES: {"scenarios": scenarios, "shared": shared, "triggers": triggers, "tariffs": tariffs},
    PEOPLE: {
        "broadcast": broadcast,
        "segment": segment,
        "token": tokens,
        "imports": imports,
        "participants": participants,
        "cohort": cohorts,
        "certificate": certificates,
        "operators": operators,
        "member": members,
    },
}
for _panel, _commands in COMMANDS.items():
    for _name, _command in _commands.items():
        _wanted = _command if _name in FOR_ALL else with_account(_command)
        main.command(_name, rich_help_panel=_panel)(_wanted)
for _panel, _groups in GROUPS.items():
    for _name, _group in _groups.items():
        if _name not in FOR_ALL:
            give_account(_group)
        main.add_typer(_group, name=_name, rich_help_panel=_panel)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"tandem {version('tandem-courses')}")
        raise typer.Exit


@main.callback()
def common(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is."),
    ] = False,
) -> None:
    """Sell a course in one Telegram bot, teach it in another."""
    del show_version
