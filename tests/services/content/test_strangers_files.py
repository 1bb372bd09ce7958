"""A stranger's course takes no file but its own: no secrets, nothing outside its folder, none at all through the chat."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.cli.importing.courses import list_taken
from core.environment import Environment
from core.errors import DomainError
from core.flow.steps.certificate import CertificateStep
from core.profile import Prompt
from core.text.message import Button, Media
from services.content.importing.reader import Batch, read_path, read_sent
from services.content.importing.report import Severity, Why
from services.content.importing.slugs import make_slug
from services.content.messages.media import find_file, keep_file

OWN = "kind: course\nslug: gift\nname: Gift\nsteps:\n- key: a\n  type: message\n  text: hi\n  media: [{kind: document, ref: '%s'}]\n"  # fmt: skip
OLD = "One:\n  type: message\n  text: hi\n  media:\n  - '%s'\n"
SECRETS = [
    ".env", "../.env", "sub/.hidden/a.pdf", "data/keys", "data/tandem.db", "data/kept/../keys", "tandem.db", "school.sqlite3",
    "server.pem", "id_rsa", "keys", "prod.env", "../data/keys", "..\\\\.env", "C:\\\\keys", "dump.bin", "note.txt", "link.png", "outside.png",
]  # fmt: skip


@pytest.fixture
def home(env: Environment, tmp_path: Path) -> Path:
    """An installation with its secrets, and a stranger's folder inside and around which they lie."""
    folder = tmp_path / "courses"
    for place in (tmp_path, folder):
        (place / "data" / "kept").mkdir(parents=True, exist_ok=True)
        (place / ".env").write_text("SALES_BOT_TOKEN=1:secret")
        (place / "data" / "keys").write_text("k1:secret")
        (place / "data" / "tandem.db").write_bytes(b"SQLite format 3\0rows")
    (folder / "sub" / ".hidden").mkdir(parents=True)
    (folder / "sub" / ".hidden" / "a.pdf").write_bytes(b"x")
    for name in ("tandem.db", "school.sqlite3", "server.pem", "id_rsa", "keys", "prod.env"):
        (folder / name).write_text("secret")
    (folder / "dump.bin").write_bytes(b"SQLite format 3\0rows")
    (folder / "note.txt").write_text("-----BEGIN RSA PRIVATE KEY-----\nsecret")
    (folder / "link.png").symlink_to(folder / ".env")
    (folder / "outside.png").symlink_to(tmp_path / "data" / "keys")
    (folder / "cat.png").write_bytes(b"a cat")
    return folder


def read(env: Environment, folder: Path, text: str) -> Batch:
    (folder / "gift.yaml").write_text(text)
    return read_path(env, folder / "gift.yaml")


@pytest.mark.parametrize("ref", [*SECRETS, "/etc/hostname"])
@pytest.mark.parametrize("form", [OWN, OLD])
def test_no_secret_is_taken_whatever_leads_to_it(env: Environment, home: Path, form: str, ref: str) -> None:
    batch = read(env, home, form % ref.replace("\\\\", "\\"))
    (found,) = batch.report.findings
    assert found.severity is (Severity.ERROR if form == OWN else Severity.WARNING)
    assert found.why in {Why.FOREIGN_PATH, Why.MISSING_FILE, Why.NO_MEDIUM}
    assert [shelf.found for shelf in batch.shelves if shelf.found] == []
    for course in batch.courses:
        assert "media=()" in repr(course.flow.steps[0])


def test_the_data_folder_is_closed_also_to_a_file_in_it(env: Environment, home: Path) -> None:
    inside = env.data_dir / "strange"
    inside.mkdir(parents=True)
    (inside / "cat.png").write_bytes(b"a cat")
    (found,) = read(env, inside, OWN % "cat.png").report.findings
    assert found.why is Why.FOREIGN_PATH


def test_what_lies_below_the_file_is_taken_and_told(env: Environment, home: Path) -> None:
    (home / "sub" / "dog.png").write_bytes(b"a dog")
    batch = read(env, home, OWN % "sub/dog.png")
    assert batch.report.findings == []
    assert batch.shelves[0].taken == {"sub/dog.png": home / "sub" / "dog.png"}
    assert list_taken(batch) == [f"takes the file {home / 'sub' / 'dog.png'}"]


def test_a_file_of_the_folder_above_is_not_taken(env: Environment, home: Path) -> None:
    (home.parent / "dog.png").write_bytes(b"a dog")
    (found,) = read(env, home, OWN % "dog.png").report.findings
    assert found.why is Why.MISSING_FILE


