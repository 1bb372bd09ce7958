"""A broadcast's file: read as it is written, refused naming the key, said as it is defined."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.db.models.delivery import outbox
from core.db.session import Database, UnitOfWork
from core.lifecycle import BotKind, BroadcastStatus, ChatState, Mailing
from core.text.catalog import say_words
from core.text.template import BUILT_IN
from services.messaging import pieces
from services.messaging.broadcast_plan import Plan, PlanRefused, read_plan
from services.messaging.broadcasts.broadcasts import cancel_broadcast, finish_broadcasts, get_tally
from services.messaging.broadcasts.contents import (
    find_price,
    has_following,
    list_contents,
    list_following,
    read_contents,
)
from services.messaging.broadcasts.files import read_broadcast
from services.messaging.broadcasts.starting import count_reach, fill_broadcasts, start_broadcast
from services.people import contacts
from services.people.consents import answer_mailing
from tests.factories.accounts import SALES_BOT, add_bot
from tests.factories.flows import add_deployment, add_flow, add_version, make_course
from tests.factories.persons import add_chat, add_contact, add_tag, add_variable
from tests.factories.rows import read_rows
from tests.factories.sales import add_tariff

CONTRACT: Mapping[str, Any] = {
    "bot": "sales",
    "name": "Spring intake",
    "text": {"en": "Hello {{user.user_name}}", "ru": "Привет, {{user.user_name}}"},
    "buttons": [
        [{"text": "Buy", "url": "https://a.example"}],
        [{"text": "More", "start": "second"}],
        [{"text": "Thanks", "tag": "warm"}],
    ],
    "audience": {
        "all": [
            "no_active_scenario",
            {"not": "has_paid"},
            {"tag": "warm"},
            {"any": [{"language": "ru"}, {"last_seen_days": 7}]},
        ]
    },
    "at": "2026-12-01T10:00+03:00",
    "variants": [{"share": 10, "text": "A"}, {"share": 10, "text": "B"}],
    "winner": {"by": "clicks", "after": "4h"},
}


def test_the_file_of_the_contract_is_read_and_written_back() -> None:
    plan = read_plan(CONTRACT, BUILT_IN)
    assert plan.winner is not None
    assert plan.winner.by == "clicks"
    assert read_plan(plan.dump(), BUILT_IN) == plan


ONE = {"text": "A", "tag": "a"}
WRONG: list[tuple[Mapping[str, Any], str, str]] = [
    ({"colour": "red"}, "colour: ", "colour: "),
    ({"poll": {"question": "q", "options": ["a", {"en": " a", "ru": "б"}]}}, "look the same", "одинаково"),
    (
        {"poll": {"question": "q", "options": ["x" * 101, "x" * 102]}},
        "poll.options: two",
        "poll.options: два",
    ),
    ({"poll": {"question": "q", "options": ["a", "{{user.tag}}"]}}, "has a variable", "стоит переменная"),
    ({"audience": {"rich": 1}}, "audience: “rich” is no condition", "audience: "),
    (
        {"audience": {"all": ["has_paid", {"tag": {"colour": 1}}]}},
        "audience: all.1: the condition",
        "audience: all.1: ",
    ),
    ({"text": "{{user.shoe}}"}, "text: unknown variable", "text: переменной"),
    ({"text": "{{scenario.name}}"}, "unknown variable {{scenario.name}}", "{{scenario.name}} нет"),
    ({"text": {"English": "a"}}, "text: “English”", "text: «English»"),
    ({"text": None}, "says nothing", "нечего отправлять"),
    ({"buttons": [[{"text": "A"}]]}, "buttons.0.0: a button is one of", "buttons.0.0: у кнопки"),
    (
        {"buttons": [[{"text": "A", "url": "https://a.example/{{user.x}}"}]]},
        "buttons.0.0: unknown variable",
        "buttons.0.0: ",
    ),
    ({"buttons": [[ONE] * 9]}, "buttons: has more than 8 buttons in one row", "больше 8 кнопок"),
    ({"buttons": [[ONE] * 8] * 12}, "buttons: has more than 90 buttons", "больше 90 кнопок"),
    ({"variants": [{"share": 5, "buttons": [[ONE] * 9]}]}, "variants.0.buttons: has", "больше 8 кнопок"),
    ({"at": "soon"}, "at: ", "at: "),
    ({"local": "25:00"}, "local: ", "local: "),
    ({"at": "2030-01-01T10:00Z", "local": "19:00"}, "both `at` and `local`", "и `at`, и `local`"),
    ({"winner": {"by": "clicks", "after": "4h"}}, "two variants", "два варианта"),
    ({"variants": [{"share": 60}, {"share": 60}]}, "more than 100 percent", "больше 100 процентов"),
]


@pytest.mark.parametrize(("changed", "english", "russian"), WRONG)
def test_a_wrong_file_is_refused_by_its_key_in_both_languages(
    changed: Mapping[str, Any], english: str, russian: str
) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan({"name": "News", "text": "Hello", **changed}, BUILT_IN)
    assert english in say_words(refused.value.words, "en")
    assert russian in say_words(refused.value.words, "ru")


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"colour": "red"}, "colour: "),
        ({"winner": {"by": "clicks", "after": "4h"}}, "two variants"),
        ({"buttons": [[{"text": "{{user.shoe}}", "tag": "a"}]]}, "unknown variable {{user.shoe}}"),
        ({"at": "2030-01-01T10:00Z", "local": "19:00", "zone": "Mars"}, "both `at` and `local`"),
    ],
)
def test_a_file_that_says_nothing_hides_no_other_fault(faults: Mapping[str, Any], said: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        read_plan({"name": "News", **faults}, BUILT_IN)
    assert "says nothing" in (told := say_words(refused.value.words, "en"))
    assert said in told


@pytest.fixture
async def people(db: Database) -> None:
    """Thirty who have the bot open, every third tagged; one blocked it, one wants nothing, one never came."""
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        for number in range(30):
            person = await add_contact(uow, 600 + number)
            await add_chat(uow, SALES_BOT, person)
            if number % 3 == 0:
                await add_tag(uow, person.id, name="warm")
        gone, unwilling, stranger = [await add_contact(uow, 700 + number) for number in range(3)]
        await add_chat(uow, SALES_BOT, gone, state=ChatState.BLOCKED)
        await add_chat(uow, SALES_BOT, unwilling)
        await answer_mailing(uow, unwilling.id, Mailing.REFUSED)
        for one in (gone, unwilling, stranger):
            await add_tag(uow, one.id, name="warm")


async def test_where_everybody_has_started_the_same_are_left_out(db: Database, people: None) -> None:
    plan = Plan(name="News", text={"*": "Hello"}, audience={"tag": "warm"})
    async with db.unit(1) as uow:
        before = await count_reach(uow, SALES_BOT, plan.tree)
        stranger = await contacts.find_by_telegram_id(uow, 702)
        assert stranger
        await add_chat(uow, SALES_BOT, stranger)
        after = await count_reach(uow, SALES_BOT, plan.tree)
    assert (before.count, before.never_started, after.count, after.never_started) == (10, 1, 11, 0)
    assert (after.blocked, after.refused) == (before.blocked, before.refused) == (1, 1)


async def test_only_who_fits_and_wants_it_is_put_in_line_piece_by_piece(
    db: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST", 7)
    plan = Plan(name="News", text={"*": "Hello"}, audience={"tag": "warm"})
    async with db.unit(1) as uow:
        reach = await count_reach(uow, SALES_BOT, plan.tree)
        broadcast_id = await start_broadcast(uow, SALES_BOT, plan)
    assert (reach.count, reach.blocked, reach.refused, reach.never_started) == (10, 1, 1, 1)
    assert (await get_tally(db, 1, broadcast_id)).status is BroadcastStatus.FILLING
    async with db.unit(1) as uow:  # whoever comes after the start is not in it
        late = await add_contact(uow, 800)
        await add_chat(uow, SALES_BOT, late)
        await add_tag(uow, late.id, name="warm")
    await asyncio.gather(fill_broadcasts(db), fill_broadcasts(db))  # as two processes would
    tally = await get_tally(db, 1, broadcast_id)
    assert (tally.status, tally.total, tally.waiting) == (BroadcastStatus.RUNNING, 10, 10)
    rows = await read_rows(db, outbox, broadcast_id=broadcast_id)
    assert sorted(row.chat_id for row in rows) == list(range(600, 630, 3))


async def test_one_that_is_cancelled_while_it_fills_adds_up(
    db: Database, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "MOST", 7)
    async with db.unit(1) as uow:
        broadcast_id = await start_broadcast(uow, SALES_BOT, Plan(name="News", text={"*": "Hello"}))
        assert await cancel_broadcast(uow, broadcast_id)
    await fill_broadcasts(db)
    await finish_broadcasts(db)
    tally = await get_tally(db, 1, broadcast_id)
    assert (tally.total, tally.cancelled, tally.is_over) == (7, 7, True)


async def test_a_long_text_goes_out_in_parts_and_media_before_it(db: Database, people: None) -> None:
    long = "\n\n".join(f"Paragraph {number} " + "word " * 60 for number in range(30))
    plan = read_plan({"name": "News", "text": {"en": long, "ru": "Коротко"}}, BUILT_IN)
    assert has_following(plan)
    async with db.unit(1) as uow:
        [first] = await read_contents(uow, 5, plan)
        rest = await list_following(uow, 5, plan, 0, "en")
        assert await list_following(uow, 5, plan, 0, "ru") == []
    assert first.payload["continues"] == ["en"]
    parts = [first.payload["text"]["c"]["en"], *(one.payload["text"]["c"]["*"] for one in rest)]
    assert " ".join(" ".join(parts).split()) == " ".join(long.split())
    assert ["buttons" in one.payload for one in rest] == [False] * (len(rest) - 1) + [True]
    album = {"media": [{"kind": "photo", "ref": f"https://a.example/{n}.jpg"} for n in range(2)]}
    both = read_plan({"name": "News", "text": "Hello", **album}, BUILT_IN)
    async with db.unit(1) as uow:
        [pictures] = await read_contents(uow, 5, both)
        [words] = await list_following(uow, 5, both, 0, "ru")
    assert (pictures.method, words.method) == ("sendMediaGroup", "sendMessage")


async def keep_names(uow: UnitOfWork) -> None:
    """A value of somebody's under one name; others that a flow asks for, and that a course collects and sets."""
    await add_variable(uow, (await add_contact(uow, 999)).id, name="city", value="Riga")
    steps = [{"key": "ask", "type": "input", "text": "Your goal?", "variable": "goal"}]
    flow_id = await add_flow(uow, asking := make_course(slug="asking", steps=steps))
    await add_version(uow, flow_id, asking)
    settings = {"collect": ["phone"], "variables": {"nick": "friend"}}
    await add_deployment(uow, flow_id, SALES_BOT, settings=settings)


