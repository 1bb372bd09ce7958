"""Groups, forums and channels on the page; the ways in."""

import pytest
from playwright.async_api import expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.sandbox.bot_client import BotClient

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_request_to_join_is_asked_for_and_granted(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    marina = await tg.person("Marina", username="marina")
    anna = await tg.person("Anna", username="anna")
    await anna.start("shop_bot")
    group = await tg.group("Together", owner=marina, bots=["shop_bot"])
    link = await bot.ok("createChatInviteLink", chat_id=group.id, name="Course", creates_join_request=True)
    keyboard = {"inline_keyboard": [[{"text": "Your group", "url": link["invite_link"]}]]}
    await bot.ok("sendMessage", chat_id=anna.id, text="Come in", reply_markup=keyboard)
    screen = await open_screen(sandbox, person="anna", chat="shop_bot")
    await screen.press("Your group")
    await expect(screen.page.get_by_role("dialog", name="Together")).to_contain_text("2 members")
    await screen.shot("invitation")
    await screen.choose("Ask to join")
    await expect(screen.page.get_by_text("Your request to join was sent")).to_be_visible()
    # The owner lets them in from the group's own page.
    owner = await open_screen(sandbox, person="marina", chat=str(group.id))
    await owner.pane.get_by_role("button", name="More").click()
    await owner.choose("About the chat")
    await expect(owner.page.get_by_role("button", name="Let in")).to_be_visible()
    await owner.shot("group-info")
    await owner.choose("Let in")
    await screen.enter("Together")
    await expect(screen.log.get_by_text("Marina added Anna")).to_be_visible()
    await screen.write("Hello from Anna")
    await expect(await owner.see("Hello from Anna")).to_be_visible()
    await screen.shot("group")


async def test_topics_are_tabs_and_a_message_goes_to_the_chosen_one(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    group = await tg.group("Forum", owner=anna, bots=["shop_bot"])
    await tg._link.post(f"/sandbox/groups/{group.id}/forum", {"is_forum": True})
    topic = await bot.ok("createForumTopic", chat_id=group.id, name="Homework")
    await bot.ok(
        "sendMessage", chat_id=group.id, message_thread_id=topic["message_thread_id"], text="Hand in here"
    )
    await bot.ok("sendMessage", chat_id=group.id, text="Hello all")
    screen = await open_screen(sandbox, person="anna", chat=str(group.id))
    await screen.see("Hello all")
    await screen.pane.get_by_role("tab", name="Homework").click()
    await expect(screen.message("Hello all")).to_have_count(0)
    await screen.write("Done")
    await screen.see("Done")
    assert (await anna.chat(group).last()).raw["message_thread_id"] == topic["message_thread_id"]
    await screen.shot("topics")
    await screen.page.keyboard.press("Shift+Tab")
    await screen.pane.get_by_role("tab", name="Homework").focus()
    await screen.page.keyboard.press("ArrowLeft")
    await screen.page.keyboard.press("Enter")
    await expect(screen.pane.get_by_role("tab", name="General")).to_have_attribute("aria-selected", "true")
    await expect(screen.message("Hand in here")).to_have_count(0)


async def test_a_pinned_message_stands_above_and_leads_to_its_place(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    anna = await tg.person("Anna", username="anna")
    group = await tg.group("Friends", owner=anna, bots=["shop_bot"])
    rules = await bot.ok("sendMessage", chat_id=group.id, text="The rules of the house")
    for number in range(30):
        await anna.chat(group).send(f"Message {number}")
    screen = await open_screen(sandbox, person="anna", chat=str(group.id))
    await screen.see("Message 29")
    await bot.ok("pinChatMessage", chat_id=group.id, message_id=rules["message_id"])
    pinned = screen.pane.get_by_role("button", name="Pinned message")
    await expect(pinned).to_contain_text("The rules of the house")
    await expect(screen.message("The rules of the house")).not_to_be_in_viewport()
    await pinned.click()
    await expect(screen.message("The rules of the house")).to_be_in_viewport()
    await screen.shot("pinned")


async def test_a_channel_is_read_by_subscribers_and_written_by_its_owner(
    tg: SandboxClient, bot: BotClient, sandbox: str, open_screen: OpenScreen
) -> None:
    marina = await tg.person("Marina", username="marina")
    await tg.person("Anna", username="anna")
    await tg.group("News", type="channel", username="news_of_it", owner=marina, bots=["shop_bot"])
    screen = await open_screen(sandbox, person="anna")
    await screen.pane.get_by_role("textbox", name="Open a t.me link").fill("t.me/news_of_it")
    await screen.page.keyboard.press("Enter")
    await screen.choose("Join")
    await expect(screen.pane.get_by_text("Only administrators write here")).to_be_visible()
    owner = await open_screen(sandbox, person="marina", chat="news_of_it")
    await owner.write("The first news")
    await screen.see("The first news")
    await expect(screen.pane.get_by_text("3 subscribers")).to_be_visible()
    await screen.shot("channel")
