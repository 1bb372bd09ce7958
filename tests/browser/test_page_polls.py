"""Polls on the page: one answer, several, a quiz with its explanation, taking a vote back."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import Screen
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _asked(
    tg: SandboxClient,
    bot: BotClient,
    sandbox: str,
    open_screen: OpenScreen,
    question: str,
    *options: str,
    **more: Any,
) -> tuple[Screen, Locator]:
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    texts = [{"text": one} for one in options]
    await bot.ok("sendPoll", chat_id=anna.id, question=question, options=texts, **more)
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    return screen, screen.log.get_by_role("group", name=f"Poll: {question}")


async def test_a_poll_takes_one_answer_and_gives_it_back(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    screen, poll = await _asked(tg, bot, sandbox, open_screen, "When?", "Morning", "Evening")
    await expect(poll).to_contain_text("No votes yet")
    await poll.get_by_role("button", name="Evening").click()
    await expect(poll).to_contain_text("100%Evening (your choice)")
    await expect(poll).to_contain_text("1 vote")
    await screen.shot("poll")
    await screen.menu_of("When?", "Take the vote back")
    await expect(poll.get_by_role("button", name="Evening")).to_be_visible()


async def test_several_answers_are_sent_together(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    screen, poll = await _asked(
        tg,
        bot,
        sandbox,
        open_screen,
        "What to bring?",
        "Bread",
        "Cheese",
        "Tea",
        allows_multiple_answers=True,
        is_anonymous=False,
    )
    vote = poll.get_by_role("button", name="Vote")
    await expect(vote).to_be_disabled()
    await bot.drain()
    await poll.get_by_role("checkbox", name="Bread").click()
    await poll.get_by_role("checkbox", name="Tea").click()
    await vote.click()
    await expect(poll).to_contain_text("0%Cheese")
    answer = (await bot.drain("poll_answer"))[0]
    assert answer["option_ids"] == [0, 2]
    await screen.shot("poll-of-many")


async def test_a_quiz_says_what_was_right_and_why(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    screen, poll = await _asked(
        tg,
        bot,
        sandbox,
        open_screen,
        "2 × 2?",
        "3",
        "4",
        type="quiz",
        correct_option_ids=[1],
        explanation="Two and two",
    )
    await poll.get_by_role("button", name="3").click()
    await expect(poll).to_contain_text("3 (your choice, wrong)")
    await expect(poll).to_contain_text("4 (right)")
    await expect(poll).to_contain_text("Not right")
    await expect(poll).to_contain_text("Two and two")
    await screen.shot("quiz")