async def test_what_the_file_names_must_be_there(db: Database, people: None, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"picture")
    async with db.unit(1) as uow:
        flow_id = await add_flow(uow, make_course(slug="clear-words"))
        await add_tariff(uow, flow_id, code="premium")
        await keep_names(uow)
    for document, why in (
        ({"media": "b.jpg"}, "media.0: “b.jpg” is no address"),
        ({"bot": "school"}, "bot: is no bot of yours"),
        ({"buttons": [[{"text": "A", "start": "nothing"}]]}, "buttons.0.0: no scenario “nothing”"),
        ({"audience": {"tariff": "premum"}}, "there is no “premum”; is “premium” meant?"),
        ({"audience": {"not": {"has_paid": "gold"}}}, "there is no “gold”; there are premium"),
        ({"audience": {"finished": "clear-wrds"}}, "is “clear-words” meant?"),
        ({"audience": {"progress": {"course": "clear-wrds", "at_least": 1}}}, "is “clear-words” meant?"),
        ({"audience": {"partner": "ANN"}}, "nor any other yet"),
        ({"audience": {"any": [{"language": "ru"}, {"tag": "warn"}]}}, "is “warm” meant?"),
        ({"audience": {"tag": "WARM"}}, "is “warm” meant?"),
        ({"audience": {"tariff": "PREMIUM"}}, "is “premium” meant?"),
        ({"audience": {"variable": {"name": "ciity", "equals": "Riga"}}}, "is “city” meant?"),
        ({"audience": {"not": {"variable": "weight"}}}, "there is no “weight”; there are city, goal, nick"),
    ):
        async with db.unit(1) as uow:
            with pytest.raises(PlanRefused) as refused:
                await read_broadcast(uow, {"name": "News", "text": "Hello", **document}, tmp_path)
        assert why in say_words(refused.value.words, "en")
    async with db.unit(1) as uow:
        known = {
            "any": [
                {"tag": "warm"},
                {"tag": "comes later"},
                {"tag": "week_2"},
                {"tariff": "premium"},
                "has_paid",
                *({"variable": name} for name in ("city", "goal", "nick", "phone", "utm_term")),
            ]
        }
        whole = {"name": "News", "media": ["a.jpg"], "audience": known}
        bot_id, plan = await read_broadcast(uow, whole, tmp_path)
    assert (bot_id, plan.media[0].kind) == (SALES_BOT, "photo")


