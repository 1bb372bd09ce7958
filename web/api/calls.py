"""One call of the API while it is handled: who asks, in which account, and the unit of work it is done in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Request

from core.db.session import Database, UnitOfWork
from core.public_ids import IdCipher
from services.tenancy import audit
from services.tenancy.audit import Deed
from services.tenancy.permissions import Permission
from services.tenancy.sign_in.callers import Caller, Place
from web.api.outside import Outside
from web.api.policy import Policy
from web.api.problems import Problem

BASE = "/api/v1"


@dataclass
class ApiCall:
    """What a handler is given: parse, call one use case with `uow`, answer.

    `uow` is open while a handler runs: for looking where the route changes nothing, else with one commit at the end.
    What `about`, `before` and `after` say stands in the record of deeds; `only_looked` keeps the deed out of it.
    """

    request: Request
    db: Database
    policy: Policy
    operation: str
    language: str
    caller: Caller | None = None
    place: Place | None = None
    ids: IdCipher | None = None  # of the account in the path, else of the one through which who calls came in
    row_ids: dict[str, int] = field(default_factory=dict)  # of the path, by the names of its parameters
    about: int | None = None
    before: str | None = None
    after: str | None = None
    only_looked: bool = False
    headers: dict[str, str] = field(default_factory=dict)  # of the answer
    cookies: list[str] = field(default_factory=list)
    _uow: UnitOfWork | None = None
    _etag_was_asked: bool = False

    @property
    def uow(self) -> UnitOfWork:
        """The unit of work of this call."""
        if self._uow is None:
            raise RuntimeError(
                f"{self.operation} runs apart: open a unit with `call.read()` or `call.write()`"
            )
        return self._uow

    def enter(self, uow: UnitOfWork | None) -> None:
        """Begin a unit, or end it."""
        self._uow = uow

    def finish(self) -> None:
        """The handler is done: one that changes what others may have changed has asked whether they have."""
        if self.policy.if_match and not self._etag_was_asked:
            raise RuntimeError(f"{self.operation} asks for If-Match and does not look at it")

    @property
    def who(self) -> Caller:
        """Who asks."""
        if self.caller is None:
            raise RuntimeError(f"{self.operation} is open to everybody: nobody is known")
        return self.caller

    @property
    def account(self) -> Place:
        """The account it is about."""
        if self.place is None:
            raise RuntimeError(f"{self.operation} is about no account")
        return self.place

    @property
    def account_id(self) -> int:
        """The account's number: the one in the path, else the one through which who calls came in."""
        return self.place.id if self.place else self.who.home_id

    @property
    def outside(self) -> Outside:
        """Whom it may ask beyond this machine, where its policy says that it runs apart."""
        outside: Outside = self.request.app.state.outside
        return outside

    def may(self, permission: Permission) -> bool:
        """Whether who calls may do it in the account."""
        return permission in self.account.permissions

    @property
    def forbidden(self) -> Problem:
        """What is answered to who may not: to a program that it is its key which does not allow it."""
        by_key = self.caller is not None and self.caller.key_id is not None
        return Problem(403, says="FORBIDDEN_KEY" if by_key else "")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """A unit for looking: it takes no turn of who writes, and keeps nothing."""
        async with self.db.looking(self.account_id) as uow:
            yield uow

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        """A unit with one commit; what a route that runs apart does in it is a deed, too."""
        async with self.db.unit(self.account_id) as uow:
            yield uow
            if self.policy.apart:
                self.record(uow)

    def record(self, uow: UnitOfWork) -> None:
        """Write the deed down: the path alone, as a body may hold what is nobody's business."""
        if self.only_looked or self.place is None:
            return
        path = self.request.url.path.removeprefix(f"{BASE}/accounts/{self.place.public_id}")
        about = self.about if self.about is not None else self.row_ids.get("contact")
        said = f"{self.request.method} {path}"
        audit.write(uow, Deed(self.who.telegram_id, self.operation, said, about, self.before, self.after))

    def match(self, current_etag: str, **changed: Any) -> None:
        """Go on if who calls has seen this state, else refuse: `changed` says who changed it and when.

        A route whose policy says `if_match` calls this before its use case.
        """
        self._etag_was_asked = True
        seen = self.request.headers.get("if-match", "")
        if etag_of(current_etag) not in [each.strip() for each in seen.split(",")]:
            raise Problem(412, more={"current_etag": current_etag, **changed})

    def note_change(self, about: int | None, before: str | None = None, after: str | None = None) -> None:
        """Have the record of deeds say about whom, and which value became which."""
        self.about, self.before, self.after = about, before, after


def etag_of(version: str) -> str:
    """A version as it stands in headers."""
    return f'"{version}"'


def get_call(request: Request) -> ApiCall:
    """The call of a request, made by the checks at the door."""
    call: ApiCall = request.state.call
    return call


Call = Annotated[ApiCall, Depends(get_call)]
