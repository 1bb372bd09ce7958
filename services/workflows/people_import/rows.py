"""The older platform's tables, row by row; columns go by any of their names, others are left out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from core.rules.moments import parse_moment

MOST_TEXT = 10_000
_YES = frozenset({"1", "t", "true", "y", "yes"})


def _read_yes(value: Any) -> bool:
    return str(value).lower() in _YES


def _called(*names: str) -> Any:
    return Field(validation_alias=AliasChoices(*names))


def _perhaps(*names: str) -> Any:
    return Field(default=None, validation_alias=AliasChoices(*names))


Moment = Annotated[datetime, BeforeValidator(parse_moment)]
Yes = Annotated[bool, BeforeValidator(_read_yes)]
ChatId = Annotated[int, Field(gt=0, lt=2**52)]  # Telegram's user ids have 52 bits at most
Word = Annotated[str, Field(max_length=128)]


class Row(BaseModel):
    """A row of one of the tables; an empty cell is none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    line: int


class OfRun(Row):
    """A row that belongs to a run: by the run's id, else by the chat and, where it has several, the course."""

    run_id: Word | None = _perhaps("run_id", "run")
    chat_id: ChatId | None = _perhaps("chat_id", "user_id", "telegram_id")
    course: Word | None = _perhaps("course", "course_id", "course_code")


class RunRow(Row):
    """`run`: one person in one course, once."""

    id: Word | None = _perhaps("id", "run_id")
    chat_id: ChatId = _called("chat_id", "user_id", "telegram_id")
    course: Word | None = _perhaps("course", "course_id", "course_code")
    username: Word | None = _perhaps("username", "user_name")
    name: Word | None = _perhaps("name", "first_name", "full_name")
    element: Word | None = _perhaps("element", "element_id", "current_element")
    started_at: Moment | None = _perhaps("started_at", "date_inserted", "created_at", "date")
    finished_at: Moment | None = _perhaps("finished_at", "ended_at", "completed_at")
    is_finished: Yes = Field(
        default=False, validation_alias=AliasChoices("is_finished", "is_ended", "completed")
    )
    utm: dict[str, str] | None = None


class TurnRow(OfRun):
    """`conversation`: what was said about an element, by whom, and what it counted."""

    element: Word = _called("element", "element_id")
    role: Word | None = _perhaps("role", "author")
    text: Annotated[str, Field(max_length=MOST_TEXT)] | None = _perhaps("text", "content", "answer", "report")
    score: Annotated[float, Field(allow_inf_nan=False)] | None = _perhaps("score", "points")
    maximum: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = _perhaps(
        "maxscore", "max_score", "maximum"
    )
    at: Moment | None = _perhaps("at", "date_inserted", "created_at", "date")


class WaitRow(OfRun):
    """`waiting`: the element a run waits at, and until when."""

    element: Word = _called("element", "element_id")
    until: Moment | None = _perhaps("until", "waiting_till", "waiting_till_date", "wait_until")


class BanRow(OfRun):
    """`banned`: who has used up their messages to the model."""

    at: Moment | None = _perhaps("at", "date_inserted", "created_at", "date")


class ParticipantRow(Row):
    """`courseparticipants`: who may take a restricted course."""

    course: Word | None = _perhaps("course", "course_id", "course_code")
    chat_id: ChatId | None = _perhaps("chat_id", "user_id", "telegram_id")
    username: Word | None = _perhaps("username", "user_name")


TABLES: Mapping[str, type[Row]] = {
    "run": RunRow,
    "conversation": TurnRow,
    "waiting": WaitRow,
    "banned": BanRow,
    "courseparticipants": ParticipantRow,
}


def columns_of(model: type[Row]) -> set[str]:
    """All names a table's columns may have."""
    columns: set[str] = set()
    for field in model.model_fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            columns |= {str(choice) for choice in field.validation_alias.choices}
    return columns
