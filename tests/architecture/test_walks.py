"""The walks of docs/architecture.md lead through the code: each function exists, and an earlier one leads to it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/architecture.md"
TABLES = ROOT / "services/reactions/tables.py"
STEP = re.compile(r"^\d+\. `(?P<name>[\w.]+)` (?P<rest>.*)$")
BY = re.compile(r"by `(?P<over>\w+)`\.$")
ITSELF = "by itself."


@dataclass(frozen=True)
class Step:
    """A function of a walk, and over what it is reached where nobody calls it."""

    name: str
    over: str | None
    begins: bool

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]


def read_walks(text: str) -> dict[str, list[Step]]:
    """The walks of the page, by their titles."""
    walks: dict[str, list[Step]] = {}
    for part in text.partition("## Five walks")[2].split("\n### ")[1:]:
        title, *lines = part.splitlines()
        walks[title] = [_read_step(found) for line in lines if (found := STEP.match(line))]
    return walks


def _read_step(found: re.Match[str]) -> Step:
    over = BY.search(found["rest"])
    return Step(found["name"], over["over"] if over else None, found["rest"].endswith(ITSELF))


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def find(name: str) -> tuple[Path, ast.AST]:
    """The file and the definition of a dotted name; raises LookupError."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        path = ROOT.joinpath(*parts[:cut]).with_suffix(".py")
        if path.exists():
            return path, _descend(parse(path), parts[cut:])
    raise LookupError(name)


def _descend(node: ast.AST, names: list[str]) -> ast.AST:
    for name in names:
        inside = [one for one in ast.iter_child_nodes(node) if getattr(one, "name", None) == name]
        if not inside:
            raise LookupError(name)
        node = inside[0]
    return node


def mentioned(node: ast.AST) -> set[str]:
    """Every name within, imported ones too."""
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    names |= {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return names | {one.name for one in ast.walk(node) if isinstance(one, ast.alias)}


def reached(name: str) -> set[str]:
    """What a function mentions, with what the functions of its file mention that it leads to."""
    path, node = find(name)
    inside = {
        one.name: one
        for one in ast.walk(parse(path))
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    names, waiting = set[str](), [node]
    seen = {id(node)}
    while waiting:
        fresh = mentioned(waiting.pop())
        names |= fresh
        for one in fresh & inside.keys():
            if id(inside[one]) not in seen:
                seen.add(id(inside[one]))
                waiting.append(inside[one])
    return names


def table_rows() -> Iterator[tuple[str, str]]:
    """What leads to which function on the page of reactions."""
    for one in ast.walk(parse(TABLES)):
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                if isinstance(key, ast.Attribute):
                    yield key.attr, ast.unparse(value).rpartition(".")[2]


def named_by(table: str, name: str) -> set[str]:
    """What a table in the file of a function mentions."""
    found = set[str]()
    for one in parse(find(name)[0]).body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id == table:
            found |= mentioned(one)
    return found


def leads(earlier: list[Step], step: Step) -> bool:
    """Whether one of the earlier steps calls it, or hands over to it as the page says."""
    if step.over is None:
        return step.begins or any(step.short in reached(one.name) for one in earlier)
    if (step.over, step.short) in set(table_rows()):
        return True
    if any(step.short in named_by(step.over, one.name) for one in earlier):
        return True
    here = mentioned(parse(find(step.name)[0])) | reached(step.name)
    there = set[str]().union(*(reached(one.name) | mentioned(parse(find(one.name)[0])) for one in earlier))
    return step.over in there and (step.over in here or step.over == step.short)


def lost(walk: list[Step]) -> list[str]:
    """The steps that are not there or that nothing leads to."""
    found = []
    for number, step in enumerate(walk):
        try:
            find(step.name)
        except LookupError:
            found.append(f"{step.name} is not there")
            continue
        earlier = [one for one in walk[:number] if _exists(one.name)]
        if number and not leads(earlier, step):
            found.append(f"nothing leads to {step.name}")
    return found


def _exists(name: str) -> bool:
    try:
        return bool(find(name))
    except LookupError:
        return False


WALKS = read_walks(PAGE.read_text(encoding="utf-8"))


def test_there_are_five() -> None:
    assert [len(walk) >= 8 for walk in WALKS.values()] == [True] * 5


@pytest.mark.parametrize("title", WALKS)
def test_a_walk_can_be_followed(title: str) -> None:
    assert lost(WALKS[title]) == []


FIRST, SECOND = "services.delivery.inbox.drain", "services.delivery.batches.run_batch"


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        ([FIRST, SECOND], []),
        ([FIRST, "services.delivery.batches.run_fast"], ["services.delivery.batches.run_fast is not there"]),
        ([SECOND, FIRST], [f"nothing leads to {FIRST}"]),
    ],
)
def test_a_wrong_walk_is_told(names: list[str], wrong: list[str]) -> None:
    text = "## Five walks\n\n### One\n\n" + "".join(
        f"{n}. `{name}` goes on.\n" for n, name in enumerate(names, 1)
    )
    (walk,) = read_walks(text).values()
    assert lost(walk) == wrong


def test_an_event_nobody_expects_leads_nowhere() -> None:
    grant = "services.commerce.access.access.grant_access"
    settle = "services.commerce.payments.payments.settle_payment"
    for over, is_there in (("OrderPaid", True), ("PaymentFailed", False)):
        text = f"## Five walks\n\n### One\n\n1. `{settle}` moves it.\n2. `{grant}` follows, by `{over}`.\n"
        (walk,) = read_walks(text).values()
        assert (lost(walk) == []) is is_there


def test_the_table_of_imports_is_the_checked_one() -> None:
    told = re.sub(r"\s+", " ", PAGE.read_text(encoding="utf-8"))
    contracts = (ROOT / ".importlinter").read_text(encoding="utf-8")
    for name, first in (("floors", ""), ("services", "services: "), ("bots", "bots: ")):
        section = contracts.partition(f"contract:{name}]")[2].partition("\n[")[0]
        block = section.partition("\nlayers =\n")[2]
        layers = [line.strip().strip("()") for line in block.splitlines() if line.startswith("    ")]
        assert first + " > ".join(layers) in told
