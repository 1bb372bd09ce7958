"""Answers from Mini Apps: what our page asks, and who may answer a visit, once."""

from dataclasses import dataclass

from core.db.session import Database, UnitOfWork
from core.errors import DomainError, ErrorKind
from core.flow.events import MiniAppAnswered
from core.flow.history import Outcome
from core.flow.steps.miniapp import MiniAppStep
from core.rules.init_data import read_user_id
from core.text.message import localize
from services.learning import run_lookup
from services.learning.app_refs import AppVisit, read_visit
from services.learning.runs import runs
from services.learning.schemas import LoadedRun
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy.bots import get_token


@dataclass(frozen=True)
class Page:
    """What our page shows in the person's language: a question, answered by its options if there are some.

    `question` is None when the visit waits for no answer (any more).
    """

    language: str
    course: str
    question: str | None
    options: tuple[str, ...] = ()
    kind: str | None = None  # as the author wrote it; a page of their own may know other kinds than ours


@dataclass(frozen=True)
class Answer:
    """What a page sends back: the reference it was opened with, Telegram's signed data, the person's words."""

    ref: str
    init_data: str
    text: str


async def find_page(db: Database, ref: str) -> Page:
    """What the page of a reference asks; raises MINIAPP_NOT_FOUND."""
    place = read_visit(db.env.signing_keys, ref)
    async with db.unit(place.account_id) as uow:
        run, contact = await _load(uow, place)
        course = localize(run.flow.name, contact.language)
        step = _find_step(run, place.visit)
        if step is None or step.question is None:
            return Page(contact.language, course, None)
        text = localize(step.question.text, contact.language)
        return Page(contact.language, course, text, step.listed(contact.language), step.question.type)


async def take_answer(db: Database, answer: Answer) -> None:
    """Give the run what was answered in the Mini App.

    Raises MINIAPP_NOT_FOUND; INIT_DATA_WRONG and INIT_DATA_OLD (see core.rules.init_data); MINIAPP_NOT_YOURS
    when somebody else has opened it; MINIAPP_OVER when its visit waits for no answer any more;
    MINIAPP_NO_ANSWER for what cannot be one. Nothing has changed then.
    """
    place = read_visit(db.env.signing_keys, answer.ref)
    async with db.unit(place.account_id) as uow:
        run, contact = await _load(uow, place)
        token = await get_token(uow, run.stored.bot_id)
        if read_user_id(answer.init_data, token, uow.now) != contact.telegram_id:
            raise DomainError(ErrorKind.FORBIDDEN, "MINIAPP_NOT_YOURS")
        step = _find_step(run, place.visit)
        if step is None:
            raise DomainError(ErrorKind.CONFLICT, "MINIAPP_OVER")
        if not step.may_answer(answer.text):
            raise DomainError(ErrorKind.INVALID, "MINIAPP_NO_ANSWER")
        outcome = await runs.deliver(uow, run.stored.id, MiniAppAnswered(place.visit, answer.text))
        if outcome in {Outcome.STALE, Outcome.IGNORED}:
            raise DomainError(ErrorKind.CONFLICT, "MINIAPP_OVER")


async def _load(uow: UnitOfWork, place: AppVisit) -> tuple[LoadedRun, Contact]:
    try:
        run = await run_lookup.load_run(uow, place.run_id)
    except DomainError:
        raise DomainError(ErrorKind.NOT_FOUND, "MINIAPP_NOT_FOUND") from None
    return run, await contacts.get_contact(uow, run.stored.contact_id)


def _find_step(run: LoadedRun, visit: int) -> MiniAppStep | None:
    """The miniapp that waits at a visit; one of a run set aside waits until it has been answered once."""
    value = run.stored.value
    if value.here is None or value.here.visit != visit:
        return None
    if any(isinstance(event, MiniAppAnswered) and event.visit == visit for event in value.waiting):
        return None
    step = run.flow.step(value.here.step)
    return step if isinstance(step, MiniAppStep) else None
