"""What the chat page needs besides: its own files, people's files, and the live stream."""

import asyncio
import json
import mimetypes
from pathlib import Path

from aiohttp import web

from sandbox.control.requests import find_person, world_of
from sandbox.wire.errors import ControlError

routes = web.RouteTableDef()
STATIC = Path(__file__).parent.parent / "static"
PULSE = 15.0
NOT_FOUND = 404


@routes.get("/")
async def index(request: web.Request) -> web.FileResponse:
    """Show the chat page."""
    del request
    return web.FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


@routes.get("/sandbox/files/{number}")
async def show_file(request: web.Request) -> web.Response:
    """Give a person the bytes of a file."""
    world = world_of(request)
    number = int(request.match_info["number"]) if request.match_info["number"].isdecimal() else 0
    stored = world.files.known.get(number)
    if stored is None:
        raise ControlError("no such file", NOT_FOUND)
    kind = stored.mime or mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
    # Whatever a bot uploaded must not run as a page of this address.
    safe = (
        kind
        if kind.split("/")[0] in ("image", "audio", "video") and "svg" not in kind
        else "application/octet-stream"
    )
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=world.files.read(number), content_type=safe.split(";")[0], headers=headers)


@routes.get("/sandbox/people/{person}/events")
@routes.get("/sandbox/events")
async def stream(request: web.Request) -> web.StreamResponse:
    """Stream what happens in the chats of a person, or of every `person` in the query: browsers open few streams."""
    world = world_of(request)
    names = (
        [request.match_info["person"]] if "person" in request.match_info else request.query.getall("person")
    )
    people = [find_person(world, name).id for name in names]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    queue = world.hub.listen(*people)
    try:
        await response.write(b": hello\n\n")
        while not world.hub.stopping:
            await response.write(await _next_event(queue))
    except ConnectionResetError:
        pass
    finally:
        world.hub.unlisten(queue, *people)
    return response


async def _next_event(queue: asyncio.Queue[dict[str, object]]) -> bytes:
    try:
        event = await asyncio.wait_for(queue.get(), PULSE)
    except TimeoutError:
        return b": still here\n\n"
    return f"data: {json.dumps(event)}\n\n".encode()
