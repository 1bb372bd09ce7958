"""The page of elements says what the models say, and its examples are elements."""

import re

from ruamel.yaml import YAML

from core.flow.checks import check_flow
from core.flow.definition import parse_flow
from scripts.elements_reference import PAGE, list_kinds, make_page

EXAMPLE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_page_is_as_the_models_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m scripts.elements_reference`"


def test_every_element_has_an_example_that_is_one() -> None:
    steps = [step for block in EXAMPLE.findall(make_page()) for step in YAML(typ="safe").load(block)]
    flow = parse_flow({"kind": "course", "slug": "page", "name": "Page", "steps": steps})
    assert [problem for problem in check_flow(flow) if not problem.warning] == []
    assert {step.type for step in flow.steps} == {kind.model_fields["type"].default for kind in list_kinds()}
