"""The first run: what a school needs before it can sell, step by step; each can be left, passed over and done again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.text.refusal import Refused, Words
from core.wizard import forms
from core.wizard.forms import CONFIRM, Outcome
from core.wizard.screen import CLOSED, Entry, Filling, Talk, Turn
from core.wizard.sections import Place
from core.wizard.setup_forms import FORMS, PAY

KIND = "setup"
HOME, LINK, DOCTOR, AWAY, ASKING = "home", "link", "doctor", "away", "asking"
ALL = "*"  # every tariff


class Step(StrEnum):
    """What there is to do, in the order in which somebody is led."""

    SCHOOL = "school"
    PAPERS = "papers"
    COURSE = "course"
    TARIFF = "tariff"
    PAY = "pay"
    GROUP = "group"


FORM_OF = {Step.SCHOOL: "school", Step.PAPERS: "papers"}
"""Steps that are a form and nothing else."""
PASSED = frozenset({Step.PAPERS, Step.PAY, Step.GROUP})
"""Steps that may be passed over."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not well, and the button that mends it, or leads there."""

    text: Words
    label: Words = ""
    action: str = ""


@dataclass(frozen=True)
class SetupWorld:
    """What is there already, whoever said it; `findings` are known where they are asked for."""

    language: str = "ru"
    school: str = ""
    offer: str = ""
    policy: str = ""
    courses: tuple[tuple[str, str], ...] = ()  # what links call them, and their names
    tariffs: tuple[tuple[str, str], ...] = ()  # codes and names of what is on sale
    ways: tuple[str, ...] = ()  # providers, as people call them
    is_free: bool = False  # nobody takes money, everything opens for nothing
    may_test: bool = False
    has_sample: bool = False
    places: tuple[Place, ...] = ()
    groups: tuple[str, ...] = ()  # titles of those that tariffs open
    passed: frozenset[str] = frozenset()
    shop: str = ""  # username of the bot that sells
    hook: str = ""  # where notifications of providers go; empty: nobody outside reaches this machine
    findings: tuple[Finding, ...] = ()
    seal: Callable[[str], str] = field(default=lambda text: "*" * len(text))

    def has(self, step: Step) -> bool:
        """Whether a step is done."""
        return bool(
            {
                Step.SCHOOL: self.school,
                Step.PAPERS: self.offer or self.policy,
                Step.COURSE: self.courses,
                Step.TARIFF: self.tariffs,
                Step.PAY: self.ways,
                Step.GROUP: self.groups,
            }[step]
        )

    def find_open(self) -> Step | None:
        """The first step that is neither done nor passed over."""
        return next((step for step in Step if not self.has(step) and step not in self.passed), None)


@dataclass(frozen=True, slots=True)
class Keep:
    """These settings of the account say so from now on."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PassOver:
    """A step is not wanted now."""

    step: Step


@dataclass(frozen=True, slots=True)
class Begin:
    """Open what makes it: `lesson`, `posts` or `tariff`."""

    what: str


@dataclass(frozen=True, slots=True)
class TakeSample:
    """Have the sample course."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Take payments by a provider with what was typed; its secrets are sealed."""

    provider: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GiveGroup:
    """Have a group opened by a tariff, or by all."""

    chat_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Mend:
    """Do what a finding's button says."""

    what: str


def first() -> Talk:
    """The list of steps."""
    return Talk(KIND, KIND)


def lead(talk: Talk, world: SetupWorld, note: Words | None = None) -> Talk:
    """To the next step that is open; behind the last one is the link that sells."""
    step = world.find_open()
    talk = talk.go(LINK) if step is None else _open(talk, step, world)
    return replace(talk, note=note)


def _open(talk: Talk, step: Step, world: SetupWorld) -> Talk:
    if step not in FORM_OF:
        return talk.go(step)
    known = {
        Step.SCHOOL: {"school": world.school},
        Step.PAPERS: {"offer": world.offer, "policy": world.policy},
    }[step]
    return _open_form(talk, FORM_OF[step], {name: value for name, value in known.items() if value})


