"""Draws certificates: a typst template, filled with data alone, as PDF and as picture."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import segno
import typst

from core.environment import Environment
from core.errors import DomainError
from core.texts import say
from services.content.media import find_file, keep_file
from services.delivery.jobs import Perform, PermanentFailure
from services.learning.certificates import RENDER

TEMPLATE = "certificate.typ"
PIXELS = 144  # per inch: a sheet of A4 is 1684 × 1191
Kind = Literal["pdf", "png"]
KINDS: tuple[Kind, ...] = ("pdf", "png")
WORDS = ("title", "lead", "done", "date", "number", "check")
"""What a template may say in the person's language, as `words` of its data."""


def build_performer(env: Environment) -> Mapping[str, Perform]:
    """The job that draws, aside from the loop that serves everybody; typst lets other threads run."""

    async def draw(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        return await asyncio.to_thread(_draw, env, payload)

    return {RENDER: draw}


def _draw(env: Environment, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return {kind: keep_file(env, render(env, payload, kind), f".{kind}") for kind in KINDS}


def render(env: Environment, facts: Mapping[str, Any], kind: Kind) -> bytes:
    """The sheet as `pdf` or `png`; the same facts give the same PDF, bit by bit.

    Raises PermanentFailure that names what is wrong with the template.
    """
    template = facts.get("template") or TEMPLATE
    try:
        drawn = typst.compile(
            find_file(env, template),
            root=env.content_dir,
            format=kind,
            ppi=PIXELS,
            sys_inputs={"data": json.dumps(_data(facts), ensure_ascii=False)},
            timestamp=datetime.fromtimestamp(facts["issued_at"], UTC),
        )
    except DomainError:
        raise PermanentFailure(
            f"the certificate's template {template} is not in the content folder"
        ) from None
    except typst.TypstError as error:
        raise PermanentFailure(f"the certificate's template {template} cannot be set: {error}") from None
    if not isinstance(drawn, bytes):
        raise PermanentFailure(f"the certificate's template {template} makes more than one page")
    return drawn


def _data(facts: Mapping[str, Any]) -> dict[str, Any]:
    language, url = facts["language"], facts["url"]
    shown = {name: facts[name] for name in ("name", "course", "date", "number", "language", "url")}
    words = {name: say(f"certificate-{name}", language) for name in WORDS}
    return {**shown, "words": words, "qr": _code(url) if url else ""}


def _code(url: str) -> str:
    """The address as an SVG of dark squares alone."""
    return str(segno.make(url, error="m", micro=False).svg_inline(border=0, dark="#1f2a44"))
