"""The checks at the door, in their order, before a body is read.

401 who asks · 429 how often · 403 whether their own page asks · 404 the account · 403 the permission · 404 the ids in
the path · 400 unknown parameters. What stands in the body is looked at after all of these.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from fastapi import Request
from loguru import logger
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import Database
from core.limits import READS, SIGN_INS, UPLOADS_OF_ACCOUNT, WRITES
from core.public_ids import KINDS
from services.tenancy.sign_in.api_keys import find_key, note_used
from services.tenancy.sign_in.callers import Caller, find_place, find_row, load_ids
from services.tenancy.sign_in.sessions import Session, find_session, is_csrf_token, keep_open
from web.api.calls import ApiCall
from web.api.cookies import read_token, write_cookie
from web.api.models import is_storable
from web.api.policy import Auth, Policy, Scope
from web.api.problems import Problem, language_of
from web.peers import Proxies

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BEARER = 200


async def check(request: Request, policy: Policy, operation: str, known: Collection[str]) -> ApiCall:
    """Let a request in, or raise Problem; `known` are the parameters that its query may have."""
    db: Database = request.app.state.db
    call = ApiCall(request, db, policy, operation, language_of(request))
    await _identify(call)
    _count(call)
    _check_origin(call)
    if policy.scope is Scope.ACCOUNT:
        async with db.reading() as conn:
            await _check_account(call, conn)
            await _check_path(call, conn)
        _count_of_account(call)
    elif call.caller is not None:
        async with db.reading() as conn:
            call.ids = await load_ids(conn, call.caller.home_id)
    if not all(map(is_storable, (*request.query_params.values(), *request.path_params.values()))):
        raise Problem(400)
    if unknown := sorted(set(request.query_params) - set(known)):
        problems = [
            {"pointer": f"/query/{name}", "code": "UNKNOWN_PARAMETER", "detail": name} for name in unknown
        ]
        raise Problem(400, "UNKNOWN_PARAMETER", errors=problems)
    return call


async def _identify(call: ApiCall) -> None:
    """401: who asks, by a key or by a session."""
    if call.policy.auth is not Auth.SESSION:
        return
    call.caller = await find_caller(call)
    is_open = call.policy.open_in_development and not call.db.env.production
    if call.caller is None and not is_open:
        raise Problem(401, headers={"WWW-Authenticate": "Bearer"})


async def find_caller(call: ApiCall, *, renews: bool = True) -> Caller | None:
    """Who shows a key or a session that counts now; `renews`: it is noted, and an answer can bring a new token."""
    bearer = call.request.headers.get("authorization", "")
    return await (_read_key(call, bearer) if bearer else _read_session(call, renews=renews))


async def _read_key(call: ApiCall, header: str) -> Caller | None:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or len(secret) > MOST_BEARER or not call.policy.takes_keys:
        return None
    async with call.db.reading() as conn:
        key = await find_key(conn, secret.strip(), call.db.clock.real_now())
    if key is not None and key.is_stale:
        async with call.db.unit(key.account_id) as uow:
            await note_used(uow, key.id)
    return key.caller if key else None


async def _read_session(call: ApiCall, *, renews: bool) -> Caller | None:
    token = read_token(call.request)
    if token is None:
        return None
    async with call.db.reading() as conn:
        session = await find_session(conn, token, call.db.clock.real_now())
    if session is None:
        return None
    if renews and (session.must_rotate or session.is_stale):
        await _keep_open(call, session)
    return session.caller


async def _keep_open(call: ApiCall, session: Session) -> None:
    async with call.db.unit(session.account_id) as uow:
        token = await keep_open(uow, session)
    if token is not None:
        call.cookies.append(write_cookie(call.request, token))
        logger.bind(event="session.rotated", session=session.id).info("a session has a new token")


def _count(call: ApiCall) -> None:
    """429: how often; nobody in particular is counted by their address."""
    looks = call.request.method in SAFE or call.policy.looks
    proxies: Proxies = call.request.app.state.proxies
    who = call.caller.actor if call.caller else proxies.find_peer(call.request)
    allowance = SIGN_INS if call.caller is None and not looks else READS if looks else WRITES
    verdict = call.request.app.state.throttle.take(who, allowance, call.db.clock.real_now().timestamp())
    call.headers.update(verdict.headers)
    if not verdict.passes:
        raise Problem(429, headers=verdict.headers)


def _check_origin(call: ApiCall) -> None:
    """403: what changes something comes from our own page; a key is shown by no browser unasked."""
    request, caller = call.request, call.caller
    if request.method in SAFE or call.policy.auth is Auth.SIGNATURE or (caller and caller.key_id is not None):
        return
    origin = request.headers.get("origin")
    own = {urlsplit(str(request.base_url)).netloc, urlsplit(call.db.env.public_url).netloc} - {""}
    if (origin is None and caller is not None) or (origin is not None and urlsplit(origin).netloc not in own):
        raise Problem(403, "ORIGIN_WRONG")
    shown = request.headers.get("x-csrf-token", "")
    if caller and not is_csrf_token(call.db.env, caller.session_id or 0, shown):
        raise Problem(403, "CSRF_WRONG")


async def _check_account(call: ApiCall, conn: AsyncConnection) -> None:
    """404: an account in which who calls is nobody does not exist. 403: their roles, or their key, do not allow it."""
    named = call.request.path_params["account"]
    call.place = await find_place(conn, call.db.env, call.who, named)
    if call.place is None:
        raise Problem(404)
    call.ids = call.place.ids
    if call.policy.permission not in call.place.permissions:
        raise call.forbidden


def _count_of_account(call: ApiCall) -> None:
    """429: how often the account has this done, whoever asks for it."""
    limit = UPLOADS_OF_ACCOUNT if call.policy.upload else call.policy.counts
    if limit is None:
        return
    who, now = f"account:{call.account.id}", call.db.clock.real_now().timestamp()
    verdict = call.request.app.state.throttle.take(who, limit, now)
    if not verdict.passes:
        says = limit.word.removeprefix("problem-").upper().replace("-", "_")
        raise Problem(429, says=says, headers=verdict.headers)


async def _check_path(call: ApiCall, conn: AsyncConnection) -> None:
    """404: an id that is foreign is one that is missing, and the same is asked about it."""
    for name, text in call.request.path_params.items():
        if (kind := KINDS.get(name)) is None or name == "account":
            continue
        number = await find_row(conn, call.account, kind, text)
        if number is None:
            raise Problem(404)
        call.row_ids[name] = number
