"""The wizard of scenarios and courses: from the name to the published version, and every later change of a draft."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.flow.definition import Flow, FlowKind
from core.flow.versions import MoveChoice
from core.text.refusal import Refused, words
from core.wizard import flow_edits, forms
from core.wizard.flow_edits import PART
from core.wizard.forms import Outcome
from core.wizard.reading import NEARLY_FULL, add_photo
from core.wizard.screen import CLOSED, Entry, Filling, Talk, Turn
from core.wizard.sections import FORMS, FlowWorld

FIRST = {FlowKind.SCENARIO: "general", FlowKind.COURSE: "course"}
"""The section with which something new begins."""
CONTENT = {FlowKind.SCENARIO: "message", FlowKind.COURSE: "lesson"}
"""What a flow of a kind is made of."""
AFTER = {"general": "summary", "summary": "message", "course": "lesson"}
"""Which section follows which, in what is new."""


@dataclass(frozen=True, slots=True)
class Keep:
    """The draft is this from now on."""

    flow: Flow


@dataclass(frozen=True, slots=True)
class Preview:
    """Say a part of the draft as people will see it: one step, or all of it if none is named."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Publish:
    """Make the draft the next version, and let become of the people in it what was chosen."""

    choice: MoveChoice


@dataclass(frozen=True, slots=True)
class Settle:
    """A version came after the draft was last changed: go on with it (`theirs`), or with the draft all the same (`mine`)."""

    choice: str


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """Let everybody who has its link into a course, without paying."""


def create(kind: FlowKind) -> Talk:
    """Something new, at its first question."""
    section = FIRST[kind]
    return Talk(str(kind), chain=True, place="form", form=forms.blank(FORMS[section]))


def edit(kind: FlowKind, slug: str) -> Talk:
    """A flow there is, at its first screen."""
    return Talk(str(kind), slug)


NEWER, THEIRS, MINE = "newer", "theirs", "mine"


def press(talk: Talk, action: str, world: FlowWorld) -> Turn:
    """Follow a button; raises what a wrong form raises."""
    talk = replace(talk, note=None)
    if talk.place == CLOSED:
        return Turn(replace(talk, place="form" if talk.form else "home"))
    verb, _, what = action.partition(":")
    if world.newer:  # nothing goes into the draft before that is answered
        return Turn(talk, (Settle(what),) if verb == NEWER else ())
    if talk.form is not None:
        return _press_form(talk, talk.form, action, world)
    return VERBS.get(verb, _stay)(talk, what, world)


def _stay(talk: Talk, what: str, world: FlowWorld) -> Turn:
    del what, world
    return Turn(talk)


def _go(talk: Talk, what: str, world: FlowWorld) -> Turn:
    del world
    return Turn(talk.go(what))


def _close(talk: Talk, what: str, world: FlowWorld) -> Turn:
    del what, world
    return Turn(talk.go(CLOSED))


def _preview(talk: Talk, what: str, world: FlowWorld) -> Turn:
    del world
    return Turn(talk, (Preview(what),))


def _publish(talk: Talk, what: str, world: FlowWorld) -> Turn:
    del world
    return Turn(talk.go("published"), (Publish(MoveChoice(what)),))


def _open_door(talk: Talk, what: str, world: FlowWorld) -> Turn:
    del what, world
    return Turn(talk.go("published"), (OpenDoor(),))


def _open(talk: Talk, what: str, world: FlowWorld) -> Turn:
    """Open a form: about nothing for what is new, else with what there is; one that was left is taken up."""
    section, _, target = what.partition(":")
    form, name = FORMS[section], Filling(section, target).name
    shelf = {put: filling for put, filling in talk.shelf.items() if put != name}
    if put_aside := talk.shelf.get(name):
        filling = put_aside
    elif world.flow is None or (not target and section not in {"general", "course", "summary"}):
        filling = forms.blank(form)
    elif section == "lesson_part" and PART not in target:
        filling = replace(forms.blank(form), target=target)
    else:
        values = flow_edits.load(world.flow, section, target, world.language)
        filling = forms.amend(form, target, values) if values else forms.blank(form)
    return Turn(replace(talk, place="form", form=filling, shelf=shelf))


def _move(talk: Talk, what: str, world: FlowWorld, by: int) -> Turn:
    return Turn(talk, (Keep(flow_edits.move(_flow(world), what, by)),))


