"""A flow is changed by its steps' keys, and what is not named stays as it was."""

import pytest

from core.flow import editing
from core.flow.definition import FlowInvalid, dump_flow, parse_flow
from core.flow.editing import StepNotFound

FLOW = parse_flow({
    "kind": "course", "slug": "words", "name": {"ru": "Слова", "en": "Words"},
    "steps": [
        {"key": "one", "type": "lesson", "title": "One", "messages": [{"text": "a"}, {"text": "b"}]},
        {"key": "two", "type": "message", "text": "Two", "options": [{"text": "Again", "goto": "one"}]},
        {"key": "three", "type": "end"},
    ],
})  # fmt: skip


def keys(flow: object) -> list[str]:
    return [step.key for step in flow.steps]  # type: ignore[attr-defined]


def test_steps_are_added_moved_changed_and_dropped() -> None:
    new = {"key": "new", "type": "message", "text": "New"}
    assert keys(editing.add_step(FLOW, new)) == ["one", "two", "three", "new"]
    assert keys(editing.add_step(FLOW, new, after="one")) == ["one", "new", "two", "three"]
    assert keys(editing.put_before(FLOW, new, "one")) == ["new", "one", "two", "three"]
    assert keys(editing.move_step(FLOW, "one", before="three")) == ["two", "one", "three"]
    assert keys(editing.move_step(FLOW, "one", before=None)) == ["two", "three", "one"]
    assert keys(editing.drop_step(FLOW, "two")) == ["one", "three"]
    changed = editing.change_step(FLOW, "two", {"text": "2", "options": None})
    assert dump_flow(changed)["steps"][1] == {"key": "two", "type": "message", "text": "2"}
    assert dump_flow(changed)["steps"][0] == dump_flow(FLOW)["steps"][0]


def test_messages_of_a_lesson() -> None:
    longer = editing.add_message(FLOW, "one", {"text": "c"}, 1)
    assert [one["text"] for one in dump_flow(longer)["steps"][0]["messages"]] == ["a", "c", "b"]
    changed = editing.change_message(longer, "one", 1, {"text": "d", "protect": True})
    assert dump_flow(editing.drop_message(changed, "one", 0))["steps"][0]["messages"] == [
        {"text": "d", "protect": True}, {"text": "b"},
    ]  # fmt: skip
    with pytest.raises(StepNotFound):
        editing.change_message(FLOW, "one", 2, {"text": "x"})
    with pytest.raises(StepNotFound):
        editing.drop_message(FLOW, "two", 0)


def test_the_head_keys_and_who_leads_where() -> None:
    renamed = editing.change_head(FLOW, {"name": "W", "slug": "other", "steps": []})
    assert (dump_flow(renamed)["name"], renamed.slug, len(renamed.steps)) == ("W", "words", 3)
    assert editing.new_key(FLOW, "message") == "message_1"
    assert editing.list_leading_to(FLOW, "one") == ("two",)
    with pytest.raises(StepNotFound):
        editing.change_step(FLOW, "nowhere", {"text": "x"})
    with pytest.raises(FlowInvalid):
        editing.add_step(FLOW, {"key": "one", "type": "end"})
