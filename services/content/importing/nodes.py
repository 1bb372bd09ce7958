"""A file as a tree that remembers lines: scalars as they are written, lists, and maps without double keys."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode

from core.text.refusal import words
from services.content.importing.mishaps import explain_yaml, megabytes
from services.content.importing.report import Notes, Why

MOST_BYTES = 20_000_000
MOST_VALUES = 200_000  # of one file, aliases counted each time
MOST_DEPTH = 60  # of maps and lists inside one another
_MERGE = "tag:yaml.org,2002:merge"
_UNFIT = re.compile("[\0\ud800-\udfff]")
_NULL = "tag:yaml.org,2002:null"
_READERS: Mapping[str, Any] = {
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
}


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as it is written; `value` is what it means where words and numbers are told apart."""

    line: int
    text: str
    value: Any


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    line: int
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A map; `lines` say where each key stands, the later of two. What is empty in the file is not in it."""

    line: int
    entries: Mapping[str, "Node"]
    lines: Mapping[str, int]

    def text(self, key: str) -> str | None:
        """The text of a scalar entry; None when there is none."""
        entry = self.entries.get(key)
        return entry.text if isinstance(entry, Scalar) else None

    def line_of(self, key: str) -> int:
        """The line of a key, else of the map."""
        return self.lines.get(key, self.line)

    def put(self, key: str, node: "Node") -> "Entries":
        """The map with another value for a key."""
        return replace(self, entries={**self.entries, key: node})

    def without(self, *keys: str) -> "Entries":
        """The map without some keys."""
        return replace(
            self, entries={name: entry for name, entry in self.entries.items() if name not in keys}
        )


Node = Scalar | Items | Entries


def scalar(line: int, text: str) -> Scalar:
    """A text that somebody else read."""
    return Scalar(line, text, text)


def node_of(line: int, value: Any) -> "Node":
    """Plain values as a tree that stands at one line; whether something is so is written yes or no."""
    match value:
        case Mapping():
            inner = {name: node_of(line, inside) for name, inside in value.items()}
            return Entries(line, inner, dict.fromkeys(inner, line))
        case bool():
            return scalar(line, "yes" if value else "no")
        case Sequence() if not isinstance(value, str):
            return Items(line, tuple(node_of(line, inside) for inside in value))
    return Scalar(line, str(value), value)


def drop_unfit(text: str) -> str:
    """The text without what nothing can store or send."""
    return _UNFIT.sub("", text)


def has_unfit(text: str) -> bool:
    """Whether a text has a zero byte or half of a character, which nothing can store or send."""
    return _UNFIT.search(text) is not None


def decode(content: bytes, notes: Notes) -> str | None:
    """The text of a file in UTF-8; None when it is none, which is noted."""
    if len(content) > MOST_BYTES:
        notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_BYTES))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        notes.error(content[: error.start].count(b"\n") + 1, Why.NOT_UTF8)
        return None


def read_yaml(text: str, notes: Notes) -> Node | None:
    """The one document of a text; None for none and for what is no YAML, which is noted."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        notes.error(line_of(error), Why.NOT_YAML, problem=explain_yaml(error))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        # a document deeper than anybody writes, or one the library trips over
        notes.error(0, Why.NOT_YAML, problem=words("refused-yaml"))
    else:
        if root is None:
            notes.error(0, Why.EMPTY)
            return None
        return _Reader(notes).read_root(root)
    return None


