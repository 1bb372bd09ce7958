"""What may differ from one place to another: settings of a deployment, its account and the installation, never steps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from core.db.session import UnitOfWork
from core.environment import Environment
from core.errors import DomainError, ErrorKind
from core.flow.definition import Flow
from core.flow.steps.base import HoursField
from core.limits import TALKS_OF_COURSE
from core.rules.quiet_hours import Hours
from core.text.message import Localized
from core.text.refusal import describe
from services.content.store import deployments as store
from services.delivery.signed_calls.calling import LOOPBACK

AI_LIMIT = TALKS_OF_COURSE.most  # per run, where nothing else is said
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Chats = Annotated[tuple[int, ...], Field(max_length=20)]


class Overrides(BaseModel):
    """One layer of settings; None is silent and lets the next layer speak. Anything else is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: str | None = None  # the key of the step a run begins at
    course_day_seconds: float | None = Field(default=None, gt=0, le=31_536_000)
    variables: dict[Name, str] | None = None
    groups: dict[str, Chats] | None = None
    review_chat_id: int | None = None
    review_topics: bool | None = None  # a topic per student; silent: where the review group is a forum
    review: bool | None = None  # of those who came without a tariff; silent: where no tariff sells the course
    ai_model: str | None = Field(default=None, min_length=1, max_length=128)
    ai_limit: int | None = Field(default=None, ge=0, le=1_000_000)
    restricted: bool | None = None
    decline_text: Localized | None = None
    ban_enabled: bool | None = None
    ban_text: Localized | None = None
    collect: tuple[Name, ...] | None = Field(default=None, max_length=10)
    webhook_url: str | None = Field(default=None, max_length=500)
    quiet_hours: HoursField | Literal["off"] | None = None  # on the person's clock; `off` overrules the flow
    reminder_days: int | None = Field(default=None, ge=0, le=30)  # course days between two; 0 for none

    @field_validator("collect", mode="before")
    @classmethod
    def _names_in_a_line(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @field_validator("webhook_url")
    @classmethod
    def _https_or_loopback(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        local = parts.scheme == "http" and parts.hostname in LOOPBACK
        if value and (not parts.hostname or parts.username or (parts.scheme != "https" and not local)):
            raise ValueError("must be https://…, or http:// on this very machine")
        return value


@dataclass(frozen=True, slots=True)
class CourseSettings:
    """What counts for a deployed course after all layers have spoken."""

    day: timedelta
    review_chat_id: int | None = None
    review_topics: bool | None = None
    review: bool | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    start: str | None = None
    ai_model: str | None = None
    ai_limit: int = AI_LIMIT
    restricted: bool = False
    decline_text: Mapping[str, str] | None = None
    ban_enabled: bool = True
    ban_text: Mapping[str, str] | None = None
    collect: tuple[str, ...] = ()
    webhook_url: str | None = None
    quiet_hours: Hours | Literal["off"] | None = None
    reminder_days: int = 0

    def quiet_of(self, flow: Flow) -> Hours | None:
        """The quiet hours of a flow here: what the place says, else the flow's own."""
        if self.quiet_hours is None:
            return flow.quiet_hours
        return self.quiet_hours if isinstance(self.quiet_hours, Hours) else None


def resolve(env: Environment, *layers: Overrides) -> CourseSettings:
    """What counts, by layer from the most to the least specific; pure. Variables and groups add up by name."""
    said: dict[str, Any] = {}
    maps: dict[str, dict[str, Any]] = {"variables": {}, "groups": dict(env.community_chats)}
    for layer in reversed(layers):
        settings = {
            name: value for name in layer.model_fields_set if (value := getattr(layer, name)) is not None
        }
        for name in maps.keys() & settings.keys():
            maps[name] |= settings.pop(name)
        said |= settings
    seconds = said.pop("course_day_seconds", None)
    day = env.course_day if seconds is None else timedelta(seconds=seconds)
    return CourseSettings(day=day, **{"review_chat_id": env.review_chat_id, **maps, **said})


def check_settings(settings: Mapping[str, Any]) -> Overrides:
    """Read one layer; raises SETTINGS_INVALID that names what is wrong and what there is."""
    try:
        return Overrides.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(Overrides.model_fields)
        raise DomainError(
            ErrorKind.INVALID, "SETTINGS_INVALID", f"{name}: {describe(first)}; there are {known}"
        ) from None


def check_test_settings(settings: Mapping[str, Any]) -> None:
    """What a place to try a course in may not do: let into groups. Raises SETTINGS_INVALID."""
    if settings.get("groups"):
        raise DomainError(ErrorKind.INVALID, "SETTINGS_INVALID", "groups: nothing is sold in a test")


def read_words(words: Mapping[str, str]) -> dict[str, Any]:
    """Settings written as words, `name=value`; a value that is JSON is read as such, else it is text."""
    return {name: _read(value) for name, value in words.items()}


def _read(value: str) -> Any:
    if value in {"yes", "no"}:
        return value == "yes"
    try:
        return json.loads(value)
    except ValueError:
        return value


async def load_course_settings(uow: UnitOfWork, deployment_id: int | None) -> CourseSettings:
    """What counts for a deployment; for a run that belongs to none, what the account says."""
    layers = await store.load_layers(uow.conn, uow.account_id, deployment_id)
    return resolve(uow.env, *(_read_stored(layer) for layer in layers if layer))


def _read_stored(layer: Mapping[str, Any]) -> Overrides:
    """A layer as it was kept; a setting that former versions had says nothing any more."""
    return Overrides.model_validate(
        {name: layer[name] for name in layer.keys() & Overrides.model_fields.keys()}
    )
