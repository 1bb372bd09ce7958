"""What the next message of a person is to be: one thing per chat, the newer in place of the older."""

from datetime import timedelta

from core.db.session import UnitOfWork
from core.lifecycle import AwaitedKind
from services.delivery import speech
from services.delivery.speech import Address
from services.people.schemas import AwaitedInput
from services.people.store import contacts as store

TOLD = frozenset(
    {
        AwaitedKind.QUESTION,
        AwaitedKind.BROADCAST,
        AwaitedKind.BROADCAST_EDIT,
        AwaitedKind.POSTS,
        AwaitedKind.CONTACT,
        AwaitedKind.PAYOUT,
        AwaitedKind.MEMBER,
        AwaitedKind.NOTE,
        AwaitedKind.CANNED,
        AwaitedKind.MERGE,
        AwaitedKind.TAG,
        AwaitedKind.ANSWER,
        AwaitedKind.WIZARD,
    }
)
"""What a person would miss: they are told when it is awaited no longer.

A zone stands in the settings, a promo code is entered by its command at any time, and who asks about a payment is known.
"""


async def expect(uow: UnitOfWork, to: Address, kind: AwaitedKind, within: timedelta, about: str = "") -> None:
    """From now on the next message in a private chat is this; what was awaited there is given up."""
    older = await find(uow, to)
    if older and older.kind is not kind:
        _tell(uow, to, older)
    row = {
        "bot_id": to.bot_id,
        "chat_id": to.chat_id,
        "kind": kind,
        "about": about,
        "asked_at": uow.now,
        "expires_at": uow.now + within,
    }
    await store.put_awaited(uow.conn, uow.account_id, row)


async def find(uow: UnitOfWork, to: Address) -> AwaitedInput | None:
    """What is awaited in a chat now."""
    return await store.find_awaited(uow.conn, uow.account_id, to.bot_id, to.chat_id, uow.now)


async def settle(uow: UnitOfWork, to: Address, kind: AwaitedKind) -> None:
    """It has come, or is not wanted any more."""
    await store.drop_awaited(uow.conn, uow.account_id, to.bot_id, to.chat_id, kind)


async def give_up(uow: UnitOfWork, to: Address) -> None:
    """Something newer takes the person's words: whatever was awaited is dropped, and they are told."""
    older = await find(uow, to)
    if older is not None:
        await store.drop_awaited(uow.conn, uow.account_id, to.bot_id, to.chat_id)
        _tell(uow, to, older)


def _tell(uow: UnitOfWork, to: Address, older: AwaitedInput) -> None:
    if older.kind in TOLD:
        key = f"awaited:{to.bot_id}:{to.chat_id}:{older.asked_at.isoformat()}"
        speech.say(uow, to, speech.words(f"awaited-no-more-{older.kind}"), key)
