"""Documents become courses: headings begin lessons, words keep their marks, pictures stand where they stood."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.environment import Environment
from core.flow.definition import dump_step
from services.content.importing.formats.documents.word import MOST_MARKUP
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Severity, Why
from services.content.messages.media import name_kept
from tests.factories.documents import Cells, Paragraph, Run, make_word, words


def read(env: Environment, name: str, content: str | bytes) -> Batch:
    return read_sent(env, name, content.encode() if isinstance(content, str) else content, "")


def steps(batch: Batch) -> list[dict[str, Any]]:
    assert [line for line in batch.report.findings if line.severity is Severity.ERROR] == []
    (course,) = batch.courses
    return [dump_step(step) for step in course.flow.steps]


def said(batch: Batch) -> list[str]:
    """The words of the first message of the only lesson, without its title."""
    (step,) = steps(batch)
    return [message.get("text", "").partition("</b>\n\n")[2] or message.get("text", "") for message in step["messages"]]  # fmt: skip


MARKS = {
    "**b** *i* ~~s~~ `c<d`": "<b>b</b> <i>i</i> <s>s</s> <code>c&lt;d</code>",
    "[x](https://e.com/?a=1&b=2) [y](ftp://e.com)": '<a href="https://e.com/?a=1&amp;b=2">x</a> y',
    "one\ntwo\n\nthree  \nfour": "one two\n\nthree\nfour",
    "- a\n- b\n    - c\n\n      d\n- e": "• a\n• b\n    ◦ c\nd\n• e",
    "3. a\n4. b": "3. a\n4. b",
    "> q\n>\n> r\n\nafter": "<blockquote>q\nr</blockquote>\n\nafter",
    "```python\nif a < b:\n    go()\n```\nx": '<pre><code class="language-python">if a &lt; b:\n    go()\n</code></pre>\n\nx',
    "|a|b|\n|-|-|\n|1|**2**|": "a | b\n1 | <b>2</b>",
    "a<br>b <u>u</u> <script>alert(1)</script><details>d</details>": "a\nb <u>u</u> d",
    "{{user.shoe}} & <": "{\u2060{user.shoe}} &amp; &lt;",
    "#### Deeper\n\nwords": "<b>Deeper</b>\n\nwords",
}


@pytest.mark.parametrize("text", MARKS)
def test_what_markdown_marks_is_kept(env: Environment, text: str) -> None:
    assert said(read(env, "a.md", f"# One\n\n## Two\n\n{text}\n")) == [MARKS[text]]


TWO_LEVELS = "# Course\n\n## Part\n\n### First\n\na\n\n### Second\n\nb\n\n## Third\n\nc\n\n#### Inside\n\nd\n"


def test_headings_of_two_levels_begin_lessons_and_an_empty_one_names_a_part(env: Environment) -> None:
    batch = read(env, "a.md", TWO_LEVELS)
    assert batch.courses[0].flow.name == {"*": "Course"}
    assert batch.courses[0].flow.slug == "Course"
    found = [(step["type"], step["title"], step.get("drip")) for step in steps(batch)]
    assert found == [("section", "Part", None), ("lesson", "First", {"day": 1}), ("lesson", "Second", {"day": 2}), ("lesson", "Third", {"day": 3})]  # fmt: skip
    assert steps(batch)[3]["messages"] == [{"text": "<b>Third</b>\n\nc\n\n<b>Inside</b>\n\nd"}]


def test_lessons_are_known_by_their_headings(env: Environment) -> None:
    keys = [step["key"] for step in steps(read(env, "a.md", "# One\n\na\n\n# Two\n\nb\n"))]
    later = [step["key"] for step in steps(read(env, "a.md", "# New\n\nn\n\n# Two\n\nchanged\n\n# One\n\na\n\n# One\n\nc\n"))]  # fmt: skip
    assert later[1:] == [keys[1], keys[0], f"{keys[0]}-2"]


def test_without_headings_it_is_one_lesson(env: Environment) -> None:
    (step,) = steps(read(env, "a.md", "---\ntitle: 'Named'\n---\nFirst line\n\nmore\n"))
    assert (step["title"], step["messages"]) == ("First line", [{"text": "First line\n\nmore"}])
    assert read(env, "a.md", "---\ntitle: 'Named'\n---\nx\n").courses[0].flow.name == {"*": "Named"}


def test_a_heading_with_nothing_below_it_is_named_with_its_line(env: Environment) -> None:
    batch = read(env, "a.md", "# One\n\na\n\n# Two\n\n# Three\n\nc\n")
    assert [(one.why, one.line) for one in batch.report.findings] == [(Why.EMPTY_LESSON, 5)]


def test_pictures_and_files_beside_markdown_come_where_they_stand(env: Environment, tmp_path: Path) -> None:
    for name in ("a.png", "b b.jpg", "work.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "c.md").write_text('# One\n\nbefore\n\n![x](a.png "Two & <three>")\n![y](b%20b.jpg)\n\nafter [the work](work.pdf)\n\n![gone](gone.png) ![up](../../etc/passwd.png)\n')  # fmt: skip
    batch = read_path(env, tmp_path / "c.md")
    (step,) = steps(batch)
    before, album, after, work = step["messages"]
    assert (before["text"], after["text"]) == ("<b>One</b>\n\nbefore", "after the work")
    assert album["media"] == [
        {"kind": "photo", "ref": name_kept(b"a.png", ".png"), "caption": "Two &amp; &lt;three&gt;"},
        {"kind": "photo", "ref": name_kept(b"b b.jpg", ".jpg")},
    ]
    assert work["media"] == [{"kind": "document", "ref": name_kept(b"work.pdf", ".pdf")}]
    assert [(one.why, one.line) for one in batch.report.findings] == [(Why.MISSING_FILE, 10), (Why.FOREIGN_PATH, 10)]  # fmt: skip


def test_a_folder_of_markdown_is_one_course_in_the_order_of_its_numbers(env: Environment, tmp_path: Path) -> None:  # fmt: skip
    folder = tmp_path / "clear-words"
    folder.mkdir()
    for name, text in {"10-last.md": "words\n", "2 second.md": "# Two\n\nb\n", "1_first one.md": "# First\n\na\n"}.items():  # fmt: skip
        (folder / name).write_text(text)
    batch = read_path(env, folder)
    assert batch.courses[0].flow.slug == "clear-words"
    assert [step["title"] for step in steps(batch)] == ["First", "Two", "last"]


WORD = [
    words("Ясные слова", "title"),
    words("Часть", "h1"),
    words("Первый урок", "h2"),
    Paragraph((Run("a ", "b"), Run("b", "i u"), Run(" & "), Run("s", "strike"), Run("site", link="https://e.com/?a=1&b=2"))),
    Paragraph((Run("x"),), listed=0),
    Paragraph((Run("y"),), listed=1),
    words("q", "quote"),
    Paragraph(picture="a.png"),
    Paragraph(picture="b.png"),
    Cells([["1", "2"], ["3", "4"]]),
    words("Мелкий", "h3"),
    words("Второй {{урок}}", "h2"),
    words("words"),
    Paragraph(picture="c.emf"),
]  # fmt: skip


def test_a_word_document_as_a_russian_word_writes_it(env: Environment) -> None:
    pictures = {"a.png": b"a", "b.png": b"b", "c.emf": b"c"}
    batch = read(env, "document.docx", make_word(WORD, pictures))
    assert batch.courses[0].flow.name == {"*": "Ясные слова"}
    part, first, second = steps(batch)
    assert (part["type"], part["title"], first["title"]) == ("section", "Часть", "Первый урок")
    above, album, below = first["messages"]
    marked = '<b>a</b> <i><u>b</u></i> &amp; <s>s</s><a href="https://e.com/?a=1&amp;b=2">site</a>'
    assert above["text"] == f"<b>Первый урок</b>\n\n{marked}\n\n• x\n    ◦ y\n\n<blockquote>q</blockquote>"
    assert [medium["ref"] for medium in album["media"]] == [name_kept(b"a", ".png"), name_kept(b"b", ".png")]
    assert below["text"] == "1 | 2\n3 | 4\n\n<b>Мелкий</b>"
    assert second["messages"] == [{"text": "<b>Второй {\u2060{урок}}</b>\n\nwords"}]
    assert [one.why for one in batch.report.findings] == [Why.OTHER_PICTURE]
    batch.shelves[0].keep()
    assert (env.data_dir / name_kept(b"a", ".png")).read_bytes() == b"a"


def test_sixty_pages_with_eighty_pictures(env: Environment, tmp_path: Path) -> None:
    pictures = {f"p{n}.png": bytes([n]) * 1000 for n in range(80)}
    body: list[Paragraph | Cells] = [words("Book", "title")]
    for page in range(60):
        body += [words(f"Page {page}", "h1"), *(words("слово " * 60) for _ in range(6))]
        body += [Paragraph(picture=f"p{n}.png") for n in range(80) if n % 60 == page]
    (tmp_path / "book.docx").write_bytes(make_word(body, pictures))
    batch = read_path(env, tmp_path / "book.docx")
    assert batch.courses[0].flow.slug == "book"
    found = steps(batch)
    assert len(found) == 60
    refs = [medium["ref"] for step in found for message in step["messages"] for medium in message.get("media", ())]  # fmt: skip
    assert sorted(refs) == sorted(name_kept(picture, ".png") for picture in pictures.values())


def test_a_document_takes_nothing_from_outside_it(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    content = make_word([words("One", "h1"), words("a"), Paragraph(picture="a.png")], {"a.png": b"a"})
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as new:
        old = zipfile.ZipFile(io.BytesIO(content))
        for name in old.namelist():
            inside = old.read(name)
            if name.endswith("document.xml.rels"):
                inside = inside.replace(b'Target="media/a.png"', f'Target="file://{tmp_path}/secret.png" TargetMode="External"'.encode())  # fmt: skip
            new.writestr(name, inside.replace(b"r:embed", b"r:link") if name.endswith("document.xml") else inside)  # fmt: skip
    batch = read(env, "a.docx", (tmp_path / "in.zip").read_bytes())
    assert not any(message.get("media") for step in steps(batch) for message in step["messages"])


def test_a_word_document_with_endless_markup_is_refused_unread(env: Environment) -> None:
    packed = io.BytesIO(make_word([words("One", "h1"), words("a")]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/comments.xml", b"<!--" + b"x" * MOST_MARKUP + b"-->")
    assert [one.why for one in read(env, "a.docx", packed.getvalue()).report.findings] == [Why.TOO_LARGE]


@pytest.mark.parametrize("content", [b"", b"PK nothing", b"\xd0\xcf\x11\xe0 an old .doc"])
def test_what_is_no_word_document_is_said(env: Environment, content: bytes) -> None:
    assert [one.why for one in read(env, "a.docx", content).report.findings] == [Why.NO_WORD]


def test_an_archive_that_is_no_document_is_said(env: Environment, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("a.txt", "a")
    assert [one.why for one in read_path(env, tmp_path / "a.docx").report.findings] == [Why.NO_WORD]
