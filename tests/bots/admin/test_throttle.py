"""One person cannot keep everybody else waiting: limits on messages, files and guessed links, with a kind word once."""

from typing import Any

import pytest

from bots.runtime.throttle import Throttle, Verdict
from core.db.models.commerce_money import promo_entries
from core.limits import GUESSES, UPDATES, UPLOADS
from core.text.catalog import say
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.sales import add_promo
from tests.factories.shops import Shop
from tests.fakes.clock import StillClock

ANN, BEN = 5001, 5002


def test_a_window_tells_once_ends_and_is_each_persons_own() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    found = [throttle.take(GUESSES, 7, ANN, number) for number in range(1, GUESSES.most + 4)]
    assert found == [Verdict.FINE] * GUESSES.most + [Verdict.TELL, Verdict.QUIET, Verdict.QUIET]
    assert throttle.take(GUESSES, 7, BEN, 1) is throttle.take(GUESSES, 8, ANN, 1) is Verdict.FINE
    now[0] = GUESSES.seconds
    assert throttle.take(GUESSES, 7, ANN, 99) is Verdict.FINE


def test_an_update_that_is_handled_again_counts_once_and_is_answered_again() -> None:
    throttle = Throttle(lambda: 0.0)
    for _ in range(3):
        for number in range(1, GUESSES.most + 1):
            assert throttle.take(GUESSES, 7, ANN, number) is Verdict.FINE
    for _ in range(2):
        assert throttle.take(GUESSES, 7, ANN, GUESSES.most + 1) is Verdict.TELL


async def test_sixty_guessed_links(desk: Desk, clock: StillClock, shop: Shop) -> None:
    await desk.write("/start", ANN, COURSE_BOT)
    await desk.press("I agree", ANN)
    said = []
    for number in range(60):
        calls = await desk.write(f"/start cd_{shop.deployment.public_id}_{number:022}", ANN, COURSE_BOT)
        said += [one.text for one in calls if one.chat == ANN]
    kind = say("too-many-links", "en", {})
    assert said.count(kind) == 1
    assert len(said) == GUESSES.most + 1
    assert await desk.write("/start", ANN, COURSE_BOT)  # all else goes on
    assert await desk.write("/start cd_x_y", BEN, COURSE_BOT)


@pytest.mark.parametrize(
    "code", ["word{}", "p_code{}", "s_flow-{}", "b_thing{}", "cd_{}", "?{}", "gift_{}", "promo_{}"]
)
async def test_guessed_codes_in_the_shop(desk: Desk, shop: Shop, code: str) -> None:
    await desk.write("/start", ANN, SALES_BOT)
    await desk.press("I agree", ANN)
    told = 0
    for number in range(GUESSES.most + 5):
        calls = await desk.write(f"/start {code.format(number)}", ANN, SALES_BOT)
        told += [one.text for one in calls if one.chat == ANN].count(say("too-many-links", "en", {}))
        assert bool(calls) == (number <= GUESSES.most), number
    assert told == 1
    assert await desk.write("/start", ANN, SALES_BOT)  # all else goes on


async def test_guesses_by_link_and_by_command_count_together(desk: Desk, shop: Shop) -> None:
    async with desk.db.unit(1) as uow:
        await add_promo(uow, "KNOWN")
    await desk.write("/start", ANN, SALES_BOT)
    await desk.press("I agree", ANN)
    ways = ("/promo WORD{}", "/start gift_{}", "/start promo_word{}", "/start p_code{}")
    for number in range(GUESSES.most):
        assert await desk.write(ways[number % len(ways)].format(number), ANN, SALES_BOT)
    said = [one.text for one in await desk.write("/promo WORD", ANN, SALES_BOT)]
    assert said == [say("too-many-links", "en", {})]
    assert await desk.write("/promo KNOWN", ANN, SALES_BOT) == []  # a right one says nothing now, either
    assert await read_rows(desk.db, promo_entries) == []


@pytest.mark.parametrize(
    ("limit", "more"), [(UPDATES, {}), (UPLOADS, {"document": {"file_id": "f", "file_unique_id": "u"}})]
)
async def test_too_much_at_once(desk: Desk, limit: Any, more: dict[str, Any]) -> None:
    body = more or {"text": "hi"}
    for _ in range(limit.most - 10):  # what came before, and was handled
        desk.throttle.take(limit, COURSE_BOT, ANN, desk.next_number())
    for _ in range(30):
        await desk.receive(COURSE_BOT, {"message": desk.message(ANN, **body)})
    said = [one.text for one in await desk.work_off() if one.chat == ANN]
    assert said.count(say(limit.word, "en", {})) == 1
    assert len(said) <= 10 + 1


async def test_admins_are_not_held_up(desk: Desk) -> None:
    for _ in range(UPLOADS.most - 5):
        desk.throttle.take(UPLOADS, COURSE_BOT, ADMIN, desk.next_number())
    for _ in range(10):
        file = {"document": {"file_id": "f", "file_unique_id": "u"}}
        await desk.receive(COURSE_BOT, {"message": desk.message(ADMIN, **file)})
    assert say(UPLOADS.word, "en", {}) not in [one.text for one in await desk.work_off()]