def _open_form(talk: Talk, section: str, values: Mapping[str, Any]) -> Talk:
    """At its first question; what was left of it is there."""
    filling = talk.shelf.get(Filling(section).name) or replace(forms.blank(FORMS[section]), values=values)
    shelf = {name: put for name, put in talk.shelf.items() if name != filling.name}
    return replace(talk, place="form", form=filling, shelf=shelf)


def press(talk: Talk, action: str, world: SetupWorld) -> Turn:
    """Follow a button."""
    talk = replace(talk, note=None)
    if talk.place == CLOSED:
        return Turn(talk.go(HOME))
    if talk.form is not None:
        return _settle(talk, *forms.press(FORMS[talk.form.section], talk.form, action))
    verb, _, what = action.partition(":")
    return VERBS[verb](talk, what, world) if verb in VERBS else Turn(talk)


def write(talk: Talk, entry: Entry, world: SetupWorld) -> Turn:
    """Take what was typed; raises Refused for what is no answer."""
    filling = talk.form
    if filling is None:
        raise Refused("wizard-press-one")
    talk = replace(talk, note=None)
    return _settle(talk, forms.write(FORMS[filling.section], filling, entry, world), Outcome.OPEN)


def _settle(talk: Talk, filling: Filling, outcome: Outcome) -> Turn:
    """A form that has its last answer is kept without a question more: each step can be done again."""
    if outcome is Outcome.LEFT:
        shelf = {**talk.shelf, filling.name: filling} if filling.values else talk.shelf
        return Turn(replace(talk.go(HOME), shelf=shelf))
    if filling.at != CONFIRM:
        return Turn(replace(talk, form=filling))
    values = {name: value for name, value in filling.values.items() if value is not None}
    return Turn(talk.go(HOME), _wish(filling.section, values))


def _wish(section: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    if section == "school":
        return (Keep({"public_name": values["school"]}),)
    if section == "papers":
        papers = Keep({"offer_url": values.get("offer"), "privacy_url": values.get("policy")})
        return (papers,) if values else (papers, PassOver(Step.PAPERS))
    return (Connect(section.removeprefix(PAY), values),)


def _go(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del world
    return Turn(talk.go(what))


def _step(talk: Talk, what: str, world: SetupWorld) -> Turn:
    return Turn(_open(talk, Step(what), world))


def _lead(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del what
    return Turn(lead(talk, world))


def _pass(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del world
    return Turn(talk.go(HOME), (PassOver(Step(what)),))


def _begin(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del world
    return Turn(talk.go(f"{AWAY}:{what}"), (Begin(what),))


def _sample(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del what, world
    return Turn(talk.go(HOME), (TakeSample(),))


def _pay(talk: Talk, what: str, world: SetupWorld) -> Turn:
    """A provider's questions; one that asks for nothing is there at once."""
    del world
    if f"{PAY}{what}" in FORMS:
        return Turn(_open_form(talk, f"{PAY}{what}", {}))
    return Turn(talk.go(HOME), (Connect(what, {}),))


def _give(talk: Talk, what: str, world: SetupWorld) -> Turn:
    chat, _, code = what.partition(":")
    if not code and len(world.tariffs) > 1:
        return Turn(talk.go(f"{Step.GROUP}:{chat}"))  # whom it is for
    return Turn(talk.go(HOME), (GiveGroup(int(chat), code or ALL),))


def _mend(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del world
    return Turn(talk.go(DOCTOR), (Mend(what),))


def _close(talk: Talk, what: str, world: SetupWorld) -> Turn:
    del what, world
    return Turn(talk.go(CLOSED))


VERBS: Mapping[str, Callable[[Talk, str, SetupWorld], Turn]] = {
    "go": _go,
    "step": _step,
    "lead": _lead,
    "pass": _pass,
    "begin": _begin,
    "sample": _sample,
    "pay": _pay,
    "give": _give,
    "mend": _mend,
    "close": _close,
}


def is_waiting_for(talk: Talk, what: Sequence[str]) -> bool:
    """Whether somebody went off to make one of these."""
    place, _, made = talk.place.partition(":")
    return place == AWAY and made in what


def hides(filling: Filling | None) -> bool:
    """Whether what is typed now is a credential, and may stay nowhere."""
    return filling is not None and filling.section.startswith(PAY)
