"""Links: those into our bots, and what a file may point at: links Telegram opens, files that may be taken."""

import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

from core.text.refusal import MOST_GIVEN, Refused

OPENED = ("http", "https", "tg")
_TEMPLATE = "{{"
_BARE_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?([/?#]\S*)?", re.IGNORECASE)
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f\\]")
_PRIVATE_NAMES = frozenset({"keys", "id_rsa", "id_ed25519", "credentials", "passwd", "shadow"})
_PRIVATE_SUFFIXES = frozenset(
    {".db", ".sqlite", ".sqlite3", ".db-wal", ".db-shm", ".db-journal", ".key", ".pem", ".p12", ".pfx", ".env", ".kdbx"}
)  # fmt: skip


def bot_link(username: str, payload: str | None = None) -> str:
    """The address that opens a bot, with the payload of its `/start` if there is one."""
    return f"https://t.me/{username}" + (f"?start={payload}" if payload else "")


def read_link(text: str) -> str:
    """The address of a button, `https://` before a bare host; raises ValueError for what Telegram does not open.

    One that begins with a variable is what the variable is.
    """
    link = text.strip()
    if link.startswith(_TEMPLATE):
        return link
    if _BARE_HOST.fullmatch(link):
        return f"https://{link}"
    try:
        address = urlsplit(link)
        opens = address.scheme in OPENED and bool(address.netloc)
    except ValueError:
        opens = False
    if not opens or _UNFIT.search(re.sub(r"\{\{.*?\}\}", "", link)):
        raise Refused("refused-link", given=text[:MOST_GIVEN])
    return link


def is_web(text: str) -> bool:
    """Whether it is an address Telegram could fetch from."""
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and "." in (address.hostname or "") and " " not in text


def read_media_ref(text: str) -> str:
    """What a medium is named by: an address, or a path below a folder; raises ValueError for any other path."""
    if "://" not in text and not text.startswith(_TEMPLATE) and not is_inside(text):
        raise Refused("refused-path", given=text[:MOST_GIVEN])
    return text


def is_inside(path: str) -> bool:
    """Whether a path leads from a folder to a file below it that is nobody's secret, by the names on the way."""
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    if posix.is_absolute() or windows.is_absolute() or windows.drive or "\0" in path:
        return False
    return ".." not in windows.parts and not is_private(posix)


def is_private(path: PurePosixPath) -> bool:
    """Whether a name on the way is that of a hidden file, a key or a database."""
    names = [name.lower() for name in path.parts]
    hidden = any(name.startswith(".") and name not in {".", ".."} for name in names)
    return (
        hidden
        or bool(_PRIVATE_NAMES & set(names[-1:]))
        or any(PurePosixPath(one).suffix in _PRIVATE_SUFFIXES for one in names)
    )
