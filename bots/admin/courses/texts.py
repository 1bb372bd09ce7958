"""`/texts`: what both bots say to people, sentence by sentence, in the school's own words."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import read_words
from bots.runtime.context import Context
from core.wizard.texts import open_texts
from services.tenancy.permissions import Permission
from services.workflows.desk import talks
from services.workflows.desk.kinds import WIZARDS
from services.workflows.desk.talks import Author


async def texts(_: Message, command: CommandObject, ctx: Context) -> None:
    """Say what the bots say in your own words, in Russian and English, and put it back; some words find the sentence; [how](../how-to/say-it-in-your-own-words.md)."""
    author = Author(ctx.contact, ctx.address, ctx.next_key())
    await talks.open_talk(ctx.uow, WIZARDS, author, open_texts(" ".join(read_words(command))))


COMMANDS = (AdminCommand("texts", texts, Section.CONTENT, permission=Permission.SETTINGS_CHANGE, looks=True),)
