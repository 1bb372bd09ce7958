"""The bots of an account: connected with a sealed token, known by Telegram's own number."""

from core import environment
from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from services.tenancy.schemas import ConnectedBot
from services.tenancy.store import accounts as store
from utils.sealed import KeyRing
from utils.signing import mac

FIRST_ACCOUNT = environment.FIRST_ACCOUNT


def bot_id_of(token: str) -> int:
    """Telegram's number of a bot, from its token; raises ValueError for something that is no token."""
    number, colon, secret = token.partition(":")
    if not (number.isdecimal() and colon and secret):
        raise ValueError("a bot token looks like 123456789:AAF…, as BotFather gave it")
    return int(number)


async def ensure_account(uow: UnitOfWork) -> None:
    """The one account of this installation."""
    row = {
        "id": uow.account_id,
        "name": "Tandem",
        "default_language": uow.env.default_language,
        "created_at": uow.now,
    }
    await store.add_account(uow.conn, row)


async def has_account(uow: UnitOfWork) -> bool:
    """Whether the unit's account is there."""
    return await store.has_account(uow.conn, uow.account_id)


async def list_accounts(db: Database) -> list[int]:
    """The ids of all accounts."""
    async with db.reading() as conn:
        return await store.list_accounts(conn)


async def connect_bot(uow: UnitOfWork, keys: KeyRing, bot: ConnectedBot) -> None:
    """Store a bot; the token given now replaces the one known before.

    Raises BOT_TAKEN if it works for another account.
    """
    row = {
        "id": bot.id,
        "kind": bot.kind,
        "username": bot.username,
        "name": bot.name,
        "token_sealed": keys.seal(bot.token, _place(uow.account_id, bot.id)),
        "is_active": True,
        "created_at": uow.now,
    }
    if not await store.put_bot(uow.conn, uow.account_id, row):
        raise DomainError(ErrorKind.CONFLICT, "BOT_TAKEN", str(bot.id))


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
            token=keys.open(row["token_sealed"], _place(row["account_id"], row["id"])),
        )
        for row in rows
    ]


async def get_bot(uow: UnitOfWork, kind: BotKind) -> ConnectedBot:
    """The account's bot of a kind, without its token; raises BOT_NOT_CONNECTED."""
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
    for kind in BotKind:
        bot = await get_bot(uow, kind)
        if bot.id == bot_id:
            return bot
    raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(bot_id))


async def is_shop_bot(uow: UnitOfWork, bot_id: int) -> bool:
    """Whether a bot is the one that sells."""
    row = await store.find_bot(uow.conn, uow.account_id, BotKind.SALES)
    return row is not None and row["id"] == bot_id


async def get_token(uow: UnitOfWork, bot_id: int) -> str:
    """The token of one of the account's bots; raises BOT_NOT_CONNECTED."""
    sealed = await store.find_sealed_token(uow.conn, uow.account_id, bot_id)
    if sealed is None:
        raise DomainError(ErrorKind.NOT_FOUND, "BOT_NOT_CONNECTED", str(bot_id))
    return uow.env.keys.open(sealed, _place(uow.account_id, bot_id))


async def find_account_of_bot(db: Database, bot_id: int) -> int | None:
    """Whose bot this is, if it is one of ours."""
    async with db.reading() as conn:
        return await store.find_account_of_bot(conn, bot_id)


def webhook_secret(key: bytes, bot_id: int) -> str:
    """What Telegram must show with every update of this bot."""
    return mac(key, "webhook", str(bot_id), size=32)


def _place(account_id: int, bot_id: int) -> str:
    return f"bots/{account_id}/{bot_id}"
