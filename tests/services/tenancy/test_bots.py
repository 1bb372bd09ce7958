"""Bots of an account: tokens sealed at rest, one bot of a kind in use, secrets that stay."""

import pytest

from core.db.models.tenancy import accounts, bots
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotKind
from services.tenancy.bots import (
    bot_id_of,
    connect_bot,
    ensure_account,
    find_account_of_bot,
    get_bot,
    list_bots,
    webhook_secret,
)
from services.tenancy.schemas import ConnectedBot
from tests.factories.accounts import KEYS, add_account, make_bot
from tests.factories.rows import count_rows, read_rows
from utils.sealed import KeyMissingError, KeyRing

OTHER = 8_000_001


async def _connect(db: Database, bot: ConnectedBot, keys: KeyRing = KEYS, account_id: int = 1) -> None:
    async with db.unit(account_id) as uow:
        await connect_bot(uow, keys, bot)


async def _second_account(db: Database) -> None:
    async with db.unit(2) as uow:
        await add_account(uow)


async def test_a_bot_comes_back_as_it_was_connected(db: Database) -> None:
    sales, course = make_bot(BotKind.SALES), make_bot(BotKind.COURSE)
    await _connect(db, sales)
    await _connect(db, course)
    assert await list_bots(db, KEYS) == [sales, course]


async def test_no_secret_of_a_token_is_in_the_database(db: Database) -> None:
    bot = make_bot()
    await _connect(db, bot)
    await _connect(db, bot)
    dump = "\n".join([repr(await read_rows(db, table)) for table in bots.metadata.sorted_tables])
    assert bot.username in dump  # the search would find it
    assert bot.token.partition(":")[2] not in dump


async def test_a_token_opens_only_in_its_own_row_and_with_its_key(db: Database) -> None:
    await _connect(db, make_bot())
    with pytest.raises(KeyMissingError):
        await list_bots(db, KeyRing({"k1": b"other key of thirty-two letters!"}))
    async with db.transaction() as transaction:
        await transaction.conn.execute(bots.update().values(id=OTHER))
    with pytest.raises(KeyMissingError):
        await list_bots(db, KEYS)


async def test_a_rotated_ring_still_opens_and_seals_anew(db: Database) -> None:
    bot = make_bot()
    await _connect(db, bot)
    ring = KeyRing({"k2": b"n" * 32, "k1": b"m" * 32})
    assert await list_bots(db, ring) == [bot]
    await _connect(db, bot, ring)
    assert [row.token_sealed[:3] for row in await read_rows(db, bots)] == ["k2."]
    assert await list_bots(db, KeyRing({"k2": b"n" * 32})) == [bot]


def test_a_bot_shows_no_token() -> None:
    bot = make_bot()
    assert bot.token.partition(":")[2] not in repr(bot)


async def test_a_new_token_replaces_the_old_one(db: Database) -> None:
    renewed = make_bot(token=f"{make_bot().id}:{'y' * 35}", username="renamed_bot")
    await _connect(db, make_bot())
    await _connect(db, renewed)
    assert await list_bots(db, KEYS) == [renewed]


async def test_another_bot_of_the_kind_takes_over(db: Database) -> None:
    old, new, course = make_bot(), make_bot(id=OTHER), make_bot(BotKind.COURSE)
    for bot in (old, course, new):
        await _connect(db, bot)
    assert {bot.id for bot in await list_bots(db, KEYS)} == {new.id, course.id}
    async with db.unit(1) as uow:
        assert (await get_bot(uow, BotKind.SALES)).id == new.id
    assert await find_account_of_bot(db, old.id) is None
    await _connect(db, old)
    assert await find_account_of_bot(db, old.id) == 1
    assert await find_account_of_bot(db, new.id) is None


async def test_a_bot_of_one_account_gives_way_to_none_of_another(db: Database) -> None:
    await _second_account(db)
    await _connect(db, make_bot())
    await _connect(db, make_bot(id=OTHER, account_id=2), account_id=2)
    assert (await find_account_of_bot(db, make_bot().id), await find_account_of_bot(db, OTHER)) == (1, 2)


async def test_a_bot_of_another_account_cannot_be_connected(db: Database) -> None:
    await _second_account(db)
    await _connect(db, make_bot())
    before = await read_rows(db, bots)
    with pytest.raises(DomainError, match="BOT_TAKEN"):
        await _connect(db, make_bot(account_id=2, username="mine_now"), account_id=2)
    assert await read_rows(db, bots) == before


async def test_what_is_not_connected_is_named(db: Database) -> None:
    async with db.unit(1) as uow:
        with pytest.raises(DomainError, match="BOT_NOT_CONNECTED: course"):
            await get_bot(uow, BotKind.COURSE)
    assert await find_account_of_bot(db, 424242) is None


async def test_the_account_is_made_once(db: Database) -> None:
    for _ in range(3):
        async with db.unit(1) as uow:
            await ensure_account(uow)
    assert await count_rows(db, accounts) == 1


@pytest.mark.parametrize(
    "token", ["", "abc", "123456", "abc:def", "123:", ":AAF", "-5:AAF", "²:AAF", "12 3:AAF"]
)
def test_what_is_no_token_is_said_without_showing_it(token: str) -> None:
    with pytest.raises(ValueError, match="BotFather") as refused:
        bot_id_of(token)
    assert not token or token not in str(refused.value).replace("123456789:AAF…", "")


def test_a_token_begins_with_the_bots_number() -> None:
    assert bot_id_of("123456789:AAF-x:y") == 123456789


def test_a_webhook_secret_stays_and_is_each_bots_own() -> None:
    secrets = {webhook_secret(key, bot_id) for key in (b"a", b"b") for bot_id in (1, 11)}
    assert webhook_secret(b"a", 1) in secrets
    assert len(secrets) == 4
    assert all(len(one) == 43 and one.replace("-", "a").replace("_", "a").isalnum() for one in secrets)
