"""What a payment opens: once, for the buyer alone."""

import asyncio
from typing import Any

import pytest

from core.db.models.commerce import accesses, memberships
from core.db.models.content import enrollment_tokens
from core.db.models.delivery import outbox
from core.db.models.learning import runs
from core.db.session import Database
from core.errors import DomainError
from core.events import CallAnswered
from core.lifecycle import MembershipStatus
from services.commerce.access.access import (
    INVITE,
    SINGLE,
    decide_join,
    get_membership,
    note_join,
    note_leave,
    note_stranger,
)
from services.commerce.orders.purchases import list_purchases, show_purchases
from services.commerce.schemas import Membership
from tests.factories.accounts import SALES_BOT
from tests.factories.flows import INVITE_TEXT
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.sales import add_access, add_community, add_membership, add_tariff
from tests.factories.shops import GROUPS, Shop
from tests.fakes.clock import StillClock
from tests.services.commerce.buying import (
    buy,
    calls,
    link_comes,
    only_order,
    pay_again,
    places,
    said,
    start_selling,
)

STRANGERS = range(900_000, 900_050)
LINK = "https://t.me/+one"


async def test_one_payment_opens_one_access_however_often_it_is_told(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop)
    order = await only_order(db)
    await asyncio.gather(*(pay_again(db, order.id, payment_id) for _ in range(20)))
    assert await count_rows(db, accesses) == 1
    assert await count_rows(db, enrollment_tokens) == 1
    assert len(await said(db, "order-paid")) == 1


async def test_greetings_come_once_and_in_their_order(db: Database, shop: Shop) -> None:
    payment_id = await buy(db, shop, "club")
    await pay_again(db, (await only_order(db)).id, payment_id)
    (access,) = await read_rows(db, accesses)
    greetings = [row for row in await read_rows(db, outbox) if "onboarding" in row.dedupe_key]
    assert [row.dedupe_key for row in greetings] == [f"access:{access.id}:onboarding:{n}" for n in (0, 1)]
    assert [row.method for row in greetings] == ["sendMessage", "sendPhoto"]
    keys = [row.dedupe_key.rpartition(":")[2] for row in await read_rows(db, outbox)]
    assert keys.index("receipt") < keys.index("0")


async def test_no_tariff_greets_with_another_ones_words(db: Database, shop: Shop) -> None:
    await buy(db, shop, "basic")
    assert [row for row in await read_rows(db, outbox) if "onboarding" in row.dedupe_key] == []


async def test_links_are_asked_for_and_told_when_all_are_there(db: Database, shop: Shop) -> None:
    run_id = await start_selling(db, shop)
    await buy(db, shop, "club", run_id=run_id, visit=1)
    first, second = await places(db)
    asked = await calls(db, "createChatInviteLink")
    assert [(one["chat_id"], one["creates_join_request"]) for one in asked] == [(g, True) for g in GROUPS]
    await link_comes(db, first.id, f"{LINK}1")
    assert await _told_links(db) == []
    await link_comes(db, second.id, f"{LINK}2")
    await link_comes(db, second.id, f"{LINK}3")
    assert await _told_links(db) == [[f"{LINK}1", f"{LINK}2"]]
    assert [row.status for row in await read_rows(db, runs)] == ["completed"]


async def _told_links(db: Database) -> list[list[str]]:
    """The links of each message that the invite step has said."""
    told = [one for one in await calls(db, "sendMessage") if one["text"].get("c") == {"*": INVITE_TEXT}]
    return [[_address(button) for row in one["buttons"] for button in row] for one in told]


def _address(button: dict[str, Any]) -> str:
    url = button["url"]
    return url if isinstance(url, str) else url["c"]["*"]


@pytest.mark.parametrize("answers", [(None, LINK), (LINK, None), (None, None)])
async def test_when_a_link_fails_a_person_is_promised(
    db: Database, shop: Shop, answers: tuple[str | None, ...]
) -> None:
    run_id = await start_selling(db, shop)
    await buy(db, shop, "club", run_id=run_id, visit=1)
    for place, link in zip(await places(db), answers, strict=True):
        await link_comes(db, place.id, link)
    assert [place.link for place in await places(db)] == list(answers)
    assert len(await said(db, "invite-by-hand")) == 1
    assert [row.status for row in await read_rows(db, runs)] == ["completed"]


