"""Fills a page's HTML with escaped values, and gives it the headers all pages have."""

import html
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template

from fastapi.responses import HTMLResponse

from core.text.catalog import LANGUAGES

FOLDER = Path(__file__).parent
NOBODY = "'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Markup(str):
    """A value that is HTML already."""

    __slots__ = ()


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / name).read_text(encoding="utf-8"))


def fill(name: str, values: Mapping[str, str]) -> Markup:
    """A template of this folder with its values, which are escaped unless they are Markup."""
    shown = {key: value if isinstance(value, Markup) else html.escape(value) for key, value in values.items()}
    return Markup(_template(name).substitute(shown))


def answer_page(
    name: str,
    values: Mapping[str, str],
    status: int = 200,
    *,
    framed_by: str = NOBODY,
    has_form: bool = False,
) -> HTMLResponse:
    """The page as a response; `framed_by` are the origins that may show it inside their own, `has_form`: it posts to us."""
    posts = "'self'" if has_form else NOBODY
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        f"base-uri 'none'; form-action {posts}; frame-ancestors {framed_by}"
    )
    return HTMLResponse(fill(name, values), status, HEADERS | {"Content-Security-Policy": policy})


def pick_accepted(header: str, default: str) -> str:
    """The language of ours that an Accept-Language header likes best; `default` when it names none."""
    best, liked = default, 0.0
    for part in header.split(",")[:20]:
        name, _, parameter = part.strip().partition(";")
        language = name.strip().lower().split("-")[0]
        weight = _weight(parameter.strip())
        if language in LANGUAGES and weight > liked:
            best, liked = language, weight
    return best


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
