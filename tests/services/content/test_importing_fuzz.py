"""Fuzzed files: a thousand per format, each a clear error or a course, never an exception, and no row on an error."""

import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.db.base import metadata
from core.db.session import Database
from core.environment import Environment
from core.flow.definition import parse_flow
from services.content.exporting.documents import write_yaml
from services.content.exporting.workbooks import write_workbook
from services.content.importing.applying import plan_import, publish_import
from services.content.importing.reader import SUFFIXES, Batch, read_path, read_sent
from tests.factories.channels import make_channel, pack_channel, write_result
from tests.factories.documents import Cells, Paragraph, Run, make_word, words
from tests.factories.elements import make_document
from tests.factories.rows import count_rows

ROOT = Path(__file__).parents[3]
FILES = [60, pytest.param(1_000, marks=pytest.mark.faults)]  # of each format
COURSE_FILE = (Path(__file__).parent / "ordered_maps" / "travel.yml").read_bytes()
EVERY = parse_flow(make_document("quiz", "delay", "jump", "test", "lesson", "branch"))
SHORT = parse_flow(make_document("quiz", "delay"))
LIST = b"a:\n  path: one.yml\n  token: t0ken\n  restricted: yes\nb:\n  path: two.yml\n  element: One\nc:\n  path: db\n"
TABLE = (
    b'id,type,text,answers,wait,goto\nA_1,quiz,"2 + 2","+4 | yes\n5"\nB,delay,,,1h,A_1\nC,message,"x, y"\n'
)
BANK = "Вопрос,Вариант 1,Вариант 2,Ответ\nОдин?,a,b,1\nДва?,c,d,d\nТри?,,,слово\n".encode()
AIKEN = b"One?\nA. 1\nB. 2\nANSWER: B\n\nTwo?\nA) x\nB) y\nANSWER: A\n"
GIFT = b"::a:: One? {=A#yes ~%50%B ~C}\n\nTwo {T}\n\nThree {#1..5}\n\nA {=x =y} b\n\n$CATEGORY: z\n// r\nM {=a -> b}\n"
MARKED = b"---\ntitle: T\n---\n# One\n\n**a** [b](https://e.com) `c`\n\n- x\n  - y\n\n## Two\n\n> q\n\n|a|b|\n|-|-|\n|1|2|\n\n```py\nx\n```\n<u>u</u>\n"
WORD = make_word(
    [
        words("T", "title"),
        words("One", "h1"),
        Paragraph((Run("a", "b"), Run("b", link="https://e.com"))),
        Paragraph((Run("x"),), listed=0),
        Paragraph(picture="a.png"),
        Cells([["1", "2"]]),
        words("Two", "h2"),
        words("z"),
    ],
    {"a.png": b"png"},
)
TOKENS = [b":", b"- ", b"\n", b"  ", b"'", b'"', b"{", b"}", b"[", b"]", b"&a ", b"*a", b"!!x ", b"? ", b"| ", b"> ", b"%", b"@",
          b"\t", b"#", b"<<: ", b"\0", b"\xff", b"\xd0", b"no", b"null", b"1e999", b"9" * 30, b"{{x", b"type", b"---\n", b"...\n",
          b",", b";", b"=1+1", "я".encode(), "\u2028".encode(), b"-1", b".5", b"\r"]  # fmt: skip


def spoil(content: bytes, lot: random.Random) -> bytes:
    """The file after a few accidents: bytes changed, tokens put in, lines moved, the end cut off."""
    for _ in range(lot.randint(1, 4)):
        place = lot.randrange(len(content) + 1) if content else 0
        match lot.randrange(5):
            case 0:
                content = content[:place] + bytes([lot.randrange(256)]) + content[place + 1 :]
            case 1:
                content = content[:place] + lot.choice(TOKENS) + content[place:]
            case 2:
                lines = content.split(b"\n")
                lines.insert(lot.randrange(len(lines) + 1), lot.choice(lines))
                content = b"\n".join(lines)
            case 3:
                content = content[:place] + content[place + lot.randrange(1, 40) :]
            case _:
                content = content[:place]
    return content


def spoil_archive(content: bytes, lot: random.Random) -> bytes:
    """Accidents to the archive itself, or to one of the files inside it."""
    if lot.random() < 0.3:
        return spoil(content, lot)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        names = old.namelist()
        chosen = lot.choice(names)
        for name in names:
            inside = old.read(name)
            new.writestr(name, spoil(inside, lot) if name == chosen else inside)
    return packed.getvalue()


def read_list_file(env: Environment, content: bytes) -> Batch:
    (env.content_dir / "courses.yml").write_bytes(content)
    return read_path(env, env.content_dir / "courses.yml")


Spoil = Callable[[bytes, random.Random], bytes]
FORMATS: dict[str, tuple[bytes, Spoil]] = {
    "map.yml": (COURSE_FILE[:1500], spoil),
    "own.yaml": (write_yaml(EVERY).encode()[:2000], spoil),
    "courses.yml": (LIST, spoil),
    "table.csv": (TABLE, spoil),
    "book.xlsx": (write_workbook(SHORT), spoil_archive),
    "text.md": (MARKED, spoil),
    "word.docx": (WORD, spoil_archive),
    "bank.csv": (BANK, spoil),
    "aiken.txt": (AIKEN, spoil),
    "moodle.gift": (GIFT, spoil),
    "result.json": (write_result(make_channel(6)), spoil),
    "export.zip": (pack_channel(make_channel(4)), spoil_archive),
}


@pytest.fixture
def folder(env: Environment) -> Environment:
    """With the files the list names."""
    for one in ("one.yml", "two.yml"):
        (env.content_dir / one).write_text("One:\n  type: end\n")
    return env


def read_spoilt(env: Environment, name: str, lot: random.Random) -> Batch:
    content, accident = FORMATS[name]
    spoilt = accident(content, lot)
    return read_list_file(env, spoilt) if name == "courses.yml" else read_sent(env, name, spoilt, "")


@pytest.mark.parametrize("files", FILES)
@pytest.mark.parametrize("name", FORMATS)
async def test_a_fuzzed_file_is_a_course_or_a_clear_error_and_a_wrong_one_changes_no_row(
    db: Database, folder: Environment, name: str, files: int
) -> None:
    lot = random.Random(name)
    batches = [read_spoilt(folder, name, lot) for _ in range(files)]
    assert all(one.report.errors or one.courses or name == "courses.yml" for one in batches)
    wrong = [one for one in batches if one.report.errors]
    assert 0 < len(wrong) < files or name == "text.md"  # of which hardly anything is wrong
    before = [await count_rows(db, table) for table in metadata.sorted_tables]
    for batch in wrong:
        async with db.unit(1) as uow:
            planned = await plan_import(uow, batch)
            if not batch.report.errors:
                await publish_import(uow, batch, planned)
    assert [await count_rows(db, table) for table in metadata.sorted_tables] == before


def test_every_format_is_fuzzed_and_in_the_guide() -> None:
    endings = {Path(name).suffix for name in FORMATS}
    assert endings | {".tsv", ".markdown"} == set(SUFFIXES)
    guide = (ROOT / "docs" / "how-to" / "import-a-course.md").read_text()
    table = guide.partition("## What is read")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(\.\w+)`", table)) == set(SUFFIXES)
