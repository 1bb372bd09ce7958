"""The folder of the older bot as it was really written: what was paid at the top, old times, its own migration."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.db.models.commerce import memberships, orders
from core.db.models.learning import runs
from core.db.models.people import consents
from core.db.session import Database
from services.workflows.legacy_import.counting import count_facts
from services.workflows.legacy_import.reading.legacy import Legacy
from services.workflows.legacy_import.reading.reader import read_folder
from services.workflows.legacy_import.verifying import compare_with_files
from services.workflows.legacy_import.writing import ImportTotals
from tests.app.test_legacy_import import clock, desk, import_folder, texts
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import SALES_BOT
from tests.factories.legacy import (
    EPOCH,
    MESSAGES,
    make_many,
    make_migrated,
    make_single,
    put,
    say_all,
    stamp,
)
from tests.factories.rows import read_rows
from tests.fakes.clock import StillClock

__all__ = ["clock", "desk"]
PAID = stamp(EPOCH - timedelta(days=1))
OLD_TIME = stamp(EPOCH - timedelta(days=3))


async def report(db: Database, legacy: Legacy, totals: ImportTotals) -> list[str]:
    async with db.unit(1) as uow:
        compared = await compare_with_files(uow, legacy, totals)
    assert compared.wrong == []
    return say_all(compared.lines)


async def places(db: Database) -> dict[int, str]:
    return {row.chat_id: row.status for row in await read_rows(db, runs)}


async def test_who_paid_in_the_single_layout_hears_nothing(
    desk: Desk, clock: StillClock, tmp_path: Path
) -> None:
    users = {
        "1002": {"is_messaging": False, "messages_list": ["last", "offer", "story"], "payment_date": PAID},
        "1003": {"is_messaging": False, "messages_list": ["last", "offer", "story", "hello"]},
    }
    legacy, totals = await import_folder(desk.db, make_single(tmp_path / "old", users, {"1002": OLD_TIME}))
    assert legacy.findings.errors == []
    assert await places(desk.db) == {1002: "stopped"}
    [order] = await read_rows(desk.db, orders)
    assert (order.chat_id, order.price, stamp(order.paid_at)) == (1002, 150_000, PAID)
    assert len(await read_rows(desk.db, consents)) == 1
    for _ in range(9):
        assert await desk.tick() == []
        clock.advance(days=1)
    assert await report(desk.db, legacy, totals) == [
        "verified against the files: people 2 / 2, who paid 1 / 1, with a place 1 / 2, with a time 0 / 1",
        "not taken over: the place of 1003: has not agreed yet",
        "not taken over: the time of 1002: nothing comes to them by itself any more",
    ]


async def test_payment_consent_and_invite_at_the_top_beside_scenarios(
    desk: Desk, clock: StillClock, tmp_path: Path
) -> None:
    begun = {"status": "active", "current_message_index": 0, "last_sent_at": OLD_TIME}
    further = {**begun, "current_message_index": 2}
    users = {
        "1002": {
            "is_messaging": False, "payment_date": PAID, "invite_link": "https://t.me/+x", "joined_group": True,
            "payment_info": {"order_id": "9", "sum": "990.00"}, "active_scenario_id": "first",
            "scenarios": {"first": further},
        },
        "1003": {"is_messaging": False, "scenarios": {"first": begun}, "active_scenario_id": "first"},
        "1004": {"is_messaging": True, "messages_list": ["last", "offer"], "scenarios": None, "payment_date": PAID, "active_scenario_id": ""},
        "1005": {"is_messaging": True, "messages_list": ["last"], "scenarios": {"first": begun}, "active_scenario_id": "first"},
    }  # fmt: skip
    legacy, totals = await import_folder(desk.db, make_many(tmp_path / "old", users, {}))
    assert legacy.findings.errors == []
    assert await places(desk.db) == {1002: "stopped", 1004: "active", 1005: "active"}
    paid = {row.chat_id: row.price for row in await read_rows(desk.db, orders)}
    assert paid == {1002: 99_000, 1004: 150_000}
    [place] = await read_rows(desk.db, memberships)
    assert (place.user_id, place.link, place.status) == (1002, "https://t.me/+x", "joined")
    clock.advance(days=4)
    heard = await desk.tick()
    assert texts(heard, 1002) == texts(heard, 1003) == []
    assert texts(heard, 1005)[0] == "<b>first</b> last Product first Riga"
    assert (await report(desk.db, legacy, totals))[0].startswith(
        "verified against the files: people 4 / 4, who paid 2 / 2, with a place 3 / 4"
    )


async def test_what_its_own_migration_leaves(desk: Desk, clock: StillClock, tmp_path: Path) -> None:
    state = {"status": "active", "current_message_index": 0, "last_sent_at": stamp(EPOCH)}
    users = {"1002": {"is_messaging": True, "scenarios": {"default": state}, "active_scenario_id": "default"}}
    folder = make_migrated(tmp_path / "old", users)
    entry = {"ChatID": "1002", "ScenarioID": "default", "MessageIndex": 2, "ScheduledAt": stamp(EPOCH)}
    put(folder, "data/schedules/backup.json", [entry])
    legacy, totals = await import_folder(desk.db, folder)
    assert legacy.findings.errors == []
    assert any("summary.md is not there: it has no summary" in one for one in say_all(legacy.findings.notes))
    [story] = await desk.tick()
    assert (story.method, story.fields["caption"]) == ("sendPhoto", "<b>story</b> sales_7000001_bot")
    clock.advance(days=1)
    assert texts(await desk.tick(), 1002) == ["<b>offer</b> sales_7000001_bot"]
    assert (await report(desk.db, legacy, totals))[0].endswith("with a time 1 / 1")


@pytest.mark.parametrize("form", ["map", "list", "own file", "beside"])
async def test_where_times_stand(desk: Desk, clock: StillClock, tmp_path: Path, form: str) -> None:
    """`message_index` is one past the message that is due; the registry may lie beside `scenarios/`."""
    state = {"status": "active", "current_message_index": 1}
    users = {"1002": {"scenarios": {"first": state}, "active_scenario_id": "first"}}
    folder, due = make_many(tmp_path / "old", users, {}), stamp(EPOCH + timedelta(hours=2))
    entry = {"scenario_id": "first", "message_index": 2, "scheduled_at": due}
    match form:
        case "map":
            put(folder, "schedules/backup.json", {"1002": due})
        case "list":
            put(folder, "schedules/backup.json", [{"chat_id": 1002, **entry}])
        case "own file":
            put(folder, "schedules/backup.json", {"1002": OLD_TIME})
            put(folder, "schedules/1002.json", entry)
        case _:
            (folder / "scenarios/registry.json").rename(folder / "registry.json")
            put(folder, "schedules/1002.json", entry)
    legacy, _ = await import_folder(desk.db, folder)
    assert legacy.findings.errors == []
    assert await desk.tick() == []
    clock.advance(hours=2)
    album, text = await desk.tick()
    assert (album.method, text.text) == ("sendMediaGroup", "<b>first</b> story Product first Riga")


@pytest.mark.parametrize("above", [False, True], ids=["data/scenarios", "scenarios"])
def test_the_registry_in_data_and_scenarios_there_or_above(tmp_path: Path, *, above: bool) -> None:
    state = {"status": "active", "current_message_index": 1}
    users = {"1002": {"scenarios": {"first": state}, "active_scenario_id": "first"}}
    old = tmp_path / "old"
    data = make_many(old / "data", users, {})
    (data / "scenarios/registry.json").rename(data / "registry.json")
    if above:
        (data / "scenarios").rename(old / "scenarios")
    for given in (old, data):
        legacy = read_folder(given)
        assert (legacy.findings.errors, list(legacy.scenarios)) == ([], ["first", "second"])
        assert any(len(one.photos) == 2 for one in legacy.scenarios["first"].messages), "its pictures"
        assert [one.chat_id for one in legacy.users] == [1002]


async def test_what_is_odd_becomes_a_note(desk: Desk, tmp_path: Path) -> None:
    active = {"status": "active", "current_message_index": 1, "payment_date": PAID}
    users = {
        "-5": {"is_messaging": True, "messages_list": list(MESSAGES)},
        "1002": {"scenarios": {"gone": active}},
        "1003": {"scenarios": {"first": {"status": "stopped", "current_message_index": 99}}},
        "1004": {"is_messaging": True, "messages_list": ["renamed"]},
    }
    folder = make_many(tmp_path / "old", users, {}, ("first", "draft"))
    put(folder, "scenarios/draft/messages.json", {"messages_list": [], "messages": {}})
    legacy, totals = await import_folder(desk.db, folder)
    assert legacy.findings.errors == []
    for note in (
        "users.json: -5: is a group and no person: it is left out",
        "users.json: 1002: was in “gone”, which is not here any more, and the payment there is not taken over",
        "users.json: 1003: first has no message 99: all there is has come",
        "users.json: 1004: no message of the queue is here any more: “renamed”",
        "draft: has no messages: an empty draft, it is left out",
        "draft: was the default scenario and is empty; now first is it",
    ):
        assert note in say_all(legacy.findings.notes)
    assert (await report(desk.db, legacy, totals))[1:] == [
        "not taken over: the payment of 1002: see the notes",
        "not taken over: the place of 1002, 1004: see the notes",
    ]


async def test_a_payment_that_nothing_explains_undoes_everything(desk: Desk, tmp_path: Path) -> None:
    users = {"1002": {"is_messaging": True, "messages_list": ["last"]}}
    folder = make_single(tmp_path / "old", users, {})
    legacy, totals = await import_folder(desk.db, folder)
    put(folder, "users.json", {"1002": {**users["1002"], "payment_date": PAID}})
    async with desk.db.unit(1) as uow:
        compared = await compare_with_files(uow, legacy, totals)
    assert say_all(compared.wrong) == [
        "users.json: 1002: the payment was not taken over, and nothing says why"
    ]


def test_bare_facts_of_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "users.json", {"5": {"payment_date": "0001-01-01T00:00:00Z"}, "-5": {}, "x": {}, "6": 7})
    put(tmp_path, "schedules/backup.json", "{")
    put(tmp_path, "schedules/8.json", {})
    facts = count_facts(tmp_path)
    assert (facts.people, facts.paid, facts.placed, facts.timed) == ({5}, set(), set(), {8})


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("users.json", '{"1002": {"user_name": "\\ud83d"}}', "half of a character, or a zero byte"),
        ("users.json", '{"1002": {"user_name": "\\u0000"}}', "half of a character, or a zero byte"),
        ("users.json", '{"\u0661\u0660\u0660\u0662": {}}', "is no chat id of a person"),
        ("schedule_backup.json", '{"1002": "9999-12-31T23:59:59-12:00"}', "is no moment"),
    ],
)
def test_what_nothing_can_keep_is_an_error_and_no_traceback(
    tmp_path: Path, file: str, text: str, why: str
) -> None:
    make_single(tmp_path / "old", {"1002": {}}, {})
    (tmp_path / "old" / file).write_text(text)
    errors = say_all(read_folder(tmp_path / "old").findings.errors)
    assert len(errors) == 1
    assert why in errors[0]


ENV: list[tuple[str, str | None]] = [
    ("PRODAMUS_PRODUCT_NAME=Archive\n", "PRODAMUS_PRODUCT_PRICE is missing, and nothing is sold for nothing"),
    (
        "PRODAMUS_PRODUCT_NAME=Archive\nPRODAMUS_PRODUCT_PRICE=\n",
        "PRODAMUS_PRODUCT_PRICE=500 if that was right",
    ),
    ("PRODAMUS_PRODUCT_NAME=Archive\nPRODAMUS_PRODUCT_PRICE=0\n", "PRODAMUS_PRODUCT_PRICE: “0” is no price"),
    ("BOT_TOKEN=1:a\n", "PRODAMUS_PRODUCT_NAME and PRODAMUS_PRODUCT_PRICE are missing"),
    ("SALES_BOT_TOKEN=1:a\n", None),
]


@pytest.mark.parametrize(
    ("lines", "why"), ENV, ids=["no price", "empty price", "zero", "nothing", "none of its"]
)
async def test_nothing_is_sold_for_nothing(desk: Desk, tmp_path: Path, lines: str, why: str | None) -> None:
    folder = make_single(tmp_path / "old", {}, {})
    put(folder, ".env", lines)
    legacy, _ = await import_folder(desk.db, folder)
    if why is None:
        assert legacy.findings.errors == []
    else:
        assert any(why in one for one in say_all(legacy.findings.errors)), legacy.findings.errors
    assert await read_rows(desk.db, orders) == []


async def test_without_a_product_the_message_goes_without_its_pay_button(
    desk: Desk, clock: StillClock, tmp_path: Path
) -> None:
    users: dict[str, Any] = {"1002": {"is_messaging": True, "messages_list": ["last", "offer"]}}
    folder = make_single(tmp_path / "old", users, {"1002": stamp(EPOCH)})
    (folder / ".env").unlink()
    legacy, _ = await import_folder(desk.db, folder)
    assert legacy.findings.errors == []
    [note] = [one for one in say_all(legacy.findings.notes) if "sells nothing here" in one]
    assert "the pay button of offer is left out" in note
    await desk.write("/start", ADMIN, SALES_BOT)
    [offer, told] = [one for one in await desk.tick() if one.chat in {1002, ADMIN}]
    assert (offer.chat, offer.text) == (1002, "<b>offer</b> for ")
    assert "reply_markup" not in offer.fields
    assert told.text.startswith("A message goes out without its button “Pay __scenario.product_price__”")


def test_the_oldest_messages(tmp_path: Path) -> None:
    """Their timing is a pair, and their one button is written `url_button`."""
    from services.workflows.legacy_import.reading.reader import read_folder

    folder = make_single(tmp_path / "old", {}, {})
    document = json.loads((folder / "messages.json").read_text("utf-8"))
    document["messages"]["last"] = {"timing": [48, 5], "template_file": "last.md", "url_button": ["{{payment_link}}", "Buy"]}  # fmt: skip
    put(folder, "messages.json", document)
    legacy = read_folder(folder)
    assert legacy.findings.errors == []
    last = legacy.scenarios["default"].messages[-1]
    assert last.after == timedelta(hours=48, minutes=5)
    assert [(one.text["*"], one.url) for row in last.rows for one in row] == [
        ("Buy", "{{user.payment_link}}")
    ]
