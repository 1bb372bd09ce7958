"""Links of Google's sheets and documents, with a stand-in on this machine: their file is read, nothing else is followed."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from app.cli.importing.google import fetch_export
from core.environment import Environment
from services.content.importing.formats.google import find_export
from services.content.importing.nodes import MOST_BYTES
from services.content.importing.reader import Source, read_all
from tests.factories.documents import make_word, words

LINK = "https://docs.google.com/spreadsheets/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit#gid=3"


async def serve(request: web.Request) -> web.StreamResponse:
    if request.path.startswith("/document/") and request.query.get("format") == "docx":
        content = make_word([words("Words", "title"), words("One", "h1"), words("a")])
        return web.Response(
            body=content,
            content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        )
    match request.query.get("gid"):
        case "3":
            raise web.HTTPTemporaryRedirect("/content?gid=9")
        case "9":
            return web.Response(body=b"id,type\na,end\n", content_type="text/csv")
        case "4":
            return web.Response(text="<html>Sign in", content_type="text/html")
        case "5":
            raise web.HTTPFound("http://192.0.2.1/secret")
        case "6":
            raise web.HTTPFound(request.rel_url)
        case "7":
            return web.Response(body=b"x" * (MOST_BYTES + 1), content_type="text/csv")
    raise web.HTTPNotFound


@pytest.fixture
async def base() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{tail:.*}", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


def address(base: str, gid: int) -> str:
    found = find_export(LINK.replace("gid=3", f"gid={gid}"), base)
    assert found is not None
    return found.address


async def test_the_word_file_of_a_document_comes_and_is_a_course(base: str, env: Environment) -> None:
    export = find_export("https://docs.google.com/document/d/1AbCdEfGhIjKlMnOpQrStUvWxYz/edit?tab=t.0", base)
    assert export is not None
    source = Source(export.name, await fetch_export(export.address, base))
    (course,) = read_all(env, [source]).courses
    assert (course.flow.slug, [step.key[:10] for step in course.flow.steps]) == ("Words", ["lesson-one"])


async def test_the_csv_behind_the_link_comes_through_a_redirect(base: str) -> None:
    assert await fetch_export(address(base, 3), base) == b"id,type\na,end\n"


@pytest.mark.parametrize(
    ("gid", "said"),
    [
        (4, "gives no file"),
        (5, "not open to everybody"),
        (6, "from page to page"),
        (7, "larger than 20 MB"),
        (8, "HTTP 404"),
    ],
)
async def test_anything_else_is_said_plainly(base: str, gid: int, said: str) -> None:
    with pytest.raises(OSError, match=said):
        await fetch_export(address(base, gid), base)
