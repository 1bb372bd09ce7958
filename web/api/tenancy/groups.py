"""The groups and channels the bots are in: what each bot may do there, and which tariffs open them."""

from core.groups import GroupTrouble
from services.commerce.catalog import tariffs
from services.tenancy import bots, groups
from services.tenancy.permissions import Permission
from services.tenancy.schemas import Seat
from web.api.calls import Call
from web.api.ids import BotId, TariffId
from web.api.models import Answer, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.BOTS)
CHANGE = Policy(Permission.BOTS_CHANGE)
room = Room("tenancy")
SEAT = {
    "bot": "bot_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "username": "words_bot",
    "is_in": True,
    "may_invite": True,
    "may_remove": True,
    "trouble": None,
}


class SeatItem(Answer):
    """What a bot is in a group; `trouble` keeps it from what it is there for."""

    model_config = example(**SEAT)

    bot: BotId
    username: str
    is_in: bool
    may_invite: bool
    may_remove: bool
    trouble: GroupTrouble | None


class GroupItem(Answer):
    """A group or channel by Telegram's number; `tariffs` are those on sale that open it."""

    model_config = example(
        chat_id=-1001234567890, title="Together", type="supergroup", bots=[SEAT], tariffs=[f"trf_{'a' * 26}"]
    )

    chat_id: int
    title: str
    type: str
    bots: list[SeatItem]
    tariffs: list[TariffId]


@room.get("/groups", READ)
async def list_groups(call: Call) -> Listed[GroupItem]:
    """The groups that the bots know, by their titles."""
    seats = [
        (bot, seat)
        for bot in await bots.list_own(call.uow)
        if not bot.ended
        for seat in await groups.list_seats(call.uow, bot.id)
    ]
    opened = [(tariff.id, chats) for tariff, chats in await tariffs.list_all(call.uow) if tariff.is_active]
    known = {seat.group.chat_id: seat.group for _, seat in seats}
    return Listed(
        items=[
            GroupItem(
                chat_id=number,
                title=group.title,
                type=group.type,
                bots=[_show(bot.username, seat) for bot, seat in seats if seat.group.chat_id == number],
                tariffs=[tariff for tariff, chats in opened if number in chats],
            )
            for number, group in sorted(known.items(), key=lambda pair: pair[1].title.casefold())
        ]
    )


def _show(username: str, seat: Seat) -> SeatItem:
    return SeatItem(
        bot=seat.bot_id,
        username=username,
        is_in=seat.is_known and seat.is_in,
        may_invite=seat.may_invite,
        may_remove=seat.may_ban and seat.status == "administrator",
        trouble=seat.trouble,
    )


@room.post("/groups/check", CHANGE)
async def check_groups(call: Call) -> Listed[GroupItem]:
    """Have Telegram asked what the bots may do in each; the answers show within seconds."""
    for bot in await bots.list_own(call.uow):
        for seat in await groups.list_seats(call.uow, bot.id) if not bot.ended else ():
            await groups.ask(call.uow, bot.id, seat.group.chat_id)
    return await list_groups(call)
