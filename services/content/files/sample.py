"""Reads the content folder: courses, scenarios, tariffs as YAML, checked before anything is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import DomainError
from core.flow.checks import check_flow
from core.flow.definition import Flow, FlowInvalid, FlowKind, parse_flow
from core.text.refusal import InputRefused, Refused, Words, listed, placed, words
from services.content.files.documents import read_yaml_file
from services.content.files.tariff_files import TariffSpec, find_place, read_tariffs
from services.content.importing.mishaps import explain_file

CONTENT_INVALID = "CONTENT_INVALID"


@dataclass(frozen=True)
class Content:
    """Everything of a content folder."""

    flows: tuple[Flow, ...]
    tariffs: tuple[TariffSpec, ...]


def read_content(folder: Path, left_out: list[DomainError] | None = None) -> Content:
    """The folder's flows (`flows/*.yaml`) and `tariffs.yaml`; raises CONTENT_INVALID naming file and place.

    With a list for what is broken, such files, and tariffs of such courses, are left out instead.
    """
    flows: dict[str, Flow] = {}
    for path in sorted((folder / "flows").glob("*.yaml")):
        try:
            flow = _read_flow(path)
            if flow.slug in flows:
                raise _invalid(path, [f"slug: “{flow.slug}” is taken by another file"])
        except DomainError as error:
            if left_out is None:
                raise
            left_out.append(error)
        else:
            flows[flow.slug] = flow
    try:
        tariffs = _read_tariffs(folder / "tariffs.yaml")
    except DomainError as error:
        if left_out is None:
            raise
        left_out.append(error)
        tariffs = ()
    if left_out is None:
        _check_courses(folder / "tariffs.yaml", tariffs, flows)
    for_courses = (tariff for tariff in tariffs if tariff.product is not None or tariff.course in flows)
    return Content(tuple(flows.values()), tuple(for_courses))


def _read_flow(path: Path) -> Flow:
    try:
        flow = parse_flow(load_yaml(path))
    except FlowInvalid as error:
        raise _invalid(path, [error.words]) from error
    if problems := [
        placed(problem.path, problem.words) for problem in check_flow(flow) if not problem.warning
    ]:
        raise _invalid(path, problems)
    return flow


def _read_tariffs(path: Path) -> tuple[TariffSpec, ...]:
    tariffs, problems = read_tariffs(load_yaml(path, list))
    if problems:
        raise _invalid(path, problems)
    return tariffs


def _check_courses(path: Path, tariffs: Sequence[TariffSpec], flows: Mapping[str, Flow]) -> None:
    problems = [
        placed(find_place(tariffs, number, "course"), words("tariff-course-of-folder", given=tariff.course))
        for number, tariff in enumerate(tariffs)
        if tariff.product is None
        and (tariff.course not in flows or flows[tariff.course].kind is not FlowKind.COURSE)
    ]
    if problems:
        raise _invalid(path, problems)


def load_yaml(path: Path, kind: type[Mapping[str, Any]] | type[list[Any]] = Mapping) -> Any:
    """A YAML document of a kind; raises CONTENT_INVALID naming the file."""
    try:
        document = read_yaml_file(path)
    except Refused as refusal:
        raise _invalid(path, [refusal.words]) from refusal
    except OSError as error:
        raise _invalid(path, [explain_file(error)]) from error
    if not isinstance(document, kind):
        raise _invalid(path, [words("document-list" if kind is list else "document-map")])
    return document


def _invalid(path: Path, problems: Sequence[Words]) -> InputRefused:
    return InputRefused(CONTENT_INVALID, placed(path.name, listed(problems)))