def line_of(error: YAMLError) -> int:
    """The line a text stops to be YAML at; 0 where the library does not say it."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return mark.line + 1 if mark else 0


class _TooManyError(Exception):
    """More values than a file may have."""


class _TooDeepError(Exception):
    """Maps and lists inside one another as nobody writes them, or one that contains itself."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class _Reader:
    """Turns the library's nodes into ours, and counts them."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.left = MOST_VALUES
        self.depth = 0

    def read_root(self, root: YamlNode) -> Node | None:
        try:
            return self.read(root)
        except _TooManyError:
            self.notes.error(0, Why.TOO_LARGE, limit=words("limit-values", number=MOST_VALUES))
        except _TooDeepError as error:
            self.notes.error(error.line, Why.TOO_DEEP, limit=MOST_DEPTH)
        return None

    def read(self, node: YamlNode) -> Node | None:
        self._count()
        line = node.start_mark.line + 1
        if isinstance(node, MappingNode | SequenceNode):
            return self._inside(node, line)
        if not isinstance(node, ScalarNode) or str(node.tag) == _NULL:
            return None
        return Scalar(line, self._text(node, line), _value_of(node))

    def _inside(self, node: MappingNode | SequenceNode, line: int) -> Node:
        if self.depth == MOST_DEPTH:
            raise _TooDeepError(line)
        self.depth += 1
        read = self._map(node, line) if isinstance(node, MappingNode) else self._list(node, line)
        self.depth -= 1
        return read

    def _list(self, node: SequenceNode, line: int) -> Items:
        return Items(line, tuple(read for item in node.value if (read := self.read(item)) is not None))

    def _text(self, node: ScalarNode, line: int) -> str:
        """What a scalar says; two codes that make one character are it, half of one is noted, as is a zero byte."""
        text = node.value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        if _UNFIT.search(text):
            self.notes.error(line, Why.UNFIT_CHARACTER)
        return _UNFIT.sub("", text)

    def _map(self, node: MappingNode, line: int) -> Entries:
        entries: dict[str, Node | None] = {}
        lines: dict[str, int] = {}
        for key, value in self._pairs(node):
            at = key.start_mark.line + 1
            if not isinstance(key, ScalarNode):
                self.notes.error(at, Why.NOT_YAML, problem=words("refused-yaml-key"))
                continue
            name, read = self._text(key, at), self.read(value)
            if name in lines:
                self._twice(name, at, lines, is_same=_bare(read) == _bare(entries.get(name)))
            lines[name] = at
            entries[name] = read
        return Entries(line, {name: entry for name, entry in entries.items() if entry is not None}, lines)

    def _pairs(self, node: MappingNode, depth: int = 0) -> Iterator[tuple[YamlNode, YamlNode]]:
        """The entries of a map, and those it takes over by `<<` unless it has its own; each map taken over counts."""
        self._count()
        own = [(key, value) for key, value in node.value if str(key.tag) != _MERGE]
        yield from own
        names = {key.value for key, _ in own if isinstance(key, ScalarNode)}
        for key, value in node.value:
            if str(key.tag) == _MERGE and depth < 20:  # noqa: PLR2004 - maps that take over maps end somewhere
                taken = value.value if isinstance(value, SequenceNode) else [value]
                for taken_course in (
                    taken_course for taken_course in taken if isinstance(taken_course, MappingNode)
                ):
                    yield from (
                        (name, inner)
                        for name, inner in self._pairs(taken_course, depth + 1)
                        if str(name.value) not in names
                    )

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _TooManyError

    def _twice(self, key: str, at: int, lines: Mapping[str, int], *, is_same: bool) -> None:
        """As safe YAML has it: the later content at the first one's place."""
        why = Why.SAME_AGAIN if is_same else Why.SAYS_OTHER
        self.notes.warn(at, why, name=key[:100], first=lines[key])


def _value_of(node: ScalarNode) -> Any:
    read = None if node.style else _READERS.get(str(node.tag))
    try:
        return read(node.value) if read else node.value
    except ValueError:
        return node.value


def _bare(node: Node | None) -> Any:
    """What a node says, wherever it stands."""
    match node:
        case Scalar(_, text):
            return text
        case Items(_, items):
            return [_bare(item) for item in items]
        case Entries(_, entries):
            return {key: _bare(entry) for key, entry in entries.items()}
    return None


def document_of(node: Node, resolved: frozenset[str] = frozenset(), *, means: bool = False) -> Any:
    """The tree as plain values: texts as written, but what is below a key of `resolved` as what it means."""
    match node:
        case Scalar(_, text, value):
            return value if means else text
        case Items(_, items):
            return [document_of(item, resolved, means=means) for item in items]
        case Entries(_, entries):
            return {
                key: document_of(entry, resolved, means=means or key in resolved)
                for key, entry in entries.items()
            }


def find_line(node: Node, path: Sequence[str | int]) -> int:
    """The line of the innermost place of a path that the tree has."""
    if not path:
        return node.line
    first, *rest = path
    if isinstance(node, Entries) and str(first) in node.entries:
        inner = node.entries[str(first)]
        return find_line(inner, rest) if rest else node.line_of(str(first))
    if isinstance(node, Entries):
        return node.line_of(str(first))
    if isinstance(node, Items) and isinstance(first, int) and first < len(node.items):
        return find_line(node.items[first], rest)
    return node.line


def find_node(node: Node, path: Sequence[str | int]) -> Node | None:
    """What stands at a path; None when nothing does."""
    for part in path:
        inner: Node | None = None
        if isinstance(node, Entries):
            inner = node.entries.get(str(part))
        elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
            inner = node.items[part]
        if inner is None:
            return None
        node = inner
    return node


def drop(node: Node, paths: Collection[Sequence[str | int]]) -> Node:
    """The tree without the entries at these paths."""
    if not paths:
        return node
    inner: dict[str, list[Sequence[str | int]]] = {}
    for first, *rest in paths:
        inner.setdefault(str(first), []).append(rest)
    if isinstance(node, Entries):
        return replace(
            node,
            entries={
                name: drop(entry, inner.get(name, ()))
                for name, entry in node.entries.items()
                if [] not in inner.get(name, ())
            },
        )
    if isinstance(node, Items):
        numbered = [(item, inner.get(str(n), [])) for n, item in enumerate(node.items)]
        return replace(node, items=tuple(drop(item, within) for item, within in numbered if [] not in within))
    return node
