"""The two forms of a course in YAML: an ordered map of elements, and our own list of steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from core.flow.definition import HEAD_FIELDS, Flow, FlowKind
from core.flow.steps import Step
from core.text.message import MediaKind, ParseMode
from core.text.refusal import explain
from services.content.importing.elements import (
    Element,
    Together,
    check_together,
    fields_of,
    find_type,
    read_step,
)
from services.content.importing.media import Shelf, read_media
from services.content.importing.nodes import Entries, Items, Node, document_of, scalar
from services.content.importing.report import Notes, Why

ALIASES = {"miniapptest": "miniapp"}
HTML_ANSWERS = "HTML!"  # of a dialog: the model may answer in HTML
STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the forms share while a file is read; `path` is where it lies, if it comes from a disk."""

    notes: Notes
    shelf: Shelf
    path: Path | None = None

    @property
    def stem(self) -> str:
        """The name of the file without its ending."""
        return Path(self.notes.file).stem


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of its flow beside the steps, and where; without lines it says nothing itself."""

    values: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)


def is_own_form(root: Entries) -> bool:
    """Whether a document is in our own form."""
    return isinstance(root.entries.get("steps"), Items) and "kind" in root.entries


def read_own_course(root: Entries, reading: Reading) -> Flow | None:
    """A document of ours; None when something is wrong with it, which is noted."""
    steps = root.entries[STEPS]
    listed = steps.items if isinstance(steps, Items) else ()
    elements = [_own_element(node, reading) for node in listed]
    return build_flow(read_head(root, reading), elements, reading)


def read_head(root: Entries, reading: Reading) -> Head:
    """The fields a flow has beside its steps, their media found; what is none of them is noted."""
    for key, line in root.lines.items():
        if key not in (*HEAD_FIELDS, STEPS):
            reading.notes.warn(line, Why.UNKNOWN_KEY, name=key[:100], element=(root.text("slug") or "")[:100])
    head = {key: root.entries[key] for key in HEAD_FIELDS if key in root.entries}
    values = {key: document_of(_find_all_media(node, reading)) for key, node in head.items()}
    return Head(values, root.lines)


def _find_all_media(node: Node, reading: Reading) -> Node:
    """The tree with the media of all its messages found."""
    if isinstance(node, Items):
        return replace(node, items=tuple(_find_all_media(item, reading) for item in node.items))
    if not isinstance(node, Entries):
        return node
    if "media" in node.entries:
        node = _find_media(node, "message", reading, strict=True)
    media = {"media": node.entries["media"]} if "media" in node.entries else {}
    inner = {name: _find_all_media(entry, reading) for name, entry in node.entries.items() if name != "media"}
    return replace(node, entries={name: (inner | media)[name] for name in node.entries})


def _own_element(node: Node, reading: Reading) -> Element | None:
    if not isinstance(node, Entries):
        reading.notes.error(node.line, Why.NO_ELEMENT, name="steps")
        return None
    key = node.text("key")
    if key is None:
        reading.notes.error(node.line, Why.MISSING, element="steps", field="key")
        return None
    kind = find_type(key, node.line, node, reading.notes)
    if kind is None:
        return None
    return fit_own_element(Element(key, node.line, kind, node.without("key", "type")), reading)


def fit_own_element(element: Element, reading: Reading) -> Element:
    """The element with its media, and those of its messages, found."""
    fields, kind = element.fields, element.type
    if "media" in fields.entries and "media" in fields_of(kind):
        fields = _find_media(fields, kind, reading, strict=True)
    messages = fields.entries.get("messages")
    if isinstance(messages, Items):
        fields = fields.put("messages", _find_all_media(messages, reading))
    return replace(element, fields=fields)


def _find_media(fields: Entries, kind: str, reading: Reading, *, strict: bool) -> Entries:
    default = MediaKind.AUDIO if kind == "audio" else MediaKind.PHOTO
    media = read_media(fields.entries["media"], default, reading.shelf, reading.notes, strict=strict)
    return fields.put("media", media)


def read_mapped_course(root: Entries, slug: str, reading: Reading) -> Flow | None:
    """A course written as an ordered map, under a slug; None when something is wrong with it, which is noted."""
    elements = list(_mapped_elements(root, reading))
    return build_flow(name_head(slug), elements, reading)


def name_head(slug: str) -> Head:
    """The head of a course whose file says nothing of it."""
    return Head({"kind": FlowKind.COURSE, "slug": slug, "name": slug or "-"})


def _mapped_elements(root: Entries, reading: Reading) -> Iterator[Element | None]:
    for key, line in root.lines.items():
        node = root.entries.get(key)
        if not isinstance(node, Entries) or not node.entries.keys() & {"type", "text"}:
            reading.notes.warn(line, Why.NO_ELEMENT, name=key[:100])
            continue
        node = fit_type(node)
        kind = find_type(key, line, node, reading.notes)
        yield (
            None
            if kind is None
            else fit_mapped_element(Element(key, line, kind, node.without("type")), reading)
        )


def fit_type(node: Entries) -> Entries:
    """An element with its type under the name we know it by."""
    named = (node.text("type") or "").strip()
    return node.put("type", scalar(node.line_of("type"), ALIASES.get(named, named))) if named else node


def fit_mapped_element(element: Element, reading: Reading, *, strict: bool = False) -> Element:
    """The spellings of the ordered map as the step models write them."""
    fields = element.fields
    known = fields_of(element.type)
    if "parse_mode" in known:
        fields = _fit_parse_mode(element, fields, reading.notes)
    if "media" in known and "media" in fields.entries:
        fields = _find_media(fields, element.type, reading, strict=strict)
    if element.type == "message" and {"button", "options"} <= fields.entries.keys():
        reading.notes.warn(fields.line_of("button"), Why.BUTTON_LEFT_OUT, element=element.key)
        fields = fields.without("button")
    return replace(element, fields=fields)


def _fit_parse_mode(element: Element, fields: Entries, notes: Notes) -> Entries:
    mode = (fields.text("parse_mode") or ParseMode.MARKDOWN).strip().upper()
    line = fields.line_of("parse_mode")
    if mode in set(ParseMode):
        return fields.put("parse_mode", scalar(line, mode))
    meant = ParseMode.HTML if mode == HTML_ANSWERS else ParseMode.MARKDOWN
    if element.type != "dialog" or mode != HTML_ANSWERS:  # of a dialog, that is what any model may do
        notes.warn(line, Why.PARSE_MODE, element=element.key, given=mode[:60], meant=meant)
    return fields.put("parse_mode", scalar(line, meant))


def build_flow(head: Head, found_elements: Sequence[Element | None], reading: Reading) -> Flow | None:
    """The flow of elements; None when something is wrong, which is noted."""
    notes = reading.notes
    before = notes.report.errors
    if not found_elements:
        notes.error(0, Why.EMPTY)
    elements = _drop_doubles([element for element in found_elements if element is not None], notes)
    read = [both for element in elements if (both := read_step(element, notes))]
    flow = _build(head, [step for _, step in read], notes)
    if flow is None:
        return None
    together = Together(bool(head.lines), head.lines, {element.key for element in elements})
    check_together(flow, [element for element, _ in read], together, reading.shelf.env.variables, notes)
    return flow if notes.report.errors == before else None


def _drop_doubles(elements: Iterable[Element], notes: Notes) -> list[Element]:
    first: dict[str, Element] = {}
    for element in elements:
        if element.key in first:
            notes.error(element.line, Why.DUPLICATE, name=element.key[:100], first=first[element.key].line)
        first.setdefault(element.key, element)
    return list(first.values())


def _build(head: Head, steps: Sequence[Step], notes: Notes) -> Flow | None:
    try:
        return Flow.model_validate({**head.values, "steps": tuple(steps)})
    except ValidationError as error:
        slug = str(head.values.get("slug", ""))[:100]
        for each_error in error.errors():
            name = str(each_error["loc"][0]) if each_error["loc"] else "kind"
            line = head.lines.get(name, head.lines.get("kind", 0))
            if name == "slug" and each_error["type"] != "missing":
                notes.error(line, Why.BAD_SLUG, slug=slug)
            else:
                place = ".".join(map(str, each_error["loc"])) or name
                notes.error(
                    line,
                    Why.REFUSED,
                    element=slug,
                    field=place,
                    problem=explain(each_error),
                )
        return None
