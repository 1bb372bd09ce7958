"""What a database's address says: its file, its password, whether its port is one."""

from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

MOST_PORT = 65_535


def find_file(url: str) -> Path | None:
    """The file a SQLite address means, by its own name; None for PostgreSQL and for a database in memory."""
    address = make_url(url)
    name = address.database or ""
    if address.get_backend_name() != "sqlite" or name in {"", ":memory:"}:
        return None
    return Path(urlsplit(name).path if name.startswith("file:") else name).resolve()


def find_password(url: str) -> str:
    """The password as the address has it; empty for none."""
    return str(make_url(url).password or "")


def has_good_port(url: str) -> bool:
    """Whether the address can be read and its port, if it names one, is a number that ports have."""
    try:
        port = make_url(url).port
    except (ArgumentError, ValueError):
        return False
    return port is None or 0 < port <= MOST_PORT
