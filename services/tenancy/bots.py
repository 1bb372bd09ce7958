"""The bots of an account: connected with a sealed token, known by Telegram's own number."""

from core.db.session import Database, Row, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotEnd, BotKind, BotTrouble
from services.tenancy.schemas import ConnectedBot, OwnBot
from services.tenancy.store import bots as store
from utils.sealed import KeyRing
from utils.signing import mac


def bot_id_of(token: str) -> int:
    """Telegram's number of a bot, from its token; raises ValueError for something that is no token."""
    number, colon, secret = token.partition(":")
    if not (number.isdecimal() and colon and secret):
        raise ValueError("a bot token looks like 123456789:AAF…, as BotFather gave it")
    return int(number)


async def list_bots(db: Database, keys: KeyRing) -> list[ConnectedBot]:
    """All bots in use, tokens opened."""
    async with db.reading() as conn:
        rows = await store.list_bots(conn)
    return [
        ConnectedBot(
            id=row["id"],
            account_id=row["account_id"],
            kind=BotKind(row["kind"]),
            username=row["username"],
            name=row["name"],
            token=keys.open(row["token_sealed"], place_of(row["account_id"], row["id"])),
            trouble=_read_trouble(row),
        )
        for row in rows
    ]


async def list_own(uow: UnitOfWork) -> list[OwnBot]:
    """All bots of the account, those that no longer work for it last."""
    rows = await store.list_own(uow.conn, uow.account_id)
    return [
        OwnBot(
            id=row["id"],
            kind=BotKind(row["kind"]),
            username=row["username"],
            name=row["name"],
            is_default=row["is_active"] and row["is_default"],
            ended=_read_end(row),
            trouble=_read_trouble(row),
            connected_at=row["created_at"],
        )
        for row in rows
    ]


def _read_trouble(row: Row) -> BotTrouble | None:
    return BotTrouble(row["trouble"]) if row["trouble"] else None


def _read_end(row: Row) -> BotEnd | None:
    """Why it works no more; former versions did not say why, and knew one reason."""
    return None if row["is_active"] else BotEnd(row["ended"] or BotEnd.GAVE_WAY)


async def get_bot(uow: UnitOfWork, kind: BotKind) -> ConnectedBot:
    """The account's bot of a kind where nothing names another, without its token; raises BOT_NOT_CONNECTED."""
    bot = await find_bot(uow, kind)
    if bot is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", kind)
    return bot


async def find_bot(uow: UnitOfWork, kind: BotKind) -> ConnectedBot | None:
    """The same, where an account may do without one."""
    row = await store.find_bot(uow.conn, uow.account_id, kind)
    if row is None:
        return None
    return ConnectedBot(row["id"], uow.account_id, kind, row["username"], row["name"], token="")


async def get_bot_by_id(uow: UnitOfWork, bot_id: int) -> ConnectedBot:
    """One of the account's bots, without its token; raises BOT_NOT_CONNECTED."""
    row = await store.find_bot_by_id(uow.conn, uow.account_id, bot_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(bot_id))
    return ConnectedBot(bot_id, uow.account_id, BotKind(row["kind"]), row["username"], row["name"], token="")


async def is_shop_bot(uow: UnitOfWork, bot_id: int) -> bool:
    """Whether a bot is one that sells."""
    row = await store.find_bot_by_id(uow.conn, uow.account_id, bot_id)
    return row is not None and row["kind"] == BotKind.SALES


async def get_token(uow: UnitOfWork, bot_id: int) -> str:
    """The token of one of the account's bots; raises BOT_NOT_CONNECTED."""
    sealed = await store.find_sealed_token(uow.conn, uow.account_id, bot_id)
    if sealed is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(bot_id))
    return uow.env.keys.open(sealed, place_of(uow.account_id, bot_id))


async def find_account_of_bot(db: Database, bot_id: int) -> int | None:
    """Whose bot this is, if it is one of ours."""
    async with db.reading() as conn:
        return await store.find_account_of_bot(conn, bot_id)


def webhook_secret(key: bytes, bot_id: int) -> str:
    """What Telegram must show with every update of this bot."""
    return mac(key, "webhook", str(bot_id), size=32)


def place_of(account_id: int, bot_id: int) -> str:
    """What a sealed token is bound to."""
    return f"bots/{account_id}/{bot_id}"
