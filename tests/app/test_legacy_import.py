"""`tandem import` of the older bot's folder: people go on exactly where they were."""

import json
import random
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from core.db.models.commerce import accesses, memberships, orders, payments, tariffs
from core.db.models.content import flows
from core.db.models.delivery import timers
from core.db.models.learning import runs
from core.db.models.messaging import broadcasts
from core.db.models.people import consents, variables
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotKind
from services.workflows.legacy_import.importing import import_legacy, try_legacy
from services.workflows.legacy_import.reading.flows import ConvertedScenario
from services.workflows.legacy_import.reading.legacy import Legacy
from services.workflows.legacy_import.reading.reader import read_folder
from services.workflows.legacy_import.writing import ImportTotals
from tests.app.test_commands import dump
from tests.bots.admin.desk import Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.legacy import (
    EPOCH,
    FIRST,
    GROUP,
    MESSAGES,
    make_many,
    make_single,
    people_of_many,
    put,
    say_all,
    stamp,
)
from tests.factories.rows import dump_rows, read_rows
from tests.fakes.clock import StillClock
from tests.stories.conftest import OpenSchool
from tests.stories.school import School, free_port

SENT = "sendMessage"


@pytest.fixture
def clock() -> StillClock:
    made = StillClock()
    made.advance(seconds=(EPOCH - made.now()).total_seconds())
    return made


@pytest.fixture
async def desk(db: Database) -> Desk:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
    return Desk(db)


async def import_folder(db: Database, folder: Path) -> tuple[Legacy, ImportTotals]:
    """As the command does, without its backup; nothing is kept when something is wrong."""
    legacy = read_folder(folder)
    with suppress(DomainError):
        return legacy, await import_legacy(db, 1, legacy)
    return legacy, ImportTotals()


def texts(calls: list[Any], chat: int) -> list[str]:
    return [one.text or one.method for one in calls if one.chat == chat]


async def test_one_scenario_with_its_people(desk: Desk, clock: StillClock, tmp_path: Path) -> None:
    waiting, paid, over, silent = FIRST, FIRST + 1, FIRST + 2, FIRST + 3
    info = {"order_id": "77", "sum": "1490.50", "payment_status": "success"}
    users = {
        str(waiting): {"user_name": "ann_1", "reg_time": stamp(EPOCH), "is_messaging": True, "messages_list": ["last", "offer", "story"]},
        str(paid): {
            "user_name": "bea", "is_messaging": True, "messages_list": ["last"], "payment_date": stamp(EPOCH),
            "payment_link": "https://pay/2", "invite_link": "https://t.me/+x", "joined_group": True,
            "joined_at": stamp(EPOCH), "payment_info": info,
        },
        str(over): {"user_name": "cy", "is_messaging": True, "messages_list": []},
        str(silent): {"user_name": "dee", "is_messaging": False, "messages_list": list(reversed(MESSAGES))},
    }  # fmt: skip
    times = {str(waiting): stamp(EPOCH + timedelta(hours=2)), str(paid): stamp(EPOCH - timedelta(days=3))}
    legacy, totals = await import_folder(desk.db, make_single(tmp_path / "old", users, times))
    assert legacy.findings.errors == []
    assert (totals.people, totals.runs, totals.payments, totals.timers) == (4, 3, 1, 2)
    assert any(note.startswith("start: asks for consent") for note in say_all(legacy.findings.notes))
    # A time that has passed means now, once; nobody else hears anything before theirs.
    calls = await desk.tick()
    assert texts(calls, paid) == ["<b>last</b> for 1500"]
    assert texts(calls, waiting) == texts(calls, over) == texts(calls, silent) == []
    clock.advance(hours=1, minutes=59)
    assert await desk.tick() == []
    clock.advance(minutes=1)
    [story] = await desk.tick()
    assert (story.chat, story.method, story.fields["caption"]) == (
        waiting,
        "sendPhoto",
        "<b>story</b> for 1500",
    )
    clock.advance(hours=24, minutes=30)
    [offer] = await desk.tick()
    assert offer.fields["reply_markup"]["inline_keyboard"][0][0]["text"] == "Pay 1500"
    [order] = await read_rows(desk.db, orders)
    assert (order.price, order.status, order.paid_at) == (149_050, "paid", EPOCH)
    [membership] = await read_rows(desk.db, memberships)
    assert (membership.status, membership.link) == ("joined", "https://t.me/+x")
    kept = {row.name: row.value for row in await read_rows(desk.db, variables)}
    assert kept["old_payment_link_default"] == "https://pay/2"
    assert json.loads(kept["old_payment_info_default"]) == info
    assert len(await read_rows(desk.db, consents)) == 3


