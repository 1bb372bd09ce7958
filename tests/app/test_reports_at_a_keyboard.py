"""Reports of files at a terminal come in the language of its locale: tariffs, triggers, shared buttons, an older bot."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.boot.command import complain
from app.boot.machine.terminal import find_language
from app.cli.courses.tariffs import read_file
from app.cli.courses.trigger_files import INVALID as TRIGGERS_INVALID
from app.cli.courses.trigger_files import read_specs
from app.cli.documents import bot_of, read_document
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotKind
from core.triggers import read_triggers
from services.content.files.profiles import read_profiles
from services.content.files.tariff_files import read_tariffs
from services.content.importing.reader import read_sent
from services.content.importing.report import describe_report
from services.content.messages.bot_values import set_value
from services.content.messages.button_sets import put_button_sets
from services.messaging.triggers import put_triggers
from services.workflows.installing import sell_tariffs
from services.workflows.legacy_import.importing import refuse_wrong, try_legacy
from services.workflows.legacy_import.reading.reader import read_folder
from tests.factories.accounts import SALES_BOT, add_bot
from tests.factories.legacy import make_many, make_single, put, say_all
from tests.services.content.test_report_language import BROKEN_YAML, english

RUSSIAN = "ru_RU.UTF-8"
TARIFF = "code: a, course: a, name: A, price: '5.00'"
TARIFFS = (
    "a: b",
    "[5]",
    "[{code: A}]",
    "[{code: a, course: 5, name: A, price: 9900}]",
    "[{code: a, course: a, name: A, price: free}]",
    "[{code: a, course: a, name: A, price: '0.00'}]",
    *(
        f"[{{{TARIFF}, {more}}}]"
        for more in (
            "colour: red",
            "product: A",
            "currency: rubles",
            "stars: 0",
            "groups: [5]",
            "rights: ['']",
            "period: soon",
            "grace: 3d",
            "grace: month, period: month",
            "period: month, instalments: {parts: 3}",
            "instalments: {parts: 1}",
            "commission: {first: lots}",
            "commission: {first: 120%}",
            "commission: {third: 1%}",
            "commission: {first: 60%, second: 60%}",
            "description: '{{user.shoe}}'",
            "refund_closes: perhaps",
            "provider_plan: 5",
        )
    ),
    f"[{{{TARIFF}}}, {{{TARIFF}}}]",
)
TRIGGERS = (
    "[]",
    "triggers: 5",
    "triggers: [5]",
    "triggers: [{id: a}]",
    "triggers: [{id: a, when: {}}]",
    "bot: neither\ntriggers: []",
    *(
        f"triggers: [{{id: a, {more}}}]"
        for more in (
            "when: {keyword: b}",
            "when: {smell: b}, answer: B",
            "when: {keyword: yes}, answer: {text: B}",
            "when: {keyword: ' '}, answer: {text: B}",
            "when: {regex: '('}, answer: {text: B}",
            "when: {inactive: soon}, answer: {text: B}",
            "when: {keyword: b}, answer: {}",
            "when: {keyword: b}, answer: {text: B}, priority: 5000",
            "when: {keyword: b}, answer: {text: B}, once: perhaps",
            "when: {keyword: b}, answer: {text: B}, schedule: {weekdays: [someday]}",
            "when: {keyword: b}, answer: {text: B}, schedule: {from: noon}",
        )
    ),
    "triggers: [{id: a, when: {any: yes}, answer: {text: A}}, {id: a, when: {any: yes}, answer: {text: A}}]",
)
BUTTON_SETS: Sequence[Any] = (
    5,
    [5],
    [[{}]],
    [[{"text": "A"}]],
    [[{"text": "A", "url": "javascript:x"}]],
    [[{"text": "A", "press": "x"}]],
    [[{"text": "{{user.shoe}}", "url": "https://a.example"}]],
    [[{"text": "", "url": "https://a.example"}]],
)
PROFILES = (
    "[]",
    "name: other\ntransfer_to_operator: true",
    "name: a\ntransfer_to_operator: perhaps",
    "name: a\ntransfer_to_operator: true\nuse_sms_confirmation: true",
    "name: a\ntransfer_to_operator: true\nprompts: {yes: {}}",
)
STORED = "scenarios/first"
OLDER_BOT: Sequence[tuple[str, Any]] = (
    ("users.json", "{"),
    ("users.json", '{"5": {"user_name": "\\ud83d"}}'),
    ("users.json", '{"5": NaN}'),
    ("users.json", "[" * 100_000),
    ("users.json", []),
    ("users.json", {"ann": {}, "-5": {}}),
    ("users.json", {"5": {"reg_time": "soon"}, "6": {"reg_time": 5}}),
    ("users.json", {"5": {"scenarios": {"first": {"status": "sleeping"}}}}),
    ("users.json", {"5": {"scenarios": {"gone": {"status": "active"}}}}),
    ("users.json", {"5": {"scenarios": {"gone": {"status": "active", "payment_date": "2026-01-01T00:00:00Z"}}}}),
    ("users.json", {"5": {"scenarios": {"first": {"status": "active", "current_message_index": 99}}}}),
    ("users.json", {"5": {"is_messaging": True, "messages_list": ["renamed"]}}),
    ("users.json", {"5": {"is_messaging": True, "invite_link": "https://t.me/+a", "messages_list": ["x"]}}),
    ("scenarios/registry.json", {"scenarios": []}),
    ("scenarios/registry.json", {"scenarios": [{"id": "../x"}]}),
    ("scenarios/registry.json", {"scenarios": [{"id": "first"}, {"id": "first"}]}),
    ("scenarios/registry.json", {"scenarios": [{"id": "first"}], "default_scenario_id": "x"}),
    ("scenarios/registry.json", {"scenarios": [{"id": "first"}, {"id": "draft"}], "default_scenario_id": "draft"}),
    (f"{STORED}/messages.json", {"messages_list": ["x"], "messages": {}}),
    (f"{STORED}/messages.json", {"messages_list": ["hello", "hello"], "messages": {"hello": {}, "start": {}, "group_invite": {}, "group_leave_new_link": {}, "other": {}}}),
    (f"{STORED}/messages.json", {"messages_list": ["hello"], "messages": {"hello": {"photos": ["nowhere.png"], "timing": {"hours": -1}}}}),
    (f"{STORED}/messages.json", {"messages_list": ["hello"], "messages": {"hello": {"photos": ["nowhere.png"], "inline_keyboard": {"button_set_ref": "none", "rows": [{"buttons": [{"text": "Ask", "callback": "ask"}, {"text": "Go", "url": "javascript:x"}]}]}}}}),
    (f"{STORED}/messages/hello.md", "Hi {{nobody}}"),
    (f"{STORED}/messages/hello.md", " "),
    (f"{STORED}/messages/hello.md", "x" * 5000),
    (f"{STORED}/messages/hello.md", "x" * 1_000_001),
    (f"{STORED}/summary.json", {"template_file": "none.md"}),
    (f"{STORED}/config.json", {"prodamus": {"product_name": "x", "product_price": "free"}}),
    (f"{STORED}/config.json", {"prodamus": {"product_name": "x"}}),
    (f"{STORED}/config.json", {"prodamus": {"product_name": "x", "product_price": "5", "private_group_id": "group"}}),
    ("buttons/registry.json", {"button_sets": {"x": {"rows": [{"buttons": [{"text": "A", "url": "https://a.example/{{"}]}]}}}),
    ("templates/bot_globals.json", {"variables": {"a b": "c"}}),
    ("schedules/5.json", {"next_message_at": "tomorrow"}),
    ("schedules/backup.json", 5),
    ("broadcasts/registry.json", {"broadcasts": [{"id": "one", "template_file": "none.md"}]}),
)  # fmt: skip


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LC_ALL", RUSSIAN if request.param == "ru" else "C")
    return str(request.param)


@pytest.fixture
def complained(language: str, capsys: pytest.CaptureFixture[str]) -> Callable[[Callable[[], object]], None]:
    """Runs what is refused, and looks at the lines of the terminal: no English where the author is Russian."""

    def run(read: Callable[[], object]) -> None:
        with pytest.raises((DomainError, ValueError)) as refused:
            read()
        assert complain(refused.value) == 1
        look_at(capsys.readouterr().err.splitlines(), language)

    return run


def look_at(lines: list[str], language: str) -> None:
    """Every line says something, in that language, and nothing of a library's."""
    assert lines
    assert all(line.strip(" :;") for line in lines)
    assert not any("pydantic" in line or "Traceback" in line or "Value error" in line for line in lines)
    if language == "ru":
        assert english(lines) == []
        assert any("а" <= letter <= "я" for line in lines for letter in line.lower())


