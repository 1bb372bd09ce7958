"""Invitations: a link that makes whoever presses Start by it first a member, in the role that lies with us."""

from datetime import timedelta

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from core.links import bot_link
from core.roles import MemberRole
from core.rules.deep_link import join_link
from services.tenancy import audit
from services.tenancy.bots import find_bot, get_bot
from services.tenancy.members import add_member
from services.tenancy.store import invitations as store
from utils.signing import fingerprint, random_token

GOOD_FOR = timedelta(days=3)
TOKEN_BYTES = 18


async def invite(uow: UnitOfWork, role: MemberRole) -> str:
    """A link that makes one person a member, good once and for three days; raises BOT_NOT_CONNECTED.

    It leads into the bot in which members work, the course bot, where the account has one.
    """
    bot = await find_bot(uow, BotKind.COURSE) or await get_bot(uow, BotKind.SALES)
    token = random_token(TOKEN_BYTES)
    row = {"role": role, "token_hash": fingerprint(token), "expires_at": uow.real_now + GOOD_FOR}
    await store.add_invitation(uow.conn, uow.account_id, row)
    return bot_link(bot.username, join_link(token))


async def join(uow: UnitOfWork, telegram_id: int, name: str, token: str) -> MemberRole | None:
    """Make somebody a member by an invitation; None for one that is used, over or none of this account's."""
    word = await store.use_invitation(uow.conn, uow.account_id, fingerprint(token), telegram_id, uow.real_now)
    if word is None:
        return None
    role = MemberRole(word)
    await add_member(uow, telegram_id, role, name)
    audit.write(uow, audit.Deed(telegram_id, "join", role))
    return role
