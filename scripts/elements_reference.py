"""`python -m scripts.elements_reference`: writes docs/reference/elements.md from the models of the steps."""

import io
import json
import sys
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, get_args

from ruamel.yaml import YAML

from core.flow.definition import Flow
from core.flow.product import Product
from core.flow.steps import Step
from core.flow.steps.base import BaseStep
from core.text.message import MessageFields

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/elements.md"
SOURCES = (
    "content/examples/every-element.yaml",
    "content/flows/welcome.yaml",
    "content/flows/outreach.yaml",
    "content/examples/gate.yaml",
)
"""Where the examples are taken from: the first step of each type."""
HEAD = """\
# Elements

Made from the models of the steps by `python -m scripts.elements_reference`; do not edit.

A course or a scenario is a file with the fields of [a flow](#a-flow); the older platform's files have elements alone.
Every element has a `key` (letters, digits, `_`, `-`, `.`, at most 64) and a `type`. A text is one for all languages, or a
map of languages (`{ru: …, en: …}`). An interval is written `1d:2h:30m:10s`; a day is a day of the course.
What an element says may also have the fields of [a message](#a-message).
"""


SHARED: Mapping[str, type[Any]] = {"A flow": Flow, "A product": Product, "A message": MessageFields}
"""What is described beside the elements."""


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


def make_page() -> str:
    """The whole page."""
    examples = _examples()
    kinds = sorted(list_kinds(), key=_type_of)
    shared = [_describe_table(name, kind) for name, kind in SHARED.items()]
    parts = [HEAD, *(_describe(kind, examples) for kind in kinds), *shared]
    return "\n".join(parts)


def list_kinds() -> list[type[BaseStep]]:
    """The models of all step types."""
    union, *_ = get_args(Step)
    return list(get_args(union))


def _type_of(kind: type[BaseStep]) -> str:
    return str(kind.model_fields["type"].default)


def _describe(kind: type[BaseStep], examples: Mapping[str, Any]) -> str:
    name = _type_of(kind)
    lines = [f"## {name}", "", *_doc(kind), "", "| field | what it is | default |", "|---|---|---|"]
    shared = {"key", "type"} | (set(MessageFields.model_fields) - {"text"})
    lines += [row for field, row in _rows(kind) if field not in shared]
    if name in examples:
        lines += ["", "```yaml", _yaml(examples[name]), "```"]
    return "\n".join([*lines, ""])


def _describe_table(name: str, kind: type[Any]) -> str:
    lines = [f"## {name}", "", *_doc(kind), "", "| field | what it is | default |", "|---|---|---|"]
    return "\n".join([*lines, *(row for _, row in _rows(kind)), ""])


def _doc(kind: type) -> list[str]:
    """The docstring; what it says of a visit's own data is for programmers."""
    paragraphs = cleandoc(kind.__doc__ or "").split("\n\n")
    kept_paragraphs = [paragraph for paragraph in paragraphs if not paragraph.startswith("Data:")]
    return "\n\n".join(kept_paragraphs).split("\nData:")[0].splitlines()


def _rows(kind: type[Any]) -> Iterator[tuple[str, str]]:
    schema = kind.model_json_schema(mode="validation")
    definitions = schema.get("$defs", {})
    for name, field in schema["properties"].items():
        default = "required" if name in schema.get("required", ()) else _default(field)
        yield name, f"| `{name}` | {_what(field, definitions)} | {default} |"


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    return "–" if value in (None, [], {}, "") else f"`{json.dumps(value, ensure_ascii=False)}`"


def _what(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """A schema in words."""
    if field.get("discriminator"):
        return "elements of this page"
    if "$ref" in field:
        return _what(definitions[field["$ref"].rpartition("/")[2]], definitions)
    if options := field.get("anyOf"):
        words = [_what(option, definitions) for option in options if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(words))
    if values := field.get("enum"):
        return ", ".join(f"`{value}`" for value in values)
    if "const" in field:
        return f"`{field['const']}`"
    return _plain(field, definitions)


def _plain(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    kind = field.get("type")
    if "format" in field:
        return f"as in `{field['format']}`"
    if kind == "array":
        return f"list of {_what(field.get('items', {}), definitions)}{_limits(field, 'Items')}"
    if kind == "object":
        names = ", ".join(field.get("properties", ()))
        return f"`{{{names}}}`" if names else "text, by language"
    words = {
        "boolean": "yes or no",
        "integer": f"number{_range(field)}",
        "number": f"number{_range(field)}",
        "string": f"text{_limits(field, 'Length')}",
    }
    return words.get(str(kind), "as in the example")


def _limits(field: Mapping[str, Any], what: str) -> str:
    low, high = field.get(f"min{what}"), field.get(f"max{what}")
    unit = "characters" if what == "Length" else "entries"
    if low and high:
        return f", {low} to {high} {unit}"
    return f", at most {high} {unit}" if high else ""


def _range(field: Mapping[str, Any]) -> str:
    low = field.get("minimum", field.get("exclusiveMinimum"))
    high = field.get("maximum", field.get("exclusiveMaximum"))
    return f", {low:g} to {high:g}" if low is not None and high is not None else ""


def _examples() -> dict[str, Any]:
    examples: dict[str, Any] = {}
    for source in SOURCES:
        document = YAML().load(ROOT / source)
        for step in document["steps"]:
            examples.setdefault(step["type"], step)
    return examples


def _yaml(step: object) -> str:
    text = io.StringIO()
    writer = YAML()
    writer.width = 1000
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump([step], text)
    return text.getvalue().strip("\n")


if __name__ == "__main__":
    sys.exit(main())
