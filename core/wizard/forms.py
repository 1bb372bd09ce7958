"""A form: fields asked one after the other, everything shown once more, then confirmed or changed field by field."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from core.text.refusal import Refused, Words, listed, words
from core.wizard.screen import Entry, Filling, Option, Rows, Screen, label, label_of_html, lines, option

CONFIRM, PICK = "?", "*"
"""Places beside the fields: everything is shown to be confirmed, or a field to change is chosen."""
SET, TICK = "=", "+"  # before a value in JSON: it is taken, or taken and left in turns
SKIP, DONE, CLEAR, BACK, YES, EDIT, LEAVE = "skip", "done", "clear", "back", "yes", "edit", "leave"
FIELD = "field:"
PER_ROW = 2

Values = Mapping[str, Any]
World = Any
"""What a wizard knows beside what was entered: each has its own."""


def _always(_: Values) -> bool:
    return True


def _no_picks(*_: Any) -> Sequence[Option]:
    return ()


def _show_text(value: Any, _: World) -> Words:
    return label(str(value))


@dataclass(frozen=True)
class Field:
    """One question. `take` reads what is typed and raises Refused, `picks` are answers to press, `when` says whether it is asked.

    With `gathers` more may come until “done” is pressed: `take` gets what there is. `many` lets several picks be ticked.
    """

    name: str
    take: Callable[[Entry, Any, World], Any] | None = None
    picks: Callable[[Values, World], Sequence[Option]] = _no_picks
    show: Callable[[Any, World], Words] = _show_text
    when: Callable[[Values], bool] = _always
    optional: bool = False
    gathers: bool = False
    many: bool = False
    per_row: int = PER_ROW
    own_question: bool = False  # asked in other words in each section
    asks_bare: bool = False  # in other words, too, where there is nothing to pick
    says: Callable[[Values], Words] | None = None  # instead, by the other answers, too
    is_said: bool = True  # else another answer says it


@dataclass(frozen=True)
class Form:
    """A section: its name and its fields, in the order in which they are asked."""

    section: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """A field by its name."""
        return next(field for field in self.fields if field.name == name)

    def asked(self, values: Values) -> list[Field]:
        """The fields that are asked with these answers."""
        return [field for field in self.fields if field.when(values)]


class Outcome(StrEnum):
    """What became of a form: it goes on, everything is confirmed, or they left it."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    LEFT = "left"


def blank(form: Form, target: str = "") -> Filling:
    """Empty, at its first question."""
    return Filling(form.section, target, {}, form.asked({})[0].name)


def amend(form: Form, target: str, values: Values) -> Filling:
    """With what there is, to choose what to change."""
    return Filling(form.section, target, dict(values), PICK, amends=True)


def write(form: Form, filling: Filling, entry: Entry, world: World) -> Filling:
    """Take an answer; raises Refused for one that is none."""
    if filling.at in {CONFIRM, PICK}:
        raise Refused("wizard-press-one")
    field = form.field(filling.at)
    if field.take is None:
        raise Refused("wizard-press-one")
    taken = field.take(entry, filling.values.get(field.name), world)
    filling = _with(filling, field.name, taken)
    return filling if field.gathers else _next(form, filling, field)


def press(form: Form, filling: Filling, action: str) -> tuple[Filling, Outcome]:
    """Follow a button."""
    if action == LEAVE:
        return filling, Outcome.LEFT
    if filling.at == CONFIRM and action == YES:
        whole = _over(form, filling)
        return whole, Outcome.CONFIRMED if whole.at == CONFIRM else Outcome.OPEN
    if filling.at in {CONFIRM, PICK}:
        return _look_over(form, filling, action), Outcome.OPEN
    return _press_field(form, filling, action)


def _look_over(form: Form, filling: Filling, action: str) -> Filling:
    """Where everything is shown: a field is chosen to be changed, or it is enough, if nothing needed is missing."""
    if action == EDIT:
        return replace(filling, at=PICK, amends=True)
    if action.startswith(FIELD):
        return replace(filling, at=action.removeprefix(FIELD), amends=True)
    return _over(form, filling)


def _over(form: Form, filling: Filling) -> Filling:
    """Where everything is confirmed; before that at what is still needed, wherever it stands."""
    missing = [field.name for field in form.asked(filling.values) if _is_missing(field, filling.values)]
    return replace(filling, at=missing[0] if missing else CONFIRM)


def _press_field(form: Form, filling: Filling, action: str) -> tuple[Filling, Outcome]:
    field = form.field(filling.at)
    if action == BACK:
        return _back(form, filling, field)
    if action == CLEAR:
        return _with(filling, field.name, None), Outcome.OPEN
    if action.startswith(TICK):
        return _with(filling, field.name, _ticked(filling, field, action)), Outcome.OPEN
    if action.startswith(SET):
        filling = _with(filling, field.name, json.loads(action.removeprefix(SET)))
    elif action == SKIP or field.name not in filling.values:
        filling = _with(filling, field.name, None)
    return _next(form, filling, field), Outcome.OPEN


