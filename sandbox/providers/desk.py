"""What a stand-in keeps of its payments, and the trouble that a test or the page plans for it."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sandbox.state.timing import real_timestamp

NOTICE_SECONDS = 10.0


@dataclass(slots=True)
class Deal:
    """One payment at a stand-in; amounts are texts as the provider writes them."""

    id: str
    provider: str
    amount: str
    currency: str
    status: str
    notify_url: str = ""
    return_url: str = ""
    description: str = ""
    reason: str = ""
    refunded: str = "0.00"
    created: float = field(default_factory=real_timestamp)
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Trouble:
    """Planned trouble: `kind` strikes the next `count` requests whose path ends with `path`.

    Kinds: `refuse` (HTTP 400), `broken` (500 before anything happens), `broken_after` (500 once it has happened),
    `hang` (no answer for `seconds`), `drop_notice` (a notification is not sent).
    """

    kind: str
    path: str = ""
    count: int = 1
    seconds: float = 60.0


class Desk:
    """The payments of all stand-ins of one sandbox."""

    def __init__(self) -> None:
        self.deals: dict[str, Deal] = {}
        self.answers: dict[str, tuple[str, Any]] = {}  # by idempotency key: the request and its answer
        self.refunds: dict[str, dict[str, Any]] = {}
        self.troubles: list[Trouble] = []
        self.notify_urls: dict[str, str] = {}
        self.requests: list[str] = []
        self.accounts: dict[str, str] = {}  # shop → secret; empty: any is taken

    def add(self, deal: Deal) -> Deal:
        """Keep a payment."""
        self.deals[deal.id] = deal
        return deal

    def strike(self, kind: str, path: str = "") -> Trouble | None:
        """The trouble of this kind that strikes now, used up by one."""
        for trouble in self.troubles:
            if trouble.kind == kind and trouble.count > 0 and path.endswith(trouble.path):
                trouble.count -= 1
                return trouble
        return None

    def where_to_tell(self, deal: Deal) -> str:
        """Where notifications of a payment go."""
        return deal.notify_url or self.notify_urls.get(deal.provider, "")


def new_id() -> str:
    """A number as providers give them."""
    return f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-5000-8000-{secrets.token_hex(6)}"


async def post(url: str, **what: Any) -> int:
    """Send a notification; gives the status of the answer, 0 without one."""
    timeout = aiohttp.ClientTimeout(total=NOTICE_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, **what) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0
