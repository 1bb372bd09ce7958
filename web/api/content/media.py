"""Files for texts: uploaded, listed, looked at."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import Query
from fastapi.responses import FileResponse, Response

from core.text.message import MediaKind
from services.content.files import library
from services.content.files.library import ORDERS, MediaFile
from services.content.messages.media import MOST_BYTES
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.content.flows import READ
from web.api.ids import MediumId, MediumRef
from web.api.models import Answer, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room
from web.api.uploads import FileName, receive

Media = Annotated[ListPage, paged(ORDERS)]
Place = Annotated[str, Query(min_length=1, max_length=500, description="What a step names the file by.")]
UPLOAD = Policy(Permission.CONTENT, apart=True, upload=MOST_BYTES)
LOOK = Policy(Permission.CONTENT_READ, apart=True)
SHOWN = ("image/", "audio/", "video/")
"""What a browser shows by itself; everything else is taken along as a file."""
room = Room("content")


class MediumItem(Answer):
    """A file: a step names it by its `ref`, and Telegram shows it as its `kind`."""

    model_config = example(
        id="med_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        ref="kept/0123456789abcdef0123456789abcdef.png",
        name="sunrise.png",
        kind="photo",
        size=48120,
        added_at="2030-01-07T09:00:00Z",
    )

    id: MediumId
    ref: str
    name: str
    kind: MediaKind
    size: int
    added_at: datetime


def _show(file: MediaFile) -> MediumItem:
    return MediumItem(**{name: getattr(file, name) for name in MediumItem.model_fields})


@room.get("/media", READ)
async def list_media(call: Call, page: Media, kind: MediaKind | None = None) -> Listed[MediumItem]:
    """The files that were uploaded, the latest first."""
    return Listed(**await page.take(lambda part: library.list_page(call.uow, kind, part), _show))


@room.post("/media", UPLOAD, 201, "application/octet-stream")
async def upload_medium(call: Call, name: FileName) -> MediumItem:
    """Upload a file: its bytes are the body, up to 50 MB (a picture 10 MB); the same bytes are the same file."""
    async with receive(call) as path:
        async with call.read() as looking:
            await library.check_room(looking, path.stat().st_size)
        received = await asyncio.to_thread(library.take, call.db.env, path, name)
    async with call.write() as uow:
        return _show(await library.add(uow, received))


@room.get("/media/preview", LOOK, "*/*")
async def preview_medium(call: Call, ref: Place) -> Response:
    """The file that steps name so; parts of it, too, by `Range`."""
    path = await asyncio.to_thread(library.find_shown, call.db.env, ref)
    answer = FileResponse(path, headers={"Content-Security-Policy": "sandbox; default-src 'none'"})
    answer.headers["Cache-Control"] = "private, max-age=3600"
    if not (answer.media_type or "").startswith(SHOWN):
        answer.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return answer


@room.get("/media/{medium}", READ)
async def get_medium(call: Call, medium: MediumRef) -> MediumItem:
    """One file."""
    return _show(await library.get(call.uow, medium))
