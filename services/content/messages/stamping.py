"""Sets a faint line on every page of a PDF, in a process that has loaded nothing else."""

import io
import json

import typst
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError

MOST_PAGES = 600
TEMPLATE = b"""
#let data = json(bytes(sys.inputs.data))
#set page(width: data.width * 1pt, height: data.height * 1pt, margin: 0pt, fill: none)
#set text(size: data.size * 1pt, fill: luma(120).transparentize(72%))
#place(center + horizon, rotate(-32deg, data.line))
#place(bottom + right, dx: -12pt, dy: -8pt, text(size: 8pt, data.line))
"""


class UnfitPdfError(Exception):
    """The file is no PDF that a line can be set on; says why."""


def stamp_pdf(content: bytes, line: str) -> bytes:
    """The same document with the line across each page and at its foot. Raises UnfitPdfError."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise UnfitPdfError("it is encrypted")
        if len(reader.pages) > MOST_PAGES:
            raise UnfitPdfError(f"it has more than {MOST_PAGES} pages")
        writer = PdfWriter(clone_from=reader)
        layers: dict[tuple[float, float], PageObject] = {}
        for page in writer.pages:
            page.transfer_rotation_to_content()
            size = float(page.mediabox.width), float(page.mediabox.height)
            if size not in layers:
                layers[size] = _layer(*size, line)
            page.merge_translated_page(layers[size], float(page.mediabox.left), float(page.mediabox.bottom))
        out = io.BytesIO()
        writer.write(out)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnfitPdfError(f"it cannot be read: {error!r}") from None
    return out.getvalue()


def _layer(width: float, height: float, line: str) -> PageObject:
    """A page of that size with nothing but the line."""
    data = {"width": width, "height": height, "size": max(12.0, min(width, height) / 9), "line": line}
    drawn = typst.compile(TEMPLATE, format="pdf", sys_inputs={"data": json.dumps(data)})
    if not isinstance(drawn, bytes):
        raise UnfitPdfError("the line takes more than a page")
    return PdfReader(io.BytesIO(drawn)).pages[0]
