"""A run as a value: where one person is in one flow, and what the shell knows about them."""

from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from core.flow.events import Event, JsonObject, dump_event, load_event
from core.flow.scoring import Score
from core.profile import Profile
from core.rules.drip import Calendar, GivenLesson
from core.rules.local_hour import LocalHour
from core.rules.quiet_hours import Hours
from core.value import value


class RunStatus(StrEnum):
    """Whether a run takes events: a held one remembers them, a stopped one can only be moved."""

    ACTIVE = "active"
    COMPLETED = "completed"
    STOPPED = "stopped"
    HELD = "held"


class HoldReason(StrEnum):
    """Why a run is held; the values stand in the database."""

    PAUSED = "paused"  # by the person
    PARKED = "parked"  # another run of the person is active; stored as the run's status, too
    NO_ACCESS = "access"
    GONE = "gone"  # the person has left the bot
    OPERATOR = "operator"  # the person talks with one
    LOOP = "loop"  # the flow goes round without waiting


@value()
class OpenStep:
    """One visit to one step; `visit` is unique in the run, `data` is the step's own JSON."""

    step: str
    visit: int
    entered_at: datetime
    data: JsonObject = field(default_factory=dict)
    said: int = 0


@value()
class LastReply:
    """The last reply a step took: a copy of it is dropped, the rest of its album follows it."""

    visit: int
    message_ref: JsonObject
    group: str | None


@value()
class Payment:
    """Money that came in during the run; an offer claims it, sooner or later."""

    order_ref: str
    tariff: str
    claimed: bool = False


@value()
class Detour:
    """Steps to be taken once more, in order and without their gotos, before the run goes on after `home`."""

    home: str
    steps: tuple[str, ...]


@value()
class Run:
    """Where a person is: the step waited at (`here`), earlier visits still listening, what has come in."""

    status: RunStatus = RunStatus.ACTIVE
    started_at: datetime | None = None
    visit: int = 0  # the number given to the latest visit
    here: OpenStep | None = None
    open: tuple[OpenStep, ...] = ()  # oldest first
    waiting: tuple[Event, ...] = ()  # what came while held, to be handled at release
    payments: tuple[Payment, ...] = ()
    last_reply: LastReply | None = None
    last_lesson: GivenLesson | None = None
    held_for: str | None = None  # why, while it is held
    scores: Mapping[str, Score] = field(default_factory=dict)  # each element's latest attempt
    detour: Detour | None = None
    held_at: datetime | None = None  # since when it is held

    @classmethod
    def new(cls) -> Self:
        """A run nothing has happened to."""
        return cls()

    @property
    def step(self) -> str | None:
        """The key of the step waited at; None before the start and after the end."""
        return self.here.step if self.here else None

    @property
    def data(self) -> JsonObject:
        """The state of the current visit."""
        return self.here.data if self.here else {}

    @property
    def entered_at(self) -> datetime | None:
        """When the current step was entered."""
        return self.here.entered_at if self.here else None


@value()
class View:
    """What the shell loads about the person before each advance.

    A course day lasts `day`; `hour` is the one they chose for their lessons, in their `zone`. `sections` are the
    moments their cohort's sections begin, `open_all` means no lesson waits for its day. `ai_left` is how many
    messages they may still write in dialogs, None for any number; `ban_text` is said when there are none.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    rights: frozenset[str] = frozenset()
    zone: str = "UTC"
    language: str = "ru"
    tags: frozenset[str] = frozenset()
    seed: str = ""
    day: timedelta = timedelta(days=1)
    hour: LocalHour | None = None
    sections: Mapping[str, datetime] = field(default_factory=dict)
    open_all: bool = False
    ai_left: int | None = None
    ban_text: Mapping[str, str] | None = None
    profile: Profile | None = None  # what SCENARIO selects, or the flow names
    quiet: Hours | None = None  # in which nothing comes by itself

    @property
    def calendar(self) -> Calendar:
        """How their days go."""
        return Calendar(self.day, self.zone, self.hour, self.quiet)


def dump_run_state(run: Run) -> dict[str, Any]:
    """The run as a JSON object that `load_run_state` reads."""
    return {
        "status": run.status.value,
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "visit": run.visit,
        "here": _dump_visit(run.here) if run.here else None,
        "open": [_dump_visit(visit) for visit in run.open],
        "waiting": [dump_event(event) for event in run.waiting],
        "payments": [_dump_plain(payment) for payment in run.payments],
        "last_reply": _dump_plain(run.last_reply) if run.last_reply else None,
        "last_lesson": _dump_lesson(run.last_lesson) if run.last_lesson else None,
        "held_for": run.held_for,
        "scores": {element: [score.points, score.maximum] for element, score in run.scores.items()},
        "detour": [run.detour.home, list(run.detour.steps)] if run.detour else None,
        "held_at": run.held_at.isoformat() if run.held_at else None,
    }


def load_run_state(state: JsonObject) -> Run:
    """The run `dump_run_state` wrote; raises KeyError, TypeError or ValueError for anything else."""
    return Run(
        status=RunStatus(state["status"]),
        started_at=datetime.fromisoformat(state["started_at"]) if state["started_at"] else None,
        visit=state["visit"],
        here=_load_visit(state["here"]) if state["here"] else None,
        open=tuple(_load_visit(visit) for visit in state["open"]),
        waiting=tuple(load_event(event) for event in state["waiting"]),
        payments=tuple(Payment(**payment) for payment in state["payments"]),
        last_reply=LastReply(**state["last_reply"]) if state["last_reply"] else None,
        last_lesson=_load_lesson(state["last_lesson"]) if state.get("last_lesson") else None,
        held_for=state.get("held_for"),
        scores={element: Score(*score) for element, score in state.get("scores", {}).items()},
        detour=_load_detour(state["detour"]) if state.get("detour") else None,
        held_at=datetime.fromisoformat(state["held_at"]) if state.get("held_at") else None,
    )


def _dump_plain(value: Payment | LastReply | OpenStep | GivenLesson) -> dict[str, Any]:
    return {each_field.name: getattr(value, each_field.name) for each_field in fields(value)}


def _dump_visit(visit: OpenStep) -> dict[str, Any]:
    return _dump_plain(visit) | {"entered_at": visit.entered_at.isoformat()}


def _dump_lesson(lesson: GivenLesson) -> dict[str, Any]:
    return _dump_plain(lesson) | {"at": lesson.at.isoformat()}


def _load_lesson(state: Mapping[str, Any]) -> GivenLesson:
    return GivenLesson(**{**state, "at": datetime.fromisoformat(state["at"])})


def _load_detour(state: Sequence[Any]) -> Detour:
    home, steps = state
    return Detour(home, tuple(steps))


def _load_visit(state: Mapping[str, Any]) -> OpenStep:
    values = {**state, "entered_at": datetime.fromisoformat(state["entered_at"])}
    return OpenStep(**values)
