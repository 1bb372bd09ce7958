"""The media of an import: links made direct, files found beside the course and kept when it is imported."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, urlsplit

from core.environment import Environment
from core.errors import DomainError
from core.links import is_inside, is_private, is_web
from core.text.message import MediaKind
from services.content.importing.archives import Archive, BadArchiveError
from services.content.importing.nodes import Entries, Items, Node, Scalar, scalar
from services.content.importing.report import Notes, Tick, Why, quietly
from services.content.messages.media import (
    MOST_BYTES,
    OWN,
    find_below,
    find_file,
    keep_file,
    name_kept,
    name_kept_file,
)

DRIVE = "drive.google.com"
DIRECT = "https://drive.usercontent.google.com/download?id={id}&export=download"
MOST_OF_PHOTO = 10_000_000
MOST_OF_OTHERS = MOST_BYTES
_REFUSED = "refused"
_SHARED = re.compile(r"/(?:file|document|presentation|spreadsheets)/(?:u/\d+/)?d/(?P<id>[\w-]{10,})")
_DRIVE_ID = re.compile(r"[\w-]{10,}")
_KINDS = {
    MediaKind.PHOTO: (".jpg", ".jpeg", ".png", ".webp", ".bmp"),
    MediaKind.AUDIO: (".mp3", ".m4a", ".aac", ".flac", ".wav"),
    MediaKind.VOICE: (".ogg", ".oga", ".opus"),
    MediaKind.VIDEO: (".mp4", ".mov", ".webm", ".mkv", ".m4v"),
    MediaKind.ANIMATION: (".gif",),
    MediaKind.DOCUMENT: (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".pptx", ".txt", ".csv", ".zip", ".epub"),
}
_BY_SUFFIX = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
SUFFIXES = frozenset(_BY_SUFFIX)
"""Endings of files that a message may bring."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A file inside another: its bytes are read again when it is kept."""

    suffix: str
    size: int
    read: Callable[[], bytes]


@dataclass(slots=True)
class Shelf:
    """Where an import looks for files: our own ones, below `folder` if it comes from a disk, and in its `archive`."""

    env: Environment
    folder: Path | None = None
    tick: Tick = quietly
    archive: Archive | None = None
    found: dict[str, Path] = field(default_factory=dict)
    """Files to keep, by the reference they will have."""
    taken: dict[str, Path] = field(default_factory=dict)
    """The same files by the words of the course that name them."""
    inside: dict[str, Inside] = field(default_factory=dict)
    """Files to keep that came inside the one that is read, by the reference they will have."""

    def find(self, ref: str) -> str | None:
        """What a message may name the medium by; None when it is no URL and no file that may be taken."""
        if is_web(ref):
            return direct_link(ref)
        if not is_inside(ref):
            return None
        try:
            if ref.startswith(OWN):
                find_file(self.env, ref)
                return ref
        except DomainError:
            pass
        if self.archive is not None:
            return self._find_packed(self.archive, ref)
        return self._find_beside(self.folder, ref) if self.folder else None

    def find_fitting(self, ref: str, kind: MediaKind, notes: Notes, line: int) -> str | None:
        """As `find`; what is not there or more than a bot may send is left out with a warning."""
        place = self.find(ref)
        if place is None:
            notes.warn(line, self._why_left_out(ref), ref=ref[:200])
        elif self.size_of(place) > (most := limit_of(kind)):
            notes.warn(line, Why.LARGE_LEFT_OUT, ref=ref[:200], limit=most // 1_000_000)
        else:
            return place
        return None

    def _why_left_out(self, ref: str) -> Why:
        if self.folder and self.archive is None:
            return self.why_not(ref)
        return Why.NOT_PACKED if is_inside(ref) else Why.FOREIGN_PATH

    def put(self, suffix: str, read: Callable[[], bytes]) -> str:
        """Take a file that came inside the one that is read; gives the reference it will have."""
        content = read()
        name = name_kept(content, suffix)
        self.inside[name] = Inside(suffix, len(content), read)
        return name

    def _find_packed(self, archive: Archive, ref: str) -> str | None:
        path = PurePosixPath(ref)
        if is_private(path) or (size := archive.size_of(ref)) is None:
            return None
        suffix = path.suffix.lower()
        if size > MOST_OF_OTHERS:  # told by who asked; it is not read
            self.inside[ref] = Inside(suffix, size, bytes)
            return ref
        try:
            return self.put(suffix, lambda: archive.read(ref, MOST_OF_OTHERS))
        except BadArchiveError:
            return None

    def _find_beside(self, folder: Path, ref: str) -> str | None:
        try:
            path = find_below(folder, folder / ref)
            if path is None or path.is_relative_to(self.env.data_dir.resolve()):
                return None
            self.tick(path.name, 0)
            name = name_kept_file(path) if path.stat().st_size <= MOST_OF_OTHERS else ref
        except (OSError, ValueError):
            return None  # no file can have that name
        self.found[name] = self.taken[ref] = path
        return name

    def why_not(self, ref: str) -> Why:
        """What is wrong with a reference that `find` does not find."""
        if not is_inside(ref) or self._exists(ref):
            return Why.FOREIGN_PATH
        return Why.MISSING_FILE if self.folder else Why.LINKS_ONLY

    def _exists(self, ref: str) -> bool:
        try:
            return self.folder is not None and (self.folder / ref).is_file()
        except (OSError, ValueError):
            return False

    def size_of(self, ref: str) -> int:
        """The bytes of a found file; 0 for a URL."""
        if is_web(ref):
            return 0
        if ref in self.inside:
            return self.inside[ref].size
        return (self.found.get(ref) or find_file(self.env, ref)).stat().st_size

    def keep(self) -> None:
        """Copy the found files to where the senders look for them; done again, it changes nothing."""
        for path in self.found.values():
            self.tick(path.name, 0)
            keep_file(self.env, path.read_bytes(), path.suffix.lower())
        for file in self.inside.values():
            if file.size <= MOST_OF_OTHERS:
                keep_file(self.env, file.read(), file.suffix)


def direct_link(url: str) -> str:
    """A Google Drive share link as the link to the file itself; any other URL as it is."""
    address = urlsplit(url)
    if address.hostname != DRIVE:
        return url
    shared = _SHARED.search(address.path)
    found_shared = shared["id"] if shared else parse_qs(address.query).get("id", [""])[0]
    return DIRECT.format(id=found_shared) if _DRIVE_ID.fullmatch(found_shared) else url


def kind_of(ref: str, default: MediaKind) -> MediaKind:
    """How Telegram shows a file, by its ending."""
    path = urlsplit(ref).path if is_web(ref) else ref
    return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), default)


