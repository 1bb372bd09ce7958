"""What a stand-in keeps of its payments, and the trouble that a test or the page plans for it."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.state.timing import real_timestamp

NOTICE_SECONDS = 10.0
SLOW_SECONDS = 20.0
HELD, HOLD_SECONDS = "waiting_for_capture", 7 * 86_400.0
KEPT = ("answers", "refunds", "notify_urls", "accounts")


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
    due: float = 0.0  # when a slow bank will have paid
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Trouble:
    """Planned trouble: `kind` strikes the next `count` requests whose path ends with `path`.

    Kinds: `refuse` (HTTP 400), `broken` (500 before anything happens), `broken_after` (500 once it has happened),
    `hang`, `hang_after` (no answer for `seconds`), `drop_notice` (a notification is not sent), `decline` (a saved
    method cannot be charged).
    """

    kind: str
    path: str = ""
    count: int = 1
    seconds: float = 60.0


class Desk:
    """The payments of all stand-ins of one sandbox; `changed` is called when something is to be kept.

    `date` is the sandbox's clock, which may be moved: it ends what is set aside. All else goes by the machine's.
    """

    def __init__(
        self, changed: Callable[[], None] = lambda: None, date: Callable[[], float] = real_timestamp
    ) -> None:
        self.changed, self.date = changed, date
        self.slow_seconds = SLOW_SECONDS
        self.tellers: dict[str, Callable[[Desk, Deal], Awaitable[Any]]] = {}
        self.slow: set[asyncio.Task[None]] = set()
        self.deals: dict[str, Deal] = {}
        self.answers: dict[str, tuple[str, str]] = {}  # by idempotency key: the request and what it made
        self.refunds: dict[str, dict[str, Any]] = {}
        self.troubles: list[Trouble] = []
        self.notify_urls: dict[str, str] = {}
        self.requests: list[str] = []
        self.accounts: dict[str, str] = {}  # shop → secret; empty: any is taken

    def add(self, deal: Deal) -> Deal:
        """Keep a payment."""
        self.deals[deal.id] = deal
        self.changed()
        return deal

    async def settle(self, deal: Deal, status: str, reason: str = "") -> None:
        """Let a payment become final and have its stand-in tell of it."""
        deal.status, deal.reason, deal.due = status, reason, 0.0
        self.changed()
        if not self.strike("drop_notice"):
            await self.tellers[deal.provider](self, deal)

    async def hold(self, deal: Deal) -> None:
        """Set the money aside, until it is taken, let go, or a week is over."""
        deal.more["held_until"] = self.date() + HOLD_SECONDS
        await self.settle(deal, HELD)

    async def let_go_in_time(self, deal: Deal) -> None:
        """Money that nobody has taken goes back when its time is over."""
        if deal.status == HELD and self.date() >= deal.more["held_until"]:
            await self.settle(deal, "canceled", "expired_on_capture")

    def pay_later(self, deal: Deal) -> None:
        """The bank takes its time: it will have paid after a while, also if the sandbox is started anew meanwhile."""
        deal.due = deal.due or real_timestamp() + self.slow_seconds
        self.changed()
        task = asyncio.create_task(self._pay(deal))
        self.slow.add(task)
        task.add_done_callback(self.slow.discard)

    async def _pay(self, deal: Deal) -> None:
        await asyncio.sleep(max(deal.due - real_timestamp(), 0))
        if deal.status == "pending":
            await self.settle(deal, "succeeded")

    def refund(self, deal: Deal, value: str) -> bool:
        """Give a part of a payment back; False for more than was paid."""
        total = minor(deal.refunded) + minor(value)
        if deal.status != "succeeded" or minor(value) <= 0 or total > minor(deal.amount):
            return False
        deal.refunded = f"{total // 100}.{total % 100:02d}"
        self.changed()
        return True

    async def stumble(self, path: str) -> str:
        """The trouble that strikes a request before anything happens: `broken`, `refuse` or none; a hang is waited for."""
        self.requests.append(path)
        path = path.rpartition(" ")[2]
        if trouble := self.strike("hang", path):
            await asyncio.sleep(trouble.seconds)
        return next((kind for kind in ("broken", "refuse") if self.strike(kind, path)), "")

    async def stumble_after(self, path: str) -> bool:
        """The trouble that strikes a request once it has happened; a hang is waited for."""
        if trouble := self.strike("hang_after", path):
            await asyncio.sleep(trouble.seconds)
        return self.strike("broken_after", path) is not None

    def write(self) -> dict[str, Any]:
        """All that is kept over a restart."""
        return {name: getattr(self, name) for name in KEPT} | {"deals": list(self.deals.values())}

    def load(self, saved: Mapping[str, Any]) -> None:
        """What was kept."""
        for name in KEPT:
            getattr(self, name).update(saved.get(name, {}))
        self.deals.update({raw["id"]: Deal(**raw) for raw in saved.get("deals", ())})

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


@dataclass(frozen=True)
class StandIn:
    """A provider of this machine: its routes, how it tells of a payment, how a shop of the product is set to use it."""

    name: str
    routes: web.RouteTableDef
    tell: Callable[[Desk, Deal], Awaitable[Any]]
    settings: Callable[[str], dict[str, str]]  # by the sandbox's address


def minor(text: str) -> int:
    """`1900.00` in hundredths."""
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def desk_of(request: web.Request) -> Desk:
    """The desk of the sandbox behind a request."""
    return request.app[DESK]


def base_of(request: web.Request) -> str:
    """The sandbox's address as the request names it."""
    return f"{request.scheme}://{request.host}"


def new_id() -> str:
    """A number as providers give them."""
    return f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-5000-8000-{secrets.token_hex(6)}"


DESK = web.AppKey("desk", Desk)


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
