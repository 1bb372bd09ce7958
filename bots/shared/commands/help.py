"""What people can do in a bot: its menu in words, for `/help` and for a command that nobody knows."""

from bots.runtime.menus import COMMANDS
from core.lifecycle import BotKind
from services.delivery import speech
from services.delivery.speech import Words


def describe_commands(kind: BotKind, *, is_member: bool) -> Words:
    """Every command of the menu, each with what it does; who works here is shown theirs elsewhere, and told so first."""
    own = [speech.words("people-help-member")] if is_member else []
    commands = [speech.lines(f"/{name} –", speech.words(f"menu-{name}"), gap=" ") for name in COMMANDS[kind]]
    return speech.lines(*own, speech.words("people-help"), *commands, gap="\n")
