"""The last step: what stands in the database now is compared with what was read, and with the files."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from core.text.catalog import say_words
from core.text.refusal import TERMINAL, Words, placed, words
from services.commerce.access.access import list_codes
from services.content import scenarios
from services.delivery.timers import find_due_at
from services.learning.enrollment.scenarios import find_run
from services.learning.runs.effects import TIMER
from services.learning.runs.runs import BEGIN
from services.learning.schemas import StoredRun
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy.bots import get_bot
from services.workflows.legacy_import.counting import Facts, count_facts
from services.workflows.legacy_import.reading.legacy import Legacy, LegacyState, LegacyUser
from services.workflows.legacy_import.writing import STATUSES, ImportTotals

KNOWN_VERSION = 2  # of a run that was only put at its place: its move, and its stop
MOST_NAMED = 10  # people named in one line


async def verify(uow: UnitOfWork, legacy: Legacy, totals: ImportTotals) -> list[Words]:
    """Everything that is not as it was, a line each; people who were here before are not looked at."""
    bot = await get_bot(uow, BotKind.SALES)
    here = {scenario.slug for scenario in await scenarios.list_scenarios(uow, bot.id)}
    wrong = [placed(slug, words("older-check-scenario")) for slug in legacy.scenarios if slug not in here]
    for user in legacy.users:
        person = await contacts.find_by_telegram_id(uow, user.chat_id)
        if person is None:
            wrong.append(placed(str(user.chat_id), words("older-check-person")))
            continue
        for state in user.states:
            run = await find_run(uow, person, bot.id, totals.places[state.scenario][1].flow_id)
            if run is None:
                wrong.append(placed(f"{user.chat_id}, {state.scenario}", words("older-check-run")))
            else:
                wrong += await _compare(uow, user, state, totals, run)
            wrong += await _compare_money(uow, person, user, state, totals)
    return wrong


async def _compare(
    uow: UnitOfWork, user: LegacyUser, state: LegacyState, totals: ImportTotals, run: StoredRun
) -> list[Words]:
    if run.version > KNOWN_VERSION:
        return []  # the person has moved here since: this is no longer the older bot's business
    name, wrong = f"{user.chat_id}, {state.scenario}", []
    if run.value.status is not STATUSES[state.status] and run.status != STATUSES[state.status]:
        why = words("older-check-status", now=run.status, before=state.status)
        wrong.append(placed(name, why))
    if state.status != "active":
        return wrong
    step = totals.places[state.scenario][0].step_before(state.sent)
    if run.value.step != step:
        wrong.append(placed(name, words("older-check-step", now=run.value.step, before=step)))
    key = f"run:{run.id}:{run.value.visit}:delay" if step else f"begin:{run.id}"
    due = await find_due_at(uow, TIMER if step else BEGIN, key)
    expected = state.due
    if due is None or (expected and expected > uow.now and abs((due - expected).total_seconds()) >= 1):
        wrong.append(placed(name, words("older-check-due", now=str(due), before=str(expected))))
    return wrong


async def _compare_money(
    uow: UnitOfWork, person: Contact, user: LegacyUser, state: LegacyState, totals: ImportTotals
) -> list[Words]:
    converted, _ = totals.places[state.scenario]
    if state.payment is None or converted.scenario.product is None:
        return []
    if state.scenario in await list_codes(uow, person.id):
        return []
    return [placed(f"{user.chat_id}, {state.scenario}", words("older-check-access"))]


@dataclass
class Comparison:
    """The older bot's files beside what came: lines about what did not, and what of it nobody can explain."""

    lines: list[Words] = field(default_factory=list)
    wrong: list[Words] = field(default_factory=list)


async def compare_with_files(uow: UnitOfWork, legacy: Legacy, totals: ImportTotals) -> Comparison:
    """Count the bare files and look for each of their facts here, whatever was read from them.

    A payment or a place that is missing here without a note about it is wrong, and undoes everything.
    """
    if legacy.root is None:
        return Comparison()
    facts = count_facts(legacy.root)
    here = await _find_facts(uow, facts, totals)
    names = ("people", "paid", "placed", "timed")
    pairs = {name: (getattr(facts, name), getattr(here, name)) for name in names}
    counts = {name: f"{len(came & expected)} / {len(expected)}" for name, (expected, came) in pairs.items()}
    result = Comparison([words("older-compared", **counts)])
    notes = (say_words(note, TERMINAL) for note in legacy.findings.notes)
    noted = set(re.findall(r"\d+", " ".join(notes)))
    unsaid = facts.silent - facts.paid
    _list_missing(result, "older-missing-payment", facts.paid - here.paid)
    _list_missing(result, "older-missing-consent", (facts.placed & unsaid) - here.placed)
    _list_missing(result, "older-missing-place", facts.placed - unsaid - here.placed)
    _list_missing(result, "older-missing-time", facts.timed - here.timed)
    for key, missing in (
        ("older-lost-payment", facts.paid - here.paid),
        ("older-lost-place", facts.placed - unsaid - here.placed),
    ):
        lost = [person for person in sorted(missing) if str(person) not in noted]
        result.wrong += [placed(f"users.json: {person}", words(key)) for person in lost]
    return result


def _list_missing(result: Comparison, key: str, missing: Collection[int]) -> None:
    if not missing:
        return
    people: Words = ", ".join(map(str, sorted(missing)[:MOST_NAMED]))
    if len(missing) > MOST_NAMED:
        people = words("older-people-more", people=people, number=len(missing) - MOST_NAMED)
    result.lines.append(words(key, people=people))


async def _find_facts(uow: UnitOfWork, facts: Facts, totals: ImportTotals) -> Facts:
    bot = await get_bot(uow, BotKind.SALES)
    here = Facts()
    for each_person in facts.people:
        person = await contacts.find_by_telegram_id(uow, each_person)
        if person is None:
            continue
        here.people.add(each_person)
        if each_person in facts.paid and await list_codes(uow, person.id):
            here.paid.add(each_person)
        for _, version in totals.places.values():
            run = await find_run(uow, person, bot.id, version.flow_id)
            if run is not None:
                here.placed.add(each_person)
                if await _has_time(uow, run):
                    here.timed.add(each_person)
    return here


async def _has_time(uow: UnitOfWork, run: StoredRun) -> bool:
    keys = ((TIMER, f"run:{run.id}:{run.value.visit}:delay"), (BEGIN, f"begin:{run.id}"))
    return any([await find_due_at(uow, kind, key) for kind, key in keys])
