"""Reply markups: reading what a bot sent, and refusing what Telegram refuses."""

import json
import re
from typing import Any

from sandbox.text.links import TELEGRAM_SCHEMES, checked, is_local, linked_user, scheme
from sandbox.wire.errors import ApiError, bad_request

MAX_CALLBACK_BYTES = 64
MAX_ROW = 12
MAX_BUTTONS = 300
_FLAGS = ("resize_keyboard", "one_time_keyboard", "is_persistent", "remove_keyboard")
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_REQUESTS = {
    "request_contact": "Phone number can be requested in private chats only",
    "request_location": "Location can be requested in private chats only",
    "request_poll": "Poll can be requested in private chats only",
    "web_app": "Web App buttons can be used in private chats only",
    "request_users": "Users can be requested in private chats only",
    "request_chat": "Chats can be requested in private chats only",
}
Markup = dict[str, Any]


def read_markup(raw: Any, *, private: bool, inline_only: bool = False) -> Markup | None:
    """Read `reply_markup`; None when there is none or nothing remains of it."""
    markup = _decoded(raw)
    if not markup:
        return None
    result = _read_kind(markup, private=private)
    if inline_only and result is not None and "inline_keyboard" not in result:
        raise bad_request("inline keyboard expected")
    return result


def is_pay_first(markup: Markup) -> bool:
    """Tell whether the first button pays."""
    rows = markup.get("inline_keyboard", [])
    return bool(rows) and bool(rows[0][0].get("pay"))


def _decoded(raw: Any) -> Markup | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError as error:
            raise bad_request("can't parse reply keyboard markup JSON object") from error
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    return raw


def _read_kind(markup: Markup, *, private: bool) -> Markup | None:
    for name in _FLAGS:
        if not isinstance(markup.get(name, False), bool):
            raise bad_request(f'field "{name}" must be of type Boolean')
    if rows := _rows(markup, "keyboard", ""):
        keyboard = [[_keyboard_button(button, private=private) for button in row] for row in rows]
        keyboard = [[button for button in row if button] for row in keyboard]
        return {**markup, "keyboard": [row for row in keyboard if row]} if any(keyboard) else None
    if rows := _rows(markup, "inline_keyboard", " of the InlineKeyboardMarkup"):
        return _inline_keyboard(rows)
    if markup.get("remove_keyboard"):
        return {"remove_keyboard": True}
    if markup.get("force_reply"):
        return {
            key: markup[key]
            for key in ("force_reply", "input_field_placeholder", "selective")
            if key in markup
        }
    return None


def _rows(markup: Markup, name: str, owner: str) -> list[list[Any]]:
    rows = markup.get(name, [])
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(f'field "{name}"{owner} must be an Array of Arrays')
    return rows


def _keyboard_button(button: Any, *, private: bool) -> Markup | None:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request("can't parse keyboard button: KeyboardButton must be a String or an Object")
    if not _text_of(button, "keyboard button"):
        return None
    for name, refusal in _REQUESTS.items():
        if button.get(name) not in (None, False) and not private:
            raise bad_request(refusal)
    return button


def _inline_keyboard(rows: list[list[Any]]) -> Markup | None:
    keyboard: list[list[Markup]] = []
    left = MAX_BUTTONS
    for row in rows:
        buttons = [read for button in row if (read := _inline_button(button))]
        buttons = buttons[: min(MAX_ROW, left)]
        left -= len(buttons)
        if buttons:
            keyboard.append(buttons)
    return {"inline_keyboard": keyboard} if keyboard else None


def _text_of(button: Markup, what: str) -> str:
    text = button.get("text")
    if text is None:
        raise bad_request(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(text, str):
        raise bad_request(f'can\'t parse {what}: Field "text" must be of type String')
    return text.strip()


def _inline_button(button: Any) -> Markup | None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = _text_of(button, "inline keyboard button")
    action = next((name for name in _ACTIONS if button.get(name) not in (None, "")), None)
    if action is None:
        for name in ("switch_inline_query", "switch_inline_query_current_chat"):
            if name in button:
                return {"text": text, name: ""}
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if not text:
        return None
    style = {key: button[key] for key in ("style", "icon_custom_emoji_id") if button.get(key)}
    return {"text": text, action: _action_value(action, button[action]), **style}


def _action_value(action: str, value: Any) -> Any:
    if action == "callback_data":
        return _callback_data(value)
    if action == "url":
        if not isinstance(value, str):
            raise bad_request('can\'t parse inline keyboard button: Field "url" must be of type String')
        return _button_url(value, "inline keyboard button URL")
    if action in ("web_app", "login_url"):
        return _nested_url(action, value)
    if action == "copy_text" and not (isinstance(value, dict) and value.get("text")):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    return value


def _callback_data(value: Any) -> str:
    if not isinstance(value, str):
        raise bad_request('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
    if len(value.encode()) > MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return value


def _button_url(url: str, what: str) -> str:
    if linked_user(url):
        return url
    address = checked(url)
    if not address:
        raise _wrong_url(url, what)
    return address


def _check_login_bot(name: str) -> None:
    if name and not re.fullmatch(r"@?\w+", name, re.ASCII):
        raise bad_request("can't parse inline keyboard button: LoginUrl bot username is invalid")


def _wrong_url(url: str, what: str) -> ApiError:
    why = "Wrong HTTP URL" if scheme(url) in ("", "http", "https") else "Unsupported URL protocol"
    return bad_request(f"{what} '{url}' is invalid: {why}")


def _nested_url(action: str, value: Any) -> Markup:
    what = "inline keyboard button Web App URL" if action == "web_app" else "inline keyboard button login URL"
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"url\"")
    url = value["url"]
    if linked_user(url):
        where = "Web App URL" if action == "web_app" else "login URL"
        raise bad_request(f"link to a user can't be used in {where} buttons")
    if action == "login_url":
        _check_login_bot(str(value.get("bot_username") or ""))
    if action == "web_app" and is_local(url):
        return value
    if url.split(":", 1)[0].lower() in TELEGRAM_SCHEMES or not checked(url):
        raise _wrong_url(url, what)
    if not url.lower().startswith("https://"):
        raise bad_request(f"{what} '{url}' is invalid: Only HTTPS links are allowed")
    return value
