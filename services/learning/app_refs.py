"""What a Mini App's page is opened with: a signed reference to the visit that waits for its answer."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from core.environment import Environment
from core.errors import DomainError, ErrorKind
from utils.signing import mac, same

PAGE = "/app/"
ANSWERS = "/api/v1/miniapp/answers"
_PARTS = 4


@dataclass(frozen=True)
class AppVisit:
    """The visit of a run, and whose run it is."""

    account_id: int
    run_id: int
    visit: int


def sign_visit(key: bytes, visit: AppVisit) -> str:
    """The reference; nobody else can make one."""
    parts = [str(visit.account_id), str(visit.run_id), str(visit.visit)]
    return "-".join([*parts, mac(key, "miniapp", *parts)])


def read_visit(keys: tuple[bytes, ...], ref: str) -> AppVisit:
    """The place a reference means that was made under one of the keys; raises MINIAPP_NOT_FOUND for one we have not made."""
    parts = ref.split("-", _PARTS - 1)
    if len(parts) == _PARTS and ref.isascii():
        *numbers, signature = parts
        if any(same(signature, mac(key, "miniapp", *numbers)) for key in keys):
            return AppVisit(*map(int, numbers))
    raise DomainError(ErrorKind.NOT_FOUND, "MINIAPP_NOT_FOUND")


def app_address(env: Environment, url: str | None, ref: str) -> str:
    """The address a button opens: our own page, or a foreign one that is told where to send the answer.

    Raises PUBLIC_URL_MISSING where this installation has no address of its own.
    """
    base = env.public_url.rstrip("/")
    if not base:
        raise DomainError(ErrorKind.INVALID, "PUBLIC_URL_MISSING", "set PUBLIC_URL, then `tandem replay`")
    if url is None:
        return f"{base}{PAGE}{ref}"
    address = urlsplit(url)
    query = urlencode({"tandem_ref": ref, "tandem_answers": f"{base}{ANSWERS}"})
    return urlunsplit(address._replace(query=f"{address.query}&{query}" if address.query else query))
