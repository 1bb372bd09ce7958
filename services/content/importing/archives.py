"""ZIP archives of strangers: looked into and never unpacked; a file comes out only by its exact name and its true size."""

import io
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.links import is_inside

MOST_FILES = 100_000
MOST_RATIO = 200  # of a file to its place in the archive; text takes a tenth
SMALL = 1_000_000  # what is smaller may be packed as tightly as it likes


class BadArchiveError(Exception):
    """What is given is no archive, or one that nobody packs for other people."""


@dataclass(slots=True)
class Archive:
    """An open archive; `root` is the folder inside it that names are relative to."""

    packed: zipfile.ZipFile
    root: str = ""
    files: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def find_all(self, name: str) -> list[str]:
        """Where files of a name lie, the highest first."""
        paths = [path for path in self.files if PurePosixPath(path).name == name]
        return sorted(paths, key=lambda path: (path.count("/"), path))

    def size_of(self, name: str) -> int | None:
        """The bytes of a file below the root by what the archive says; None when there is none."""
        info = self.files.get(self.root + name)
        return None if info is None else info.file_size

    def read(self, name: str, most: int) -> bytes:
        """A file below the root; raises BadArchiveError for one that is larger, damaged or locked."""
        info = self.files.get(self.root + name)
        if info is None or info.file_size > most or _is_bomb(info):
            raise BadArchiveError(name)
        try:
            with self.packed.open(info) as file:
                content = file.read(most + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            RuntimeError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise BadArchiveError(name) from error
        if len(content) > most:
            raise BadArchiveError(name)
        return content


def open_archive(source: Path | bytes) -> Archive:
    """An archive by its path or its bytes; raises BadArchiveError. Names that lead out of it are as if not there."""
    try:
        packed = zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, UnicodeError) as error:
        raise BadArchiveError(str(error)) from error
    listed = packed.infolist()
    if len(listed) > MOST_FILES:
        raise BadArchiveError("too many files")
    files = {info.filename: info for info in listed if not info.is_dir() and is_inside(info.filename)}
    return Archive(packed, files=files)


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1)
