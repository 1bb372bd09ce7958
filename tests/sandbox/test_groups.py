"""Groups: invitations, join requests, bans, and what bots hear there."""

import pytest
from bot_client import BotClient

from sandbox.client.client import Group, Person, SandboxClient


@pytest.fixture
async def boris(tg: SandboxClient) -> Person:
    return await tg.person("Boris")


@pytest.fixture
async def group(tg: SandboxClient, bot: BotClient, boris: Person) -> Group:
    group = await tg.group("Club", id=-1001234567890, owner=boris, bots=["sales_bot"])
    (update,) = await bot.drain("my_chat_member")
    assert update["new_chat_member"]["can_invite_users"] is True
    await bot.updates(allowed_updates=["message", "chat_member", "chat_join_request"])
    return group


async def test_join_request_is_approved(tg: SandboxClient, bot: BotClient, group: Group) -> None:
    anna = await tg.person("Anna")
    terms = {"name": "Premium", "creates_join_request": True}
    link = (await bot.ok("createChatInviteLink", chat_id=group.id, **terms))["invite_link"]
    assert await anna.join(link) == "requested"
    (request,) = await bot.drain("chat_join_request")
    assert request["user_chat_id"] == anna.id
    assert request["invite_link"]["name"] == "Premium"
    # For five minutes the bot may write to someone who never started it.
    await bot.ok("sendMessage", chat_id=request["user_chat_id"], text="Welcome")
    await tg.clock.advance(minutes=6)
    assert (await bot.fails("sendMessage", chat_id=anna.id, text="Late"))[0] == 403
    await bot.ok("approveChatJoinRequest", chat_id=group.id, user_id=anna.id)
    (change,) = await bot.drain("chat_member")
    assert change["via_join_request"] is True
    assert (await group.members())[anna.id] == "member"
    again = await bot.fails("approveChatJoinRequest", chat_id=group.id, user_id=anna.id)
    assert again == (400, "Bad Request: USER_ALREADY_PARTICIPANT")


async def test_join_request_is_declined(tg: SandboxClient, bot: BotClient, group: Group) -> None:
    anna = await tg.person("Anna")
    link = (await bot.ok("createChatInviteLink", chat_id=group.id, creates_join_request=True))["invite_link"]
    await anna.join(link)
    assert await group.requests() == [anna.id]
    await bot.ok("declineChatJoinRequest", chat_id=group.id, user_id=anna.id)
    assert await group.requests() == []
    refusal = await bot.fails("declineChatJoinRequest", chat_id=group.id, user_id=anna.id)
    assert refusal == (400, "Bad Request: HIDE_REQUESTER_MISSING")


async def test_link_terms(tg: SandboxClient, bot: BotClient, group: Group) -> None:
    now = int((await tg.clock.now()).timestamp())
    make = "createChatInviteLink"
    assert (await bot.fails(make, chat_id=group.id, name="x" * 33))[0] == 400
    assert (await bot.fails(make, chat_id=group.id, member_limit=2, creates_join_request=True))[0] == 400
    assert await bot.fails(make, chat_id=group.id, expire_date=now - 5) == (
        400,
        "Bad Request: EXPIRE_DATE_INVALID",
    )
    once = (await bot.ok(make, chat_id=group.id, member_limit=1))["invite_link"]
    short = (await bot.ok(make, chat_id=group.id, expire_date=now + 3600))["invite_link"]
    gone = (await bot.ok(make, chat_id=group.id))["invite_link"]
    await bot.ok("revokeChatInviteLink", chat_id=group.id, invite_link=gone)
    first, second = await tg.person("First"), await tg.person("Second")
    assert await first.join(once) == "joined"
    await tg.clock.advance(hours=2)
    for link in (once, short, gone):
        with pytest.raises(AssertionError, match="invalid or has expired"):
            await second.join(link)


async def test_ban_keeps_out_until_unbanned(tg: SandboxClient, bot: BotClient, group: Group) -> None:
    anna = await tg.person("Anna")
    link = (await bot.ok("createChatInviteLink", chat_id=group.id))["invite_link"]
    await anna.join(link)
    await bot.ok("banChatMember", chat_id=group.id, user_id=anna.id)
    assert (await bot.ok("getChatMember", chat_id=group.id, user_id=anna.id))["status"] == "kicked"
    with pytest.raises(AssertionError, match="banned"):
        await anna.join(link)
    await bot.ok("unbanChatMember", chat_id=group.id, user_id=anna.id, only_if_banned=True)
    assert await anna.join(link) == "joined"
    states = [one["new_chat_member"]["status"] for one in await bot.drain("chat_member")]
    assert states == ["member", "kicked", "left", "member"]
    assert await bot.ok("getChatMemberCount", chat_id=group.id) == 3