async def test_the_buyer_is_let_in_and_fifty_strangers_are_declined(db: Database, shop: Shop) -> None:
    await _member(db, shop)
    async with db.unit(1) as uow:
        answers = [
            await decide_join(uow, SALES_BOT, GROUPS[0], user_id, update_id)
            for update_id, user_id in enumerate((shop.buyer.telegram_id, *STRANGERS))
        ]
    assert answers == [True] + [False] * len(STRANGERS)
    let_in = await calls(db, "approveChatJoinRequest")
    assert let_in == [{"chat_id": GROUPS[0], "user_id": shop.buyer.telegram_id}]
    assert [one["user_id"] for one in await calls(db, "declineChatJoinRequest")] == list(STRANGERS)


async def _member(db: Database, shop: Shop, **changed: Any) -> int:
    """The buyer has an access to `club` and a link to its first group; gives the membership's id."""
    async with db.unit(1) as uow:
        access_id = await add_access(uow, shop.buyer.id, shop.club)
        community_id = (await read_rows(db, memberships.metadata.tables["communities"]))[0].id
        return await add_membership(uow, access_id, community_id, shop.buyer.telegram_id, **changed)


async def test_a_place_in_one_group_opens_no_other(db: Database, shop: Shop) -> None:
    await _member(db, shop)
    async with db.unit(1) as uow:
        assert await decide_join(uow, SALES_BOT, GROUPS[1], shop.buyer.telegram_id, 1) is False


async def test_groups_that_are_not_ours_are_left_alone(db: Database, shop: Shop) -> None:
    await _member(db, shop)
    async with db.unit(1) as uow:
        assert await decide_join(uow, SALES_BOT, -100777, shop.buyer.telegram_id, 1) is None
    assert await count_rows(db, outbox) == 0


async def test_an_access_that_was_taken_away_opens_no_group(db: Database, shop: Shop) -> None:
    await _member(db, shop)
    async with db.unit(1) as uow:
        await uow.conn.execute(accesses.update().values(status="revoked"))
        assert await decide_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id, 1) is False


async def test_a_request_handled_twice_is_answered_once(db: Database, shop: Shop) -> None:
    await _member(db, shop)
    for _ in range(2):
        async with db.unit(1) as uow:
            await decide_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id, 5)
    assert len(await calls(db, "approveChatJoinRequest")) == 1


async def test_once_she_is_in_her_link_is_closed(db: Database, shop: Shop) -> None:
    membership_id = await _member(db, shop, link=LINK)
    for _ in range(2):
        async with db.unit(1) as uow:
            await note_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id)
    assert await calls(db, "revokeChatInviteLink") == [{"chat_id": GROUPS[0], "invite_link": LINK}]
    async with db.unit(1) as uow:
        assert (await get_membership(uow, membership_id)).status is MembershipStatus.JOINED


async def _in_the_groups(db: Database, shop: Shop, *chats: int) -> None:
    """The buyer has bought `club` through the scenario, got their links, and has joined these groups."""
    await buy(db, shop, "club", run_id=await start_selling(db, shop), visit=1)
    for place in await places(db):
        await link_comes(db, place.id, f"{LINK}{place.id}")
    async with db.unit(1) as uow:
        for chat_id in chats:
            await note_join(uow, SALES_BOT, chat_id, shop.buyer.telegram_id)


async def _buy_vip(db: Database, shop: Shop, *chats: int) -> None:
    """They go through the scenario again and buy what opens these groups."""
    async with db.unit(1) as uow:
        vip = await add_tariff(uow, shop.course.flow_id, "vip", rights=["questions", "mentor"])
        for chat_id in chats:
            await add_community(uow, vip, chat_id)
    await buy(db, shop, "vip", run_id=await start_selling(db, shop), visit=1)


async def test_a_second_purchase_speaks_only_of_groups_she_is_not_in(db: Database, shop: Shop) -> None:
    await _in_the_groups(db, shop, GROUPS[0])
    asked = len(await calls(db, "createChatInviteLink"))
    await _buy_vip(db, shop, GROUPS[0], -1003)
    more = [one["chat_id"] for one in await calls(db, "createChatInviteLink")][asked:]
    assert more == [GROUPS[1], -1003]
    statuses = {place.community_chat_id: place.status for place in await _memberships(db, shop)}
    assert statuses[GROUPS[0]] == MembershipStatus.JOINED


