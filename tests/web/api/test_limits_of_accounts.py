"""What an account has done over HTTP too often is refused with when to go on; other accounts and other requests are not."""

import pytest

from core.db.session import Database
from core.limits import EXPORTS, UPLOADS_OF_ACCOUNT, Limit
from core.roles import MemberRole
from tests.factories.accounts import add_account
from tests.web.api.callers import Caller, calling, enter

OWNER, ADMIN, OTHER = 2001, 2002, 2003
PICTURE = b"\x89PNG" + bytes(60)


async def export(caller: Caller) -> tuple[int, str, bool]:
    answer = await caller.get("/orders/export.xlsx")
    return answer.status_code, answer.headers["content-type"], "retry-after" in answer.headers


async def upload(caller: Caller) -> tuple[int, str, bool]:
    answer = await caller.ask("POST", caller.path("/media"), params={"name": "a.png"}, content=PICTURE)
    return answer.status_code, answer.headers["content-type"], "retry-after" in answer.headers


@pytest.mark.parametrize(("limit", "act"), [(EXPORTS, export), (UPLOADS_OF_ACCOUNT, upload)])
async def test_an_account_is_refused_what_it_does_too_often(db: Database, limit: Limit, act: object) -> None:
    async with calling(db) as nobody, calling(db) as apart:
        owner, admin = [
            await enter(nobody, db, each, role)
            for each, role in ((OWNER, MemberRole.OWNER), (ADMIN, MemberRole.ADMIN))
        ]
        state, now = owner.http._transport.app.state, db.clock.real_now().timestamp()  # type: ignore[attr-defined]
        for _ in range(limit.most - 1):
            state.throttle.take("account:1", limit, now)
        assert (await act(owner))[0] in {200, 201}  # type: ignore[operator]
        for caller in (owner, admin):
            assert await act(caller) == (429, "application/problem+json", True)  # type: ignore[operator]
        assert (await owner.get("/settings")).status_code == 200
        async with db.unit(2) as uow:
            await add_account(uow)
        other = await enter(apart, db, OTHER, MemberRole.OWNER, 2)
        assert (await act(other))[0] in {200, 201}  # type: ignore[operator]