async def test_owner_and_rights(tg: SandboxClient, bot: BotClient, group: Group, boris: Person) -> None:
    refusal = await bot.fails("banChatMember", chat_id=group.id, user_id=boris.id)
    assert refusal == (400, "Bad Request: can't remove chat owner")
    admins = await bot.ok("getChatAdministrators", chat_id=group.id)
    assert [one["status"] for one in admins] == ["creator", "administrator"]
    await group.set_bot("sales_bot", "administrator", {"can_invite_users": True})
    refusal = await bot.fails("banChatMember", chat_id=group.id, user_id=(await tg.person("Anna")).id)
    assert refusal == (400, "Bad Request: not enough rights to restrict/unrestrict chat member")


async def test_ordinary_bots_hear_only_what_concerns_them(
    tg: SandboxClient, course_bot: BotClient, group: Group, boris: Person
) -> None:
    await group.set_bot("course_bot", "member")
    question = await course_bot.ok("sendMessage", chat_id=group.id, text="Yes?")
    await course_bot.drain()
    chat = boris.chat(group)
    await chat.send("just talking")
    await chat.send("/help@course_bot")
    await chat.send("/start@sales_bot")
    await chat.reply(await chat.expect("Yes"), "yes!")
    heard = await course_bot.drain("message")
    assert [one["text"] for one in heard] == ["/help@course_bot", "yes!"]
    assert heard[1]["reply_to_message"]["message_id"] == question["message_id"]


async def test_channel_posts(tg: SandboxClient, bot: BotClient, boris: Person) -> None:
    channel = await tg.group("News", type="channel", username="club_news", owner=boris, bots=["sales_bot"])
    await bot.drain()
    await boris.chat(channel).send("Hot")
    (post,) = await bot.drain("channel_post")
    assert (post["text"], post["sender_chat"]["title"]) == ("Hot", "News")
    sent = await bot.ok("sendMessage", chat_id="@club_news", text="By bot")
    assert sent["chat"] == {"id": channel.id, "title": "News", "username": "club_news", "type": "channel"}


async def test_a_ban_may_end(tg: SandboxClient, bot: BotClient, group: Group) -> None:
    anna = await tg.person("Anna")
    link = (await bot.ok("createChatInviteLink", chat_id=group.id))["invite_link"]
    await anna.join(link)
    until = int((await tg.clock.now()).timestamp()) + 3600
    await bot.ok("banChatMember", chat_id=group.id, user_id=anna.id, until_date=until)
    await tg.clock.advance(hours=2)
    assert await anna.join(link) == "joined"


async def test_restricting_and_promoting(tg: SandboxClient, bot: BotClient, group: Group) -> None:
    anna = await tg.person("Anna")
    place = {"chat_id": group.id, "user_id": anna.id}
    refusal = (400, "Bad Request: USER_NOT_PARTICIPANT")
    assert await bot.fails("promoteChatMember", **place, can_invite_users=True) == refusal
    await group.add(anna)
    await bot.ok("restrictChatMember", **place, permissions={"can_send_messages": True})
    assert (await group.members())[anna.id] == "restricted"
    await bot.ok("promoteChatMember", **place, can_invite_users=True)
    assert (await bot.ok("getChatMember", **place))["can_invite_users"] is True
    await bot.ok("setChatTitle", chat_id=group.id, title="Circle")
    assert (await anna.chat(group).info())["title"] == "Circle"


async def test_everything_about_an_upgraded_group_says_where_it_went(
    bot: BotClient, tg: SandboxClient
) -> None:
    owner = await tg.person("Boris")
    basic = await tg.group("Small", owner=owner, type="group", bots=["sales_bot"])
    heir = await basic.upgrade()
    for method in ("getChat", "sendMessage", "createChatInviteLink"):
        _, refused = await bot.ask(method, chat_id=basic.id, text="x")
        assert refused["parameters"] == {"migrate_to_chat_id": heir.id}
    assert (await bot.ok("getChat", chat_id=heir.id))["type"] == "supergroup"
