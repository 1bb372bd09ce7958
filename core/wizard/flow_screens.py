"""The screens of the wizard of flows: the first one, the list, a step, what comes next, and publishing."""

from collections.abc import Callable, Sequence

from core.flow.definition import Flow, FlowKind
from core.flow.editing import list_leading_to
from core.flow.steps.lesson import LessonStep
from core.text.message import MessageFields, localize
from core.text.refusal import Words, listed, words
from core.wizard import forms
from core.wizard.flow_edits import PART
from core.wizard.flows import CONTENT, FIRST, MINE, NEWER, THEIRS
from core.wizard.items import Item, find_item, list_items, name_step
from core.wizard.messages import read_message
from core.wizard.offers import TARIFF
from core.wizard.reading import brief
from core.wizard.screen import CLOSED, Option, Rows, Screen, Talk, label, label_of_html, lines, option, rich
from core.wizard.sections import FORMS, FlowWorld, show_drip, show_wait

PER_PAGE = 6
MOST_OBSTACLES = 5
EXTRA = {FlowKind.SCENARIO: (), FlowKind.COURSE: ("assignment",)}
"""What may be added beside what a flow is made of."""


def show(talk: Talk, world: FlowWorld) -> Screen:
    """The screen of where they are, below what is to be said first."""
    screen = _show(talk, world)
    if talk.note is None:
        return screen
    return Screen(lines(talk.note, screen.text), screen.rows, screen.awaits)


def _show(talk: Talk, world: FlowWorld) -> Screen:
    if talk.place == CLOSED:
        return Screen(words(f"wizard-closed-{talk.kind}"), [[option("resume", "resume")]])
    if world.newer:
        return _ask_which(world.newer)
    if talk.form is not None:
        return forms.show(FORMS[talk.form.section], talk.form, world)
    if world.flow is None:
        return Screen(words("wizard-gone"), [[option("close", "close")]])
    place, _, what = talk.place.partition(":")
    return PLACES.get(place, _home)(talk, what, world, world.flow)


def _ask_which(number: int) -> Screen:
    """A version came meanwhile, which the draft would put out of its place."""
    rows = [[option(f"newer-{choice}", f"{NEWER}:{choice}", number=number)] for choice in (THEIRS, MINE)]
    return Screen(words("wizard-newer", number=number), rows, awaits=True)


def name_flow(talk: Talk, world: FlowWorld) -> Words | None:
    """What the flow is called that is being made or changed; None while it has no name."""
    if world.flow is not None:
        return label(localize(world.flow.name, world.language))
    name = talk.form.values.get("name") if talk.form else None
    return label(name) if name else None


