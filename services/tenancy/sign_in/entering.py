"""Signing in: one of three proofs, once, for who is a member of an account. Whatever is wrong gives the same answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qsl

from core.db.session import Database
from core.errors import DomainError
from core.rules import init_data, login_widget
from services.tenancy.bots import list_bots
from services.tenancy.schemas import ConnectedBot
from services.tenancy.sign_in.callers import Caller, list_places
from services.tenancy.sign_in.codes import find_code, use_code, use_signed
from services.tenancy.sign_in.sessions import SignInWay, is_bound, open_session

INIT_DATA_GOOD_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Known:
    """Who has shown a proof, and through which account; what has to be used up with it."""

    account_id: int
    telegram_id: int
    way: SignInWay
    proof: str


@dataclass(frozen=True)
class Entered:
    """A session that was just opened, with its token; `account` is where they came in, if they work there."""

    caller: Caller
    session_id: int
    token: str
    account: str | None


async def by_code(db: Database, code: str) -> Known | None:
    """Who was given this code."""
    async with db.reading() as conn:
        whose = await find_code(conn, code, db.clock.real_now())
    return Known(*whose, SignInWay.CODE, code) if whose else None


async def by_widget(db: Database, fields: Mapping[str, str]) -> Known | None:
    """Whom Telegram's login button names, signed for one of our bots within five minutes."""
    for bot in await list_bots(db, db.env.keys):
        if login_widget.is_signed(fields, bot.token):
            telegram_id = login_widget.read_person(fields, db.clock.now())
            return _known(bot, telegram_id, SignInWay.WIDGET, fields["hash"])
    return None


async def by_init_data(db: Database, signed: str) -> Known | None:
    """Who has opened one of our bots' Mini Apps within a day."""
    for bot in await list_bots(db, db.env.keys):
        try:
            telegram_id = init_data.read_user_id(signed, bot.token, db.clock.now(), INIT_DATA_GOOD_FOR)
        except DomainError as refusal:
            if refusal.code == "INIT_DATA_OLD":
                return None
            continue
        return _known(bot, telegram_id, SignInWay.MINI_APP, dict(parse_qsl(signed))["hash"])
    return None


def _known(bot: ConnectedBot, telegram_id: int | None, way: SignInWay, proof: str) -> Known | None:
    return None if telegram_id is None else Known(bot.account_id, telegram_id, way, proof)


async def enter(db: Database, known: Known, device: str) -> Entered | None:
    """Open a session for somebody; None if they work nowhere here, or the proof was used already."""
    async with db.unit(known.account_id) as uow:
        bound = is_bound(known.account_id, known.way)
        caller = Caller(known.telegram_id, known.account_id, is_bound=bound)
        places = await list_places(uow.conn, db.env, caller)
        if not places:
            return None
        if known.way is SignInWay.CODE:
            is_first = await use_code(uow, known.proof)
        else:
            until = uow.real_now + INIT_DATA_GOOD_FOR
            is_first = await use_signed(uow, known.telegram_id, f"{known.way}:{known.proof}", until)
        if not is_first:
            return None
        session_id, token = await open_session(uow, known.telegram_id, known.way, device)
    account = next((place.public_id for place in places if place.id == known.account_id), None)
    return Entered(replace(caller, session_id=session_id), session_id, token, account)
