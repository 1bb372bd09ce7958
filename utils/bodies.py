"""Bodies of answers over HTTP, read to their end however many pieces they come in, and no further than is sensible."""

from aiohttp import StreamReader

PIECE = 65_536


class BodyTooLongError(ValueError):
    """More came than any good answer has."""


async def read_whole(stream: StreamReader, most: int) -> bytes:
    """All bytes of a body; raises BodyTooLongError once there are more than `most`."""
    body = bytearray()
    async for part in stream.iter_chunked(PIECE):
        body += part
        if len(body) > most:
            raise BodyTooLongError(f"more than {most} bytes")
    return bytes(body)
