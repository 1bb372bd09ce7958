"""A course that is sold is never opened to all by an edit: content and door are two things."""

from typing import Any

import pytest

from core.db.models.content import enrollment_tokens
from core.db.models.learning import runs
from core.db.session import Database
from core.events import JobFinished
from core.flow.definition import dump_flow, parse_flow
from core.text.catalog import say
from services.commerce.catalog.tariffs import list_tariffs, stop_selling
from services.content.deployments import open_to_all
from services.content.entry.doors import Door, Shut, see_door
from services.content.entry.tokens import list_tokens, revoke_token
from services.content.importing.sent import COURSE_FILE
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.rows import read_rows
from tests.factories.shops import Shop

STRANGER = 5001


async def edit(
    desk: Desk, shop: Shop, name: str = "Changed", wish: str = "edit", language: str = "en"
) -> str:
    """What `/edit` or `/create` answers when the file has been read."""
    message = desk.message(ADMIN, text="/help")
    message["from"]["language_code"] = language
    await desk.send(COURSE_BOT, {"message": message})
    flow = shop.course.flow.model_copy(update={"name": {"*": name}})
    payload: dict[str, Any] = {
        "wish": wish, "slug": flow.slug, "name": "c.yaml", "bot_id": COURSE_BOT, "chat_id": ADMIN, "said": name,
    }  # fmt: skip
    result = {"course": dump_flow(flow), "findings": []}
    async with desk.db.unit(1) as uow:
        uow.publish(JobFinished(COURSE_FILE, name, payload, True, result))
    [report] = await desk.deliver()
    if (publish := say("import-publish", language)) in report.buttons:
        query = {"id": "q", "from": message["from"], "message": {**message, "message_id": report.message_id}, "chat_instance": "c"}  # fmt: skip
        [report] = await desk.send(COURSE_BOT, {"callback_query": {**query, "data": report.buttons[publish]}})
    return report.text


async def count_public(db: Database) -> int:
    return sum(row.kind == "public" for row in await read_rows(db, enrollment_tokens))


async def test_an_edit_opens_nothing_that_is_sold_and_a_question_does(desk: Desk, shop: Shop) -> None:
    report = await edit(desk, shop)
    assert "It is or was on sale, so its link is not open to all" in report
    assert "t.me" not in report
    assert await count_public(desk.db) == 0
    slug = shop.course.flow.slug
    await desk.write(f"/start {slug}", STRANGER, COURSE_BOT)
    await desk.press("I agree", STRANGER)
    assert await read_rows(desk.db, runs) == []
    [asked] = await desk.press("Open to everybody…")
    assert "They get it for free" in asked.text
    [left] = await desk.press("No, leave it", holder=asked)
    assert "stays as it is" in left.text
    assert await count_public(desk.db) == 0
    [opened] = await desk.press("Yes, open it for free", holder=asked)
    assert "t.me" in opened.text
    assert await count_public(desk.db) == 1
    assert "t.me" in await edit(desk, shop, "Again")


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_author_reads_that_it_stays_shut(desk: Desk, shop: Shop, language: str) -> None:
    report = await edit(desk, shop, language=language)
    assert say("door-sold", language, {}) in report
    assert say("button-door-open", language, {}) in desk.calls[-1].buttons
    report = await edit(desk, shop, "Made anew", "create", language)
    assert report == say("create-exists", language, {"slug": shop.course.flow.slug})
    assert not desk.calls[-1].buttons
    assert await count_public(desk.db) == 0


async def test_what_was_sold_and_is_not_any_more_is_not_given_away_either(desk: Desk, shop: Shop) -> None:
    async with desk.db.unit(1) as uow:
        for tariff in await list_tariffs(uow):
            await stop_selling(uow, tariff.code)
        assert await list_tariffs(uow) == []
    report = await edit(desk, shop)
    assert "It is or was on sale" in report
    assert await count_public(desk.db) == 0


async def test_who_may_not_opens_nothing(desk: Desk, shop: Shop) -> None:
    await edit(desk, shop)
    button = desk.calls[-1].buttons["Open to everybody…"]
    pressed = {"id": STRANGER, "is_bot": False, "first_name": "S", "language_code": "en"}
    message = desk.message(STRANGER, text="-")
    query = {"id": "q", "from": pressed, "message": message, "chat_instance": "c", "data": button}
    await desk.send(COURSE_BOT, {"callback_query": query})
    assert await count_public(desk.db) == 0


@pytest.mark.parametrize("text", [None, "A" * 22])
async def test_a_closed_link_is_not_shown_again(desk: Desk, shop: Shop, text: str | None) -> None:
    async with desk.db.unit(1) as uow:
        first = await open_to_all(uow, shop.deployment, text)
        assert await see_door(uow, shop.deployment, text) == Door(first)
        [listed] = await list_tokens(uow, shop.deployment)
        await revoke_token(uow, listed.token.id)
    async with desk.db.unit(1) as uow:
        assert (await see_door(uow, shop.deployment, text)).shut is Shut.CLOSED
        second = await open_to_all(uow, shop.deployment, text)
    assert second != first
    async with desk.db.unit(1) as uow:
        assert (await see_door(uow, shop.deployment)).payload == second


async def test_a_condition_about_what_there_is_not_is_told_and_the_course_comes_all_the_same(
    desk: Desk, shop: Shop
) -> None:
    await desk.write("/help", ADMIN, COURSE_BOT)
    cases = [
        {"when": when, "params": params, "goto": "end"}
        for when, params in (
            ("tariff", {"code": "premum"}),
            ("tariff", {"code": "basic"}),
            ("finished", {"flow": "nothing"}),
            ("finished", {"flow": "branchy"}),
            ("finished", {"flow": shop.course.flow.slug}),
            ("tag", {"name": "premum"}),
        )
    ]
    steps = [
        {"key": "who", "type": "branch", "cases": cases},
        {"key": "end", "type": "message", "text": "End"},
    ]
    course = {"kind": "course", "slug": "branchy", "name": "Branchy", "steps": steps}
    payload = {
        "wish": "create", "slug": "", "name": "c.yaml", "bot_id": COURSE_BOT, "chat_id": ADMIN, "said": "made",
    }  # fmt: skip
    result = {"course": dump_flow(parse_flow(course)), "findings": []}
    async with desk.db.unit(1) as uow:
        uow.publish(JobFinished(COURSE_FILE, "k", payload, True, result))
    [report] = await desk.deliver()
    assert "is a draft now" in report.text
    assert report.text.count("step who: ") == 2
    assert "there is no tariff “premum” here" in report.text
    assert "there is no course or scenario “nothing” here" in report.text
