"""A person opens a Mini App, and sends what it gives back."""

from typing import Any

from sandbox.actors.pressing import find_button
from sandbox.actors.talking import say
from sandbox.chats import mini_apps
from sandbox.state.model import Bot, Chat, Message, Person
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

MAX_DATA = 4096
Json = dict[str, Any]


def from_message(world: World, person: Person, chat: Chat, message: Message, wish: Json) -> Json:
    """Press an inline button that opens an app."""
    button = find_button(message, wish)
    if "web_app" not in button:
        raise ControlError("this button opens no Mini App")
    bot = world.bots[message.sender_id]
    return mini_apps.launch(world, person, bot, "inline", button["web_app"]["url"], chat=chat)


def from_menu(world: World, person: Person, chat: Chat) -> Json:
    """Press the menu button beside the message field."""
    button = menu_button(world, chat)
    if button["type"] != "web_app":
        raise ControlError("the menu button opens no Mini App")
    return mini_apps.launch(
        world, person, world.bots[chat.bot_id], "menu", button["web_app"]["url"], chat=chat
    )


def menu_button(world: World, chat: Chat) -> Json:
    """Return the menu button a person sees in a bot's chat."""
    menu: Json = world.bots[chat.bot_id].settings.get("menu", {})
    own = menu.get(str(chat.person_id)) or {"type": "default"}
    button: Json = own if own["type"] != "default" else menu.get("", {"type": "default"})
    return button if button["type"] != "default" else {"type": "commands"}


def from_keyboard(world: World, person: Person, chat: Chat, text: str) -> Json:
    """Press a button of the bot's keyboard that opens an app."""
    bot = world.bots[chat.bot_id]
    return mini_apps.launch(world, person, bot, "keyboard", _keyboard_app(chat, text)["url"])


def _keyboard_app(chat: Chat, text: str) -> Json:
    rows = (chat.keyboard or {}).get("keyboard", [])
    for button in (cell for row in rows for cell in row):
        if button["text"] == text and button.get("web_app"):
            return dict(button["web_app"])
    raise ControlError(f"there is no Mini App button «{text}»")


def from_link(world: World, person: Person, bot: Bot, name: str, start: str) -> Json:
    """Follow a link to a bot's app: its main one, or one by its short name."""
    apps: Json = bot.settings.get("mini_apps", {})
    if name not in apps:
        raise ControlError(f"@{bot.username} has no Mini App {name!r}")
    return mini_apps.launch(world, person, bot, "link", apps[name], start=start)


def send_data(world: World, person: Person, chat: Chat, text: str, data: str) -> Message:
    """Send what an app opened by the keyboard gave back."""
    _keyboard_app(chat, text)
    if not 0 < len(data.encode()) <= MAX_DATA:
        raise ControlError("a Mini App sends 1 to 4096 bytes")
    return say(world, person, chat, {"web_app_data": {"data": data, "button_text": text}})
