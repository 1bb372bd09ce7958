"""A bot's own values and shared buttons: named in texts, changed in one place, refused where they are not there."""

from pathlib import Path

import pytest

from app.boot.database import CONTENT
from app.cli.courses.shared import load_file, show_shared
from core.db.session import Database
from core.environment import Environment
from core.errors import DomainError
from core.flow.definition import Flow, parse_flow
from core.lifecycle import BotKind
from core.text.catalog import say_words
from core.text.refusal import InputRefused
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.content.importing.reader import read_sent
from services.content.messages.bot_values import know_values, set_value
from services.content.messages.button_sets import put_button_sets
from services.people.consents import VERSION
from tests.bots.admin.desk import Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.persons import ANNA, add_consent, add_contact

YAML = """\
kind: scenario
slug: s
name: S
steps:
  - {key: a, type: message, text: "We are in {{bot.city}}, write to {{bot.support_link}}", button_set: pay}
"""
PAY = [[{"text": "Pay {{scenario.name}}", "url": "https://example.org/?{{user.user_name}}"}]]


@pytest.fixture
async def desk(db: Database) -> Desk:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
        contact = await add_contact(uow, language="en")
        await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)
    return Desk(db)


async def put(db: Database, flow: Flow) -> None:
    async with db.unit(1) as uow:
        version = await publish_flow(uow, flow)
        await deploy_flow(uow, version.flow_id, SALES_BOT)


async def read(db: Database) -> tuple[Flow | None, list[str]]:
    async with db.unit(1) as uow:
        env = await know_values(uow)
    batch = read_sent(env, "s.yaml", YAML.encode(), "")
    flow = batch.courses[0].flow if batch.courses and not batch.report.errors else None
    return flow, [say_words(one.values.get("problem", one.why), "en") for one in batch.report.findings]


async def test_values_and_sets_are_said_as_they_are_now(desk: Desk) -> None:
    db = desk.db
    assert await read(db) == (None, ["unknown variable {{bot.city}}"])
    async with db.unit(1) as uow:
        await set_value(uow, SALES_BOT, "city", "Tbilisi & Co")
    flow, _ = await read(db)
    assert flow is not None
    with pytest.raises(DomainError, match="BUTTON_SET_NOT_FOUND: pay"):
        await put(db, flow)
    async with db.unit(1) as uow:
        await put_button_sets(uow, {"pay": PAY})
    await put(db, flow)
    [said] = await desk.write("/start", ANNA, SALES_BOT)
    assert said.text == "We are in Tbilisi &amp; Co, write to "
    [[button]] = said.fields["reply_markup"]["inline_keyboard"]
    assert button == {"text": "Pay S", "url": "https://example.org/?Anna"} or button["text"] == "Pay S"
    async with db.unit(1) as uow:
        await put_button_sets(uow, {"pay": [[{"text": "Changed", "url": "https://example.org"}]]})
        await set_value(uow, SALES_BOT, "city", "Riga")
    again = (await desk.write("/start", ANNA, SALES_BOT))[-1]
    assert again.fields["reply_markup"]["inline_keyboard"][0][0]["text"] in {"Pay S", "Changed"}


async def test_a_summary_has_shared_buttons_too(desk: Desk) -> None:
    async with desk.db.unit(1) as uow:
        await put_button_sets(uow, {"pay": PAY})
    document = {
        "kind": "scenario",
        "slug": "s",
        "name": "S",
        "summary": {"text": "In short", "button_set": "pay"},
        "steps": [{"key": "e", "type": "end"}],
    }
    await put(desk.db, parse_flow(document))
    [said] = await desk.write("/start", ANNA, SALES_BOT)
    assert (said.text, list(said.buttons)) == ("In short", ["Pay S"])


async def test_a_lessons_message_may_name_one_too(desk: Desk) -> None:
    lesson = {"key": "l", "type": "lesson", "title": "L", "messages": [{"text": "Read", "button_set": "pay"}]}
    flow = parse_flow({"kind": "course", "slug": "c", "name": "C", "steps": [lesson]})
    with pytest.raises(DomainError, match="BUTTON_SET_NOT_FOUND: pay"):
        await put(desk.db, flow)


async def test_a_message_has_no_more_buttons_than_telegram_takes(desk: Desk) -> None:
    many = [[{"text": str(n), "url": "https://e.com"}] for n in range(50)]
    async with desk.db.unit(1) as uow:
        await put_button_sets(uow, {"pay": many})
    says = {"key": "a", "type": "message", "text": "Hi", "button_set": "pay", "buttons": many[:41]}
    document = {"kind": "scenario", "slug": "s", "name": "S", "steps": [says]}
    with pytest.raises(InputRefused) as refused:
        await put(desk.db, parse_flow(document))
    assert "more than 90 buttons" in say_words(refused.value.words, "en")
    assert "больше 90 кнопок" in say_words(refused.value.words, "ru")
    says["buttons"] = many[:40]
    await put(desk.db, parse_flow(document))
    async with desk.db.unit(1) as uow:  # it grows: what does not fit any more is left out
        await put_button_sets(uow, {"pay": [*many, *many[:40]]})
    [said] = await desk.write("/start", ANNA, SALES_BOT)
    rows = said.fields["reply_markup"]["inline_keyboard"]
    assert (len(rows), rows[40][0]["text"]) == (90, "0")


async def test_what_is_no_set_is_refused_and_changes_nothing(desk: Desk) -> None:
    wrong: list[tuple[object, str]] = [
        ([[{"text": "a", "press": "x"}]], "opens a url"),
        ([[{"text": "{{nope}}", "url": "https://e.com"}]], "is no variable"),
        ([[{"text": "a"}]], "either `url` or `press`"),
        ("no rows", "pay"),
    ]
    for rows, why in wrong:
        with pytest.raises(DomainError, match=why):
            async with desk.db.unit(1) as uow:
                await put_button_sets(uow, {"fine": PAY, "pay": rows})
    async with desk.db.unit(1) as uow:
        assert await show_shared(uow) == [
            "nothing is shared; `tandem shared load FILE` brings values and button sets"
        ]


async def test_what_is_no_value_is_refused(desk: Desk) -> None:
    for name, value in (("bot_name", "x"), ("no name", "x"), ("a", "x" * 3000)):
        with pytest.raises(DomainError, match="BOT_VALUE_INVALID"):
            async with desk.db.unit(1) as uow:
                await set_value(uow, SALES_BOT, name, value)


async def test_the_sample_file_is_taken_and_shown(desk: Desk, env: Environment) -> None:
    async with desk.db.unit(1) as uow:
        [line] = await load_file(uow, CONTENT / "examples/shared.yaml")
        assert "3 values, 2 button sets in place" in line
        assert len(await show_shared(uow)) == 5
    empty = env.content_dir / "empty.yaml"
    empty.write_text("values: {city: }\n")
    async with desk.db.unit(1) as uow:
        await load_file(uow, Path(empty))
        assert len(await show_shared(uow)) == 4
    empty.write_text("values: [1]\n")
    with pytest.raises(DomainError, match="SHARED_INVALID"):
        async with desk.db.unit(1) as uow:
            await load_file(uow, Path(empty))