def _ticked(filling: Filling, field: Field, action: str) -> list[Any] | None:
    value, there = json.loads(action.removeprefix(TICK)), list(filling.values.get(field.name) or ())
    ticked = [chosen for chosen in there if chosen != value] if value in there else [*there, value]
    return ticked or None


def _with(filling: Filling, name: str, value: Any) -> Filling:
    return replace(filling, values={**filling.values, name: value})


def _next(form: Form, filling: Filling, field: Field) -> Filling:
    """At the question that follows, or where everything is confirmed; a change may ask for what it makes necessary."""
    asked = form.asked(filling.values)
    behind = [later for later in asked if form.fields.index(later) > form.fields.index(field)]
    wanted = [later for later in behind if not filling.amends or _is_missing(later, filling.values)]
    return replace(filling, at=wanted[0].name) if wanted else _over(form, filling)


def _is_missing(field: Field, values: Values) -> bool:
    return not field.optional and values.get(field.name) is None


def _back(form: Form, filling: Filling, field: Field) -> tuple[Filling, Outcome]:
    """To the question before, to the choice of what to change, or out of the form."""
    if filling.amends and not _is_missing(field, filling.values):
        return replace(filling, at=PICK), Outcome.OPEN
    before = [
        earlier
        for earlier in form.asked(filling.values)
        if form.fields.index(earlier) < form.fields.index(field)
    ]
    if not before:
        return filling, Outcome.LEFT
    return replace(filling, at=before[-1].name), Outcome.OPEN


def show(form: Form, filling: Filling, world: World) -> Screen:
    """The question, or all answers."""
    if filling.at == CONFIRM:
        rows = [[option("confirm", YES)], [option("edit", EDIT)], [option("leave", LEAVE)]]
        return Screen(_say_all(form, filling, world), rows, awaits=True)
    if filling.at == PICK:
        return Screen(_say_all(form, filling, world, "wizard-pick"), _pick_rows(form, filling), awaits=True)
    field = form.field(filling.at)
    unsaid = filling.values.get(field.name) is None
    said = None if unsaid else words("wizard-now", value=_inline(field, filling.values, world))
    key = f"wizard-ask-{form.section}-{field.name}" if field.own_question else f"wizard-ask-{field.name}"
    bare = "-bare" if field.asks_bare and not field.picks(filling.values, world) else ""
    text = lines(words(f"{key}{bare}"), said)
    return Screen(text, _field_rows(field, filling, world), awaits=True)


def _inline(field: Field, values: Values, world: World) -> Words:
    shown = _show(field, values, world)
    return label_of_html(shown["l"]["*"]) if not isinstance(shown, str) and "l" in shown else shown


def _say_all(form: Form, filling: Filling, world: World, heading: str = "") -> Words:
    said = [
        listed([words(f"wizard-field-{field.name}"), _say_value(field, filling.values, world)], "\n")
        for field in form.asked(filling.values)
        if field.is_said
    ]
    title = words(heading) if heading else words(f"wizard-section-{form.section}")
    return lines(title, *said)


def _say_value(field: Field, values: Values, world: World) -> Words:
    return words("wizard-empty") if values.get(field.name) is None else _show(field, values, world)


def _show(field: Field, values: Values, world: World) -> Words:
    return field.says(values) if field.says else field.show(values[field.name], world)


def _pick_rows(form: Form, filling: Filling) -> Rows:
    fields = [
        Option(words(f"wizard-pick-{field.name}"), f"{FIELD}{field.name}")
        for field in form.asked(filling.values)
    ]
    return [*in_rows(fields), [option("enough", DONE)], [option("leave", LEAVE)]]


def _field_rows(field: Field, filling: Filling, world: World) -> Rows:
    there = filling.values.get(field.name)
    picks = [
        _marked(choice, there) if field.many else choice for choice in field.picks(filling.values, world)
    ]
    rows = [list(row) for row in in_rows(picks, field.per_row)]
    if field.gathers or field.many:
        if there:
            rows.append([option("done", DONE)])
            rows.append([option("clear", CLEAR)])
        elif field.optional:
            rows.append([option("without", SKIP)])
    elif there is not None:
        rows.append([option("keep", DONE)])
        if field.optional:
            rows.append([option("without", SKIP)])
    elif field.optional:
        rows.append([option("skip", SKIP)])
    return [*rows, [option("back", BACK), option("leave", LEAVE)]]


def _marked(pick: Option, there: Any) -> Option:
    is_on = json.loads(pick.action.removeprefix(TICK)) in (there or ())
    return replace(pick, label=listed(["☑" if is_on else "☐", pick.label], " "))


def in_rows(options: Sequence[Option], per_row: int = PER_ROW) -> Rows:
    """Buttons, so many beside each other."""
    return [options[place : place + per_row] for place in range(0, len(options), per_row)]


def pick(text: Words, value: Any) -> Option:
    """The button of an answer."""
    return Option(text, f"{SET}{json.dumps(value, ensure_ascii=False)}")


def tick(text: Words, value: Any) -> Option:
    """The button of an answer of which there may be several."""
    return Option(text, f"{TICK}{json.dumps(value, ensure_ascii=False)}")
