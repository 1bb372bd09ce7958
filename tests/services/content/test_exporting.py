"""Export: the same bytes for the same flow, and export, import, export again gives them once more."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from app.boot.database import CONTENT
from core.environment import Environment
from core.flow.definition import Flow, FlowInvalid, dump_flow, parse_flow
from services.content.exporting.documents import write_yaml
from services.content.files.sample import read_content
from services.content.importing.elements import TYPES
from services.content.importing.reader import read_path, read_sent
from services.content.importing.report import Severity
from tests.factories.elements import DOCUMENTS, make_document
from utils.sealed import KeyRing

COURSE_FILE = Path(__file__).parent / "ordered_maps" / "travel.yml"
FACTS = Environment(
    timedelta(days=1),
    (1001,),
    None,
    {},
    production=False,
    content_dir=CONTENT,
    signing_key=b"",
    keys=KeyRing({"k1": b"s" * 32}),
)


def come_back(flow: Flow) -> Flow:
    """The flow out and in again."""
    batch = read_sent(FACTS, "flow.yaml", write_yaml(flow).encode(), "")
    assert [one for one in batch.report.findings if one.severity is Severity.ERROR] == []
    return batch.courses[0].flow


def assert_stable(flow: Flow) -> None:
    back = come_back(flow)
    assert dump_flow(back) == dump_flow(flow)
    assert write_yaml(back) == write_yaml(flow)


def test_documents_are_of_known_elements() -> None:
    assert set(DOCUMENTS) <= set(TYPES)


@pytest.mark.parametrize("kind", [*DOCUMENTS, ""])
def test_every_field_of_every_element_comes_back(kind: str) -> None:
    assert_stable(parse_flow(make_document(*([kind] if kind else []))))


def test_the_sample_courses_and_an_imported_course_come_back() -> None:
    for flow in (*read_content(CONTENT).flows, read_path(FACTS, COURSE_FILE).courses[0].flow):
        assert_stable(flow)


def test_other_readers_of_yaml_see_the_same() -> None:
    flow = parse_flow(make_document())
    assert YAML(typ="safe").load(write_yaml(flow)) == dump_flow(flow)


ODD = ["a\nb", "no", "~", "null", "1.10", "0x1", " a", "a ", "a\n\n", "# x", "- a", "a: b", "*x", "&x", "!x", "%x", "@x", "`x",
       "'", '"', "a\tb\nc", "a\r\nb", "\u2028x", "\x85", "x\n y", "yes\n", "  x\ny", "x\n\n\ny\n", "\ufeffx", "<<", "=", "|",
       "> x", "?", "1:30", "2020-01-01", "{a: b}", "[a]", "---\na", "...\n", "😀\n👍🏽"]  # fmt: skip
letters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.sampled_from(ODD) | st.text(letters, min_size=1, max_size=80)
words = texts | st.fixed_dictionaries({"ru": texts, "en": texts})
TEXT_FIELDS = (
    "text",
    "title",
    "button",
    "feedback",
    "feedback_correct",
    "answer",
    "no_mistakes",
    "wait_text",
    "correct_answer",
)


def reworded(value: Any, draw: st.DrawFn, name: str = "") -> Any:
    """A document with other texts in it."""
    if isinstance(value, Mapping) and not value.keys() & {"ru"}:
        return {key: reworded(one, draw, key) for key, one in value.items()}
    if isinstance(value, list):
        return [reworded(one, draw) for one in value]
    return draw(words) if name in TEXT_FIELDS and draw(st.booleans()) else value


@st.composite
def flows(draw: st.DrawFn) -> Flow | None:
    kinds = draw(st.lists(st.sampled_from(sorted(DOCUMENTS)), min_size=1, max_size=4))
    document = reworded(make_document(*kinds), draw)
    try:
        return parse_flow({**document, "name": draw(words)})
    except FlowInvalid:
        return None


@given(flows())
@settings(max_examples=100, deadline=None)
def test_any_flow_comes_back(flow: Flow | None) -> None:
    if flow is not None and "{{" not in repr(flow).replace("{{user.user_name}}", ""):
        assert_stable(flow)


def test_texts_that_no_file_can_hold_are_refused_at_import() -> None:
    text = write_yaml(parse_flow(make_document("end"))).replace("over", '"a\\0b"')
    batch = read_sent(FACTS, "flow.yaml", text.encode(), "")
    assert [one.line for one in batch.report.findings] == [11]
