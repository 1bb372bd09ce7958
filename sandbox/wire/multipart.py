"""Forms with files: the whole body is read first, then taken apart."""

from email.message import Message
from email.parser import Parser
from http import HTTPStatus

from aiohttp import web

from sandbox.wire.errors import ApiError, bad_request
from sandbox.wire.params import Upload

Form = tuple[dict[str, str], dict[str, Upload]]


async def read_form(request: web.Request) -> Form:
    """Return a form's texts and files by their names."""
    boundary = _headers(f"Content-Type: {request.headers.get('Content-Type', '')}").get_param("boundary")
    if not isinstance(boundary, str):
        raise bad_request("can't parse multipart/form-data: there is no boundary")
    try:
        return take_apart(await request.read(), boundary.encode())
    except web.HTTPRequestEntityTooLarge as error:
        raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large") from error


def take_apart(body: bytes, boundary: bytes) -> Form:
    """Split a multipart body into texts and files."""
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:]:
        if part.startswith(b"--"):
            break
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head.decode("utf-8", "replace"))
        name = headers.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        filename = headers.get_filename()
        if filename is None:
            texts[name] = data.decode("utf-8", "replace")
        else:
            files[name] = Upload(filename, headers.get("Content-Type", ""), data)
    return texts, files


def _headers(text: str) -> Message:
    return Parser().parsestr(text + "\r\n\r\n", headersonly=True)
