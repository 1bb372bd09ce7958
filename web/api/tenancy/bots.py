"""The bots of the account: connected by their tokens while everything runs, asked after, replaced, let go."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, SecretStr

from core.lifecycle import BotEnd, BotKind, BotTrouble
from core.links import bot_link
from services.tenancy import bots
from services.tenancy.bot_care import connecting
from services.tenancy.bot_care.connecting import Wish
from services.tenancy.permissions import Permission
from services.tenancy.schemas import OwnBot
from web.api.calls import ApiCall, Call
from web.api.ids import BotId, BotRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.BOTS)
CHANGE = Policy(Permission.BOTS_CHANGE, no_keys=True)
ASK = Policy(Permission.BOTS_CHANGE, no_keys=True, apart=True)
MOST_TOKEN = 200
room = Room("tenancy")


class BotItem(Answer):
    """A bot; `ended` says why it works no more, `trouble` what keeps it from receiving, `is_default` that it counts where nothing names another."""

    model_config = example(
        id="bot_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        kind="sales",
        username="words_bot",
        name="Clear words",
        link="https://t.me/words_bot",
        is_default=True,
        ended=None,
        trouble=None,
        connected_at="2030-01-07T09:00:00Z",
    )

    id: BotId
    kind: BotKind
    username: str
    name: str
    link: str
    is_default: bool
    ended: BotEnd | None
    trouble: BotTrouble | None
    connected_at: datetime


class BotBody(Body):
    """A token as @BotFather gave it, and what the bot is for; `in_place_of` another one, `take_over` from another program."""

    model_config = example(token="123456789:AAF-example", kind="sales")  # noqa: S106 - opens nothing

    token: Annotated[SecretStr, Field(min_length=1, max_length=MOST_TOKEN)]
    kind: BotKind
    in_place_of: BotRef | None = None
    take_over: bool = False


def _show(bot: OwnBot) -> BotItem:
    names = ("id", "kind", "username", "name", "is_default", "ended", "trouble", "connected_at")
    return BotItem(**{name: getattr(bot, name) for name in names}, link=bot_link(bot.username))


async def _show_now(call: ApiCall, bot_id: int) -> BotItem:
    return next(_show(bot) for bot in await bots.list_own(call.uow) if bot.id == bot_id)


@room.get("/bots", READ)
async def list_bots(call: Call) -> Listed[BotItem]:
    """The bots of the account, those that no longer work for it last."""
    return Listed(items=[_show(bot) for bot in await bots.list_own(call.uow)])


@room.get("/bots/{bot}", READ)
async def get_bot(call: Call, bot: BotRef) -> BotItem:
    """One bot."""
    return await _show_now(call, bot)


@room.post("/bots", ASK, 201)
async def connect_bot(call: Call, body: BotBody) -> BotItem:
    """Have a bot work for the account, or give it a new token; it is served at once."""
    wish = Wish(body.token.get_secret_value(), body.kind, body.in_place_of, body.take_over)
    bot = await connecting.recognise(call.db, call.outside.ask, call.account_id, wish)
    async with call.write() as uow:
        await connecting.connect_bot(uow, uow.env.keys, bot, wish.in_place_of)
        call.note_change(None, None, f"@{bot.username}")
        call.enter(uow)
        return await _show_now(call, bot.id)


@room.post("/bots/{bot}/check", ASK)
async def check_bot(call: Call, bot: BotRef) -> BotItem:
    """Ask Telegram whether it knows the bot still, and what it is called."""
    said = await connecting.ask_about(call.db, call.outside.ask, call.account_id, bot)
    call.only_looked = True
    async with call.write() as uow:
        await connecting.note_answer(uow, bot, said)
        call.enter(uow)
        return await _show_now(call, bot)


@room.post("/bots/{bot}/default", CHANGE)
async def choose_bot(call: Call, bot: BotRef) -> BotItem:
    """Have the bot count where nothing names another of its kind."""
    await connecting.choose_default(call.uow, bot)
    return await _show_now(call, bot)


@room.post("/bots/{bot}/disconnect", CHANGE)
async def disconnect_bot(call: Call, bot: BotRef) -> BotItem:
    """Have the bot work no more; people, courses and what waits to be said stay."""
    call.only_looked = (await _show_now(call, bot)).ended is not None
    if not call.only_looked:
        await connecting.disconnect_bot(call.uow, bot)
    return await _show_now(call, bot)
