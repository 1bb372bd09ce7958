"""Made-up Word documents: the few parts of one that a reader looks at."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
    '<Default Extension="emf" ContentType="image/x-emf"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    "</Types>"
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{number}"><w:name w:val="{name}"/></w:style>'
    for number, name in (
        ("1", "heading 1"),
        ("2", "heading 2"),
        ("3", "heading 3"),
        ("a3", "Title"),
        ("a5", "Quote"),
    )
)
STYLE_IDS = {"h1": "1", "h2": "2", "h3": "3", "title": "a3", "quote": "a5"}
"""As a Russian Word numbers them."""


@dataclass(frozen=True)
class Run:
    """Words in one hand: `marks` of `b`, `i`, `u`, `strike`; with `link` they lead somewhere."""

    text: str
    marks: str = ""
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: `style` of STYLE_IDS; `listed` is the level of a bullet, from 0."""

    runs: Sequence[Run] = ()
    style: str = ""
    listed: int | None = None
    picture: str = ""  # a name of `pictures`


@dataclass(frozen=True)
class Cells:
    """A table, row by row."""

    rows: Sequence[Sequence[str]]


def words(text: str, style: str = "") -> Paragraph:
    """A paragraph of plain words."""
    return Paragraph((Run(text),), style)


def make_word(body: Sequence[Paragraph | Cells], pictures: dict[str, bytes] | None = None) -> bytes:
    """The document as a file."""
    links: list[str] = []
    xml = "".join(_write(part, links, pictures or {}) for part in body)
    related = [
        *(
            f'<Relationship Id="l{n}" Type="{_OFFICE}/hyperlink" Target={quoteattr(link)} TargetMode="External"/>'
            for n, link in enumerate(links)
        ),
        *(
            f'<Relationship Id="p-{name}" Type="{_OFFICE}/image" Target="media/{name}"/>'
            for name in pictures or {}
        ),
        f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/>',
        f'<Relationship Id="n" Type="{_OFFICE}/numbering" Target="numbering.xml"/>',
    ]
    levels = "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="bullet"/></w:lvl>' for level in range(3))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(f'<Relationship Id="d" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'),
        "word/document.xml": f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{xml}</w:body></w:document>',
        "word/_rels/document.xml.rels": _RELS.format("".join(related)),
        "word/styles.xml": f'<w:styles xmlns:w="{_W}">{_STYLES}</w:styles>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        for name, picture in (pictures or {}).items():
            archive.writestr(f"word/media/{name}", picture)
    return packed.getvalue()


def _write(part: Paragraph | Cells, links: list[str], pictures: dict[str, bytes]) -> str:
    if isinstance(part, Cells):
        rows = (
            "".join(f"<w:tc><w:p><w:r><w:t>{escape(cell)}</w:t></w:r></w:p></w:tc>" for cell in row)
            for row in part.rows
        )
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"
    style = f'<w:pStyle w:val="{STYLE_IDS[part.style]}"/>' if part.style else ""
    listed = (
        f'<w:numPr><w:ilvl w:val="{part.listed}"/><w:numId w:val="1"/></w:numPr>'
        if part.listed is not None
        else ""
    )
    inside = "".join(_write_run(run, links) for run in part.runs)
    if part.picture:
        inside += _PICTURE.format(name=part.picture)
    return f"<w:p><w:pPr>{style}{listed}</w:pPr>{inside}</w:p>"


_PICTURE = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<wp:docPr id="1" name="x" descr="A picture"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill>'
    '<a:blip r:embed="p-{name}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
)


def _write_run(run: Run, links: list[str]) -> str:
    marks = "".join(
        f'<w:{mark} w:val="single"/>' if mark == "u" else f"<w:{mark}/>" for mark in run.marks.split()
    )
    written = f'<w:r><w:rPr>{marks}</w:rPr><w:t xml:space="preserve">{escape(run.text)}</w:t></w:r>'
    if not run.link:
        return written
    links.append(run.link)
    return f'<w:hyperlink r:id="l{len(links) - 1}">{written}</w:hyperlink>'
