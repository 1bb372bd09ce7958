"""Links: those into our bots; which addresses are web pages, and which paths lead to files that may be taken."""

from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlsplit

_PRIVATE_NAMES = frozenset({"keys", "id_rsa", "id_ed25519", "credentials", "passwd", "shadow"})
_PRIVATE_SUFFIXES = frozenset(
    {".db", ".sqlite", ".sqlite3", ".db-wal", ".db-shm", ".db-journal", ".key", ".pem", ".p12", ".pfx", ".env", ".kdbx"}
)  # fmt: skip


TELEGRAM = "https://t.me/"


def bot_link(username: str, payload: str | None = None) -> str:
    """The address that opens a bot, with the payload of its `/start` if there is one."""
    return f"{TELEGRAM}{username}" + (f"?start={payload}" if payload else "")


def is_web(text: str) -> bool:
    """Whether it is an address Telegram could fetch from."""
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and "." in (address.hostname or "") and " " not in text


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
        or any(PurePosixPath(name).suffix in _PRIVATE_SUFFIXES for name in names)
    )
