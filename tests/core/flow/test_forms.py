"""What forms are told of steps is what their documents hold."""

from typing import Any

import pytest

from core.flow.forms import list_forms
from core.rules.drip import dump_drip, parse_drip

RULES: list[Any] = [
    {"day": 3, "at": "09:00"},
    {"after": "2d:4h"},
    {"weekday": "monday"},
    {"date": "2030-05-01", "at": "18:30"},
    "immediately",
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_form_knows_every_rule_of_a_lesson(rule: Any) -> None:
    [lesson] = [form for form in list_forms() if form.type == "lesson"]
    kinds = lesson.schema["properties"]["drip"]["anyOf"]
    written = dump_drip(parse_drip(rule))
    fitting = [
        kind["title"]
        for kind in kinds
        if kind.get("const", object) == written
        or (
            isinstance(written, dict)
            and set(kind.get("required", "?")) <= set(written) <= set(kind["properties"])
        )
    ]
    assert len(fitting) == 1
    assert written == rule
