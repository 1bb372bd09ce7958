"""A channel's export becomes a course: each post a lesson of its day, marked as it was, with its media."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from core.environment import Environment
from core.flow.definition import Flow
from core.flow.steps.lesson import LessonStep
from core.flow.steps.question import QuestionStep
from core.rules.drip import OnDay
from core.text.message import Message
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Severity, Why, describe_report
from tests.factories.channels import ABSENT, export_channel, make_channel, pack_channel

A = {"type": "message", "date": "2024-01-01T10:00:00", "from": "School", "from_id": "channel1"}
TEXTS = {
    "text": ("Просто <текст> & всё", "Просто &lt;текст&gt; &amp; всё"),
    "pieces": (["a ", {"type": "bold", "text": "b"}, {"type": "italic", "text": "<c>"}], "a <b>b</b><i>&lt;c&gt;</i>"),
    "link": ([{"type": "text_link", "text": "x", "href": "https://e.com/?a=1&b=2"}], '<a href="https://e.com/?a=1&amp;b=2">x</a>'),
    "bad link": ([{"type": "text_link", "text": "x", "href": "javascript:alert(1)"}], "x"),
    "code": ([{"type": "pre", "text": "if a < b:", "language": "python"}], '<pre><code class="language-python">if a &lt; b:</code></pre>'),
    "quote": ([{"type": "blockquote", "text": "q", "collapsed": True}], "<blockquote expandable>q</blockquote>"),
    "spoiler": ([{"type": "spoiler", "text": "s"}, {"type": "strikethrough", "text": "t"}], "<tg-spoiler>s</tg-spoiler><s>t</s>"),
    "known by Telegram": ([{"type": "mention", "text": "@a"}, {"type": "hashtag", "text": "#b"}, {"type": "custom_emoji", "text": "👍", "document_id": "5"}], "@a#b👍"),
    "braces": ("{{user.shoe}} {{", "{\u2060{user.shoe}} {\u2060{"),
}  # fmt: skip


def write(folder: Path, *messages: dict[str, Any], name: str = "Ясные слова") -> Path:
    folder.mkdir(exist_ok=True)
    document = {"name": name, "type": "public_channel", "id": 7, "messages": messages}
    (folder / "result.json").write_text(json.dumps(document, ensure_ascii=False, indent=1))
    return folder


def post(number: int, text: Any = "", **more: Any) -> dict[str, Any]:
    return {"id": number, **A, "text": text, **more}


def read(env: Environment, folder: Path) -> tuple[Flow, Batch]:
    batch = read_path(env, folder)
    assert [line for line in batch.report.findings if line.severity is Severity.ERROR] == []
    (course,) = batch.courses
    return course.flow, batch


def messages_of(flow: Flow, key: str) -> tuple[Message, ...]:
    step = flow.step(key)
    assert isinstance(step, LessonStep)
    return step.messages


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("newer", [False, True])
def test_marks_are_kept(env: Environment, tmp_path: Path, name: str, newer: bool) -> None:
    text, html = TEXTS[name]
    pieces = [{"type": "plain", "text": piece} if isinstance(piece, str) else piece for piece in ([text] if isinstance(text, str) else text)]  # fmt: skip
    more = {"text_entities": pieces} if newer else {}
    flow, _ = read(env, write(tmp_path / "e", post(3, text, **more)))
    (message,) = messages_of(flow, "post-3")
    assert message.text == {"*": html}


def test_posts_are_lessons_of_days_in_the_order_of_their_numbers(env: Environment, tmp_path: Path) -> None:
    flow, _ = read(env, write(tmp_path / "e", post(9, "third"), post(-2, "first\nmore"), post(5, "second", edited="2024-02-01T00:00:00", reply_to_message_id=2, forwarded_from="B")))  # fmt: skip
    assert (flow.slug, flow.name) == ("yasnye-slova", {"*": "Ясные слова"})
    steps = [step for step in flow.steps if isinstance(step, LessonStep)]
    assert [(step.key, step.title["*"], step.drip) for step in steps] == [
        ("post--2", "first", OnDay(1)),
        ("post-5", "second", OnDay(2)),
        ("post-9", "third", OnDay(3)),
    ]


def lie(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


FILES = {
    "photo": {"photo": "photos/a.jpg"},
    "voice": {"file": "voice/a.ogg", "media_type": "voice_message"},
    "video_note": {"file": "round/a.mp4", "media_type": "video_message"},
    "video": {"file": "v/a.mp4", "media_type": "video_file"},
    "animation": {"file": "v/b.mp4", "media_type": "animation"},
    "audio": {"file": "files/a.mp3", "media_type": "audio_file"},
    "document": {"file": "files/a.pdf", "mime_type": "application/pdf"},
}


def test_each_kind_of_file_is_sent_as_it_was(env: Environment, tmp_path: Path) -> None:
    listed = [post(n, "words", **fields, date=f"2024-01-0{n}T10:00:00") for n, fields in enumerate(FILES.values(), 1)]  # fmt: skip
    folder = write(tmp_path / "e", *listed)
    lie(folder, *(str(fields.get("photo") or fields["file"]) for fields in FILES.values()))
    flow, batch = read(env, folder)
    for number, kind in enumerate(FILES, start=1):
        first, *rest = messages_of(flow, f"post-{number}")
        assert [medium.kind for medium in first.media] == [kind]
        said = rest[0] if kind == "video_note" else first  # Telegram shows no words below a round one
        assert said.text == {"*": "words"}
        assert len(rest) == (kind == "video_note")
        assert first.media[0].ref in batch.shelves[0].found


def test_parts_of_one_second_and_sender_are_an_album(env: Environment, tmp_path: Path) -> None:
    names = [f"photos/{n}.jpg" for n in range(12)]
    album = [post(n + 1, "words" if n == 0 else "", photo=name) for n, name in enumerate(names)]
    later = post(20, photo="photos/0.jpg", date="2024-01-01T10:00:01")
    other = post(21, photo="photos/0.jpg", date="2024-01-01T10:00:01", from_id="user5")
    folder = write(tmp_path / "e", *album, later, other)
    lie(folder, *names)
    flow, _ = read(env, folder)
    assert [step.key for step in flow.steps] == ["post-1", "post-11", "post-20", "post-21"]
    (message,) = messages_of(flow, "post-1")
    assert len(message.media) == 10  # no more are shown together
    assert [medium.caption for medium in message.media[:2]] == [{"*": "words"}, None]
    assert message.text is None


def test_words_too_long_for_a_file_follow_it(env: Environment, tmp_path: Path) -> None:
    folder = write(tmp_path / "e", post(1, "слово " * 400, photo="a.jpg"), post(2, "слово " * 1500))
    lie(folder, "a.jpg")
    flow, _ = read(env, folder)
    picture, words = messages_of(flow, "post-1")
    assert (picture.text, len(picture.media), len(words.media)) == (None, 1, 0)
    assert len(messages_of(flow, "post-2")) == 3


def test_a_poll_is_asked_on_the_day_of_the_post_above(env: Environment, tmp_path: Path) -> None:
    answers = [
        {"text": "Да & нет", "voters": 1, "chosen": True},
        {"text": "{{x}}", "voters": 0, "chosen": False},
    ]
    poll = {"question": "2 < 3?", "closed": True, "total_voters": 1, "answers": answers}
    flow, batch = read(env, write(tmp_path / "e", post(1, "one"), post(2, poll=poll), post(3, "two")))
    asked = flow.step("post-2")
    assert isinstance(asked, QuestionStep)
    assert asked.text == {"*": "2 &lt; 3?"}
    assert [answer.text["*"] for answer in asked.answers] == ["Да & нет", "{\u2060{x}}"]
    last = flow.step("post-3")
    assert isinstance(last, LessonStep)
    assert last.drip == OnDay(2)
    assert [(one.why, one.line) for one in batch.report.findings] == [(Why.LEFT_OUT, 15)]


LEFT_OUT = {
    "import-left-service": {"type": "service", "action": "pin_message"},
    "import-left-sticker": {"file": "stickers/a.webp", "media_type": "sticker"},
    "import-left-foreign": {"contact_information": {"phone_number": "1"}},
    "import-left-empty": {},
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_no_lesson_is_left_out_and_counted(env: Environment, tmp_path: Path, language: str) -> None:
    more = [post(10 * n + m, **fields) for n, fields in enumerate(LEFT_OUT.values(), 1) for m in range(n)]
    absent = post(90, "words", file=f"work.pdf {ABSENT}")
    flow, batch = read(env, write(tmp_path / "e", post(1, "one"), *more, absent))
    assert [step.key for step in flow.steps] == ["post-1", "post-90"]
    counted = {one.values["what"]["t"]: one.values["what"]["v"]["count"] for one in batch.report.findings}
    assert counted == {why: n for n, why in enumerate(LEFT_OUT, 1)} | {"import-left-absent": 1}
    assert all(one.severity is Severity.WARNING and one.line for one in batch.report.findings)
    assert len(describe_report(batch.report, language)) == 5


def test_links_below_a_post_stay_and_other_buttons_go(env: Environment, tmp_path: Path) -> None:
    rows = [[{"type": "url", "text": "Site", "data": "https://e.com"}, {"type": "callback", "text": "x", "data": "y"}], [{"type": "url", "text": "Bad", "data": "javascript:x"}]]  # fmt: skip
    flow, _ = read(env, write(tmp_path / "e", post(1, "one", inline_bot_buttons=rows)))
    (message,) = messages_of(flow, "post-1")
    assert [[button.url for button in row] for row in message.buttons] == [["https://e.com"]]


def test_of_a_whole_account_only_channels_are_courses(env: Environment, tmp_path: Path) -> None:
    kinds = ("personal_chat", "public_channel", "saved_messages", "private_channel")
    chats = [
        {"name": f"c{n}", "type": kind, "id": n, "messages": [post(1, kind)]} for n, kind in enumerate(kinds)
    ]
    (tmp_path / "result.json").write_text(json.dumps({"about": "", "chats": {"about": "", "list": chats}}))
    assert [course.flow.slug for course in read_path(env, tmp_path).courses] == ["c1", "c3"]


BROKEN = {
    "cut off": (b'{"name": "x", "messages": [', Why.NO_JSON),
    "deep": (b"[" * 100_000, Why.NO_JSON),
    "a list": (b"[]", Why.NO_CHANNEL),
    "people only": (b'{"chats": {"list": [{"type": "personal_chat", "messages": []}]}}', Why.NO_CHANNEL),
    "nothing in it": (b'{"name": "x", "type": "public_channel", "messages": []}', Why.EMPTY),
    "odd things": (b'{"name": 5, "messages": [7, null, {"id": "x"}, {"id": true}, {"id": 1, "type": "message", "text": {"a": 1}, "poll": 5}]}', Why.EMPTY),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_export_is_said(env: Environment, name: str) -> None:
    content, why = BROKEN[name]
    batch = read_sent(env, "result.json", content, "")
    assert [one.why for one in batch.report.findings if one.severity is Severity.ERROR] == [why]
    assert batch.courses == []


def test_signs_that_telegram_desktop_writes_and_json_does_not_know(env: Environment) -> None:
    content = (
        rb'{"name": "C:\\x0B", "messages": [{"id": 1, "type": "message", "text": "a\x0Bb\u0000\ud800"}]}'
    )
    (course,) = read_sent(env, "result.json", content, "x").courses
    assert course.flow.name == {"*": r"C:\x0B"}
    assert messages_of(course.flow, "post-1")[0].text == {"*": "a\x0bb"}


@pytest.mark.parametrize("root", ["", "ChatExport_2024-01-01/"])
def test_packed_it_is_the_same_course(env: Environment, tmp_path: Path, root: str) -> None:
    folder = tmp_path / "e"
    made = make_channel(20)
    export_channel(folder, made)
    flow, _ = read(env, folder)
    (tmp_path / "e.zip").write_bytes(pack_channel(made, root))
    packed, batch = read(env, tmp_path / "e.zip")
    assert packed == flow
    batch.shelves[0].keep()
    kept = {path.name for path in (env.data_dir / "kept").iterdir()}
    named = {medium.ref for step in flow.steps if isinstance(step, LessonStep) for message in step.messages for medium in message.media}  # fmt: skip
    assert {f"kept/{name}" for name in kept} == named
    assert named
    (sent,) = read_sent(env, "e.zip", pack_channel(made, root), "").courses
    assert sent.flow == flow


def test_an_archive_gives_nothing_from_outside_it_and_is_not_filled_up_with(
    env: Environment, tmp_path: Path
) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    photos = ["../secret.jpg", str(tmp_path / "secret.jpg"), ".env", "big.jpg", "bomb.jpg", "gone.jpg"]
    days = (f"2024-01-0{n}T10:00:00" for n in range(1, 9))
    listed = [post(n, "words", photo=name, date=next(days)) for n, name in enumerate(photos, 1)]
    write(tmp_path / "e", *listed)
    with zipfile.ZipFile(tmp_path / "e.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "e" / "result.json", "in/result.json")
        archive.writestr("secret.jpg", b"x")
        archive.writestr("in/../secret.jpg", b"x")
        archive.writestr("in/.env", b"TOKEN=1")
        archive.writestr("in/bomb.jpg", b"\0" * 9_000_000)
        archive.writestr("in/big.jpg", bytes(range(256)) * 45_000, zipfile.ZIP_STORED)
    flow, batch = read(env, tmp_path / "e.zip")
    assert batch.shelves[0].found == {}
    assert not any(message.media for step in flow.steps if isinstance(step, LessonStep) for message in step.messages)  # fmt: skip
    whys = [one.why for one in batch.report.findings]
    assert whys == [Why.FOREIGN_PATH] * 3 + [Why.LARGE_LEFT_OUT] + [Why.NOT_PACKED] * 2


@pytest.mark.parametrize("content", [b"", b"PK nothing", b"\0" * 50])
def test_a_broken_archive_is_said(env: Environment, content: bytes) -> None:
    assert [one.why for one in read_sent(env, "e.zip", content, "").report.findings] == [Why.NO_ARCHIVE]


def test_a_stranger_s_export_takes_no_file_but_its_own(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    photos = ["../secret.jpg", str(tmp_path / "secret.jpg"), ".env", "link.jpg", "/etc/hostname"]
    listed = [post(n, "words", photo=name, date=f"2024-01-0{n}T10:00:00") for n, name in enumerate(photos, 1)]
    folder = write(tmp_path / "e", *listed)
    (folder / ".env").write_text("TOKEN=1")
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    _, batch = read(env, folder)
    assert batch.shelves[0].found == {}
    assert [one.why for one in batch.report.findings] == [Why.FOREIGN_PATH] * 5


def test_three_hundred_posts_become_a_course(env: Environment, tmp_path: Path) -> None:
    made = make_channel(300, seed=7)
    export_channel(tmp_path / "e", made)
    flow, batch = read(env, tmp_path / "e")
    assert len(flow.steps) == 300
    assert sum(isinstance(step, QuestionStep) for step in flow.steps) == sum(
        one.poll is not None for one in made
    )
    assert len(batch.shelves[0].found) == sum(one.file is not None for one in made)
