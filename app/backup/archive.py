"""A backup's file: a ZIP of tables as lines of JSON and of media, sealed with the newest master key.

`manifest.json` (written last) says which version and which migration wrote it, when, and how many rows each table has;
`tables/NAME.jsonl` has a row a line, an array in the order of the table's columns; `kept/…` are originals of media.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.db.dump import BATCH, Kind, Shape, Values
from services.content.messages.media import KEPT
from utils.sealed import KeyRing
from utils.sealed_stream import NotSealedError, SealedWriter, open_stream

FORMAT = 1
MANIFEST = "manifest.json"
QUICK = 3  # of zlib's nine: six took twice the time for a tenth less


@dataclass(frozen=True)
class Written:
    """A table of a backup."""

    name: str
    columns: Mapping[str, Kind]
    rows: int

    @property
    def shape(self) -> Shape:
        """How its rows are read."""
        return Shape(self.name, self.columns)


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; `tables` stand in the order in which they are filled, `media` are counted."""

    format: int
    version: str
    revision: str
    taken_at: datetime
    tables: Sequence[Written]
    media: int

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(each.rows for each in self.tables)


MANIFESTS = TypeAdapter(Manifest)


class Pack:
    """A backup that is being written."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        """Where the lines of a table go."""
        with self._file.open(f"tables/{name}.jsonl", "w", force_zip64=True) as lines:
            yield lines

    def add_media(self, path: Path, name: str) -> None:
        """Put a file in as it is: pictures and films get no smaller."""
        self._file.write(path, name, zipfile.ZIP_STORED)

    def finish(self, manifest: Manifest) -> None:
        """Say what is in it."""
        self._file.writestr(MANIFEST, MANIFESTS.dump_json(manifest, indent=2))


@contextmanager
def becoming(path: Path) -> Iterator[Path]:
    """Where to write what is to lie at `path` once it is whole and tried out; raises FileExistsError."""
    if path.exists():
        raise FileExistsError(f"{path} is there already: name another file")
    path.parent.mkdir(parents=True, exist_ok=True)
    partly = path.with_name(f"{path.name}.partly")
    try:
        yield partly
        partly.replace(path)
    finally:
        partly.unlink(missing_ok=True)


@contextmanager
def writing(path: Path, keys: KeyRing) -> Iterator[Pack]:
    """A backup at `path`; raises OSError."""
    with path.open("wb") as target:
        with (
            SealedWriter(target, keys) as sealed,
            zipfile.ZipFile(sealed, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as file,
        ):
            yield Pack(file)
        target.flush()
        os.fsync(target.fileno())


class Archive:
    """A backup that was opened and can be read."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.manifest = _read_manifest(file)

    def read_table(self, name: str) -> Iterator[Sequence[Values]]:
        """The rows of a table in batches."""
        with self._file.open(f"tables/{name}.jsonl") as lines:
            while batch := list(islice(lines, BATCH)):
                yield [json.loads(line) for line in batch]

    def list_media(self) -> list[str]:
        """The names of its media, below the data directory."""
        names = [PurePosixPath(name) for name in self._file.namelist()]
        return [str(name) for name in names if name.parts[0] == KEPT and ".." not in name.parts]

    def copy_media(self, name: str, target: Path) -> None:
        """Write one of them, there only once it is whole."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partly = target.with_name(f"{target.name}.partly")
        partly.write_bytes(self._file.read(name))
        partly.replace(target)


@contextmanager
def reading(path: Path, keys: KeyRing) -> Iterator[Archive]:
    """Open a backup; raises NotSealedError, OSError.

    What is unsealed meanwhile lies in a file without a name, beside it.
    """
    with path.open("rb") as source, tempfile.TemporaryFile(dir=path.parent) as plain:
        open_stream(source, plain, keys)
        try:
            file = zipfile.ZipFile(plain)
        except zipfile.BadZipFile:
            raise NotSealedError("it is damaged: what is sealed in it is no archive") from None
        with file:
            yield Archive(file)


def _read_manifest(file: zipfile.ZipFile) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(file.read(MANIFEST))
        if said["format"] != FORMAT:
            raise NotSealedError("it was written by a newer Tandem: restore it with that one")
        return MANIFESTS.validate_python(said)
    except (KeyError, ValidationError, json.JSONDecodeError):
        raise NotSealedError("it is damaged: it does not say what is in it") from None
