"""Phase 5 of source document 000: what stands in the database now is compared with what was read."""

from app.adopting.legacy import Legacy, LegacyState, LegacyUser
from app.adopting.placing import STATUSES, Taken
from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.commerce.access import list_codes
from services.content import scenarios
from services.delivery.timers import find_due_at
from services.learning.effects import TIMER
from services.learning.runs import BEGIN
from services.learning.scenarios import find_run
from services.learning.schemas import StoredRun
from services.people import contacts
from services.people.schemas import Contact
from services.tenancy.bots import get_bot

KNOWN_VERSION = 2  # of a run that was only put at its place: its move, and its stop


async def verify(uow: UnitOfWork, legacy: Legacy, taken: Taken) -> list[str]:
    """Everything that is not as it was, a line each; people who were here before are not looked at."""
    bot = await get_bot(uow, BotKind.SALES)
    here = {one.slug for one in await scenarios.list_scenarios(uow, bot.id)}
    wrong = [f"scenario {slug} is not on the bot" for slug in legacy.scenarios if slug not in here]
    for user in legacy.users:
        person = await contacts.find_by_telegram_id(uow, user.chat_id)
        if person is None:
            wrong.append(f"{user.chat_id} is not known")
            continue
        for state in user.states:
            run = await find_run(uow, person, bot.id, taken.places[state.scenario][1].flow_id)
            if run is None:
                wrong.append(f"{user.chat_id} is not in {state.scenario}")
            else:
                wrong += await _compare(uow, user, state, taken, run)
            wrong += await _compare_money(uow, person, user, state, taken)
    return wrong


async def _compare(
    uow: UnitOfWork, user: LegacyUser, state: LegacyState, taken: Taken, run: StoredRun
) -> list[str]:
    if run.version > KNOWN_VERSION:
        return []  # she has moved here since: this is no longer the older bot's business
    name, wrong = f"{user.chat_id} in {state.scenario}", []
    if run.value.status is not STATUSES[state.status] and run.status != STATUSES[state.status]:
        wrong.append(f"{name}: is {run.status} and was {state.status}")
    if state.status != "active":
        return wrong
    step = taken.places[state.scenario][0].step_before(state.sent)
    if run.value.step != step:
        wrong.append(f"{name}: waits at {run.value.step} and not at {step}")
    key = f"run:{run.id}:{run.value.visit}:delay" if step else f"begin:{run.id}"
    due = await find_due_at(uow, TIMER if step else BEGIN, key)
    expected = state.due
    if due is None or (expected and expected > uow.now and abs((due - expected).total_seconds()) >= 1):
        wrong.append(f"{name}: the next message is due at {due} and not at {expected}")
    return wrong


async def _compare_money(
    uow: UnitOfWork, person: Contact, user: LegacyUser, state: LegacyState, taken: Taken
) -> list[str]:
    adopted, _ = taken.places[state.scenario]
    if state.payment is None or adopted.scenario.product is None:
        return []
    if state.scenario in await list_codes(uow, person.id):
        return []
    return [f"{user.chat_id}: the payment in {state.scenario} gives no access"]
