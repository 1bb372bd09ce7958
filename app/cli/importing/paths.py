"""A path that somebody typed: it is there, or they are told in plain words what to give instead."""

from pathlib import Path
from urllib.parse import urlsplit

FILES = "a file or a folder"
GOOGLE = "the link of a Google Sheet or document"


def is_address(text: str) -> bool:
    """Whether it is an address of the web, or one that a shell or a path has spoilt (`https:/…`)."""
    return text.strip().lower().startswith(("http:/", "https:/"))


def find_path(text: str) -> Path:
    """The path, which is there; raises ValueError for an address and for what is not there."""
    if is_address(text):
        raise ValueError(_of_address(text.strip()))
    path = Path(text).expanduser()
    try:
        is_there = path.exists()
    except (OSError, ValueError):  # no file can have that name
        is_there = False
    if not is_there:
        near = path.parent if path.parent.is_dir() else None
        hint = f" (the folder {near} is there)" if near and str(near) != "." else ""
        raise ValueError(f"there is no {text}{hint}: look at the spelling and at the folder you are in")
    return path


def _of_address(text: str) -> str:
    host = urlsplit(text).hostname
    where = f" at {host}" if host else ""
    return f"this is an address{where}, and only {GOOGLE} is fetched: download the file and give its path"
