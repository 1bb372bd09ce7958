"""A flow as a file of our own form: the same flow always gives the same bytes, and they import to the same flow."""

import io
import re
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from core.flow.definition import Flow, dump_flow

_WIDEST = 1_000_000  # lines break where the author broke them
_ELSEWHERE = re.compile(r"y|n|yes|no|on|off|[-+0-9][-+0-9:._]*", re.IGNORECASE)
"""Texts that older readers of YAML take for something else."""


def write_yaml(flow: Flow) -> str:
    """The document `tandem import` reads."""
    return write_document(dump_flow(flow))


def write_document(document: Mapping[str, Any]) -> str:
    """The same of a draft, some step of which may be unfinished."""
    yaml = YAML()
    yaml.width = _WIDEST
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_shown(dict(document)), text)
    return text.getvalue()


def _shown(value: Any) -> Any:
    """Texts of several lines stand as blocks, unless something in them would be lost there."""
    if isinstance(value, dict):
        return {name: _shown(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_shown(part) for part in value]
    if isinstance(value, str):
        return _shown_text(value)
    return value


def _shown_text(text: str) -> str:
    if "\n" not in text and text.isprintable():
        return DoubleQuotedScalarString(text) if _ELSEWHERE.fullmatch(text) else text
    lines = text.split("\n")
    is_block = (
        all(line.isprintable() and line == line.rstrip() for line in lines)
        and lines[0].strip() != ""
        and not lines[0].startswith(" ")
        and len(lines) > 1
    )
    shown: str = LiteralScalarString(text) if is_block else DoubleQuotedScalarString(text)
    return shown
