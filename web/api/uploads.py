"""Files that come as the body of a request: written aside as they come, never held in memory."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import HTTPException, Query

from web.api.calls import ApiCall

INCOMING = "incoming"
FileName = Annotated[
    str, Query(min_length=1, max_length=200, description="What the file is called; its ending says its kind.")
]


@asynccontextmanager
async def receive(call: ApiCall) -> AsyncIterator[Path]:
    """The body as a file, until the end of the block; HTTPException (413) for more than the policy's `upload`."""
    length = call.request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > call.policy.upload:
        raise HTTPException(413, "the file is too large")
    path = call.db.env.data_dir / INCOMING / f"upload-{secrets.token_hex(8)}"
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    try:
        with path.open("wb") as file:
            async for piece in call.request.stream():
                file.write(piece)
        yield path
    finally:
        path.unlink(missing_ok=True)
