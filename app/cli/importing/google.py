"""A Google Sheet or document, fetched over https: no other host is asked, wherever the answer wants to lead."""

from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import aiohttp

from services.content.importing.formats.google import is_fetchable
from services.content.importing.nodes import MOST_BYTES
from utils.bodies import BodyTooLongError, read_whole

SECONDS = 30
MOST_REDIRECTS = 5
INSTEAD = "download it as a file (File → Download) and import that file"


async def fetch_export(address: str, base: str) -> bytes:
    """The bytes at `address`, which `base` serves; raises OSError that says what came instead."""
    limits = aiohttp.ClientTimeout(total=SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=limits) as session:
            for _ in range(MOST_REDIRECTS):
                async with session.get(address, allow_redirects=False) as answer:
                    if answer.status in {301, 302, 303, 307, 308}:
                        address = _follow(address, answer.headers.get("Location", ""), base)
                        continue
                    return await _read(answer)
    except TimeoutError:
        raise OSError(f"what Google has did not come within {SECONDS} s; {INSTEAD}") from None
    except aiohttp.ClientConnectorError:
        raise OSError(f"Google cannot be reached from here: look at the network. Or {INSTEAD}") from None
    except (aiohttp.ClientError, ValueError):
        raise OSError(f"what Google has broke off on its way; try again, or {INSTEAD}") from None
    raise OSError("what Google has leads from page to page")


def _follow(address: str, location: str, base: str) -> str:
    target = urljoin(address, location)
    if not is_fetchable(target) and urlsplit(target)[:2] != urlsplit(base)[:2]:
        raise OSError("what Google has is not open to everybody who has the link: share it so, for reading")
    return target


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status != HTTPStatus.OK or answer.content_type == "text/html":
        raise OSError(
            f"Google gives no file (HTTP {answer.status}): share it with everybody who has the link, for reading"
        )
    try:
        return await read_whole(answer.content, MOST_BYTES)
    except BodyTooLongError:
        raise OSError(f"what Google has is larger than {MOST_BYTES // 1_000_000} MB") from None
