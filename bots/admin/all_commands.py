"""`/admin`: every command of this folder, found by walking its rooms."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from types import ModuleType

from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.log import written_down
from bots.runtime.context import Context
from bots.runtime.menus import COMMANDS as OF_EVERYBODY
from bots.shared.awaited_inputs import Taker
from core.lifecycle import AwaitedKind
from services.delivery import speech
from services.delivery.speech import Words
from services.tenancy.permissions import Permission


async def show_all(_: Message, ctx: Context) -> None:
    """List what your role can do here; `/help` answers the same."""
    own = [command for command in list_commands() if ctx.may(command.needs)]
    sections = [_describe(section, own) for section in Section]
    text = speech.lines(
        speech.words("admin-help"),
        *(section for section in sections if section),
        speech.words("admin-help-people"),
        speech.words(
            "admin-help-everybody", commands=" ".join(f"/{name}" for name in OF_EVERYBODY[ctx.bot.kind])
        ),
    )
    speech.say(ctx.uow, ctx.address, text, ctx.next_key())


COMMANDS = (
    AdminCommand(
        "admin", show_all, Section.OVERVIEW, other_names=("help",), permission=Permission.WORK, looks=True
    ),
)


@cache
def list_topics() -> Sequence[ModuleType]:
    """The modules of this folder and its rooms, by their own names."""
    folder = __name__.rpartition(".")[0]
    path = importlib.import_module(folder).__path__
    modules = [module.name for module in pkgutil.walk_packages(path, f"{folder}.") if not module.ispkg]
    return [
        importlib.import_module(name) for name in sorted(modules, key=lambda name: name.rpartition(".")[2])
    ]


@cache
def list_commands() -> Sequence[AdminCommand]:
    """All commands, by section and topic."""
    declared: list[AdminCommand] = []
    for topic in list_topics():
        declared += getattr(topic, "COMMANDS", ())
    order = list(Section)
    return sorted(declared, key=lambda command: order.index(command.section))


def list_takers() -> Mapping[AwaitedKind, Taker]:
    """Who takes what members are asked to write, of all topics."""
    takers: dict[AwaitedKind, Taker] = {}
    for topic in list_topics():
        listed = getattr(topic, "TAKERS", {})
        takers |= {kind: written_down(taker) for kind, taker in listed.items()}
    return takers


def _describe(section: Section, own: Sequence[AdminCommand]) -> Words | None:
    lines = [
        speech.lines(command.typed, speech.words(f"help-{command.name}"), gap=" ")
        for command in own
        if command.section is section
    ]
    return None if not lines else speech.lines(speech.words(f"help-section-{section}"), *lines, gap="\n")
