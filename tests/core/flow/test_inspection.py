"""Each of the mistakes planted into a good flow is found at its step, and good flows are clean."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app.boot.database import CONTENT
from core.flow.definition import FlowInvalid, parse_flow
from core.flow.inspection import Weight, inspect

BOTH = {"ru": "Да", "en": "Yes"}


def step(key: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "type": "message", "text": BOTH, **fields}


def looked_through(*steps: dict[str, Any], files: tuple[str, ...] = (), **more: Any) -> list[str]:
    document = {"kind": "scenario", "slug": "s", "name": "S", "steps": list(steps), **more}
    found = inspect(parse_flow(document), lambda ref: ref in files)
    return [str(one) for one in found if one.weight is not Weight.HINT]


END = {"key": "end", "type": "end"}
PLANTED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "unknown variable": ([step("a", text="Hi {{user.nobody}}"), END], "error: a: text: "),
    "way to nowhere": ([step("a", options=[{"text": BOTH, "goto": "gone"}]), END], "error: a: goes to “gone”"),
    "prefix of nothing": (
        [step("a"), {"key": "t", "type": "test", "text": BOTH, "prefix": "quiz_"}, END],
        "warning: t: prefix: ",
    ),
    "step nobody reaches": (
        [step("a", options=[{"text": BOTH, "goto": "end"}]), step("b"), END],
        "warning: b: nobody reaches",
    ),
    "step behind the end": ([step("a"), END, step("b")], "warning: b: nobody reaches"),
    "circle without a wait": (
        [step("a"), {"key": "b", "type": "branch", "cases": [{"when": "tag", "params": {"name": "x"}, "goto": "a"}], "else": "a"}],
        "error: a: goes round in circles without waiting a minute for anything: ",
    ),
    "language that is missing": ([step("a"), step("b", text={"ru": "Привет"}), END], "warning: b: a text is missing in en"),
    "buttons alike": (
        [step("a", options=[{"text": BOTH, "goto": "end"}, {"text": BOTH, "goto": "end"}]), END],
        "warning: a: two of its buttons look the same",
    ),
    "price without a product": ([step("a", text="{{scenario.product_price}} ₽"), END], "error: a: {{scenario.product_price}}"),
    "text that grows too long": ([step("a", text="x" * 4080 + "{{user.user_name}}"), END], "warning: a: with its variables"),
    "file that is not there": (
        [step("a", media=[{"kind": "photo", "ref": "gone.png"}]), END],
        "error: a: the file gone.png is not there",
    ),
    "no steps": ([], "error: the flow has no steps"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_found(mistake: str) -> None:
    steps, said = PLANTED[mistake]
    found = looked_through(*steps)
    assert any(one.startswith(said) for one in found), found


@pytest.mark.parametrize(
    "wrong",
    [
        [step("a", text="x" * 4097)],
        [step("a", media=[{"kind": "photo", "ref": "a.png"}], text="x" * 1025)],
        [step("a"), step("a")],
        [{"key": "q", "type": "quiz", "text": "?", "answers": [{"text": "a"}, {"text": "b"}]}],
    ],
)
def test_what_is_no_flow_at_all_is_refused_before(wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(FlowInvalid):
        looked_through(*wrong)


def test_what_is_right_is_not_remarked_upon() -> None:
    product = {"name": BOTH, "price": 100}
    steps = [
        step("a", options=[{"text": {"ru": "А", "en": "A"}, "goto": "c"}, {"text": {"ru": "Б", "en": "B"}}]),
        step("b", text="{{scenario.product_price}}", buttons=[[{"text": BOTH, "url": "{{user.payment_link}}"}]]),
        {"key": "wait", "type": "delay", "wait": "1d", "goto": "a"},
        step("c", media=[{"kind": "photo", "ref": "a.png"}]),
        END,
    ]  # fmt: skip
    assert looked_through(*steps, files=("a.png",), product=product) == []


@pytest.mark.parametrize(
    "path", sorted([*CONTENT.glob("flows/*.yaml"), *CONTENT.glob("examples/[ef]*.yaml")]), ids=str
)
def test_the_sample_content_is_clean(path: Path) -> None:
    found = inspect(parse_flow(YAML(typ="safe").load(path)))
    assert [str(one) for one in found if one.weight is not Weight.HINT] == []