def read_media(node: Node, default: MediaKind, shelf: Shelf, notes: Notes, *, strict: bool) -> Node:
    """The list of an element's media with the references messages use.

    What is no URL and no file is an error where `strict`, else it is left out with a warning.
    """
    nodes = node.items if isinstance(node, Items) else (node,)
    read = (_read_medium(medium, default, shelf, notes, strict=strict) for medium in nodes)
    return Items(node.line, tuple(medium for medium in read if medium is not None))


def _read_medium(node: Node, default: MediaKind, shelf: Shelf, notes: Notes, *, strict: bool) -> Node | None:
    ref = node.text if isinstance(node, Scalar) else node.text("ref") if isinstance(node, Entries) else None
    if ref is None:
        return node  # the step says what is wrong with it
    ref = ref.strip()
    named = node.text("kind") if isinstance(node, Entries) else None
    kind = named or kind_of(ref, default)
    place = shelf.find(ref)
    if place is None and not strict:
        why = shelf.why_not(ref)
        notes.warn(node.line, Why.NO_MEDIUM if why is Why.MISSING_FILE else why, ref=ref[:200])
        return None
    if place is None:
        notes.error(node.line, shelf.why_not(ref), ref=ref[:200])
        place = _REFUSED  # so that nothing else is said of this medium
    elif shelf.size_of(place) > limit_of(kind):
        notes.error(node.line, Why.LARGE_FILE, ref=ref[:200], limit=limit_of(kind) // 1_000_000)
    words = {"kind": scalar(node.line, kind), "ref": scalar(node.line, place)}
    if isinstance(node, Entries):
        return replace(node, entries={**words, **node.without("ref").entries, "ref": words["ref"]})
    return Entries(node.line, words, dict.fromkeys(words, node.line))


def limit_of(kind: str) -> int:
    """The bytes a bot may send of a kind."""
    return MOST_OF_PHOTO if kind == MediaKind.PHOTO else MOST_OF_OTHERS
