"""What a flow has beside its steps comes through every door: our YAML in and out, a workbook in and out, the reference."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from ruamel.yaml import YAML

from core.environment import Environment
from core.flow.definition import HEAD_FIELDS, Flow, dump_flow, parse_flow
from scripts.elements_reference import PAGE
from services.content.exporting.documents import write_yaml
from services.content.exporting.workbooks import write_workbook
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Why

HEAD: dict[str, Any] = {
    "kind": "scenario",
    "slug": "night",
    "name": {"ru": "Ночь", "en": "Night"},
    "quiet_hours": "22:00-09:00",
    "protect": True,
    "profile": "agrad",
    "product": {
        "name": "Archive",
        "price": 150000,
        "currency": "EUR",
        "paid_content": {"text": {"ru": "Спасибо!", "en": "Thank you!"}},
        "private_group_id": -1001234567890,
    },
    "summary": {
        "text": "That was all.",
        "buttons": [[{"text": "Again", "url": "https://example.com/a"}], [{"text": "On", "url": "https://example.com/b"}]],
    },
}  # fmt: skip
STEPS = [{"key": "a", "type": "message", "text": "Hello"}, {"key": "z", "type": "end"}]
NIGHT = parse_flow({**HEAD, "steps": STEPS})


def only_course(batch: Batch) -> Flow:
    assert batch.report.findings == []
    return batch.courses[0].flow


def written(document: dict[str, Any]) -> bytes:
    text = io.StringIO()
    YAML().dump(document, text)
    return text.getvalue().encode()


def test_the_cases_have_every_field_of_a_flow() -> None:
    assert set(HEAD) == set(HEAD_FIELDS)
    assert {"quiet_hours", "profile"} <= set(HEAD_FIELDS)


def test_every_field_of_our_yaml_is_read(env: Environment) -> None:
    assert only_course(read_sent(env, "n.yaml", written({**HEAD, "steps": STEPS}), "")) == NIGHT


def test_every_field_is_written_and_read_again(env: Environment) -> None:
    assert dump_flow(NIGHT).keys() == {*HEAD_FIELDS, "steps"}
    assert only_course(read_sent(env, "n.yaml", write_yaml(NIGHT).encode(), "")) == NIGHT
    assert only_course(read_sent(env, "n.xlsx", write_workbook(NIGHT), "")) == NIGHT


def test_every_field_stands_in_the_reference() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## A flow\n")[2].partition("\n## ")[0]
    assert [name for name in HEAD_FIELDS if f"| `{name}` |" not in section] == []


@pytest.mark.parametrize("wrong", [{"quiet_hours": "late"}, {"profile": "No Such Name"}])
def test_a_wrong_field_is_an_error_at_its_line(env: Environment, wrong: dict[str, str]) -> None:
    document = {**HEAD, **wrong, "steps": STEPS}
    (found,) = read_sent(env, "n.yaml", written(document), "").report.findings
    (name,) = wrong
    assert (found.why, found.values["field"], found.line) == (Why.REFUSED, name, _line_of(document, name))


def _line_of(document: dict[str, Any], name: str) -> int:
    lines = written(document).decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(f"{name}:"))


def test_an_unknown_name_of_a_workbooks_first_sheet_is_noted(env: Environment) -> None:
    book = Workbook()
    about = book.active
    about.title = "course"
    for row in (["kind", "course"], ["slug", "a"], ["name", "A"], ["quiet_hour", "22:00-09:00"]):
        about.append(row)
    elements = book.create_sheet("elements")
    elements.append(["id", "type"])
    elements.append(["a", "end"])
    content = io.BytesIO()
    book.save(content)
    (found,) = read_sent(env, "n.xlsx", content.getvalue(), "").report.findings
    assert (found.why, found.line, found.values["name"]) == (Why.UNKNOWN_KEY, 4, "quiet_hour")


def test_media_of_what_is_said_after_a_payment_are_found_beside_the_file(
    env: Environment, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thanks.png").write_bytes(b"a picture")
    medium = {"media": [{"kind": "photo", "ref": "thanks.png"}]}
    product = {**HEAD["product"], "paid_content": medium}
    document = {**HEAD, "product": product, "summary": medium, "steps": STEPS}
    (folder / "n.yaml").write_bytes(written(document))
    flow = only_course(read_path(env, folder / "n.yaml"))
    assert flow.product is not None
    assert flow.product.paid_content is not None
    assert flow.summary is not None
    assert flow.product.paid_content.media[0].ref.startswith("kept/")
    assert flow.summary.media == flow.product.paid_content.media
