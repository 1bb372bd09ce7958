"""The curators' queue: what waits is taken by one of them, passed on, given back, and answered once."""

from collections.abc import Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import CardKind, Priority
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Words
from services.learning.review import assignments, claims, questions, waiting
from services.learning.review.claim_buttons import QUEUE, TAKE, Subject, queue_button
from services.learning.schemas import Claim
from services.people import contacts, curators

HEIR, KEEP = "heir", "keep"
KINDS = {"w": CardKind.WORK, "q": CardKind.QUESTION}
MOST_HEIRS = 8


def read_subject(text: str) -> Subject:
    """What a button is about."""
    return Subject(KINDS[text[0]], int(text[1:]))


async def take(uow: UnitOfWork, subject: Subject, to: Address, curator_id: int, key: str) -> Claim:
    """Have something before oneself, with all of it below its card, in `to`; raises REVIEW_TAKEN, REVIEW_OVER."""
    claim = await claims.take(uow, subject.kind, subject.id, curator_id)
    if claim is None:
        await _refuse(uow, subject)
        raise DomainError(ErrorKind.CONFLICT, "REVIEW_OVER")
    await redraw(uow, subject)
    await _show(uow, subject, to, key)
    return claim


async def take_here(uow: UnitOfWork, subject: Subject, curator_id: int) -> Claim:
    """The same from a card, which shows it; raises REVIEW_TAKEN, REVIEW_OVER."""
    claim = await claims.take(uow, subject.kind, subject.id, curator_id)
    if claim is None:
        await _refuse(uow, subject)
        raise DomainError(ErrorKind.CONFLICT, "REVIEW_OVER")
    await redraw(uow, subject)
    return claim


async def _refuse(uow: UnitOfWork, subject: Subject) -> None:
    claim = await claims.find_claim(uow, subject.kind, subject.id)
    if claim is not None:
        raise DomainError(ErrorKind.CONFLICT, "REVIEW_TAKEN", str(claim.curator_id))


async def _show(uow: UnitOfWork, subject: Subject, to: Address, key: str) -> None:
    if subject.kind is CardKind.WORK:
        await assignments.show_to(uow, to, subject.id, key)
    else:
        await questions.show_to(uow, to, subject.id, key)


async def redraw(uow: UnitOfWork, subject: Subject) -> None:
    """Every card of what waits says who has it."""
    if subject.kind is CardKind.WORK:
        await assignments.draw_waiting(uow, subject.id)
    else:
        await questions.draw_waiting(uow, subject.id)


async def give_back(uow: UnitOfWork, subject: Subject, curator_id: int) -> bool:
    """Let everybody have it again; False if the curator has it no more."""
    claim = await claims.give(uow, subject.kind, subject.id, curator_id, None)
    if claim is not None:
        await redraw(uow, subject)
    return claim is not None


async def let_go(uow: UnitOfWork, curator_id: int) -> None:
    """What somebody has who may not review any more is everybody's again."""
    if await curators.may_review(uow, curator_id):
        return
    for kind, subject_id in await claims.list_claimed(uow, curator_id):
        await give_back(uow, Subject(kind, subject_id), curator_id)


async def offer_heirs(
    uow: UnitOfWork, subject: Subject, bot_id: int, curator_id: int
) -> tuple[Words, Keyboard]:
    """To whom it can be passed: others who review and have started the bot."""
    reachable = [heir for heir in await curators.list_reachable(uow, bot_id) if heir != curator_id]
    heirs = [await contacts.get_by_telegram_id(uow, heir) for heir in reachable[:MOST_HEIRS]]
    rows = [[speech.button(heir.full_name, QUEUE, f"{HEIR}-{subject}-{heir.telegram_id}")] for heir in heirs]
    asked = speech.words("queue-pass-whom" if heirs else "queue-pass-nobody")
    return asked, [*rows, [speech.button(speech.words("button-no"), QUEUE, f"{KEEP}-{subject}")]]


async def pass_on(uow: UnitOfWork, subject: Subject, curator_id: int, heir: Address, key: str) -> bool:
    """Let another curator have it, who is told and shown all of it; False if the curator has it no more, or the heir cannot be reached."""
    if heir.chat_id not in await curators.list_reachable(uow, heir.bot_id):
        return False
    if await claims.give(uow, subject.kind, subject.id, curator_id, heir.chat_id) is None:
        return False
    await redraw(uow, subject)
    giver = await contacts.get_by_telegram_id(uow, curator_id)
    speech.say(uow, heir, speech.words("queue-passed-to-you", name=giver.full_name), f"{key}:told")
    await _show(uow, subject, heir, key)
    return True


async def end_by_silence(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """A deadline has come: what was not answered is everybody's again, and who had it is told."""
    ended = await claims.end_by_silence(uow, payload)
    if ended is None:
        return
    subject = Subject(CardKind(payload["kind"]), payload["subject_id"])
    await redraw(uow, subject)
    bot_id, about = await _describe(uow, subject)
    again = speech.button(speech.words("button-queue-take"), QUEUE, f"{TAKE}-{subject}-own")
    words = speech.words("queue-silence", about=about)
    key = f"claim:{subject}:{ended.curator_id}:{ended.until.isoformat()}"
    speech.say(
        uow,
        Address(bot_id, ended.curator_id),
        words,
        key,
        buttons=[[again], [queue_button()]],
        priority=Priority.INTERACTIVE,
    )


async def _describe(uow: UnitOfWork, subject: Subject) -> tuple[int, Words]:
    """In which bot it waits, and whose it is."""
    if subject.kind is CardKind.WORK:
        return await assignments.describe_shortly(uow, subject.id)
    return await questions.describe_shortly(uow, subject.id)


async def find_oldest(uow: UnitOfWork, bot_id: int, kind: CardKind | None) -> Subject | None:
    """What has waited longest of what nobody has before them."""
    for row, _ in await waiting.list_waiting(uow, bot_id):
        is_free = row.claim is None or row.claim.until <= uow.now
        if is_free and kind in {None, row.kind}:
            return Subject(row.kind, row.subject_id)
    return None
