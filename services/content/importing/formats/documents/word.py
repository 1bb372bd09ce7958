"""Word documents and what Google writes as such: read by a library into HTML, their pictures taken out of them."""

import io
import warnings
from collections.abc import Mapping
from typing import Any

from core.flow.definition import Flow
from core.text.message import MediaKind
from services.content.importing.archives import BadArchiveError, open_archive
from services.content.importing.formats.courses import Reading
from services.content.importing.formats.documents.lessons import Document, build_course
from services.content.importing.formats.documents.rich_text import Picture, read_blocks
from services.content.importing.media import limit_of
from services.content.importing.mishaps import megabytes
from services.content.importing.posts import PostMedium
from services.content.importing.report import Why

MOST_BYTES = 50_000_000
MOST_UNPACKED = 200_000_000
MOST_MARKUP = 30_000_000  # of one part of text: a book of a thousand pages has a tenth of that, and reading takes a second
_BODY = "word/document.xml"
_SHOWN = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Quote'] => blockquote:fresh
p[style-name='Intense Quote'] => blockquote:fresh
u => u
"""


def read_word(content: bytes, slug: str, reading: Reading) -> Flow | None:
    """The course of a document; None when something is wrong with it, which is noted."""
    if not _is_fit(content, reading):
        return None
    try:
        markup = _convert(content, reading)
    except MemoryError:
        raise  # a limit was reached, and says so itself
    except Exception:  # loop edge: the other files of the import are still read
        reading.notes.error(0, Why.NO_WORD)
        return None
    document = Document(read_blocks(markup), _find, reading.notes)
    return build_course([document], reading.stem, slug, reading)


def _is_fit(content: bytes, reading: Reading) -> bool:
    """Whether it is such a document, and one that can be unpacked."""
    try:
        archive = open_archive(content)
    except BadArchiveError:
        reading.notes.error(0, Why.NO_WORD)
        return False
    unpacked = sum(info.file_size for info in archive.files.values())
    if len(content) > MOST_BYTES or unpacked > MOST_UNPACKED:
        reading.notes.error(
            0, Why.TOO_LARGE, limit=megabytes(MOST_BYTES if unpacked <= MOST_UNPACKED else MOST_UNPACKED)
        )
        return False
    markup = [info.file_size for name, info in archive.files.items() if name.endswith((".xml", ".rels"))]
    if max(markup, default=0) > MOST_MARKUP:
        reading.notes.error(0, Why.TOO_LARGE, limit=megabytes(MOST_MARKUP))
        return False
    if archive.size_of(_BODY) is None:
        reading.notes.error(0, Why.NO_WORD)
        return False
    return True


def _convert(content: bytes, reading: Reading) -> str:
    import mammoth  # it takes a while to import, and most files are YAML

    take = mammoth.images.img_element(lambda image: {"src": _take(image, reading)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options: Mapping[str, Any] = {
            "style_map": _STYLES,
            "convert_image": take,
            "include_embedded_style_map": False,
        }
        return str(mammoth.convert_to_html(io.BytesIO(content), **options).value)


def _take(image: Any, reading: Reading) -> str:
    """The reference a picture will have; empty for one that Telegram does not show."""
    suffix = _SHOWN.get(str(image.content_type).lower())
    if suffix is None:
        reading.notes.warn(0, Why.OTHER_PICTURE, given=str(image.content_type)[:60])
        return ""
    with image.open() as file:
        picture = file.read()
    if len(picture) > (most := limit_of(MediaKind.PHOTO)):
        reading.notes.warn(
            0, Why.LARGE_LEFT_OUT, ref=str(image.alt_text or suffix)[:100], limit=most // 1_000_000
        )
        return ""
    return reading.shelf.put(suffix, lambda: picture)


def _find(picture: Picture) -> PostMedium | None:
    if not picture.ref.startswith("kept/"):
        return None
    kind = MediaKind.ANIMATION if picture.ref.endswith(".gif") else MediaKind.PHOTO
    return PostMedium(kind, picture.ref)
