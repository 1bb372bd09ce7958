"""Bodies of requests, bounded while they come."""

from fastapi import HTTPException, Request
from starlette.types import Message, Receive


async def read_body(request: Request, most: int) -> bytes:
    """The body, counted as it comes: a sender may say nothing about its length, or something wrong."""
    return await bound(request, most).body()


def bound(request: Request, most: int) -> Request:
    """The request, which raises HTTPException (413) once more than that has come of its body."""
    return Request(request.scope, _count(request.receive, most))


def _count(receive: Receive, most: int) -> Receive:
    come = 0

    async def counted() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > most:
            raise HTTPException(413, "the body is too large")
        return message

    return counted
