"""`python -m scripts.broadcast_reference`: writes docs/reference/broadcast-file.md from the definition and the conditions."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from services.messaging import broadcast_plan
from services.messaging.broadcast_plan import Plan, PlanButton, PlanPoll, Variant, Window, Winner
from services.people.conditions.base import Condition
from services.people.conditions.catalogue import CONDITIONS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/broadcast-file.md"
PARTS: dict[str, type[BaseModel]] = {
    "The file": Plan,
    "A button": PlanButton,
    "`poll`": PlanPoll,
    "`window`": Window,
    "A variant": Variant,
    "`winner`": Winner,
}
HEAD = """\
# A broadcast's file

Made from `services/messaging/broadcast_plan.py` and `services/people/conditions` by `python -m scripts.broadcast_reference`; do not edit.
How to write one: [broadcasts](../how-to/broadcasts.md).
"""
CONDITIONS_HEAD = """\
## Conditions

A condition is written by its name, with its main argument behind it (`tag: warm`), or with several (`utm: {source: ad, campaign: may}`).
`all`, `any` and `not` join them. Broadcasts, segments, triggers, a `branch` of a flow and the list of people ask the same ones.

In a line, for `tandem people --where` and `/who`, several arguments have commas between them and `not` stands in front:
`tag: warm`, `not has_paid`, `progress: course clear-words, at_least 2`.
"""


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


def make_page() -> str:
    """The whole page."""
    words = read_words()
    lines = [HEAD]
    for title, model in PARTS.items():
        lines += [f"## {title}", "", "| key | what it says |", "|---|---|"]
        lines += [
            f"| `{field.alias or name}` | {words[model.__name__, name]} |"
            for name, field in model.model_fields.items()
        ]
        lines.append("")
    lines += [CONDITIONS_HEAD, "| condition | arguments | holds for whom |", "|---|---|---|"]
    lines += [_condition(name, condition) for name, condition in CONDITIONS.items()]
    return "\n".join([*lines, ""])


def read_words() -> dict[tuple[str, str], str]:
    """What the definition says below each field."""
    return dict(_words_of(ast.parse(inspect.getsource(broadcast_plan))))


def _words_of(tree: ast.Module) -> Iterator[tuple[tuple[str, str], str]]:
    for model in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        for field, below in zip(model.body, model.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
                yield (model.name, ast.unparse(field.target)), ast.literal_eval(below.value)


def _condition(name: str, condition: Condition) -> str:
    module = inspect.getmodule(condition.clause)
    meaning = inspect.cleandoc((module and module.__doc__) or "").partition(": ")[2].replace("\n", " ")
    arguments = [
        f"`{field}`" + (" (alone)" if field == condition.main else "")
        for field in condition.params.model_fields
    ]
    return f"| `{name}` | {', '.join(arguments) or '–'} | {meaning} |"


if __name__ == "__main__":
    sys.exit(main())