@pytest.mark.parametrize("ref", [*SECRETS, "cat.png", "gift.yaml", "/etc/hostname", "tariffs.yaml"])
def test_through_the_chat_no_local_file_is_taken(env: Environment, home: Path, ref: str) -> None:
    shutil.copytree(home, env.content_dir, dirs_exist_ok=True)
    (env.content_dir / "tariffs.yaml").write_text("tariffs: []")
    batch = read_sent(env, "gift.yaml", (OWN % ref.replace("\\\\", "\\")).encode(), "")
    (found,) = batch.report.findings
    assert (found.severity, batch.courses) == (Severity.ERROR, [])


def test_through_the_chat_files_we_keep_keep_their_names(env: Environment) -> None:
    kept = keep_file(env, b"a cat", ".png")
    assert read_sent(env, "gift.yaml", (OWN % kept).encode(), "").report.findings == []


@pytest.mark.parametrize(
    "ref", ["data/keys", "data/tandem.db", ".env", "courses/.env", "courses/tandem.db", "courses/note.txt"]
)
def test_senders_find_no_secret_in_the_content_folder(env: Environment, home: Path, ref: str) -> None:
    with pytest.raises(DomainError, match="MEDIA_NOT_FOUND"):
        find_file(env, ref)


PATHS = ["/etc/passwd", "../.env", "a/../../b.png", ".env", "a/.b/c.png", "..\\b", "C:\\a", "x.db"]


@pytest.mark.parametrize("path", PATHS)
def test_no_document_names_such_a_path(path: str) -> None:
    for make in (
        lambda: Media.model_validate({"kind": "photo", "ref": path}),
        lambda: Prompt.model_validate({"audio": path}),
        lambda: CertificateStep.model_validate({"key": "a", "template": f"{path}.typ"}),
    ):
        with pytest.raises(ValidationError):
            make()


@pytest.mark.parametrize("path", ["/etc/c.yml", "../c.yml", "sub/../../c.yml", "c/.hidden.yml"])
def test_a_list_names_no_course_outside_its_folder(env: Environment, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "scripts"
    (folder / "sub").mkdir(parents=True)
    for place in (tmp_path, folder):
        (place / "c.yml").write_text("One:\n  type: end\n  text: x\n")
    (folder / "list.yml").write_text(f"one:\n  path: {path}\n")
    batch = read_path(env, folder / "list.yml")
    assert [(one.severity, one.why, one.line) for one in batch.report.findings] == [(Severity.ERROR, Why.FOREIGN_PATH, 2)]  # fmt: skip
    assert batch.courses == []


BAD_LINKS = ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", "/path", "https://", "file:///etc/passwd", "vbscript:x", "https://a b", "\\\\evil", "java\nscript:x", "mailto:a@b.c", "words"]  # fmt: skip
GOOD_LINKS = {
    "https://e.com/a?b={{user.user_name}}": "https://e.com/a?b={{user.user_name}}",
    "{{user.payment_link}}": "{{user.payment_link}}",
    "{{bot.support_link}}?x=1": "{{bot.support_link}}?x=1",
    "tg://resolve?domain=x": "tg://resolve?domain=x",
    "http://127.0.0.1:8080/x": "http://127.0.0.1:8080/x",
    "t.me/school": "https://t.me/school",
    "example.com": "https://example.com",
}


@pytest.mark.parametrize("url", BAD_LINKS)
def test_a_button_opens_no_such_address(env: Environment, url: str) -> None:
    with pytest.raises(ValidationError, match="no link Telegram opens"):
        Button.model_validate({"text": "x", "url": url})
    step = {"key": "a", "type": "message", "text": "hi", "buttons": [[{"text": "x", "url": url}]]}
    text = f"kind: course\nslug: a\nname: A\nsteps:\n- {_json(step)}\n"
    (found,) = read_sent(env, "a.yaml", text.encode(), "").report.findings
    assert (found.severity, found.line) == (Severity.ERROR, 5)


def _json(document: Any) -> str:
    import json

    return json.dumps(document)


@pytest.mark.parametrize("url", GOOD_LINKS)
def test_a_button_opens_what_telegram_opens(url: str) -> None:
    assert Button.model_validate({"text": "x", "url": url}).url == GOOD_LINKS[url]


@pytest.mark.parametrize("slug", ["p_anna", "s_month", "b_premium", "cd_abc_token", "x__utmsad"])
def test_no_slug_looks_like_another_kind_of_link(env: Environment, slug: str) -> None:
    text = f"kind: course\nslug: {slug}\nname: A\nsteps:\n- {{key: a, type: end}}\n"
    (found,) = read_sent(env, "a.yaml", text.encode(), "").report.findings
    assert (found.why, found.line) == (Why.BAD_SLUG, 2)
    assert "_" not in make_slug(slug)
