"""Bots of an account: tokens sealed at rest, which of them count, secrets that stay."""

from collections.abc import Mapping
from typing import Any

import pytest

from core.db.models.delivery import outbox
from core.db.models.tenancy import accounts, bots
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import BotEnd, BotKind, BotTrouble
from core.roles import MemberRole
from services.content.deployments import get_by_id
from services.tenancy.accounts import add_account as add_new_account
from services.tenancy.accounts import choose_account, ensure_account, find_number, list_accounts
from services.tenancy.bot_care.connecting import (
    Said,
    Wish,
    choose_default,
    connect,
    connect_bot,
    connect_of_environment,
    disconnect_bot,
    note_trouble,
)
from services.tenancy.bots import (
    bot_id_of,
    find_account_of_bot,
    get_bot,
    get_bot_by_id,
    is_shop_bot,
    list_bots,
    list_own,
    webhook_secret,
)
from services.tenancy.members import add_member, load_roles
from services.tenancy.schemas import ConnectedBot
from tests.factories.accounts import KEYS, add_account, make_bot
from tests.factories.flows import add_deployment, add_flow, make_scenario
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import count_rows, read_rows
from utils.sealed import KeyMissingError, KeyRing

OTHER, OWNER = 8_000_001, 3001


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


async def _name(db: Database, bot: ConnectedBot) -> bool:
    """The environment names it."""
    async with db.unit(1) as uow:
        return await connect_of_environment(uow, KEYS, bot)


async def _count_as(db: Database, kind: BotKind) -> int:
    async with db.unit(1) as uow:
        return (await get_bot(uow, kind)).id


async def test_what_the_environment_names_takes_its_kinds_place_there_and_back(db: Database) -> None:
    old, new, course = make_bot(), make_bot(id=OTHER), make_bot(BotKind.COURSE)
    for bot in (old, course, new):
        assert await _name(db, bot)
    assert {bot.id for bot in await list_bots(db, KEYS)} == {new.id, course.id}
    assert await _count_as(db, BotKind.SALES) == new.id
    assert await find_account_of_bot(db, old.id) is None
    assert await _name(db, old)
    assert await find_account_of_bot(db, old.id) == 1
    assert await find_account_of_bot(db, new.id) is None


async def test_several_of_a_kind_work_beside_each_other_and_one_counts(db: Database) -> None:
    first, second = make_bot(), make_bot(id=OTHER)
    await _name(db, first)
    await _connect(db, second)
    await _name(db, first)  # the next start
    assert {bot.id for bot in await list_bots(db, KEYS)} == {first.id, second.id}
    assert await _count_as(db, BotKind.SALES) == first.id
    async with db.unit(1) as uow:
        assert (await get_bot_by_id(uow, second.id)).username == second.username
        assert await is_shop_bot(uow, second.id)
        await choose_default(uow, second.id)
    assert await _count_as(db, BotKind.SALES) == second.id


async def test_what_was_disconnected_or_replaced_here_is_not_brought_back_by_the_environment(
    db: Database,
) -> None:
    named, put_in_place = make_bot(), make_bot(id=OTHER)
    flow = make_scenario()
    await _name(db, named)
    async with db.unit(1) as uow:
        deployment = await add_deployment(uow, await add_flow(uow, flow), named.id)
        await connect_bot(uow, KEYS, put_in_place, in_place_of=named.id)
    assert not await _name(db, named)
    assert await _count_as(db, BotKind.SALES) == OTHER
    async with db.unit(1) as uow:
        assert (await get_by_id(uow, deployment)).bot_id == OTHER  # its links lead there
        assert [(bot.id, bot.ended) for bot in await list_own(uow)] == [
            (OTHER, None),
            (named.id, BotEnd.REPLACED),
        ]
        await disconnect_bot(uow, OTHER)
        with pytest.raises(DomainError, match="BOT_NOT_CONNECTED"):
            await disconnect_bot(uow, OTHER)
    assert await list_bots(db, KEYS) == []
    await _connect(db, named)  # a person may
    assert await _count_as(db, BotKind.SALES) == named.id


async def test_a_trouble_is_told_once_by_a_bot_that_works(db: Database) -> None:
    async with db.unit(1) as uow:
        for bot in (make_bot(), make_bot(BotKind.COURSE)):
            await connect_bot(uow, KEYS, bot)
            await add_chat(uow, bot.id, await add_contact(uow, OWNER + bot.id))
            await add_member(uow, OWNER + bot.id, MemberRole.OWNER)
    shop = make_bot().id
    for trouble in (BotTrouble.REFUSED, BotTrouble.REFUSED, None, None):
        async with db.unit(1) as uow:
            await note_trouble(uow, shop, trouble)
    told = await read_rows(db, outbox)
    assert [row.bot_id for row in told if "bot-refused" in str(row)] == [make_bot(BotKind.COURSE).id]
    assert len([row for row in told if "bot-mended" in str(row)]) == 2
    assert (await list_bots(db, KEYS))[0].trouble is None