async def test_who_had_not_agreed_is_asked_and_begins(desk: Desk, tmp_path: Path) -> None:
    users = {
        str(FIRST): {"user_name": "dee", "is_messaging": False, "messages_list": list(reversed(MESSAGES))}
    }
    await import_folder(desk.db, make_single(tmp_path / "old", users, {}))
    [asked] = await desk.write("/start", FIRST, SALES_BOT)
    agree, _ = asked.buttons  # and the tick for mailings
    assert texts(await desk.press(agree, FIRST), FIRST) == ["<b>hello</b> for 1500"]


async def test_start_repeats_the_last_message_and_what_was_stopped_goes_on_from_now(
    desk: Desk, clock: StillClock, tmp_path: Path
) -> None:
    states = {
        "first": {"status": "stopped", "current_message_index": 2},
        "second": {"status": "active", "current_message_index": 3, "last_sent_at": stamp(EPOCH)},
    }
    users = {str(FIRST): {"user_name": "ann", "scenarios": states, "active_scenario_id": "second"}}
    legacy, _ = await import_folder(desk.db, make_many(tmp_path / "old", users, {}))
    assert legacy.findings.errors == []
    assert legacy.default == "second"
    [again] = await desk.write("/start", FIRST, SALES_BOT)
    assert again.text == "<b>second</b> offer Product second Riga"
    assert list(again.buttons) == ["Pay Product second"]
    assert await desk.write("/start first", FIRST, SALES_BOT) == []
    clock.advance(hours=23, minutes=59)
    assert await desk.tick() == []
    clock.advance(minutes=1)
    assert texts(await desk.tick(), FIRST) == ["<b>first</b> offer Product first Riga"]


@pytest.mark.parametrize("number", [60, pytest.param(1_000, marks=pytest.mark.faults)])
async def test_people_in_all_states_stand_where_they_stood(desk: Desk, tmp_path: Path, number: int) -> None:
    users, schedules = people_of_many(number, "thousand")
    folder = make_many(tmp_path / "old", users, schedules)
    legacy, totals = await import_folder(desk.db, folder)
    assert legacy.findings.errors == []
    converted = {slug: one for slug, (one, _) in totals.places.items()}
    assert await read_standings(desk.db, converted) == expected_standings(users, schedules)
    assert await read_money(desk.db) == expected_money(users)
    [news] = await read_rows(desk.db, broadcasts)
    assert news.name == "News"
    assert news.definition["audience"] == {"all": ["no_active_scenario", "has_not_paid"]}
    before = await dump_rows(desk.db)
    again, second = await import_folder(desk.db, folder)
    assert again.findings.errors == []
    assert (second.people, second.runs, second.payments, second.scenarios) == (0, 0, 0, 0)
    assert await dump_rows(desk.db) == before
    print(
        f"imported {totals.people} people, {totals.runs} positions, {totals.payments} payments, {totals.timers} times: all equal"
    )


def expected_standings(users: dict[str, Any], schedules: dict[str, Any]) -> dict[Any, Any]:
    found = {}
    for chat_id, user in users.items():
        for name, state in user["scenarios"].items():
            if state["status"] == "not_started":
                continue
            due = schedules[chat_id]["next_message_at"] if state["status"] == "active" else None
            sent = state["current_message_index"]
            found[int(chat_id), name] = (state["status"], sent, due and max(due, stamp(EPOCH)))
    return found


