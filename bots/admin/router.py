"""Everything admins can do in either bot, as one router."""

from aiogram import Router
from aiogram.filters import Command

from bots.admin.all_commands import list_commands, list_topics
from bots.admin.permissions import admin_router


def build_router() -> Router:
    """The declared commands, then what else the topics answer: buttons and files."""
    router = Router(name="admin")
    commands = admin_router("admin-commands")
    for command in list_commands():
        # It never asks Telegram who the bot is.
        by_name = Command(command.name, *command.former_names, ignore_mention=True)
        commands.message.register(command.handler, by_name)
    router.include_router(commands)
    for topic in list_topics():
        if hasattr(topic, "build_buttons"):
            router.include_router(topic.build_buttons())
    return router
