"""A request that comes again is answered as it was, and does nothing: the answer is kept with what was done."""

from dataclasses import dataclass

from fastapi import Request, Response

from core.db.session import UnitOfWork
from services.tenancy.idempotency import Asked, keep_answer, take_turn
from utils.signing import fingerprint
from web.api.calls import ApiCall
from web.api.problems import Problem

MOST_KEY = 200


@dataclass(frozen=True)
class Repeat:
    """A request that may come again, handled for the first time."""

    asked: Asked

    async def keep(self, uow: UnitOfWork, response: Response) -> None:
        """Keep what is answered, in the unit that does it."""
        await keep_answer(uow, self.asked, response.status_code, bytes(response.body).decode())


async def find_repeat(call: ApiCall, uow: UnitOfWork) -> Repeat | Response | None:
    """The answer that was given before, or what the one that is coming is to be kept under; None without a key.

    Raises Problem: 400 if the route needs a key, 422 if the same key came with another body.
    """
    key = call.request.headers.get("idempotency-key", "")
    if not key:
        if call.policy.idempotency_key:
            raise Problem(400, "IDEMPOTENCY_KEY_MISSING")
        return None
    if len(key) > MOST_KEY or not key.isprintable():
        raise Problem(400, "IDEMPOTENCY_KEY_WRONG")
    asked = Asked(call.who.actor, call.operation, key, fingerprint(await _read(call.request)))
    before = await take_turn(uow, asked)
    if before is None:
        return Repeat(asked)
    if before.body_hash != asked.body_hash:
        raise Problem(422, "IDEMPOTENCY_KEY_USED")
    headers = {"Idempotency-Replayed": "true"}
    return Response(before.answer, before.status, headers=headers, media_type="application/json")


async def _read(request: Request) -> str:
    """The path, its parameters and the body, as they came."""
    body = (await request.body()).decode("latin-1")
    return f"{request.url.path}?{request.url.query}\n{body}"