async def read_standings(db: Database, converted: dict[str, ConvertedScenario]) -> dict[Any, Any]:
    """(chat, scenario) → status, messages sent, when the next one comes; what is due comes now."""
    versions = {row.id: row.slug for row in await read_rows(db, flows)}
    due = {
        row.payload["run_id"]: row.due_at
        for row in await read_rows(db, timers)
        if row.kind in {"run", "begin"}
    }
    found = {}
    for row in await read_rows(db, runs):
        slug = versions[row.flow_version_id] if len(versions) == 2 else ""
        here, waits = row.state["here"], list(converted[slug].waits)
        step = here and here["step"]
        sent = len(MESSAGES) if row.status == "completed" else waits.index(step) if step in waits else 0
        next_at = due.get(row.id)
        found[row.chat_id, slug] = (row.status, sent, next_at and max(stamp(next_at), stamp(EPOCH)))
    return found


def expected_money(users: dict[str, Any]) -> dict[Any, Any]:
    return {
        (int(chat_id), name): (
            state["payment_date"],
            state.get("invite_link"),
            "joined" if state.get("joined_group") else "invited",
        )
        for chat_id, user in users.items()
        for name, state in user["scenarios"].items()
        if state.get("payment_date")
    }


async def read_money(db: Database) -> dict[Any, Any]:
    paid = {row.order_id: row for row in await read_rows(db, payments)}
    opened = {row.payment_id: row.id for row in await read_rows(db, accesses)}
    places = {row.access_id: row for row in await read_rows(db, memberships)}
    slugs = {row.id: row.flow_version_id for row in await read_rows(db, runs)}
    names = {row.id: row.slug for row in await read_rows(db, flows)}
    found = {}
    for order in await read_rows(db, orders):
        payment = paid[order.id]
        assert (payment.status, payment.amount) == ("succeeded", 150_000)
        member = places.get(opened[payment.id])
        name = names[slugs[order.run_id]]
        found[order.chat_id, name] = (
            stamp(order.paid_at),
            member and member.link,
            member.status if member else "invited",
        )
    return found


async def test_what_the_default_scenario_sells_may_stand_in_the_environment(
    desk: Desk, tmp_path: Path
) -> None:
    folder = make_many(tmp_path / "old", {}, {})
    put(folder, "scenarios/second/config.json", {"id": "second", "name": "Second"})
    put(folder, "buttons/registry.json", {"button_sets": {"payment_button": {"rows": []}}})
    put(
        tmp_path,
        ".env",
        f"PRODAMUS_PRODUCT_NAME=Archive\nPRODAMUS_PRODUCT_PRICE=990\nPRIVATE_GROUP_ID={GROUP}\n",
    )
    legacy, _ = await import_folder(desk.db, folder)
    assert legacy.findings.errors == []
    prices = {row.code: row.price for row in await read_rows(desk.db, tariffs)}
    assert prices == {"first": 150_000, "second": 99_000}


LEGACY_USERS = {
    str(FIRST): {"user_name": "ann", "reg_time": stamp(EPOCH), "scenarios": {"first": {"status": "active", "current_message_index": 1}}, "active_scenario_id": "first"},
    str(FIRST + 1): {"user_name": "bea", "scenarios": {"second": {"status": "completed", "payment_date": stamp(EPOCH), "payment_info": {"order_id": "7"}}}},
}  # fmt: skip


@pytest.fixture
def school(open_school: OpenSchool) -> School:
    return open_school()