Complained = Callable[[Callable[[], object]], None]


def written(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return path


@pytest.mark.parametrize("text", TARIFFS)
def test_tariffs(complained: Complained, tmp_path: Path, text: str) -> None:
    complained(lambda: read_file(written(tmp_path, text)))


@pytest.mark.parametrize("text", BROKEN_YAML[:3])
def test_what_is_no_yaml(complained: Complained, tmp_path: Path, text: str) -> None:
    complained(lambda: read_document(written(tmp_path, text), "SHARED_INVALID", "tariffs-needed", list))


@pytest.mark.parametrize("text", TRIGGERS)
def test_triggers(complained: Complained, tmp_path: Path, text: str) -> None:
    def read() -> None:
        path = written(tmp_path, text)
        document = read_document(path, TRIGGERS_INVALID, "triggers-needed")
        bot_of(document, path, TRIGGERS_INVALID)
        read_specs(document, path)

    complained(read)


@pytest.mark.parametrize(
    ("locale", "words"),
    [("C", "there is no such file\n"), (RUSSIAN, "такого файла нет\n")],
)
def test_a_file_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    locale: str,
    words: str,
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    with pytest.raises(FileNotFoundError) as refused:
        read_file(tmp_path / "tarifs.yaml")
    complain(refused.value)
    assert capsys.readouterr().err == f"{tmp_path / 'tarifs.yaml'}: {words}"


@pytest.mark.parametrize("text", PROFILES)
def test_profiles(complained: Complained, tmp_path: Path, text: str) -> None:
    put(tmp_path, "profiles/a.yaml", text)
    complained(lambda: read_profiles(tmp_path))


async def test_what_only_the_database_knows(
    db: Database, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Button sets, values, a trigger of a scenario there is not, a tariff of a course there is not."""
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
    trigger = {"id": "a", "when": {"any": True}, "start": "none", "answer": {"text": "{{user.shoe}}"}}
    tariffs, _ = read_tariffs([{"code": "a", "course": "none", "name": "A", "price": "5.00"}])
    for rows in BUTTON_SETS:
        with pytest.raises(DomainError, match="BUTTON_SET_INVALID") as refused:
            async with db.unit(1) as uow:
                await put_button_sets(uow, {"pay": rows})
        complain(refused.value)
    with pytest.raises(DomainError, match="TRIGGERS_INVALID") as refused:
        async with db.unit(1) as uow:
            await put_triggers(uow, SALES_BOT, read_triggers({"triggers": [trigger]}))
    complain(refused.value)
    with pytest.raises(DomainError, match="BOT_VALUE_INVALID") as refused:
        async with db.unit(1) as uow:
            await set_value(uow, SALES_BOT, "a b", "c")
    complain(refused.value)
    with pytest.raises(DomainError, match="TARIFFS_INVALID") as refused:
        async with db.unit(1) as uow:
            await sell_tariffs(uow, tariffs, Path("tariffs.yaml"))
    complain(refused.value)
    look_at(capsys.readouterr().err.splitlines(), language)


@pytest.mark.parametrize(("name", "content"), OLDER_BOT)
def test_an_older_bots_folder(tmp_path: Path, name: str, content: Any) -> None:
    folder = make_many(tmp_path / "old", {}, {})
    put(folder, name, content)
    findings = read_folder(folder).findings
    lines = findings.errors + findings.notes
    look_at(say_all(lines, "ru"), "ru")
    look_at(say_all(lines, "en"), "en")


async def test_an_older_bots_folder_as_it_is_compared(
    db: Database, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
    legacy = read_folder(make_many(tmp_path / "old", {}, {}))
    legacy.values["a b"] = "c"
    with pytest.raises(DomainError, match="LEGACY_INVALID") as refused:
        await try_legacy(db, 1, db.env.keys, legacy)
    complain(refused.value)
    users = {str(number): {"messages_list": ["gone"]} for number in range(1, 15)}
    legacy = read_folder(make_single(tmp_path / "older", users, {}))
    totals = await try_legacy(db, 1, db.env.keys, legacy)
    look_at([*capsys.readouterr().err.splitlines(), *say_all(totals.compared, language)], language)


def test_no_older_bot_at_all(complained: Complained, tmp_path: Path) -> None:
    complained(lambda: refuse_wrong(read_folder(tmp_path).findings))


def test_a_course_file(db: Database, language: str) -> None:
    report = read_sent(
        db.env, "c.yaml", b"slug: a\nslug: b\nsteps: [{type: smell}]\nkind: course", "course"
    ).report
    look_at(describe_report(report, find_language()), language)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("ru_RU.UTF-8", "ru"),
        ("ru", "ru"),
        ("uk_UA.UTF-8", "ru"),
        ("de_DE", "en"),
        ("C", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_terminal(monkeypatch: pytest.MonkeyPatch, locale: str, expected: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)
    assert find_language() == expected
    monkeypatch.setenv("LC_ALL", "C")
    assert find_language() == "en"
