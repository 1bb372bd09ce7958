"""How a bot presents itself to one person: its name, description and commands in their language."""

from typing import Any

from sandbox.state.model import Bot, Person

Json = dict[str, Any]


def face_of(bot: Bot, person: Person) -> Json:
    """Return what a private chat with the bot shows besides its messages."""
    return {
        "title": _text(bot, "name", person) or bot.name,
        "description": _text(bot, "description", person),
        "commands": _commands(bot, person),
    }


def _text(bot: Bot, field: str, person: Person) -> str:
    texts: dict[str, str] = bot.settings.get(field, {})
    return texts.get(person.language_code) or texts.get("", "")


def _commands(bot: Bot, person: Person) -> list[Json]:
    """Return the first list there is: the narrower scope goes before the wider, their language before all."""
    known: dict[str, list[Json]] = bot.settings.get("commands", {})
    scopes = (f"chat:{person.id}", "all_private_chats", "default")
    keys = (f"{scope}|{language}" for scope in scopes for language in (person.language_code, ""))
    return next((known[key] for key in keys if key in known), [])
