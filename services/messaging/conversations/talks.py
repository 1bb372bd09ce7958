"""Who of the team talks with a person: taken, given to somebody, ended, taken up again."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import HandoffStatus
from services.delivery.speech import Address, Screen
from services.messaging.conversations.answering import find_bot_of, get_person
from services.messaging.conversations.conversations import get_conversation
from services.messaging.handoffs import handoffs
from services.messaging.handoffs.handoffs import OPERATOR
from services.messaging.handoffs.operators import is_operator
from services.people.contacts import list_reachable
from services.tenancy.members import load_roles
from services.tenancy.permissions import Permission, may
from utils.signing import random_id


async def assign(uow: UnitOfWork, telegram_id: int, operator_id: int) -> None:
    """Have somebody of the team talk with a person.

    Raises OPERATOR_BUSY, TALK_TAKEN, NOT_REACHABLE, and NOT_AN_OPERATOR for who may not talk with people.
    """
    if not (may(await load_roles(uow, operator_id), Permission.TALKS) or await is_operator(uow, operator_id)):
        raise DomainError(ErrorKind.INVALID, "NOT_AN_OPERATOR", str(operator_id))
    person, bot_id = await get_person(uow, telegram_id), await find_bot_of(uow, telegram_id)
    if not await list_reachable(uow, bot_id, [telegram_id]):
        raise DomainError(ErrorKind.CONFLICT, "NOT_REACHABLE", str(telegram_id))
    talk = await handoffs.find_of_speaker(uow, bot_id, person)
    screen = Screen(Address(bot_id, operator_id), f"taken:{person.id}:{random_id()}")
    if talk is not None and talk.contact_id == person.id:
        if talk.operator_id == operator_id and talk.status is HandoffStatus.TALKING:
            return
        await handoffs.take_over(uow, talk.id, operator_id, screen)
    else:
        await handoffs.begin_talk(uow, operator_id, person, bot_id, screen)


async def close(uow: UnitOfWork, telegram_id: int) -> bool:
    """End the talk with a person; False if there is none."""
    conversation = await get_conversation(uow, telegram_id)
    if conversation.handoff_id is None:
        return False
    return await handoffs.close(uow, await handoffs.get_handoff(uow, conversation.handoff_id), by=OPERATOR)
