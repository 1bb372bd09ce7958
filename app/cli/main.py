"""The `tandem` command; each command imports what it needs, so that help is quick."""

from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from app.cli import running, versions
from app.cli.broadcast import broadcast
from app.cli.certificates import certificates
from app.cli.cohorts import cohorts
from app.cli.contacts import contacts
from app.cli.deployments import deploy
from app.cli.exporting import export
from app.cli.find import find
from app.cli.importing.command import import_anything
from app.cli.imports import imports
from app.cli.ledger import ledger
from app.cli.members import members
from app.cli.operators import operators
from app.cli.orders import orders, refund, settle
from app.cli.outreach import outreach, results
from app.cli.participants import participants
from app.cli.partners import partners, payouts
from app.cli.payments import payments
from app.cli.people import people
from app.cli.promo import promo
from app.cli.removals import removals
from app.cli.scenarios import scenarios
from app.cli.segment import segment
from app.cli.shared import shared
from app.cli.tariffs import tariffs
from app.cli.tokens import tokens
from app.cli.triggers import triggers
from app.cli.why import why

START = "Begin and run"
COURSES = "Courses, scenarios and their prices"
MONEY = "Money"
PEOPLE = "People"
KEEP = "When something is wrong"

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
    KEEP: {"doctor": running.doctor, "replay": running.replay, "why": why},
}
GROUPS: Mapping[str, Mapping[str, typer.Typer]] = {
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
        main.command(_name, rich_help_panel=_panel)(_command)
for _panel, _groups in GROUPS.items():
    for _name, _group in _groups.items():
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