async def test_a_poll_and_a_round_video_stand_by_themselves(db: Database, people: None) -> None:
    poll = {"question": {"en": "When?", "ru": "Когда?"}, "options": ["Mon", {"en": "Tue", "ru": "Вт"}]}
    asked = read_plan({"name": "News", "poll": poll, "buttons": [[{"text": "A", "tag": "a"}]]}, BUILT_IN)
    both = read_plan({"name": "News", "text": "Hello", "poll": poll}, BUILT_IN)
    round_one = read_plan(
        {"name": "News", "text": "Hello", "media": [{"kind": "video_note", "ref": "a.mp4"}]}, BUILT_IN
    )
    assert (has_following(asked), has_following(both), has_following(round_one)) == (False, True, True)
    async with db.unit(1) as uow:
        [alone] = await read_contents(uow, 5, asked)
        said = await list_contents(uow, 5, both)
        shown = await list_contents(uow, 5, round_one)
    assert (alone.method, alone.payload["is_anonymous"], len(alone.payload["buttons"])) == (
        "sendPoll",
        True,
        2,
    )
    assert [one.method for one in said] == ["sendMessage", "sendPoll"]
    assert [one.method for one in shown] == ["sendVideoNote", "sendMessage"]
    assert ["buttons" in one.payload for one in (*said, *shown)] == [False, True, False, True]
    assert "caption" not in shown[0].payload
    assert read_plan(asked.dump(), BUILT_IN) == asked


