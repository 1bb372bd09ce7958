"""Everything admins can do in either bot, as one router."""

from aiogram import Router
from aiogram.filters import Command

from bots.admin.all_commands import list_commands, list_topics
from bots.admin.log import DECLARED, Door
from bots.admin.permissions import InPrivateAsMember, MayInPrivate, refuse


def build_router() -> Router:
    """The declared commands, then what else the topics answer: buttons and files."""
    router = Router(name="admin")
    router.message.middleware(Door())
    router.callback_query.middleware(Door())
    commands = Router(name="admin-commands")
    for command in list_commands():
        # It never asks Telegram who the bot is.
        by_name = Command(command.name, *command.other_names, ignore_mention=True)
        allowed = MayInPrivate(command.needs)
        commands.message.register(command.handler, allowed, by_name, flags={DECLARED: command})
        commands.message.register(refuse(command.needs), InPrivateAsMember(), by_name)
    router.include_router(commands)
    for topic in list_topics():
        if hasattr(topic, "build_buttons"):
            router.include_router(topic.build_buttons())
    return router