def _home(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    del talk, what
    count = len(list_items(flow))
    name = localize(flow.name, world.language)
    text = lines(words(f"wizard-home-{flow.kind}", name=name, slug=flow.slug, number=count), world.standing)
    head = [option("general", f"form:{FIRST[flow.kind]}")]
    if flow.kind is FlowKind.SCENARIO:
        head.append(option("summary", "form:summary"))
    rows = [head, [option(f"list-{flow.kind}", "go:list:0")], *_add_rows(flow)]
    rows.append([option("preview", "preview"), option("publish", "go:publish")])
    return Screen(text, [*rows, [option("close", "close")]])


def _add_rows(flow: Flow) -> Rows:
    sections = (CONTENT[flow.kind], *EXTRA[flow.kind])
    return [[option(f"add-{section}", f"form:{section}") for section in sections]]


def _list(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    del talk
    items = list_items(flow)
    if not items:
        return Screen(words("wizard-list-empty"), [*_add_rows(flow), [option("home", "go:home")]])
    last = (len(items) - 1) // PER_PAGE
    page = min(int(what) if what.isdecimal() else 0, last)
    shown = items[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows: list[Sequence[Option]] = [
        [Option(_line(place, item, world), f"go:item:{item.key}")]
        for place, item in enumerate(shown, start=page * PER_PAGE + 1)
    ]
    turns = [
        Option(sign, f"go:list:{other}")
        for sign, other in (("‹", page - 1), ("›", page + 1))
        if 0 <= other <= last
    ]
    rows += [turns] if turns else []
    text = words("wizard-list", number=len(items))
    return Screen(text, [*rows, *_add_rows(flow), [option("home", "go:home")]])


def _line(place: int, item: Item, world: FlowWorld) -> Words:
    return lines(f"{place}.", item.name(world.language), gap=" ")


def _item(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    item = find_item(flow, what)
    if item is None:
        listed = _list(talk, "0", world, flow)
        return Screen(lines(words("wizard-step-gone"), listed.text), listed.rows)
    rows: list[Sequence[Option]] = []
    if item.section:
        rows.append(
            [option("edit", f"form:{item.section}:{item.key}"), option("preview", f"preview:{item.key}")]
        )
    else:
        rows.append([option("preview", f"preview:{item.key}")])
    rows += _part_rows(item, world)
    rows.append([option("up", f"up:{item.key}"), option("down", f"down:{item.key}")])
    rows.append([option("drop", f"go:drop:{item.key}"), option("list", _page_of(flow, item))])
    return Screen(_describe(item, world), rows)


def _page_of(flow: Flow, item: Item) -> str:
    place = [listed.key for listed in list_items(flow)].index(item.key)
    return f"go:list:{place // PER_PAGE}"


def _part_rows(item: Item, world: FlowWorld) -> Rows:
    """A lesson's messages, a button each, and one for another."""
    if not isinstance(item.step, LessonStep):
        return []
    parts = [
        Option(_part_name(message, place, world), f"go:part:{item.key}{PART}{place}")
        for place, message in enumerate(item.step.messages)
    ]
    return [*forms.in_rows(parts[:8]), [option("add-part", f"form:lesson_part:{item.key}")]]


def _part_name(message: MessageFields, place: int, world: FlowWorld) -> Words:
    text = read_message(message, world.language)["text"]
    return words("wizard-part", number=place + 1, said=label_of_html(brief(text)) if text else "🖼")


def _describe(item: Item, world: FlowWorld) -> Words:
    step = item.step
    head = item.name(world.language)
    if isinstance(step, LessonStep):
        return lines(head, show_drip(step.model_dump(mode="json").get("drip", "immediately")))
    if not item.section:
        return lines(head, words("wizard-not-here", step=step.key, type=step.type))
    said = read_message(step, world.language) if isinstance(step, MessageFields) else {}
    wait = words("wizard-waits", wait=show_wait(item.delay.wait)) if item.delay else None
    photos = words("wizard-photos", count=len(said["photos"])) if said.get("photos") else None
    return lines(head, wait, rich(said["text"], 1000) if said.get("text") else None, photos)


def _part(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    key, _, number = what.partition(PART)
    step = flow.step(key)
    if not isinstance(step, LessonStep) or int(number or 0) >= len(step.messages):
        return _item(talk, key, world, flow)
    said = read_message(step.messages[int(number)], world.language)
    photos = words("wizard-photos", count=len(said["photos"])) if said["photos"] else None
    text = lines(rich(said["text"], 1000) if said["text"] else None, photos)
    rows = [[option("edit", f"form:lesson_part:{what}"), option("drop", f"drop:{what}")]]
    return Screen(text, [*rows, [option("item", f"go:item:{key}")]])


def _drop(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    item = find_item(flow, what)
    if item is None:
        return _item(talk, what, world, flow)
    leading = list_leading_to(flow, what)
    warned = (
        words("wizard-led-to", steps=listed([name_step(flow, key, world.language) for key in leading], ", "))
        if leading
        else None
    )
    text = lines(words("wizard-drop", what=item.name(world.language)), warned)
    return Screen(text, [[option("drop-yes", f"drop:{what}")], [option("drop-no", f"go:item:{what}")]])


def _more(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    """What there is, and whether more is to come."""
    del talk, what, world
    text = words(f"wizard-more-{flow.kind}", number=len(list_items(flow)))
    rows = [*_add_rows(flow), [option("preview", "preview")], [option("to-publish", "go:publish")]]
    return Screen(text, [*rows, [option("home", "go:home")]])


def _publish(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    """Who stands where, and what becomes of them; or what has to be mended first."""
    del talk, what
    back: Sequence[Option] = [option("home", "go:home")]
    name = localize(flow.name, world.language)
    if world.obstacles:
        text = lines(words("wizard-obstacles", name=name), *world.obstacles[:MOST_OBSTACLES])
        return Screen(text, [[option(f"list-{flow.kind}", "go:list:0")], back])
    text = lines(words("wizard-publish", name=name), world.standing)
    if not world.people:
        return Screen(text, [[option("publish-now", "publish:stay")], [option("preview", "preview")], back])
    rows = [[option(f"publish-{choice}", f"publish:{choice}")] for choice in ("stay", "move", "resend")]
    return Screen(lines(text, words("wizard-publish-how")), [*rows, back])


def _published(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    del talk, what
    name = localize(flow.name, world.language)
    ends: Rows = [[option("home", "go:home")], [option("close", "close")]]
    if world.is_led:
        return Screen(words("wizard-published-led", name=name), ends)
    if flow.kind is FlowKind.COURSE:
        ends = [[Option(words("wizard-do-sell"), "go:published", begins=TARIFF.kind)], *ends]
    if not world.link:
        text = words("wizard-published-shut", name=name)
        return Screen(text, [[option("open-door", "go:door")], *ends])
    return Screen(words(f"wizard-published-{flow.kind}", name=name, link=world.link), ends)


def _door(talk: Talk, what: str, world: FlowWorld, flow: Flow) -> Screen:
    """Whether it shall really be open to everybody."""
    del talk, what
    name = localize(flow.name, world.language)
    rows = [[option("open-door-yes", "open")], [option("drop-no", "go:published")]]
    return Screen(words("wizard-open-door", name=name), rows)


PLACES: dict[str, Callable[[Talk, str, FlowWorld, Flow], Screen]] = {
    "home": _home,
    "list": _list,
    "item": _item,
    "part": _part,
    "drop": _drop,
    "more": _more,
    "publish": _publish,
    "published": _published,
    "door": _door,
}
