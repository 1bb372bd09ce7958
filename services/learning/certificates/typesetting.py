"""Sets a typst template with its data, in a process that has loaded nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import typst

PIXELS = 144  # per inch: a sheet of A4 is 1684 × 1191
Kind = Literal["pdf", "png"]
KINDS: tuple[Kind, ...] = ("pdf", "png")


class UnfitTemplateError(Exception):
    """The template cannot be set; says why."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A template's file, the folder it may read, its data as JSON, and the second it is dated."""

    template: str
    root: str
    data: str
    issued_at: int


def draw_sheet(sheet: Sheet) -> Mapping[Kind, bytes]:
    """It as `pdf` and as `png`; the same sheet gives the same PDF, bit by bit. Raises UnfitTemplateError."""
    return {kind: _compile(sheet, kind) for kind in KINDS}


def _compile(sheet: Sheet, kind: Kind) -> bytes:
    try:
        drawn = typst.compile(
            sheet.template,
            root=sheet.root,
            format=kind,
            ppi=PIXELS,
            sys_inputs={"data": sheet.data},
            timestamp=datetime.fromtimestamp(sheet.issued_at, UTC),
        )
    except typst.TypstError as error:
        raise UnfitTemplateError(f"cannot be set: {error}") from None
    if not isinstance(drawn, bytes):
        raise UnfitTemplateError("makes more than one page")
    return drawn
