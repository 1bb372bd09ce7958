"""How a bot presents itself: commands, name, descriptions, menu button."""

import re
from typing import Any

from sandbox.protocol.registry import Call, method
from sandbox.text.links import is_safe
from sandbox.wire.errors import bad_request

MAX_COMMANDS, MAX_COMMAND_TEXT = 100, 256
COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")
LANGUAGE = re.compile(r"^[a-z]{2}$")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_WRONG_SCOPE = "can't parse BotCommandScope: "
_TEXTS = {
    "Name": ("name", 64, "bot name is too long"),
    "Description": ("description", 512, "bot description is too long"),
    "ShortDescription": ("short_description", 120, "bot short description is too long"),
}
Json = dict[str, Any]


def _language(call: Call) -> str:
    code = call.params.text("language_code")
    if code and not LANGUAGE.match(code):
        raise bad_request("invalid language code specified")
    return code


def _scope(call: Call) -> str:
    raw = call.params.json("scope", "BotCommandScope")
    raw = {"type": "default"} if raw is None else raw
    if not isinstance(raw, dict):
        raise bad_request(_WRONG_SCOPE + "BotCommandScope must be an Object")
    kind = str(raw.get("type", ""))
    if kind not in _SCOPES:
        raise bad_request(_WRONG_SCOPE + "Unsupported type specified")
    if "chat_id" in _SCOPES[kind] and not raw.get("chat_id"):
        raise bad_request(_WRONG_SCOPE + "Empty chat_id specified")
    if "user_id" in _SCOPES[kind] and not raw.get("user_id"):
        raise bad_request(_WRONG_SCOPE + "Invalid user_id specified")
    parts = [str(raw[name]) for name in _SCOPES[kind]]
    return ":".join([kind, *parts]) + "|" + _language(call)


@method("setMyCommands")
def set_my_commands(call: Call) -> Any:
    """Say which commands the bot knows."""
    raw = call.params.json("commands")
    if not isinstance(raw, list):
        raise bad_request("expected an Array of BotCommand")
    if len(raw) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(entry) for entry in raw]
    call.bot.settings.setdefault("commands", {})[_scope(call)] = commands
    call.world.touch()
    return True


def _command(raw: Any) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    command, text = str(raw.get("command", "")).removeprefix("/"), str(raw.get("description", "")).strip()
    if not COMMAND.match(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 0 < len(text) <= MAX_COMMAND_TEXT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": text}


@method("getMyCommands")
def get_my_commands(call: Call) -> Any:
    """Return the commands of exactly this scope and language."""
    return call.bot.settings.get("commands", {}).get(_scope(call), [])


@method("deleteMyCommands")
def delete_my_commands(call: Call) -> Any:
    """Forget the commands of a scope and language."""
    call.bot.settings.get("commands", {}).pop(_scope(call), None)
    call.world.touch()
    return True


@method("setMyName", "setMyDescription", "setMyShortDescription")
def set_text(call: Call) -> Any:
    """Set the bot's name or a description for a language."""
    field, most, refusal = _TEXTS[call.method.removeprefix("setMy")]
    text = call.params.text(field).strip()
    if len(text) > most:
        raise bad_request(refusal)
    language = _language(call)
    texts = call.bot.settings.setdefault(field, {})
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    if field == "name" and not language and text:
        call.bot.name = text
    call.world.touch()
    return True


@method("getMyName", "getMyDescription", "getMyShortDescription")
def get_text(call: Call) -> Any:
    """Return that text, or the one for all languages."""
    field, _, _ = _TEXTS[call.method.removeprefix("getMy")]
    texts = call.bot.settings.get(field, {})
    fallback = texts.get("", call.bot.name if field == "name" else "")
    return {field: texts.get(_language(call), fallback)}


@method("setChatMenuButton")
def set_chat_menu_button(call: Call) -> Any:
    """Set the button beside the message field, for one person or all."""
    button = call.params.json("menu_button", "menu button")
    button = {"type": "default"} if button is None else button
    _check_menu_button(button)
    if call.params.has("chat_id") and call.params.number("chat_id") <= 0:
        raise bad_request("invalid chat_id specified")
    call.bot.settings.setdefault("menu", {})[call.params.text("chat_id")] = button
    call.world.touch()
    return True


def _check_menu_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse menu button: MenuButton must be an Object")
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    if button["type"] != "web_app":
        return
    for name in ("text", "web_app"):
        if name not in button:
            raise bad_request(f"can't parse menu button: Can't find field \"{name}\"")
    url = str(button["web_app"].get("url", ""))
    if not is_safe(url):
        raise bad_request(f"menu button Web App URL '{url}' is invalid: Only HTTPS links are allowed")


@method("getChatMenuButton")
def get_chat_menu_button(call: Call) -> Any:
    """Return that button."""
    menu = call.bot.settings.get("menu", {})
    return menu.get(call.params.text("chat_id")) or menu.get("") or {"type": "commands"}
