"""The wizard of what stands in a list and is made by one form each: tariffs, promo codes, sets of buttons, values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.text.refusal import Refused, Words, words
from core.wizard import forms
from core.wizard.forms import Form, Outcome, in_rows
from core.wizard.screen import CLOSED, Entry, Filling, Option, Screen, Talk, Turn, label, lines, option
from core.wizard.sections import Place

PER_PAGE = 6


@dataclass(frozen=True)
class Listed:
    """One thing of the list: what stands on its button and its screen, and its form's fields, where a form changes it.

    `act` is what can be done with it beside: `stop`, `sell` or `drop`; none where it is empty.
    """

    id: str
    label: Words
    text: Words
    values: Mapping[str, Any] | None = None
    act: str = ""


@dataclass(frozen=True)
class ListWorld:
    """What such a wizard knows: the list, and what its form offers and checks."""

    listed: tuple[Listed, ...] = ()
    language: str = "ru"
    variables: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()
    courses: tuple[tuple[str, str], ...] = ()  # what links call them, and their names
    tariffs: tuple[tuple[str, str], ...] = ()  # their codes and names
    rights: tuple[str, ...] = ()

    def find(self, wanted: str) -> Listed | None:
        """A thing of the list."""
        return next((item for item in self.listed if item.id == wanted), None)


@dataclass(frozen=True, slots=True)
class Save:
    """What was confirmed is so from now on; without a target it is new."""

    target: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Do:
    """Stop it, sell it again, drop it."""

    act: str
    target: str


@dataclass(frozen=True)
class Catalogue:
    """The wizard of one kind of things."""

    kind: str
    form: Form

    def open(self) -> Talk:
        """The list."""
        return Talk(self.kind, place="list:0")

    def make(self) -> Talk:
        """The first question of a new one."""
        return Talk(self.kind, place="form", form=forms.blank(self.form))

    def press(self, talk: Talk, action: str, world: ListWorld) -> Turn:
        """Follow a button."""
        talk = replace(talk, note=None)
        if talk.place == CLOSED:
            return Turn(replace(talk, place="form" if talk.form else "list:0"))
        if talk.form is not None:
            return self._press_form(talk, talk.form, action)
        verb, _, what = action.partition(":")
        if verb == "do":
            act, _, target = what.partition(":")
            return Turn(talk.go("list:0"), (Do(act, target),))
        if verb == "form":
            return Turn(self._open_form(talk, what, world))
        return Turn(talk.go(CLOSED if verb == "close" else what))

    def name(self, talk: Talk, world: ListWorld) -> Words | None:
        """What is called what the form under way is about, or the first that was put aside; None while it has no name."""
        fillings = [filling for filling in (talk.form, *talk.shelf.values()) if filling and filling.values]
        if not fillings:
            return None
        known = world.find(fillings[0].target)
        name = fillings[0].values.get("name") or fillings[0].values.get("code")
        return label(str(name)) if name else known.label if known else None

    def _open_form(self, talk: Talk, target: str, world: ListWorld) -> Talk:
        name = Filling(self.form.section, target).name
        if put_aside := talk.shelf.get(name):
            shelf = {put: filling for put, filling in talk.shelf.items() if put != name}
            return replace(talk, place="form", form=put_aside, shelf=shelf)
        known = world.find(target)
        if known is None or known.values is None:
            return replace(talk, place="form", form=forms.blank(self.form))
        return replace(talk, place="form", form=forms.amend(self.form, target, known.values))

    def _press_form(self, talk: Talk, filling: Filling, action: str) -> Turn:
        filling, outcome = forms.press(self.form, filling, action)
        if outcome is Outcome.OPEN:
            return Turn(replace(talk, form=filling))
        shelf = {name: put for name, put in talk.shelf.items() if name != filling.name}
        if outcome is Outcome.LEFT:
            shelf |= {filling.name: filling} if filling.values else {}
            return Turn(replace(talk.go("list:0"), shelf=shelf))
        at_list = replace(talk.go("list:0", words("wizard-saved")), shelf=shelf)
        return Turn(at_list, (Save(filling.target, filling.values),))

    def write(self, talk: Talk, entry: Entry, world: ListWorld) -> Turn:
        """Take what was typed; raises Refused for what is no answer."""
        if talk.form is None:
            raise Refused("wizard-press-one")
        return Turn(replace(talk, note=None, form=forms.write(self.form, talk.form, entry, world)))

    def show(self, talk: Talk, world: ListWorld) -> Screen:
        """The screen of where they are, below what is to be said first."""
        screen = self._show(talk, world)
        return Screen(lines(talk.note, screen.text), screen.rows, screen.awaits)

    def _show(self, talk: Talk, world: ListWorld) -> Screen:
        if talk.place == CLOSED:
            return Screen(words("wizard-closed-list"), [[option("resume", "resume")]])
        if talk.form is not None:
            return forms.show(self.form, talk.form, world)
        place, _, what = talk.place.partition(":")
        shown: Callable[[str, ListWorld], Screen] = {"one": self._one, "ask": self._ask}.get(
            place, self._list
        )
        return shown(what, world)

    def _list(self, what: str, world: ListWorld) -> Screen:
        ends: list[Sequence[Option]] = [[option(f"add-{self.kind}", "form:")], [option("close", "close")]]
        if not world.listed:
            return Screen(words(f"wizard-none-{self.kind}"), ends)
        last = (len(world.listed) - 1) // PER_PAGE
        page = min(int(what) if what.isdecimal() else 0, last)
        shown = world.listed[page * PER_PAGE : (page + 1) * PER_PAGE]
        rows: list[Sequence[Option]] = [
            *in_rows([Option(item.label, f"go:one:{item.id}") for item in shown], 1)
        ]
        turns = [
            Option(sign, f"go:list:{other}")
            for sign, other in (("‹", page - 1), ("›", page + 1))
            if 0 <= other <= last
        ]
        return Screen(words(f"wizard-list-{self.kind}"), [*rows, *([turns] if turns else []), *ends])

    def _one(self, what: str, world: ListWorld) -> Screen:
        known = world.find(what)
        if known is None:
            return self._list("0", world)
        rows: list[Sequence[Option]] = []
        if known.values is not None:
            rows.append([option("edit", f"form:{known.id}")])
        if known.act:
            rows.append([option(f"act-{known.act}", f"go:ask:{known.id}")])
        return Screen(known.text, [*rows, [option("list", "go:list:0")]])

    def _ask(self, what: str, world: ListWorld) -> Screen:
        known = world.find(what)
        if known is None or not known.act:
            return self._list("0", world)
        text = lines(words(f"wizard-ask-act-{known.act}"), known.label)
        yes = option(f"act-{known.act}", f"do:{known.act}:{known.id}")
        return Screen(text, [[yes], [option("drop-no", f"go:one:{known.id}")]])
