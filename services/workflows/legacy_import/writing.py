"""Puts what was read from the older bot into the database: scenarios, values, people, money, drafts, in one unit."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from core.db.session import UnitOfWork
from core.errors import DomainError
from core.flow.run import RunStatus
from core.lifecycle import BotKind
from core.text.refusal import Words, explain_error
from services.commerce.catalog import products
from services.commerce.orders.import_purchases import Bought, import_purchase
from services.content import scenarios
from services.content.deployments import deploy_flow
from services.content.flows import find_version, publish_flow
from services.content.messages.bot_values import know_values, list_values, set_value
from services.content.messages.button_sets import list_button_sets, put_button_sets
from services.content.schemas import FlowVersion
from services.delivery.speech import Address
from services.learning.enrollment.scenarios import find_run
from services.messaging.broadcast_plan import PlanButton, PlanRefused, read_plan
from services.messaging.broadcasts.drafting.drafts import keep_draft
from services.people import consents, contacts, variables
from services.people.schemas import Contact, Encounter
from services.tenancy.bots import get_bot
from services.workflows.legacy_import.reading.flows import (
    ConvertedScenario,
    Keep,
    convert_scenario,
    read_message,
)
from services.workflows.legacy_import.reading.legacy import Legacy, LegacyBroadcast, LegacyState, LegacyUser
from services.workflows.people_import.standing import Standing, import_run
from utils import faultpoints

PROVIDER = "prodamus"
LEAST_NAME = 4  # characters of a username
STATUSES = {"active": RunStatus.ACTIVE, "completed": RunStatus.COMPLETED, "stopped": RunStatus.STOPPED}
Tick = Callable[[int], None]


@dataclass
class ImportTotals:
    """What came with the folder, and what was here already."""

    scenarios: int = 0
    people: int = 0
    runs: int = 0
    payments: int = 0
    timers: int = 0
    broadcasts: int = 0
    known: int = 0
    places: dict[str, tuple[ConvertedScenario, FlowVersion]] = field(default_factory=dict)
    compared: list[Words] = field(default_factory=list)  # what the comparison with the files has shown


async def write_all(
    uow: UnitOfWork, legacy: Legacy, totals: ImportTotals, keep: Keep, tick: Tick = lambda _: None
) -> None:
    """Take everything over; who is in a scenario already stays as they are there. What is wrong is in the findings."""
    bot = await get_bot(uow, BotKind.SALES)
    await _share(uow, legacy, bot.id)
    await _publish(uow, legacy, bot.id, totals, keep)
    if legacy.findings.errors:
        return
    faultpoints.reach("legacy flows written")
    for user in legacy.users:
        await _write_user(uow, legacy, user, bot.id, totals)
        tick(1)
    faultpoints.reach("legacy people written")
    for broadcast in legacy.broadcasts:
        totals.broadcasts += await _keep_broadcast(uow, legacy, broadcast, bot.id, keep)


async def _share(uow: UnitOfWork, legacy: Legacy, bot_id: int) -> None:
    """Values and button sets; what is here under a name stays as it is."""
    known_values, known_sets = await list_values(uow, bot_id), await list_button_sets(uow)
    for name, value in legacy.values.items():
        if name not in known_values:
            try:
                await set_value(uow, bot_id, name, value)
            except DomainError as refusal:
                legacy.findings.error("templates/bot_globals.json", explain_error(refusal))
    sets = {name: rows for name, rows in legacy.button_sets.items() if name not in known_sets}
    try:
        await put_button_sets(uow, sets)
    except DomainError as refusal:
        legacy.findings.error("buttons/registry.json", explain_error(refusal))


async def _publish(uow: UnitOfWork, legacy: Legacy, bot_id: int, totals: ImportTotals, keep: Keep) -> None:
    env = await know_values(uow)
    for slug, scenario in legacy.scenarios.items():
        try:
            converted = convert_scenario(scenario, keep, env.variables)
            totals.places[slug] = converted, await _deploy(uow, legacy, converted, bot_id, totals)
        except (DomainError, ValueError) as refusal:
            legacy.findings.error(slug, explain_error(refusal))


async def _deploy(
    uow: UnitOfWork, legacy: Legacy, converted: ConvertedScenario, bot_id: int, totals: ImportTotals
) -> FlowVersion:
    """The scenario on the bot; one that is here under its id, in whatever version, stays as it is."""
    flow = converted.flow
    known = await find_version(uow, flow.slug)
    if known is not None:
        if known.flow != flow:
            legacy.findings.note(flow.slug, "older-other-form")
        return known
    version = await publish_flow(uow, flow)
    await deploy_flow(uow, version.flow_id, bot_id)
    await products.follow_version(uow, version.flow_id, flow)
    if legacy.default == flow.slug:
        await scenarios.set_default(uow, bot_id, flow.slug)
    elif not converted.scenario.is_active:
        await scenarios.set_active(uow, bot_id, flow.slug, active=False)
    totals.scenarios += 1
    return version


async def _write_user(
    uow: UnitOfWork, legacy: Legacy, user: LegacyUser, bot_id: int, totals: ImportTotals
) -> None:
    person = await contacts.find_by_telegram_id(uow, user.chat_id)
    if person is None:
        person = await _meet(uow, user, bot_id)
        totals.people += 1
    # Of several, the one that is active comes last: until then nothing is in its way.
    for state in sorted(user.states, key=lambda each_state: each_state.status == "active"):
        converted, version = totals.places[state.scenario]
        if await find_run(uow, person, bot_id, version.flow_id):
            totals.known += 1
            continue
        to = Address(bot_id, user.chat_id)
        standing = _standing(user, state, converted)
        try:
            run_id = await import_run(uow, person, to, version, standing)
        except DomainError as refusal:
            place = f"users.json: {user.chat_id}: {state.scenario}"
            legacy.findings.error(place, explain_error(refusal))
            return
        totals.runs += 1
        totals.timers += standing.status is RunStatus.ACTIVE
        await _keep_rest(uow, legacy, state, _Owner(person, to, run_id), totals)


async def _meet(uow: UnitOfWork, user: LegacyUser, bot_id: int) -> Contact:
    name = user.name.removeprefix("@")
    is_username = name.isascii() and name.replace("_", "").isalnum() and len(name) >= LEAST_NAME
    seen = Encounter(
        account_id=uow.account_id,
        bot_id=bot_id,
        telegram_id=user.chat_id,
        first_name=user.name[:256] or str(user.chat_id),
        last_name="",
        username=name[:64] if is_username else None,
        language_code=None,
        in_private=True,
    )
    met = await contacts.meet_people(uow.conn, uow.env, uow.now, [seen])
    person = met[uow.account_id, user.chat_id]
    if user.met_at is not None:
        await contacts.note_met(uow, person.id, user.met_at)
    if user.has_agreed:
        await consents.import_consent(uow, person.id, user.met_at or uow.now)
    return person


def _standing(user: LegacyUser, state: LegacyState, converted: ConvertedScenario) -> Standing:
    status = STATUSES[state.status]
    if status is RunStatus.COMPLETED:
        finished_at = state.completed_at or state.last_sent_at
        return Standing(status, started_at=user.met_at, finished_at=finished_at)
    step = converted.step_before(state.sent)
    said = converted.says[state.sent - 1] if state.sent else None
    return Standing(status, step, state.due, said, user.met_at)


@dataclass(frozen=True)
class _Owner:
    person: Contact
    to: Address
    run_id: int


async def _keep_rest(
    uow: UnitOfWork, legacy: Legacy, state: LegacyState, owner: _Owner, totals: ImportTotals
) -> None:
    """Their purchase, and the link and the provider's words that have no place of their own here."""
    payment, slug = state.payment, state.scenario
    mark = slug.replace("-", "_")
    kept_variables = {f"old_payment_link_{mark}": state.payment_link}
    if payment is not None and payment.info:
        kept_variables[f"old_payment_info_{mark}"] = json.dumps(payment.info, ensure_ascii=False)
    for name, value in kept_variables.items():
        if value:
            await variables.set_variable(uow, owner.person.id, name[:64], value)
    if payment is None:
        return
    tariff = await products.find_product(uow, slug)
    if tariff is None:
        legacy.findings.note(f"users.json: {owner.to.chat_id}", "older-paid-for-nothing", slug=slug)
        return
    number = f"{payment.number}" if payment.number else f"{slug}:{owner.to.chat_id}"
    bought = Bought(
        contact_id=owner.person.id,
        to=owner.to,
        run_id=owner.run_id,
        paid_at=payment.at,
        amount=payment.amount,
        provider=PROVIDER,
        number=number,
        invite_link=state.invite_link,
        has_joined=state.has_joined,
        joined_at=state.joined_at,
    )
    try:
        await import_purchase(uow, tariff, bought)
    except DomainError as refusal:
        legacy.findings.error(f"users.json: {owner.to.chat_id}", explain_error(refusal))
        return
    totals.payments += 1


async def _keep_broadcast(
    uow: UnitOfWork, legacy: Legacy, broadcast: LegacyBroadcast, bot_id: int, keep: Keep
) -> bool:
    try:
        message = read_message(broadcast.message, keep, html=False)
    except ValueError as refusal:
        legacy.findings.error(f"broadcasts/registry.json: {broadcast.name}", explain_error(refusal))
        return False
    shared = legacy.button_sets.get(broadcast.message.set_name or "", ())
    buttons = [
        [PlanButton(text=button.text, url=button.url) for button in row if button.url]
        for row in (*message.buttons, *shared)
    ]
    document = {
        "bot": bot_id,
        "name": broadcast.name[:200],
        "text": message.in_html(message.text) or None,
        "media": message.media,
        "buttons": [row for row in buttons if row],
        "audience": {"all": list(broadcast.conditions)} if broadcast.conditions else None,
    }
    try:
        return await keep_draft(uow, bot_id, read_plan(document, (await know_values(uow)).variables))
    except PlanRefused as refusal:
        legacy.findings.error(f"broadcasts/registry.json: {broadcast.name}", refusal.words)
        return False