async def test_who_is_in_every_group_hears_of_none_and_goes_on(db: Database, shop: Shop) -> None:
    await _in_the_groups(db, shop, *GROUPS)
    told = await _told_links(db)
    await _buy_vip(db, shop, *GROUPS)
    assert len(await calls(db, "createChatInviteLink")) == len(GROUPS)
    assert await _told_links(db) == told
    assert [row.status for row in await read_rows(db, runs)] == ["completed", "completed"]
    async with db.unit(1) as uow:
        assert await show_purchases(uow, shop.buyer, shop.chat, "cmd:1")
    assert len(await calls(db, "createChatInviteLink")) == len(GROUPS)


async def test_a_group_of_two_tariffs_is_left_and_entered_once(db: Database, shop: Shop) -> None:
    await _in_the_groups(db, shop)
    await _buy_vip(db, shop, *GROUPS)
    for place in await places(db):
        await link_comes(db, place.id, f"{LINK}{place.id}")
    async with db.unit(1) as uow:
        await note_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id)
    ours = [one for one in await _memberships(db, shop) if one.community_chat_id == GROUPS[0]]
    assert [one.status for one in ours] == [MembershipStatus.JOINED] * 2
    revoked = [one["invite_link"] for one in await calls(db, "revokeChatInviteLink")]
    assert revoked == [one.link for one in ours]
    async with db.unit(1) as uow:
        await note_leave(uow, GROUPS[0], shop.buyer.telegram_id)
    asked = len(await calls(db, "createChatInviteLink"))
    async with db.unit(1) as uow:
        await show_purchases(uow, shop.buyer, shop.chat, "cmd:1")
    assert len(await calls(db, "createChatInviteLink")) == asked + 1


async def _memberships(db: Database, shop: Shop) -> list[Membership]:
    async with db.unit(1) as uow:
        return [await get_membership(uow, place.id) for place in await places(db)]


async def test_who_was_let_in_by_hand_gets_no_link_any_more(db: Database, shop: Shop) -> None:
    membership_id = await _member(db, shop, status=MembershipStatus.FAILED, link=None)
    async with db.unit(1) as uow:
        await note_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id)
        assert (await get_membership(uow, membership_id)).status is MembershipStatus.JOINED
        await show_purchases(uow, shop.buyer, shop.chat, "cmd:1")
    assert [one["chat_id"] for one in await calls(db, "createChatInviteLink")] == [GROUPS[1]]


async def test_strangers_coming_and_going_change_nothing(db: Database, shop: Shop) -> None:
    membership_id = await _member(db, shop)
    async with db.unit(1) as uow:
        await note_join(uow, SALES_BOT, GROUPS[0], STRANGERS[0])
        await note_leave(uow, GROUPS[0], STRANGERS[0])
    async with db.unit(1) as uow:
        assert (await get_membership(uow, membership_id)).status is MembershipStatus.INVITED


async def test_who_left_by_mistake_gets_a_new_link(db: Database, shop: Shop, clock: StillClock) -> None:
    membership_id = await _member(db, shop)
    async with db.unit(1) as uow:
        await note_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id)
        await note_leave(uow, GROUPS[0], shop.buyer.telegram_id)
    async with db.unit(1) as uow:
        assert await show_purchases(uow, shop.buyer, shop.chat, "cmd:1")
    asked = await read_rows(db, outbox, method="createChatInviteLink")
    assert len(asked) == len(GROUPS)  # the other group never had one
    await link_comes(db, membership_id, f"{LINK}-new", asked[0].id)
    (news,) = await said(db, "invite-new")
    assert news["buttons"][0][0]["url"] == f"{LINK}-new"
    clock.advance(seconds=60)
    async with db.unit(1) as uow:
        await note_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id)
    assert [one["invite_link"] for one in await calls(db, "revokeChatInviteLink")][-1] == f"{LINK}-new"


