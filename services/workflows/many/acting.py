"""One act on many people: each is asked anew whether it can be done, and what became of it is a line of the result."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind, Priority
from core.text.catalog import list_refusal_texts, say
from services.commerce.access import manual_access
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.delivery.long_jobs.steps import Line, LongJob, Payload, Step, begin_long_job
from services.delivery.speech import Address, Screen
from services.learning import run_lookup
from services.learning.runs.holds import pausing
from services.messaging.conversations import answering
from services.messaging.conversations.answering import Word
from services.people import consents, contacts, tags
from services.people.conditions.pages import Facts
from services.tenancy.bots import get_bot
from services.tenancy.permissions import Permission
from services.workflows.many.choosing import Choice, list_next
from services.workflows.many.rights import may_go_on

BULK = "contacts_bulk"
COLUMNS = ("telegram_id", "name", "result", "why")
MANY, SOME = 200, 25  # people of a step: a second at most


@dataclass(frozen=True)
class Wish:
    """What is to be done, by whom, in which job."""

    values: Mapping[str, Any]
    by: int
    job_id: int


Do = Callable[[UnitOfWork, Wish, Facts], Awaitable[bool]]


@dataclass(frozen=True)
class Act:
    """What can be done with many people; `do` says whether anything was to be done, and raises why it cannot be."""

    needs: Permission
    at_once: int
    do: Do


async def start_act(
    uow: UnitOfWork, choice: Choice, total: int, values: Mapping[str, Any], asked: tuple[int, str]
) -> int:
    """Have it done with everybody chosen; `asked`: by whom, in which language the result is told. Gives the job's number.

    Raises TARIFF_NOT_FOUND.
    """
    if "tariff" in values:
        await get_tariff_by_id(uow, values["tariff"])
    by, language = asked
    payload = {"chosen": choice.dump(), "act": dict(values), "by": by, "language": language}
    return await begin_long_job(uow, BULK, Permission.CONTACTS_CHANGE, payload, by, total)


async def take_step(uow: UnitOfWork, payload: Payload, go_on: Any) -> Step:
    """The next people; who may not do it any more does nothing further."""
    act = ACTS[payload["act"]["kind"]]
    if not await may_go_on(uow, payload, act.needs):
        return Step(0)
    people = await list_next(uow, payload["chosen"], go_on, act.at_once)
    wish = Wish(payload["act"], payload["by"], payload["job_id"])
    lines = [await _do(uow, act, wish, person, payload["language"]) for person in people]
    return Step(len(people), lines, people[-1].id if len(people) == act.at_once else None)


async def _do(uow: UnitOfWork, act: Act, wish: Wish, facts: Facts, language: str) -> Line:
    person = facts.contact
    why = ""
    try:
        done = "done" if await act.do(uow, wish, facts) else "same"
    except DomainError as refusal:
        done, why = "not", _say_refusal(refusal.code, language)
    result = say(f"many-{done}", language)
    return Line((person.telegram_id, person.full_name, result, why), person.id)


def _say_refusal(code: str, language: str) -> str:
    """Why somebody is left out; a code without a sentence stands for itself."""
    keys = list_refusal_texts(code, language)
    return say(keys[0], language) if keys else code


async def _tag(uow: UnitOfWork, wish: Wish, facts: Facts) -> bool:
    await tags.add_tag(uow, facts.id, wish.values["tag"])
    return wish.values["tag"] not in facts.tags


async def _untag(uow: UnitOfWork, wish: Wish, facts: Facts) -> bool:
    await tags.remove_tag(uow, facts.id, wish.values["tag"])
    return wish.values["tag"] in facts.tags


async def _give(uow: UnitOfWork, wish: Wish, facts: Facts) -> bool:
    tariff = await get_tariff_by_id(uow, wish.values["tariff"])
    try:
        await manual_access.give_access(uow, facts.contact, tariff, wish.by)
    except DomainError as refusal:
        if refusal.code != "ALREADY_BOUGHT":
            raise
        return False
    return True


async def _extend(uow: UnitOfWork, wish: Wish, facts: Facts) -> bool:
    """One that is for good has no end to put off."""
    access = await manual_access.get_latest(uow, facts.id, wish.values["tariff"])
    if not access.is_open(uow.now):
        raise DomainError(ErrorKind.NOT_FOUND, "ACCESS_NOT_FOUND", str(facts.id))
    if access.ends_at is None:
        return False
    seen = int(access.ends_at.timestamp())
    return await manual_access.extend_access(uow, access.id, seen, wish.values["days"], wish.by)


async def _pause(uow: UnitOfWork, wish: Wish, facts: Facts) -> bool:
    bot = await get_bot(uow, BotKind.COURSE)
    run = await run_lookup.find_active(uow, facts.contact, bot.id)
    if run is None:
        return False
    screen = Screen(Address(bot.id, facts.contact.telegram_id), f"many:{wish.job_id}:{facts.id}")
    await pausing.pause(uow, run.id, wish.values["days"], screen)
    return True


async def _resume(uow: UnitOfWork, _: Wish, facts: Facts) -> bool:
    bot = await get_bot(uow, BotKind.COURSE)
    run = await run_lookup.find_active(uow, facts.contact, bot.id)
    return run is not None and await pausing.end(uow, run.id)


async def _message(uow: UnitOfWork, wish: Wish, facts: Facts) -> bool:
    """In the bot they spoke in last; behind what one person waits for, and to nobody who wants no messages to many."""
    if await consents.has_refused_mailing(uow, facts.id):
        raise DomainError(ErrorKind.CONFLICT, "MAILING_REFUSED", str(facts.id))
    word = Word(wish.values["text"], wish.by, priority=Priority.BULK)
    await answering.write(uow, facts.contact.telegram_id, word)
    return True


async def _block(uow: UnitOfWork, _: Wish, facts: Facts) -> bool:
    return await contacts.shut_out(uow, facts.contact)


async def _unblock(uow: UnitOfWork, _: Wish, facts: Facts) -> bool:
    return await contacts.let_in_again(uow, facts.contact)


ACTS: Mapping[str, Act] = {
    "tag": Act(Permission.CONTACTS_CHANGE, MANY, _tag),
    "untag": Act(Permission.CONTACTS_CHANGE, MANY, _untag),
    "give_access": Act(Permission.ACCESS, SOME, _give),
    "extend_access": Act(Permission.ACCESS, SOME, _extend),
    "pause": Act(Permission.RUNS, SOME, _pause),
    "resume": Act(Permission.RUNS, SOME, _resume),
    "message": Act(Permission.TALKS, SOME, _message),
    "block": Act(Permission.ADMINISTER, SOME, _block),
    "unblock": Act(Permission.ADMINISTER, SOME, _unblock),
}
JOB = LongJob(COLUMNS, Permission.CONTACTS_CHANGE, take_step)