async def test_the_paid_pace_is_for_whom_the_owner_lets(db: Database, people: None, tmp_path: Path) -> None:
    document = {"name": "News", "text": "Hello", "paid": True}
    async with db.unit(1) as uow:
        with pytest.raises(PlanRefused, match="PAID_MESSAGES_PER_SECOND"):
            await read_broadcast(uow, document, tmp_path)
        plan = read_plan(document, BUILT_IN)
        assert find_price(uow, plan, 100) == 0
        [off] = await read_contents(uow, 5, plan)
        album = {"media": [{"kind": "photo", "ref": f"https://a.example/{n}.jpg"} for n in range(3)]}
        uow.env = replace(uow.env, paid_per_second=300)
        _, plan = await read_broadcast(uow, document, tmp_path)
        assert find_price(uow, plan, 101) == 11
        assert find_price(uow, Plan.model_validate({**document, "text": "a" * 5000}), 100) == 20
        assert find_price(uow, Plan.model_validate({**document, **album}), 100) == 40, "three and the text"
        [on] = await read_contents(uow, 5, plan)
        [free] = await read_contents(uow, 5, plan.model_copy(update={"paid": False}))
    flags = [one.payload.get("allow_paid_broadcast") for one in (off, on, free)]
    assert flags == [None, True, None]
