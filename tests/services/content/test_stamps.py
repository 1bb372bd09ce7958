"""A PDF with its reader's number: on every page, of every size, nothing lost; what is no fit PDF is sent as it is."""

import io
import json
import random
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from core.db.models.delivery import outbox
from core.db.session import Database
from services.content.messages import stamps
from services.content.messages.stamping import UnfitPdfError, stamp_pdf
from services.delivery.schemas import Outgoing
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.factories.rows import read_rows
from tests.factories.shops import open_shop
from tests.factories.work import run_due


def pdf(*sizes: tuple[int, int], rotation: int = 0, password: str = "") -> bytes:
    writer = PdfWriter()
    for width, height in sizes:
        writer.add_blank_page(width, height).rotate(rotation)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("rotation", [0, 90])
def test_the_number_stands_on_every_page(rotation: int) -> None:
    stamped = PdfReader(
        io.BytesIO(stamp_pdf(pdf((595, 842), (842, 595), (300, 300), rotation=rotation), str(ANNA)))
    )
    assert len(stamped.pages) == 3
    assert all(page.extract_text().count(str(ANNA)) == 2 for page in stamped.pages)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"no pdf", pdf((300, 300), password="secret")])
def test_what_is_no_fit_file_is_named(content: bytes) -> None:
    with pytest.raises(UnfitPdfError):
        stamp_pdf(content, "1")


def test_broken_files_are_refused_or_read_never_more() -> None:
    lot, whole = random.Random(7), pdf((595, 842), (595, 842))
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(lot.randrange(1, 30)):
            broken[lot.randrange(len(broken))] = lot.randrange(256)
        try:
            assert stamp_pdf(bytes(broken), "1").startswith(b"%PDF")
        except UnfitPdfError:
            continue


def _call(name: str) -> Outgoing:
    fields: dict[str, Any] = {"chat_id": ANNA, "document": {"media": name}, "protect_content": True}
    return Outgoing(COURSE_BOT, ANNA, "sendDocument", fields, "run:1:a:1:0", ref="run:1:1")


def test_only_our_own_pdfs_are_stamped() -> None:
    assert stamps.is_stamped(_call("media/Book.PDF"))
    assert not stamps.is_stamped(_call("media/book.docx"))
    web = Outgoing(1, ANNA, "sendDocument", {"document": "https://example.com/a.pdf"}, "k")
    assert not stamps.is_stamped(web)


@pytest.mark.parametrize("is_good", [True, False])
async def test_the_file_leaves_with_its_number_else_as_it_is(db: Database, is_good: bool) -> None:
    await open_shop(db)
    folder = db.env.content_dir / "media"
    folder.mkdir()
    (folder / "book.pdf").write_bytes(pdf((595, 842)) if is_good else b"%PDF-1.7 broken")
    async with db.unit(1) as uow:
        await stamps.ask_stamp(uow, _call("media/book.pdf"))
        await stamps.ask_stamp(uow, _call("media/book.pdf"))
    assert await run_due(db, stamps.build_performer(db.env)) == 1
    (row,) = await read_rows(db, outbox, chat_id=ANNA)
    sent = json.loads(row.payload)
    assert (row.dedupe_key, row.ref, sent["protect_content"]) == ("run:1:a:1:0", "run:1:1", True)
    if is_good:
        assert sent["document"]["name"] == "book.pdf"
        stamped = PdfReader(db.env.data_dir / sent["document"]["media"])
        assert str(ANNA) in stamped.pages[0].extract_text()
    else:
        assert sent["document"] == {"media": "media/book.pdf"}
