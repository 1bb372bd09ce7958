"""`python -m scripts.errors_reference`: writes the refusals of the REST API, from what its code can raise: a page of the docs, and what the program shows at `/docs/errors`."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import ErrorKind
from core.text.catalog import say
from web.api.problems import CODES, STATUS, list_keys

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/errors.md"
SHOWN = ROOT / "web/pages/errors.csv"
API = "web/api"
ROOMS = ("core", "services", "web")
KINDS = {kind.name: kind for kind in ErrorKind}
INPUT_REFUSALS = ("InputRefused", "PlanRefused")
HEAD = """\
# Errors of the REST API

Made from the code by `python -m scripts.errors_reference`; do not edit.

A refusal is `application/problem+json`. `code` is for programs and stays, `detail` is for people and comes in the language of
`Accept-Language` (Russian or English), `type` names the line of this page, `errors` says where in the request something is wrong.
A row that is another account's is missing: the answer is the same, byte for byte but for the `request_id`.

| code | status | what it says |
|---|---|---|
"""


@dataclass(frozen=True, order=True)
class Refusal:
    """What a route may answer."""

    code: str
    status: int


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    SHOWN.write_text(make_table(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} and {SHOWN.relative_to(ROOT)} are written\n")
    return 0


def make_page() -> str:
    """The whole page."""
    return HEAD + "".join(f"{_line(refusal)}\n" for refusal in sorted(list_refusals()))


def make_table() -> str:
    """Code and status of each."""
    return "".join(f"{refusal.code},{refusal.status}\n" for refusal in sorted(list_refusals()))


def list_refusals() -> set[Refusal]:
    """All that the routes, and what they stand on, can refuse with."""
    named = {Refusal(code, status) for status, code in CODES.items()}
    for path in _list_reached():
        named |= set(_read_refusals(ast.parse(path.read_text(encoding="utf-8"))))
    return named


def _line(refusal: Refusal) -> str:
    key = list_keys(refusal.code, refusal.status, "en")[0]
    return f'| <a id="{refusal.code}"></a>`{refusal.code}` | {refusal.status} | {say(key, "en")} |'


def _list_reached() -> list[Path]:
    """The files of the API and all that these import, and so on."""
    waiting, seen = list((ROOT / API).rglob("*.py")), set[Path]()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += _list_imported(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(seen)


def _list_imported(tree: ast.Module) -> Iterator[Path]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ROOMS:
            base = ROOT.joinpath(*(node.module or "").split("."))
            inside = [base / f"{alias.name}.py" for alias in node.names]
            yield from (path for path in (base.with_suffix(".py"), *inside) if path.is_file())


def _read_refusals(tree: ast.Module) -> Iterator[Refusal]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            code = _constant(node.args[1]) if len(node.args) > 1 else None
            status = _status_of(node)
            if _name(node.func) in INPUT_REFUSALS:
                code, status = _constant(node.args[0]), STATUS[ErrorKind.INVALID]
            if isinstance(code, str) and status is not None:
                yield Refusal(code, status)


def _status_of(call: ast.Call) -> int | None:
    """The status of a refusal whose first argument says its kind, or the status itself."""
    first = call.args[0]
    if isinstance(first, ast.Attribute):
        kind = KINDS.get(first.attr)
        return None if kind is None else STATUS[kind]
    status = _constant(first) if _name(call.func) == "Problem" else None
    return status if isinstance(status, int) else None


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else ""


if __name__ == "__main__":
    sys.exit(main())