class Telegram:
    """Answers what it was told to; who asked what is kept."""

    def __init__(self, **answers: Said) -> None:
        me = {"id": make_bot().id, "username": "asked_bot", "first_name": "Asked"}
        self.answers = {
            "getMe": Said(True, me, 200, ""),
            "getWebhookInfo": Said(True, {"url": ""}, 200, ""),
            "getUpdates": Said(True, [], 200, ""),
            **answers,
        }

    async def __call__(self, token: str, method: str, fields: Mapping[str, Any]) -> Said:
        return self.answers[method]


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ({"getMe": Said(False, None, 401, "Unauthorized")}, "BOT_TOKEN", "BotFather"),
        ({"getMe": Said(False, None, 500, "Oops")}, "BOT_TOKEN", "Oops"),
        ({"getUpdates": Said(False, None, 409, "Conflict")}, "BOT_ELSEWHERE", "another program"),
        (
            {"getWebhookInfo": Said(True, {"url": "https://other.example/secret"}, 200, "")},
            "BOT_ELSEWHERE",
            "other.example receives",
        ),
    ],
)
async def test_a_bot_that_cannot_be_connected_is_refused_with_a_reason(
    db: Database, answers: dict[str, Said], code: str, said: str
) -> None:
    token = make_bot().token
    with pytest.raises(DomainError, match=said) as refused:
        await connect(db, Telegram(**answers), 1, Wish(token, BotKind.SALES))
    assert refused.value.code == code
    assert token not in str(refused.value)
    assert "secret" not in str(refused.value)
    assert await count_rows(db, bots) == 0


async def test_who_is_known_is_asked_only_who_they_are_and_a_bot_does_one_thing(db: Database) -> None:
    other_program = {"getUpdates": Said(False, None, 409, "Conflict")}  # here it is ours
    token = make_bot().token
    bot = await connect(db, Telegram(), 1, Wish(token, BotKind.SALES))
    assert (bot.username, (await list_bots(db, db.env.keys))[0].token) == ("asked_bot", token)
    await connect(db, Telegram(**other_program), 1, Wish(token, BotKind.SALES))
    with pytest.raises(DomainError, match="BOT_OF_OTHER_KIND"):
        await connect(db, Telegram(), 1, Wish(token, BotKind.COURSE))
    await _second_account(db)
    with pytest.raises(DomainError, match="BOT_TAKEN"):
        await connect(db, Telegram(), 2, Wish(token, BotKind.SALES))
    with pytest.raises(DomainError, match="BOT_TOKEN"):
        await connect(db, Telegram(), 1, Wish("no token", BotKind.SALES))
    async with db.unit(1) as uow:
        await note_trouble(uow, bot.id, BotTrouble.ELSEWHERE)
    await connect(db, Telegram(**other_program), 1, Wish(token, BotKind.SALES, take_over=True))
    assert (await list_bots(db, db.env.keys))[0].trouble is None


async def test_accounts_are_added_with_an_owner_and_named_by_what_they_are_called_outside(
    db: Database,
) -> None:
    async with db.unit(1) as uow:
        await ensure_account(uow)
    assert await choose_account(db) == 1
    made = await add_new_account(db, "  The   Words ", OWNER)
    assert made.name == "The Words"
    assert [account.id for account in await list_accounts(db)] == [1, made.id]
    assert await choose_account(db, made.public_id) == await choose_account(db, str(made.id)) == made.id
    async with db.unit(made.id) as uow:
        assert await load_roles(uow, OWNER) == {MemberRole.OWNER}
    async with db.unit(1) as uow:
        assert await load_roles(uow, OWNER) == frozenset()
    for wanted, code in (("", "WHICH_ACCOUNT"), ("77", "NO_ACCOUNT")):
        with pytest.raises(DomainError, match="The Words") as refused:
            await choose_account(db, wanted)
        assert refused.value.code == code
    assert await find_number(db, made.public_id) == made.id
    for nobodys in ("acc_nosuch", "77", "9" * 40, "²", "", "-1"):
        assert await find_number(db, nobodys) is None
    with pytest.raises(DomainError, match="ACCOUNT_NAME"):
        await add_new_account(db, "  ", OWNER)


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
