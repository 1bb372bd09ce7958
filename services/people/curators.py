"""Who may answer work and questions: those whose role allows it. Being in a group is not a right."""

from core.db.session import UnitOfWork
from core.presses import PressKind
from core.roles import MemberRole
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Screen
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy import members
from services.tenancy.permissions import Permission

LET, TAKE_BACK = (
    PressKind.REVIEWER_LET,
    PressKind.REVIEWER_TAKE_BACK,
)  # kinds of the buttons that give the role and take it away: whose
ADMINS = "role:admin"


async def may_review(uow: UnitOfWork, telegram_id: int) -> bool:
    """Whether a person may answer work and questions."""
    return telegram_id in await _list_ids(uow)


async def _list_ids(uow: UnitOfWork) -> list[int]:
    return await members.list_who_may(uow, Permission.REVIEWS)


async def list_reachable(uow: UnitOfWork, bot_id: int) -> list[int]:
    """Those who may answer, have started a bot and not blocked it."""
    return await contacts.list_reachable(uow, bot_id, await _list_ids(uow))


async def list_names(uow: UnitOfWork) -> list[str]:
    """Those who may answer, by the names they are known under."""
    known = [await contacts.find_by_telegram_id(uow, curator) for curator in await _list_ids(uow)]
    return [person.full_name for person in known if person is not None]


async def explain(uow: UnitOfWork, to: Address, stranger: Contact, quoted: int | None, key: str) -> None:
    """Say in the group who may answer, with a button for an admin who wants this person to.

    `quoted` is what they wrote, if they wrote; it has not reached the student.
    """
    names = await list_names(uow)
    text = "review-stranger" if quoted is not None else "review-stranger-pressed"
    words = speech.words(text, person=stranger.full_name, reviewers=names)
    rows = [[_button("button-let-review", LET, stranger)]]
    speech.say(uow, to, words, key, buttons=rows, extra=_quoting(quoted))


def explain_anonymous(uow: UnitOfWork, to: Address, quoted: int, key: str) -> None:
    """Say in the group that nobody can tell who wrote this."""
    speech.say(uow, to, speech.words("review-anonymous"), key, extra=_quoting(quoted))


def _quoting(message_id: int | None) -> dict[str, object]:
    if message_id is None:
        return {}
    return {"reply_parameters": {"message_id": message_id, "allow_sending_without_reply": True}}


def _button(text: str, kind: PressKind, person: Contact) -> dict[str, object]:
    made = speech.button(speech.words(text, person=person.full_name), kind, person.telegram_id)
    return {**made, "holder": ADMINS}


async def let_review(uow: UnitOfWork, telegram_id: int, screen: Screen) -> None:
    """Give somebody the right to answer, and say so in place of the question. Raises CONTACT_NOT_FOUND."""
    person = await contacts.get_by_telegram_id(uow, telegram_id)
    await members.add_member(uow, telegram_id, MemberRole.CURATOR)
    rows: Keyboard = [[_button("button-take-back", TAKE_BACK, person)]]
    speech.show(uow, screen, speech.words("review-let", person=person.full_name), rows)


async def take_back(uow: UnitOfWork, telegram_id: int, screen: Screen) -> None:
    """Take the right away again. Raises CONTACT_NOT_FOUND."""
    person = await contacts.get_by_telegram_id(uow, telegram_id)
    await members.remove_member(uow, telegram_id, MemberRole.CURATOR)
    rows: Keyboard = [[_button("button-let-review", LET, person)]]
    speech.show(uow, screen, speech.words("review-taken-back", person=person.full_name), rows)
