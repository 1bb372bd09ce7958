"""A broadcast's buttons as people get and press them: tracked links, tags, and what the commands say of it."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from app.cli.mailing.broadcast import (
    choose_rest,
    edit_sent,
    move_start,
    show_broadcast,
    take_back,
    write_results,
)
from core.db.session import Database
from core.environment import Environment
from core.text.catalog import say
from tests.bots.admin.desk import Call, Desk
from tests.bots.admin.test_broadcast import people
from tests.bots.admin.test_broadcast_changes import begin
from tests.factories.persons import ANNA
from web.application import build_application

__all__ = ["people"]
PAGES = "https://school.example"
SHOP = "https://shop.example/buy"
BUTTONS = [
    [{"text": "Buy", "url": SHOP}, {"text": "As it is", "url": SHOP + "?plain", "track": False}],
    [{"text": "Chat", "url": "https://t.me/school"}, {"text": "Warm", "tag": "warm"}],
]


@pytest.fixture
def env(env: Environment) -> Environment:
    return replace(env, public_url=PAGES)


async def sent_to(desk: Desk, chat: int) -> Call:
    """The message as one person has it."""
    calls = [one for one in await desk.deliver() if one.chat == chat]
    return next(one for one in calls if one.text == "Hello")


def addresses(call: Call) -> dict[str, str]:
    rows = call.fields["reply_markup"]["inline_keyboard"]
    return {one["text"]: one["url"] for row in rows for one in row if "url" in one}


async def show(db: Database, number: int) -> dict[str, Any]:
    async with db.unit(1) as uow:
        [shown] = await show_broadcast(uow, number, as_json=True)
    return dict(json.loads(shown))


async def test_who_follows_a_link_and_presses_is_counted_once(
    desk: Desk,
    db: Database,
    people: list[int],
) -> None:
    number = await begin(db, buttons=BUTTONS)
    got = await sent_to(desk, ANNA)
    links = addresses(got)
    assert links["Buy"].startswith(f"{PAGES}/r/")
    assert (links["As it is"], links["Chat"]) == (SHOP + "?plain", "https://t.me/school")
    transport = httpx.ASGITransport(build_application(db, lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url=PAGES) as client:
        answer = await client.get(links["Buy"])
    assert (answer.status_code, answer.headers["location"]) == (302, SHOP)
    await desk.press("Warm", who=ANNA, holder=got)
    found = await show(db, number)
    assert (found["total"], found["sent"], found["clicked"], found["bought"]) == (13, 13, 1, 0)
    process: Any = SimpleNamespace(db=db, account_id=1)
    header, *rows = await write_results(process, number=number, days=7)
    assert header.startswith("contact,variant,status,why")
    assert len(rows) == found["total"]
    assert [row for row in rows if row.startswith(f"{ANNA},")] == [f"{ANNA},,sent,,0,1,0,0"]


async def test_an_edit_keeps_the_links_and_a_recall_has_its_own_result(
    desk: Desk,
    db: Database,
    people: list[int],
) -> None:
    number = await begin(db, buttons=BUTTONS)
    before = await sent_to(desk, ANNA)
    async with db.unit(1) as uow:
        told = await edit_sent(uow, number, "Good evening", None, None)
    assert told[0] == "13 messages are being changed"
    edited = next(one for one in await desk.deliver() if one.chat == ANNA and one.text == "Good evening")
    assert (edited.method, edited.message_id) == ("editMessageText", before.message_id)
    assert addresses(edited) == addresses(before)
    async with db.unit(1) as uow:
        assert (await take_back(uow, number))[0] == "13 messages are being deleted"
    await desk.deliver()
    edit, recall = (await show(db, number))["changes"]
    assert (edit["id"], edit["kind"], edit["total"], edit["sent"]) == (int(told[-1]), "edit", 13, 13)
    assert (recall["kind"], recall["total"], recall["sent"], recall["too_old"]) == ("recall", 13, 13, 0)


async def test_a_planned_one_is_moved_and_a_variant_chosen_by_command(
    desk: Desk,
    db: Database,
    people: list[int],
) -> None:
    planned = await begin(db, at="2031-01-01T10:00+00:00")
    variants = [{"share": 20, "text": "A"}, {"share": 20, "text": "B"}]
    tried = await begin(db, variants=variants, winner={"by": "payment", "after": "1d"})
    async with db.unit(1) as uow:
        assert await move_start(uow, planned, "2031-02-01T10:00+00:00")
        assert await choose_rest(uow, tried, "b")
        with pytest.raises(ValueError, match="chosen before"):
            await choose_rest(uow, tried, "A")
    assert (await show(db, planned))["status"] == "scheduled"
    found = await show(db, tried)
    assert (found["winner"], [one["share"] for one in found["variants"]]) == (2, [20, 20])


async def test_who_says_stop_meanwhile_gets_it_no_more_and_variants_are_taken_back(
    desk: Desk,
    db: Database,
    people: list[int],
) -> None:
    variants = [{"share": 20, "text": "A"}, {"share": 20, "text": "B"}]
    number = await begin(db, variants=variants, winner={"by": "clicks", "after": "4h"})
    got = [one.chat for one in await desk.deliver() if one.text in {"A", "B"}]
    waiting = next(one for one in people if one not in got and 600 <= one < 900)
    told = await desk.write("/stop", who=waiting)
    assert [one.text for one in told] == [say("mailing-stopped", "en")]
    found = await show(db, number)
    assert (found["sent"], found["skipped"], found["pending"]) == (len(got), 1, found["total"] - len(got) - 1)
    async with db.unit(1) as uow:
        await take_back(uow, number)
    deleted = [one.chat for one in await desk.deliver() if one.method == "deleteMessage"]
    assert sorted(deleted) == sorted(got)
