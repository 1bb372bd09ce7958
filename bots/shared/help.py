"""What people can do in a bot: its menu in words, for `/help` and for a command that nobody knows."""

from bots.runtime.menus import COMMANDS
from core.lifecycle import BotKind
from services.delivery import speech
from services.delivery.speech import Words


def describe_commands(kind: BotKind) -> Words:
    """Every command of the menu, each with what it does."""
    commands = [speech.lines(f"/{name} –", speech.words(f"menu-{name}"), gap=" ") for name in COMMANDS[kind]]
    return speech.lines(speech.words("people-help"), *commands, gap="\n")
