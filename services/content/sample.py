"""Reads the content folder: courses, scenarios, tariffs as YAML, checked before anything is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow, FlowInvalid, FlowKind, check_flow, parse_flow
from core.message import Localized, Message
from core.template import BUILT_IN, check_template
from utils.confined import LimitReachedError, Limits, limited
from utils.plain_words import describe

MOST_VALUES = 100_000  # of one file
LIMITS = Limits(seconds=10, megabytes=400)


class TariffSpec(BaseModel):
    """A tariff as the author writes it; `price` in minor units, `onboarding` is said once after the payment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")
    course: str
    name: Localized
    description: Localized
    price: int = Field(ge=0)
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    rights: tuple[str, ...] = ()
    onboarding: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything of a content folder."""

    flows: tuple[Flow, ...]
    tariffs: tuple[TariffSpec, ...]


def read_content(folder: Path) -> Content:
    """The folder's flows (`flows/*.yaml`) and `tariffs.yaml`; raises CONTENT_INVALID naming file and place."""
    flows: dict[str, Flow] = {}
    for path in sorted((folder / "flows").glob("*.yaml")):
        flow = _read_flow(path)
        if flow.slug in flows:
            raise _invalid(path, [f"slug: “{flow.slug}” is taken by another file"])
        flows[flow.slug] = flow
    return Content(tuple(flows.values()), _read_tariffs(folder / "tariffs.yaml", flows))


def _read_flow(path: Path) -> Flow:
    try:
        flow = parse_flow(load_yaml(path))
    except FlowInvalid as error:
        raise _invalid(path, error.problems) from error
    if problems := [one for one in check_flow(flow) if not one.warning]:
        raise _invalid(path, problems)
    return flow


def _read_tariffs(path: Path, flows: Mapping[str, Flow]) -> tuple[TariffSpec, ...]:
    try:
        tariffs = TypeAdapter(tuple[TariffSpec, ...]).validate_python(load_yaml(path).get("tariffs", ()))
    except ValidationError as error:
        raise _invalid(path, [f"tariffs.{_place(one)}: {describe(one)}" for one in error.errors()]) from error
    if problems := list(_problems(tariffs, flows)):
        raise _invalid(path, problems)
    return tariffs


def _place(error: Mapping[str, Any]) -> str:
    return ".".join(map(str, error["loc"]))


def _problems(tariffs: Sequence[TariffSpec], flows: Mapping[str, Flow]) -> Iterator[str]:
    codes = [tariff.code for tariff in tariffs]
    for place, tariff in enumerate(tariffs):
        if tariff.code in codes[:place]:
            yield f"tariffs.{place}.code: “{tariff.code}” is used twice"
        if tariff.course not in flows or flows[tariff.course].kind is not FlowKind.COURSE:
            yield f"tariffs.{place}.course: “{tariff.course}” is no course of this folder"
        yield from _wrong_texts(tariff.model_dump(mode="json"), f"tariffs.{place}")


def _wrong_texts(value: object, path: str) -> Iterator[str]:
    """What is wrong with the variables of all texts below; a text of the author may stand anywhere."""
    if isinstance(value, str):
        yield from (f"{path}: {problem}" for problem in check_template(value, BUILT_IN))
    for name, one in _parts(value):
        yield from _wrong_texts(one, f"{path}.{name}")


def load_yaml(path: Path) -> Mapping[str, Any]:
    """A small YAML document; raises CONTENT_INVALID naming the file."""
    try:
        with limited(LIMITS):
            document = YAML(typ="safe").load(path)
    except LimitReachedError:
        raise _invalid(path, ["needs too much time or memory to be read"]) from None
    except (YAMLError, OSError) as error:
        raise _invalid(path, [error]) from error
    if not isinstance(document, Mapping):
        raise _invalid(path, ["a document is a map of names to values"])
    if not _is_small(document):
        raise _invalid(path, [f"holds more than {MOST_VALUES} values, its aliases counted"])
    return document


def _is_small(document: object) -> bool:
    """Whether all its values can be counted soon: a few aliases of aliases make billions."""
    waiting = [document]
    for _ in range(MOST_VALUES):
        if not waiting:
            return True
        waiting.extend(one for _, one in _parts(waiting.pop()))
    return False


def _parts(value: object) -> Iterable[tuple[object, object]]:
    if isinstance(value, Mapping):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _invalid(path: Path, problems: Sequence[object]) -> DomainError:
    return DomainError(ErrorKind.INVALID, "CONTENT_INVALID", f"{path.name}: {'; '.join(map(str, problems))}")
