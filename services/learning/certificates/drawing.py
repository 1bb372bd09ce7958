"""Draws certificates: a typst template, filled with data alone, as PDF and as picture."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno

from core.environment import Environment
from core.errors import DomainError
from core.text.catalog import say
from services.content.messages.media import find_file, keep_file, mirror_content
from services.delivery.jobs import Perform, PermanentFailure
from services.learning.certificates.certificates import RENDER
from services.learning.certificates.typesetting import Kind, Sheet, UnfitTemplateError, draw_sheet
from utils.confined import LimitReachedError, Limits, call_confined

TEMPLATE = "certificate.typ"
LIMITS = Limits(seconds=15, megabytes=400)  # a template is a program, and a picture in it may be a large one
WORDS = ("title", "lead", "done", "date", "number", "check")
"""What a template may say in the person's language, as `words` of its data."""


def build_performer(env: Environment, limits: Limits = LIMITS) -> Mapping[str, Perform]:
    """The job that draws, in a process of its own."""

    async def draw(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        drawn = await render(env, payload, limits)
        return {
            kind: await asyncio.to_thread(keep_file, env, content, f".{kind}")
            for kind, content in drawn.items()
        }

    return {RENDER: draw}


async def render(env: Environment, facts: Mapping[str, Any], limits: Limits = LIMITS) -> Mapping[Kind, bytes]:
    """The sheet as `pdf` and as `png`; the same facts give the same PDF, bit by bit.

    Raises PermanentFailure that names what is wrong with the template.
    """
    template = facts.get("template") or TEMPLATE
    try:
        path = find_file(env, template).relative_to(env.content_dir.resolve())
    except (DomainError, ValueError):
        raise _unfit(template, "is not in the content folder") from None
    data = json.dumps(_data(facts), ensure_ascii=False)
    try:
        with (
            TemporaryDirectory() as root
        ):  # a template reads what it likes below its root, so nobody's secrets are there
            await asyncio.to_thread(_lay_out, env, Path(root), path)
            sheet = Sheet(str(Path(root) / path), root, data, facts["issued_at"])
            return await call_confined(limits, draw_sheet, sheet)
    except UnfitTemplateError as error:
        raise _unfit(template, str(error)) from None
    except LimitReachedError:
        raise _unfit(template, "needs too much time or memory") from None


def _lay_out(env: Environment, root: Path, template: Path) -> None:
    """The content folder as links, and the template itself as a file: that one is looked up behind links."""
    mirror_content(env, root)
    linked = root / template
    content = linked.read_bytes()
    linked.unlink()
    linked.write_bytes(content)


def _unfit(template: str, why: str) -> PermanentFailure:
    return PermanentFailure(f"the certificate's template {template} {why}")


def _data(facts: Mapping[str, Any]) -> dict[str, Any]:
    language, url = facts["language"], facts["url"]
    shown = {name: facts[name] for name in ("name", "course", "date", "number", "language", "url")}
    words = {name: say(f"certificate-{name}", language) for name in WORDS}
    return {**shown, "words": words, "qr": _code(url) if url else ""}


def _code(url: str) -> str:
    """The address as an SVG of dark squares alone."""
    return str(segno.make(url, error="m", micro=False).svg_inline(border=0, dark="#1f2a44"))
