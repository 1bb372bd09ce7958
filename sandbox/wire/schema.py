"""The facts of the Bot API in `schema.json`: which methods there are, and what goes in and out of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.wire.errors import bad_request
from sandbox.wire.params import Params

# What Telegram calls a parameter in its complaints, and what it says when the parameter is no such thing.
TITLES = {
    "rights": (
        "ChatAdministratorRights",
        "can't parse ChatAdministratorRights: ChatAdministratorRights must be an Object",
    ),
    "custom_emoji_ids": ("custom emoji identifiers", "expected an Array of custom emoji identifiers"),
    "errors": ("errors", "expected an Array of PassportElementError"),
}
MISSING = {
    "chat_id": "chat_id is empty",
    "sender_chat_id": "sender_chat_id is empty",
    "user_id": "invalid user_id specified",
}
NUMBERS = frozenset({"Integer", "Float"})
PLAIN = NUMBERS | {"Boolean", "String", "InputFile"}


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """One method: its parameters and their types, what it returns, the field of a message that it makes."""

    name: str
    returns: str
    required: dict[str, str]
    optional: dict[str, str]
    makes: dict[str, str]


def _read() -> tuple[dict[str, MethodFacts], dict[str, dict[str, str]]]:
    facts = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
    methods = {
        name.lower(): MethodFacts(
            name,
            described["returns"],
            described["required"],
            described["optional"],
            described.get("makes", {}),
        )
        for name, described in facts["methods"].items()
    }
    return methods, facts["objects"]


METHODS, OBJECTS = _read()


def check_params(facts: MethodFacts, params: Params) -> None:
    """Refuse a call without a required parameter, or with one of a wrong type."""
    for name, kind in facts.required.items():
        if name not in params.files and params.values.get(name) in (None, ""):
            raise bad_request(MISSING.get(name, f'parameter "{name}" is required'))
        _check(name, kind, params)
    for name, kind in facts.optional.items():
        if params.values.get(name) not in (None, ""):
            _check(name, kind, params)


def _check(name: str, kind: str, params: Params) -> None:
    if kind in NUMBERS:
        if not _is_number(params.values.get(name)):
            is_sender = name == "sender_chat_id"
            raise bad_request(f"{name} is not a valid Integer" if is_sender else f"invalid {name} specified")
    elif kind.startswith("["):
        _check_json(name, list, f"expected an Array of {kind[1:-1]}", params)
    elif PLAIN.isdisjoint(kind.split("|")):
        _check_json(name, dict, f"can't parse {name} JSON object", params)


def _check_json(name: str, kind: type, refusal: str, params: Params) -> None:
    title, words = TITLES.get(name, (name, refusal))
    if not isinstance(params.json(name, title), kind):
        raise bad_request(words)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
