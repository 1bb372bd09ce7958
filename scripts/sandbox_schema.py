"""Write `sandbox/wire/schema.json`: what the installed aiogram knows of the Bot API, as plain facts.

`python -m scripts.sandbox_schema`, after aiogram was updated. Types are written `Integer`, `[Message]` (an array),
`Integer|String` (one of), `=user` (always this value).
"""

import json
import types
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import aiogram
from aiogram import methods
from aiogram.client.default import Default
from aiogram.methods.base import TelegramMethod
from aiogram.types import Message
from pydantic import BaseModel

SCHEMA = Path(__file__).resolve().parent.parent / "sandbox" / "wire" / "schema.json"
PLAIN = {
    bool: "Boolean",
    int: "Integer",
    float: "Float",
    str: "String",
    datetime: "Integer",
    timedelta: "Integer",
}
UNSAID = (types.NoneType, Default)
Json = dict[str, Any]


def read_schema() -> Json:
    """Every method with its parameters and what it returns, and the objects needed to make such an answer."""
    known = sorted(_methods(), key=lambda method: method.__api_method__)
    described = {method.__api_method__: _describe(method) for method in known}
    objects: Json = {}
    for method in known:
        _add_objects(method.__returning__, objects)
        if content := _content_field(method):
            _add_objects(Message.model_fields[content].annotation, objects)
    return {
        "bot_api": aiogram.__api_version__,
        "methods": described,
        "objects": dict(sorted(objects.items())),
    }


def _methods() -> list[type[TelegramMethod[Any]]]:
    functions = [getattr(methods, name) for name in methods.__all__]
    return [
        function
        for function in functions
        if hasattr(function, "__api_method__") and function is not TelegramMethod
    ]


def _describe(method: type[TelegramMethod[Any]]) -> Json:
    described: Json = {"returns": written(method.__returning__)}
    if content := _content_field(method):
        described["makes"] = {content: written(Message.model_fields[content].annotation)}
    needed = {
        name: written(field.annotation) for name, field in method.model_fields.items() if field.is_required()
    }
    others = {
        name: written(field.annotation) for name, field in method.model_fields.items() if name not in needed
    }
    return described | {"required": needed, "optional": others}


def _content_field(method: type[TelegramMethod[Any]]) -> str:
    """The field of a message that this method fills: `paid_media` for sendPaidMedia."""
    name = method.__api_method__.removeprefix("send")
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")
    is_sending = method.__returning__ is Message and method.__api_method__.startswith("send")
    return snake if is_sending and snake in Message.model_fields else ""


def _add_objects(annotation: Any, objects: Json) -> None:
    for kind in _models(annotation):
        if kind.__name__ in objects:
            continue
        fields = {
            name: field.annotation for name, field in kind.model_fields.items() if _is_always_there(field)
        }
        objects[kind.__name__] = {name: written(field) for name, field in fields.items()}
        for each_field in fields.values():
            _add_objects(each_field, objects)


def _is_always_there(field: Any) -> bool:
    return field.is_required() or get_origin(field.annotation) is Literal


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The objects in a type; an array may be empty, so what would lie in it is not needed."""
    if get_origin(annotation) is list:
        return []
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [kind for inner in get_args(annotation) for kind in _models(inner)]


def written(annotation: Any) -> str:
    """A Python type as the schema writes it."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return written(inner[0])
    if origin is Literal:
        return "True" if inner[0] is True else f"={getattr(inner[0], 'value', inner[0])}"
    if origin is list:
        return f"[{written(inner[0])}]"
    if origin in (Union, types.UnionType):
        return "|".join(
            dict.fromkeys(written(inner_kind) for inner_kind in inner if inner_kind not in UNSAID)
        )
    return PLAIN.get(annotation) or str(annotation.__name__).removesuffix("Union")


def main() -> None:
    """Write the file."""
    SCHEMA.write_text(json.dumps(read_schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {SCHEMA.name}")


if __name__ == "__main__":
    main()
