"""Members who call the API: each with a session of their own, over the application itself."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI

from core.db.session import Database
from core.roles import MemberRole
from services.tenancy.members import add_member
from services.tenancy.sign_in.codes import make_login_link
from web.api.catalogue import describe_api
from web.api.outside import NOBODY, Outside
from web.application import build_application

ORIGIN = "http://tandem"
_described: list[dict[str, Any]] = []


@dataclass(frozen=True)
class Caller:
    """Somebody with a session: reads, and changes with what their page shows."""

    http: httpx.AsyncClient
    account: str = ""
    csrf: str = ""
    cookie: str = ""
    key: str = ""  # of a program, in place of a session

    def path(self, below: str) -> str:
        """An address of the account."""
        return f"/api/v1/accounts/{self.account}{below}"

    async def get(self, below: str, **query: Any) -> httpx.Response:
        """Look at something of the account."""
        return await self.ask("GET", self.path(below), params=query)

    async def send(
        self, method: str, below: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Change something of the account."""
        return await self.ask(method, self.path(below), json=body, headers=headers)

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """Any request, with the session's cookie and all that its page shows."""
        shown = {"Origin": ORIGIN, "X-CSRF-Token": self.csrf} | (
            {"Cookie": self.cookie} if self.cookie else {}
        )
        if self.key:
            shown = {"Authorization": f"Bearer {self.key}"}
        if (body := more.pop("json", None)) is not None:
            more["content"] = json.dumps(body)
            shown["Content-Type"] = "application/json"
        return await self.http.request(method, path, headers={**shown, **(headers or {})}, **more)


@asynccontextmanager
async def calling(db: Database, outside: Outside = NOBODY) -> AsyncIterator[Caller]:
    """Nobody in particular, over a fresh application that may ask whom `outside` names."""
    application = build_application(db, lambda: True, outside=outside)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=ORIGIN) as http:
        yield Caller(http)
    await application.state.watch.end()


async def enter(
    nobody: Caller, db: Database, telegram_id: int, role: MemberRole | None = None, account_id: int = 1
) -> Caller:
    """Give somebody a role, if there is one to give, and sign them in by a link."""
    async with db.unit(account_id) as uow:
        if role is not None:
            await add_member(uow, telegram_id, role)
        link = await make_login_link(uow, telegram_id)
    answer = await nobody.ask("POST", "/api/v1/sessions", json={"code": read_code(link)})
    assert answer.status_code == 201, answer.text
    nobody.http.cookies.clear()
    cookie = answer.headers["set-cookie"].partition(";")[0]
    caller = replace(nobody, csrf=answer.json()["csrf"], cookie=cookie)
    me = (await caller.ask("GET", "/api/v1/me")).json()
    return replace(caller, account=me["accounts"][0]["id"])


def read_description(application: FastAPI) -> dict[str, Any]:
    """What the API says of itself. It takes a second to be made, and all applications have the same routes."""
    if not _described:
        _described.append(describe_api(application))
    return _described[0]


def read_code(link: str) -> str:
    """The code in a login link."""
    return urlsplit(link).fragment.removeprefix("code=")
