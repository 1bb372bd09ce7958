"""Bots begin and cease to work for an account: asked of Telegram who they are, sealed, and seen by every process at once."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.db.session import Database, Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import BotBroke, BotMended, BotTookPlace
from core.lifecycle import BotEnd, BotKind, BotTrouble
from services.tenancy.bots import bot_id_of, find_bot, get_token, place_of
from services.tenancy.plans import room
from services.tenancy.plans.offered import Resource
from services.tenancy.schemas import ConnectedBot
from services.tenancy.store import bots as store
from utils.sealed import KeyMissingError, KeyRing

TOPIC = "bots"  # rings in the process that changed something about them
PROBE_SECONDS = 1  # whoever else polls comes back within it
CONFLICT = 409
UNKNOWN_TOKEN = (401, 404)


@dataclass(frozen=True)
class Said:
    """What Telegram said to a call."""

    ok: bool
    result: Any
    code: int
    error: str


Ask = Callable[[str, str, Mapping[str, Any]], Awaitable[Said]]
"""Calls a method as the bot of a token; raises TELEGRAM_AWAY where no answer comes."""


@dataclass(frozen=True)
class Wish:
    """A bot to be connected; `in_place_of` another one, whose people and flows it gets; `take_over` from another program."""

    token: str = field(repr=False)
    kind: BotKind
    in_place_of: int | None = None
    take_over: bool = False


async def connect(db: Database, ask: Ask, account_id: int, wish: Wish) -> ConnectedBot:
    """Have a bot work for an account; whoever serves bots begins with it at once. Raises as `recognise` and `connect_bot`."""
    bot = await recognise(db, ask, account_id, wish)
    async with db.unit(account_id) as uow:
        await connect_bot(uow, db.env.keys, bot, wish.in_place_of)
    return bot


async def recognise(db: Database, ask: Ask, account_id: int, wish: Wish) -> ConnectedBot:
    """Who the bot of a token is, and that it may work here, before it is stored.

    Raises BOT_TOKEN, BOT_TAKEN, BOT_OF_OTHER_KIND, BOT_ELSEWHERE, TELEGRAM_AWAY.
    """
    try:
        number = bot_id_of(wish.token)
    except ValueError as error:
        raise DomainError(ErrorKind.INVALID, "BOT_TOKEN", str(error)) from None
    async with db.reading() as conn:
        known = await store.find_known(conn, number)
    if known is not None:
        _refuse_taken(known, account_id, wish.kind)
    bot = await _ask_who(ask, account_id, wish)
    is_ours = known is not None and known["is_active"] and known["trouble"] is None
    if not (wish.take_over or is_ours):
        await _refuse_elsewhere(ask, wish.token, bot)
    return bot


def _refuse_taken(known: Mapping[str, Any], account_id: int, kind: BotKind) -> None:
    if known["account_id"] != account_id:
        raise DomainError(ErrorKind.CONFLICT, "BOT_TAKEN", f"@{known['username']} works for another account")
    if known["is_active"] and known["kind"] != kind:
        told = f"@{known['username']} is the {known['kind']} bot already; a bot does one thing"
        raise DomainError(ErrorKind.CONFLICT, "BOT_OF_OTHER_KIND", told)


async def _ask_who(ask: Ask, account_id: int, wish: Wish) -> ConnectedBot:
    said = await ask(wish.token, "getMe", {})
    if not said.ok:
        revoked = "Telegram does not know this token: copy it anew from @BotFather"
        why = revoked if said.code in UNKNOWN_TOKEN else f"Telegram answers: {said.error}"
        raise DomainError(ErrorKind.INVALID, "BOT_TOKEN", why)
    me = said.result
    return ConnectedBot(me["id"], account_id, wish.kind, me["username"], me["first_name"], wish.token)


async def _refuse_elsewhere(ask: Ask, token: str, bot: ConnectedBot) -> None:
    """Raise BOT_ELSEWHERE where another program receives what the bot is sent: each would get a part of it."""
    hook = await ask(token, "getWebhookInfo", {})
    address = str((hook.result or {}).get("url") or "") if hook.ok else ""
    host = urlsplit(address).hostname
    if address:
        raise _elsewhere(f"{host} receives what is sent to @{bot.username} by webhook")
    said = await ask(token, "getUpdates", {"timeout": PROBE_SECONDS, "limit": 1})
    if not said.ok and said.code == CONFLICT:
        raise _elsewhere(f"another program receives what is sent to @{bot.username}")


def _elsewhere(what: str) -> DomainError:
    return DomainError(
        ErrorKind.CONFLICT, "BOT_ELSEWHERE", f"{what}: stop that one first, or take the bot over from it"
    )


async def connect_bot(
    uow: UnitOfWork, keys: KeyRing, bot: ConnectedBot, in_place_of: int | None = None
) -> None:
    """Store a bot beside the others, or in place of one; a token given now replaces the one known before.

    The first of a kind is the one that counts where nothing names another. Raises BOT_TAKEN and BOT_NOT_CONNECTED,
    and as `take` where the account's plan has no room for one more.
    """
    default, known = await find_bot(uow, bot.kind), await store.find_known(uow.conn, bot.id) or {}
    if in_place_of is None and not known.get("is_active"):
        await room.take(uow, Resource.BOTS)
    row = {
        "id": bot.id,
        "kind": bot.kind,
        "username": bot.username,
        "name": bot.name,
        "token_sealed": keys.seal(bot.token, place_of(uow.account_id, bot.id)),
        "is_active": True,
        "ended": None,
        "trouble": None,
        "created_at": uow.now,
    }
    if default is None or default.id != bot.id:
        row["is_default"] = default is None
    if not await store.put_bot(uow.conn, uow.account_id, row):
        raise DomainError(ErrorKind.CONFLICT, "BOT_TAKEN", str(bot.id))
    if in_place_of is not None and in_place_of != bot.id:
        await _replace(uow, bot, in_place_of, BotEnd.REPLACED)
    elif default is None:
        uow.publish(BotTookPlace(bot.id))
    if known.get("is_active") and known["trouble"]:
        uow.publish(BotMended(bot.id))
    if _is_news(row, known, bot, uow.env.keys):
        await _let_see(uow)


def _is_news(row: Row, known: Row, bot: ConnectedBot, keys: KeyRing) -> bool:
    """Whether a process that serves the bot has to do something about it; sealed twice, a token looks different."""
    same = row.keys() - {"created_at", "token_sealed"}
    if any(known.get(name) != row[name] for name in same):
        return True
    try:
        return keys.open(known["token_sealed"], place_of(known["account_id"], bot.id)) != bot.token
    except KeyMissingError:
        return True


async def _replace(uow: UnitOfWork, bot: ConnectedBot, former_id: int, ended: BotEnd) -> None:
    former = await store.find_bot_by_id(uow.conn, uow.account_id, former_id)
    if former is None or former["kind"] != bot.kind:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(former_id))
    await store.end_bot(uow.conn, uow.account_id, former_id, ended)
    if former["is_default"]:
        await store.make_default(uow.conn, uow.account_id, bot.kind, bot.id)
    uow.publish(BotTookPlace(bot.id))


async def connect_of_environment(uow: UnitOfWork, keys: KeyRing, bot: ConnectedBot) -> bool:
    """Store a bot that the environment names; an unknown one takes the place of its kind's.

    False for one that somebody here has disconnected or replaced since: that counts, whatever a file on a server says.
    """
    known = await store.find_known(uow.conn, bot.id)
    if known is not None and known["ended"] in {BotEnd.REPLACED, BotEnd.DISCONNECTED}:
        return False
    default = await find_bot(uow, bot.kind)
    await connect_bot(uow, keys, bot)
    works = known is not None and known["is_active"] and known["kind"] == bot.kind
    if not works and default is not None and default.id != bot.id:
        await _replace(uow, bot, default.id, BotEnd.GAVE_WAY)
    return True


async def ask_about(db: Database, ask: Ask, account_id: int, bot_id: int) -> Said:
    """What Telegram says of a bot that works here; raises BOT_NOT_CONNECTED, BOT_TOKEN_LOST, TELEGRAM_AWAY."""
    try:
        async with db.looking(account_id) as uow:
            token = await get_token(uow, bot_id)
    except KeyMissingError:
        raise DomainError(ErrorKind.CONFLICT, "BOT_TOKEN_LOST", str(bot_id)) from None
    return await ask(token, "getMe", {})


async def note_answer(uow: UnitOfWork, bot_id: int, said: Said) -> None:
    """Keep what the bot is called now, or that Telegram does not know it any more."""
    if said.ok:
        await note_names(uow, bot_id, said.result["username"], said.result["first_name"])
    elif said.code in UNKNOWN_TOKEN:
        await note_trouble(uow, bot_id, BotTrouble.REFUSED)


async def disconnect_bot(uow: UnitOfWork, bot_id: int) -> None:
    """Have a bot work no more; what it was to say waits for whoever takes its place. Raises BOT_NOT_CONNECTED."""
    if not await store.end_bot(uow.conn, uow.account_id, bot_id, BotEnd.DISCONNECTED):
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(bot_id))
    await _let_see(uow)


async def choose_default(uow: UnitOfWork, bot_id: int) -> None:
    """Have a bot count where nothing names another of its kind; raises BOT_NOT_CONNECTED."""
    row = await store.find_bot_by_id(uow.conn, uow.account_id, bot_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(bot_id))
    await store.make_default(uow.conn, uow.account_id, row["kind"], bot_id)
    await _let_see(uow)


async def note_trouble(uow: UnitOfWork, bot_id: int, trouble: BotTrouble | None) -> None:
    """Say it once if a bot receives nothing any more, and once that it does again."""
    if not await store.set_trouble(uow.conn, uow.account_id, bot_id, trouble):
        return
    uow.publish(BotMended(bot_id) if trouble is None else BotBroke(bot_id, trouble))


async def note_names(uow: UnitOfWork, bot_id: int, username: str, name: str) -> None:
    """Keep what Telegram calls a bot now."""
    if await store.rename_bot(uow.conn, uow.account_id, bot_id, username, name):
        await _let_see(uow)


async def _let_see(uow: UnitOfWork) -> None:
    await store.note_change(uow.conn, uow.account_id)
    uow.wake(TOPIC)