async def test_a_new_link_that_cannot_be_made_promises_a_person(db: Database, shop: Shop) -> None:
    membership_id = await _member(db, shop, status=MembershipStatus.LEFT)
    async with db.unit(1) as uow:
        await show_purchases(uow, shop.buyer, shop.chat, "cmd:1")
    await link_comes(db, membership_id, None)
    assert len(await said(db, "invite-by-hand")) == 1


async def test_purchases_show_the_course_and_open_links(db: Database, shop: Shop) -> None:
    await _member(db, shop, link=LINK)
    async with db.unit(1) as uow:
        await add_access(uow, shop.buyer.id, shop.basic)
    async with db.unit(1) as uow:
        bought = await list_purchases(uow, shop.buyer.id)
        assert await show_purchases(uow, shop.buyer, shop.chat, "cmd:2")
    assert [one.tariff_name["*"] for one in bought] == ["Tariff club", "Tariff basic"]
    assert [place.chat_id for place in bought[0].places] == list(GROUPS)
    shown = await said(db, "purchase")
    assert [len(one["buttons"]) for one in shown] == [2, 1]
    assert shown[0]["buttons"][1][0]["url"] == LINK


async def test_without_purchases_nothing_is_shown(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        assert not await show_purchases(uow, shop.buyer, shop.chat, "cmd:3")
    assert await count_rows(db, outbox) == 0


async def test_a_group_shared_by_two_tariffs_lets_in_by_either(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        community_id = await add_community(uow, shop.basic, GROUPS[0])
        access_id = await add_access(uow, shop.buyer.id, shop.basic)
        await add_membership(uow, access_id, community_id, shop.buyer.telegram_id)
        assert await decide_join(uow, SALES_BOT, GROUPS[0], shop.buyer.telegram_id, 1)


async def test_an_unknown_membership_is_named(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="MEMBERSHIP_NOT_FOUND"):
            await get_membership(uow, 424242)


REFUSED = "Bad Request: JOIN_REQUESTS_NOT_SUPPORTED"


async def answered(db: Database, name: str, membership_id: int, result: Any, outbox_id: int = 1) -> None:
    async with db.unit(1) as uow:
        is_fine = isinstance(result, dict)
        uow.publish(CallAnswered(name, membership_id, SALES_BOT, outbox_id, is_fine, result))


async def test_where_nobody_can_be_let_in_one_by_one_a_link_for_one_person_does(
    db: Database, shop: Shop
) -> None:
    await buy(db, shop, "club")
    first = (await places(db))[0]
    await answered(db, INVITE, first.id, REFUSED)
    single = (await calls(db, "createChatInviteLink"))[-1]
    assert (single["chat_id"], single["member_limit"]) == (GROUPS[0], 1)
    assert "creates_join_request" not in single
    await answered(db, SINGLE, first.id, {"invite_link": LINK}, 2)
    first = (await places(db))[0]
    assert (first.status, first.link) == ("invited", LINK)


async def test_where_no_kind_of_link_can_be_made_the_admins_hear_it(db: Database, shop: Shop) -> None:
    async with db.unit(1) as uow:
        await add_chat(uow, SALES_BOT, await add_contact(uow, 1001))
    await buy(db, shop, "club")
    first = (await places(db))[0]
    for name in (INVITE, SINGLE):
        await answered(db, name, first.id, REFUSED)
    assert (await places(db))[0].status == MembershipStatus.FAILED
    assert [one for one in await calls(db) if "group-no_invites" in str(one) and one["chat_id"] == 1001]


async def test_a_stranger_who_used_the_only_place_of_a_link_is_out_and_the_buyer_gets_another(
    db: Database, shop: Shop
) -> None:
    await buy(db, shop, "club")
    first = (await places(db))[0]
    await answered(db, SINGLE, first.id, {"invite_link": LINK})
    for user_id in (STRANGERS[0], shop.buyer.telegram_id):
        async with db.unit(1) as uow:
            await note_stranger(uow, SALES_BOT, GROUPS[0], user_id, LINK)
    assert [one["user_id"] for one in await calls(db, "banChatMember")] == [STRANGERS[0]]
    assert [one["invite_link"] for one in await calls(db, "revokeChatInviteLink")] == [LINK]
    assert (await places(db))[0].status == MembershipStatus.ASKED
    assert (await calls(db, "createChatInviteLink"))[-1]["member_limit"] == 1