def _drop(talk: Talk, what: str, world: FlowWorld) -> Turn:
    key, _, number = what.partition(PART)
    if number:
        flow = flow_edits.drop_part(_flow(world), key, int(number))
        return Turn(talk.go(f"item:{key}", words("wizard-dropped")), (Keep(flow),))
    flow = flow_edits.drop(_flow(world), key)
    return Turn(talk.go("list:0", words("wizard-dropped")), (Keep(flow),))


def _flow(world: FlowWorld) -> Flow:
    if world.flow is None:
        raise Refused("wizard-gone")
    return world.flow


VERBS: dict[str, Callable[[Talk, str, FlowWorld], Turn]] = {
    "go": _go,
    "form": _open,
    "preview": _preview,
    "publish": _publish,
    "open": _open_door,
    "up": lambda talk, what, world: _move(talk, what, world, -1),
    "down": lambda talk, what, world: _move(talk, what, world, 1),
    "drop": _drop,
    "close": _close,
}


def _press_form(talk: Talk, filling: Filling, action: str, world: FlowWorld) -> Turn:
    form = FORMS[filling.section]
    filling, outcome = forms.press(form, filling, action)
    match outcome:
        case Outcome.OPEN:
            return Turn(replace(talk, form=filling))
        case Outcome.LEFT:
            return _leave(talk, filling, world)
        case Outcome.CONFIRMED:
            return _confirm(talk, filling, world)


def _leave(talk: Talk, filling: Filling, world: FlowWorld) -> Turn:
    """What was entered is put aside, and taken up when the same is opened again."""
    if world.flow is None:
        return Turn(replace(talk, place=CLOSED, form=filling))
    shelf = {**talk.shelf, filling.name: filling} if filling.values else talk.shelf
    return Turn(_behind(replace(talk, shelf=shelf), filling, filling.target))


def _behind(talk: Talk, filling: Filling, key: str) -> Talk:
    """Where one is after a form."""
    is_step = key and filling.section not in {"general", "course", "summary"}
    place = f"item:{key.partition(PART)[0]}" if is_step else "home"
    return replace(talk.go(place), chain=False)


def _confirm(talk: Talk, filling: Filling, world: FlowWorld) -> Turn:
    shelf = {name: put for name, put in talk.shelf.items() if name != filling.name}
    talk = replace(talk, shelf=shelf)
    draft = world.flow or _new_flow(talk, filling, world)
    flow, key = flow_edits.apply(draft, filling, world.language)
    talk, effects = replace(talk, about=flow.slug), (Keep(flow),)
    if not talk.chain:
        return Turn(replace(_behind(talk, filling, key), note=words("wizard-kept")), effects)
    if following := AFTER.get(filling.section):
        talk = replace(talk, form=forms.blank(FORMS[following]), note=words("wizard-kept"))
        return Turn(talk, effects)
    return Turn(replace(talk.go("more", words("wizard-kept")), chain=True), effects)


def _new_flow(talk: Talk, filling: Filling, world: FlowWorld) -> Flow:
    name = filling.values["name"]
    return Flow(kind=FlowKind(talk.kind), slug=world.find_slug(name), name=name, steps=())


def write(talk: Talk, entry: Entry, world: FlowWorld) -> Turn:
    """Take what was typed or sent; raises Refused for what is no answer."""
    talk = replace(talk, note=None)
    if talk.form is None:
        raise Refused("wizard-press-one")
    return Turn(replace(talk, form=_take(talk.form, entry, world)))


def _take(filling: Filling, entry: Entry, world: FlowWorld) -> Filling:
    form = FORMS[filling.section]
    names = {field.name for field in form.fields}
    if entry.media is not None and "photos" in names:
        photos = add_photo(entry, filling.values.get("photos"))
        filling = replace(filling, values={**filling.values, "photos": photos})
        if filling.at != "text" or not entry.text:
            return filling
    elif (longer := _continued(filling, entry)) is not None:
        taken = form.field("text").take
        return (
            replace(filling, values={**filling.values, "text": taken(longer, None, world)})
            if taken
            else filling
        )
    return forms.write(form, filling, entry, world)


def _continued(filling: Filling, entry: Entry) -> Entry | None:
    """The text with what follows: an app cuts a long text into several messages."""
    text = filling.values.get("text")
    if filling.at != "photos" or not text or entry.media or not entry.text or len(text) < NEARLY_FULL:
        return None
    return Entry(f"{text}\n{entry.html}", f"{text}\n{entry.text}")


def is_about_photos(filling: Filling | None) -> bool:
    """Whether a file that comes now belongs to what is being filled in."""
    return filling is not None and any(field.name == "photos" for field in FORMS[filling.section].fields)
