"""`counted`: they are among the people of a number (`number`) of a time (`since`, `until`); `which` names the source, the step, the bot, the broadcast, the currency or the flow of numbers that have several."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from sqlalchemy import Select, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contacts
from core.flow.conditions import Params
from core.flow.run import RunStatus
from core.rules.moments import Moment
from core.text.refusal import Refused
from services.people.conditions.base import Condition, Scope
from services.people.conditions.numbers import figures

MOST_WHICH = 200
MOST_DIGITS = 18
OF_STEPS, OF_BOT = ("stop", "quiz"), "bot"
OF_BROADCAST = {f"broadcast_{part}": part for part in figures.Part}
NONE = "-"  # who came by no source


class Counted(Params):
    """Which number."""

    number: str
    since: Moment | None = None
    until: Moment | None = None
    which: Annotated[str | None, Field(min_length=1, max_length=MOST_WHICH)] = None

    @model_validator(mode="after")
    def _is_a_number(self) -> Self:
        known = OF_SEVERAL if self.which is not None else figures.WHO
        if self.number not in known:
            raise Refused("refused-counted", given=self.number, known=", ".join(known))
        which = self.which or ""
        wrong = (self.number in OF_STEPS and figures.read_place(which) is None) or (
            self.number in {OF_BOT, *OF_BROADCAST} and not _is_number(which)
        )
        if wrong:
            raise Refused("refused-counted-which", given=which)
        return self


def _is_number(which: str) -> bool:
    return which.isascii() and which.isdecimal() and len(which) <= MOST_DIGITS


def _read_place(which: str) -> figures.Place:
    place = figures.read_place(which)
    if place is None:
        raise Refused("refused-counted-which", given=which)
    return place


def _source(scope: Scope, since: datetime | None, which: str) -> Select[Any]:
    return figures.from_source(scope.account_id, since, None if which == NONE else which)


def _stop(scope: Scope, _: datetime | None, which: str) -> Select[Any]:
    return figures.at_step(scope.account_id, scope.now, _read_place(which))


def _quiz(scope: Scope, since: datetime | None, which: str) -> Select[Any]:
    return figures.answered(scope.account_id, since, _read_place(which))


def _payer(scope: Scope, since: datetime | None, which: str) -> Select[Any]:
    return figures.of_payers(scope.account_id, since, which)


def _bot(scope: Scope, _: datetime | None, which: str) -> Select[Any]:
    return figures.shut_out_of(scope.account_id, int(which))


def _of_broadcast(part: figures.Part) -> Callable[[Scope, datetime | None, str], Select[Any]]:
    def select_them(scope: Scope, _: datetime | None, which: str) -> Select[Any]:
        return figures.of_broadcast(scope.account_id, int(which), part)

    return select_them


def _with_runs(status: RunStatus) -> Callable[[Scope, datetime | None, str], Select[Any]]:
    def select_them(scope: Scope, _: datetime | None, which: str) -> Select[Any]:
        return figures.on_the_way(scope.account_id, which, status)

    return select_them


OF_SEVERAL: Mapping[str, Callable[[Scope, datetime | None, str], Select[Any]]] = {
    "source": _source,
    "stop": _stop,
    "quiz": _quiz,
    "payer": _payer,
    "bot": _bot,
    **{number: _of_broadcast(part) for number, part in OF_BROADCAST.items()},
    **{f"run_{status}": _with_runs(status) for status in RunStatus},
}
"""The numbers that have several: of a source, of a step, of a currency, of a bot, of a broadcast, of a flow."""


# all accounts: each number names the one of the scope
def select_who(asked: Counted, scope: Scope) -> Select[Any]:
    """The people of the number, with the moment."""
    if asked.which is not None:
        who = OF_SEVERAL[asked.number](scope, asked.since, asked.which)
    else:
        who = figures.WHO[asked.number](scope.account_id, asked.since)
    if asked.until is None:
        return who
    moments = who.subquery()
    return select(moments.c.contact_id, moments.c.at).where(moments.c.at < asked.until)


# all accounts: of those people
def clause(asked: Counted, scope: Scope) -> ColumnElement[bool]:
    """People who stand in the list of the number."""
    who = select_who(asked, scope).subquery()
    return contacts.c.id.in_(select(who.c.contact_id))


def write_broadcast(broadcast_id: int) -> dict[str, Any]:
    """The condition of each number of a broadcast that tells of people."""
    return {
        part.value: {"counted": {"number": number, "which": str(broadcast_id)}}
        for number, part in OF_BROADCAST.items()
    }


CONDITION = Condition(Counted, clause)
