"""Bodies of requests, bounded while they come."""

from fastapi import HTTPException, Request


async def read_body(request: Request, most: int) -> bytes:
    """The body, counted as it comes: a sender may say nothing about its length, or something wrong."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, "the body is too large")
    return bytes(body)