def test_cut_short_at_every_point_it_is_all_or_nothing(school: School) -> None:
    folder = make_many(school.folder / "old", LEGACY_USERS, {})
    database = school.folder / "data" / "tandem.db"
    # Both bots are known before: to connect them is no part of it, and a dry run asks no Telegram.
    assert school.command("init").returncode == 0
    assert school.command("import", str(folder), "--dry-run").returncode == 0
    nothing = dump(database)
    seen = []
    for point in count(1):
        school.env["FAULT_AT"] = str(point)
        done = school.command("import", str(folder))
        if done.returncode == 0:
            break
        assert done.returncode == 137
        seen.append(dump(database))
    after = dump(database)
    assert len(after["runs"]) == 2
    assert len(after["payments"]) == 1
    assert [rows in (nothing, after) for rows in seen] == [True] * len(seen)
    print(
        f"cut short at {len(seen)} points: {sum(rows == nothing for rows in seen)} times nothing, else all of it"
    )
    copies = sorted(
        (school.folder / "data/backups").glob("*/tandem.db"), key=lambda path: path.stat().st_mtime_ns
    )
    assert dump(copies[0]) == nothing


def test_the_command_reports_and_repeats_nothing(school: School) -> None:
    folder = make_many(school.folder / "old", LEGACY_USERS, {})
    telegram = school.env["TELEGRAM_API_URL"]
    school.env["TELEGRAM_API_URL"] = f"http://127.0.0.1:{free_port()}"  # a dry run needs no Telegram
    tried = school.command("import", str(folder), "--dry-run")
    single = make_single(school.folder / "single", {}, {})
    (single / ".env").unlink()
    without = school.command("import", str(single), "--dry-run")
    assert "the pay button of offer is left out" in without.stdout
    school.env["TELEGRAM_API_URL"] = telegram
    assert "a dry run: nothing was changed" in tried.stdout
    assert not list((school.folder / "data").glob("kept/*"))
    done = school.command("import", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    for line in (
        "read: scenarios 2, people 2, positions: active 1, completed 1",
        "taken over: 2 scenarios, 2 people, 2 positions, 1 next messages, 1 payments, 1 broadcasts",
        "note: wizards: drafts of the wizard are not taken over",
        "the button “Ask” (ask) is left out",
        "verified against the files: people 2 / 2, who paid 1 / 1, with a place 2 / 2, with a time 0 / 0",
    ):
        assert line in done.stdout
    again = school.command("import", str(folder))
    assert "taken over: 0 scenarios, 0 people, 0 positions" in again.stdout
    assert "2 positions were here already and stay as they are" in again.stdout


WRONG: list[tuple[str, Any, str]] = [
    ("users.json", "{", "users.json: is no JSON"),
    ("users.json", [], "users.json: is a map"),
    ("users.json", {"ann": {}}, "“ann” is no chat id of a person"),
    ("users.json", {"5": {"reg_time": "soon"}}, "reg_time"),
    ("users.json", {"5": {"scenarios": {"first": {"status": "sleeping"}}}}, "status: “sleeping” cannot be; it is not_started, active, completed, stopped"),
    ("scenarios/registry.json", {"scenarios": []}, "there is no scenario with messages in it"),
    ("scenarios/registry.json", {"scenarios": [{"id": "../x"}]}, "is no id of a scenario"),
    ("scenarios/first/messages.json", {"messages_list": ["x"], "messages": {}}, "“x” of messages_list is not in messages"),
    ("scenarios/first/messages/hello.md", "Hi {{nobody}}", "{{nobody}} is no variable"),
    ("scenarios/first/messages/hello.md", " ", "is empty"),
    ("scenarios/first/messages/hello.md", "x" * 5000, "Telegram allows 4096"),
    ("scenarios/first/config.json", {"prodamus": {"product_name": "x", "product_price": "free"}}, "is no price in rubles"),
    ("scenarios/first/config.json", {"prodamus": {"product_name": "x", "product_price": "0"}}, "is no price in rubles"),
    ("scenarios/first/config.json", {"prodamus": {"product_name": "x", "product_price": ""}}, "product_price is missing, and nothing is sold for nothing"),
    ("scenarios/first/config.json", {"prodamus": {"product_name": "x", "product_price": "5", "private_group_id": "group"}}, "is no group"),
    ("buttons/registry.json", {"button_sets": {}}, "the button set “payment_button” is not in buttons/registry.json"),
    (f"schedules/{FIRST}.json", {"next_message_at": "tomorrow"}, "next_message_at"),
]  # fmt: skip


async def test_what_is_wrong_is_named_and_nothing_comes(desk: Desk, tmp_path: Path) -> None:
    before = await dump_rows(desk.db)
    for number, (name, content, why) in enumerate(WRONG):
        folder = make_many(tmp_path / f"old{number}", LEGACY_USERS, {})
        put(folder, name, content)
        legacy, _ = await import_folder(desk.db, folder)
        assert any(why in one for one in say_all(legacy.findings.errors)), (why, legacy.findings.errors)
    assert await dump_rows(desk.db) == before


async def test_a_missing_picture_and_an_empty_folder_are_named(desk: Desk, tmp_path: Path) -> None:
    folder = make_many(tmp_path / "old", LEGACY_USERS, {})
    (folder / "scenarios/first/b.PNG").unlink()
    legacy, _ = await import_folder(desk.db, folder)
    assert any("b.PNG: this picture is not there" in one for one in say_all(legacy.findings.errors))
    legacy, _ = await import_folder(desk.db, tmp_path)
    assert any(
        "neither scenarios/registry.json nor messages.json is there" in one
        for one in say_all(legacy.findings.errors)
    )


PIECES = ["", "{", "}", "[", "]", '"', ",", ":", "null", "-1", "1e999", "NaN", "9" * 400, "\0", "\ud7ff", "{{x}}", "../..", "true", "0001-01-01T00:00:00Z", " ", "[" * 3000]  # fmt: skip
FUZZED = ("users.json", "scenarios/registry.json", "scenarios/first/messages.json", "scenarios/first/config.json",
          "scenarios/first/messages/hello.md", "buttons/registry.json", "templates/bot_globals.json", "broadcasts/registry.json",
          f"schedules/{FIRST}.json", "messages.json", "schedule_backup.json")  # fmt: skip


@pytest.mark.parametrize("layout", ["many", "single"])
@pytest.mark.parametrize("folders", [40, pytest.param(500, marks=pytest.mark.faults)])
async def test_whatever_is_in_the_folder(desk: Desk, tmp_path: Path, layout: str, folders: int) -> None:
    """Spoilt folders of each layout: a clear error and no row, or all of it; then it is undone for the next."""
    lot, refused, came = random.Random(layout), 0, 0
    good = tmp_path / "good"
    if layout == "many":
        due = {"scenario_id": "first", "message_index": 1, "next_message_at": stamp(EPOCH)}
        make_many(good, LEGACY_USERS, {str(FIRST): due})
    else:
        make_single(
            good,
            {str(FIRST): {"user_name": "a", "is_messaging": True, "messages_list": ["last", "offer"]}},
            {str(FIRST): stamp(EPOCH)},
        )
    names = [name for name in FUZZED if (good / name).is_file()]
    contents = {name: (good / name).read_text("utf-8") for name in names}
    before = await dump_rows(desk.db)
    for _ in range(folders):
        name = lot.choice(names)
        put(good, name, spoil(contents[name], lot))
        legacy = read_folder(good)
        with suppress(DomainError):
            await try_legacy(desk.db, 1, desk.db.env.keys, legacy)
        refused += bool(legacy.findings.errors)
        came += not legacy.findings.errors
        assert all(one.strip() and "Traceback" not in one for one in say_all(legacy.findings.errors))
        put(good, name, contents[name])
    assert await dump_rows(desk.db) == before
    assert refused > folders * 0.3
    assert came > folders * 0.04
    print(f"{layout}: {folders} spoilt folders, {refused} refused, {came} still good, 0 rows")


def spoil(text: str, lot: random.Random) -> str:
    for _ in range(lot.randint(1, 3)):
        place_ = lot.randrange(len(text) + 1)
        text = text[:place_] + lot.choice(PIECES) + text[place_ + lot.randrange(6) :]
    return text
