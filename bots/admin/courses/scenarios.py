"""`/scenarios`, `/set_default_scenario`, `/demo_scenario` and `/delete_scenario`: what the sales bot leads people through."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, read_words
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.errors import DomainError
from core.lifecycle import BotKind
from core.links import bot_link
from core.presses import Press, PressKind
from services.content import flows, scenarios
from services.content.schemas import Scenario
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.learning.enrollment.scenarios import delete_scenario
from services.learning.runs import preview
from services.tenancy.bots import get_bot
from services.tenancy.permissions import Permission

OPEN = PressKind.WIZARD_OPEN  # kind of the button that opens a scenario to change it: its flow
DELETE = PressKind.SCENARIO_DELETE  # kind of the button that deletes a scenario: its id
KEEP = PressKind.SCENARIO_KEEP  # kind of the button that does not
DO = PressKind.SCENARIO_DO  # kind of the buttons of a list: what to do with the scenario, its id
DEFAULT, DEMO, GONE = "default", "demo", "delete"
MOST_LISTED = 30


async def show(_: Message, ctx: Context) -> None:
    """List the scenarios of the sales bot; [how](../how-to/scenarios.md)."""
    await _show(ctx)


async def set_default(_: Message, command: CommandObject, ctx: Context) -> None:
    """Choose the scenario of everybody who comes without a link to another."""
    await _set_default(ctx, " ".join(read_words(command)))


async def demonstrate(_: Message, command: CommandObject, ctx: Context) -> None:
    """Show all that a scenario says, with its values highlighted."""
    await _demonstrate(ctx, " ".join(read_words(command)))


async def ask(_: Message, command: CommandObject, ctx: Context) -> None:
    """Delete a scenario, after a question while people are in it."""
    await _ask(ctx, " ".join(read_words(command)))


COMMANDS = (
    AdminCommand("scenarios", show, Section.CONTENT, looks=True),
    AdminCommand("set_default_scenario", set_default, Section.CONTENT, "month"),
    AdminCommand("demo_scenario", demonstrate, Section.CONTENT, "month", looks=True),
    AdminCommand("delete_scenario", ask, Section.CONTENT, "month"),
)


def build_buttons() -> Router:
    """The answers to the question before people's scenario is ended."""
    router = admin_router("admin-scenarios", Permission.CONTENT)

    @router.callback_query(Pressed(DELETE))
    async def delete(query: CallbackQuery, ctx: Context, press: Press) -> None:
        await _delete(ctx, press.id, query)

    @router.callback_query(Pressed(KEEP))
    async def keep(query: CallbackQuery, ctx: Context, press: Press) -> None:
        speech.show(ctx.uow, ctx.screen(query.message), speech.words("scenario-kept", slug=press.id))

    @router.callback_query(Pressed(DO))
    async def do(_: CallbackQuery, ctx: Context, press: Press) -> None:
        act, slug = press.id.split("-", 1)
        await {DEFAULT: _set_default, DEMO: _demonstrate, GONE: _ask}[act](ctx, slug)

    return router


def _pick(found_scenarios: Sequence[Scenario], act: str) -> Keyboard:
    """A button for each scenario, which does this with it."""
    return [
        [speech.button(speech.named(scenario.name), DO, f"{act}-{scenario.slug}")]
        for scenario in found_scenarios[:MOST_LISTED]
    ]


async def _list_to_pick(ctx: Context, act: str) -> Keyboard:
    bot = await get_bot(ctx.uow, BotKind.SALES)
    return _pick(await scenarios.list_scenarios(ctx.uow, bot.id), act)


async def _show(ctx: Context) -> None:
    bot = await get_bot(ctx.uow, BotKind.SALES)
    found_scenarios = await scenarios.list_scenarios(ctx.uow, bot.id)
    if not found_scenarios:
        ctx.say("scenarios-none")
        return
    inside = await scenarios.count_inside(ctx.uow, bot.id)
    lines = [_line(scenario, inside.get(scenario.flow_id, 0), bot.username) for scenario in found_scenarios]
    words = speech.lines(speech.words("scenarios-title"), *lines, speech.words("scenarios-help"))
    buttons = [
        [
            speech.button(
                speech.words("scenario-open", scenario=speech.named(scenario.name)), OPEN, scenario.flow_id
            )
        ]
        for scenario in found_scenarios[:MOST_LISTED]
    ]
    speech.say(ctx.uow, ctx.address, words, ctx.next_key(), buttons=buttons)


def _line(scenario: Scenario, people: int, username: str) -> Words:
    mark: Words = ""
    if scenario.is_default:
        mark = speech.words("scenarios-default")
    elif not scenario.is_active:
        mark = speech.words("scenarios-closed")
    name = speech.named(scenario.name)
    link = bot_link(username, scenario.slug)
    return speech.words(
        "scenarios-line", mark=mark, scenario=name, slug=scenario.slug, people=people, link=link
    )


async def _set_default(ctx: Context, slug: str) -> None:
    if not slug:
        ctx.refuse("scenario-set-default-usage", buttons=await _list_to_pick(ctx, DEFAULT))
        return
    bot = await get_bot(ctx.uow, BotKind.SALES)
    try:
        chosen = await scenarios.set_default(ctx.uow, bot.id, slug)
    except DomainError as refusal:
        await _explain(ctx, refusal, slug, "scenario-is-closed", DEFAULT)
        return
    ctx.say("scenario-set-default", scenario=speech.named(chosen.name))


async def _demonstrate(ctx: Context, slug: str) -> None:
    bot = await get_bot(ctx.uow, BotKind.SALES)
    try:
        chosen = await scenarios.get_scenario(ctx.uow, bot.id, slug) if slug else None
        chosen = chosen or await scenarios.get_default(ctx.uow, bot.id)
    except DomainError as refusal:
        await _explain(ctx, refusal, slug, "scenario-is-closed", DEMO)
        return
    version = await flows.get_latest_version(ctx.uow, chosen.flow_id)
    ctx.say("demo-begins", scenario=speech.named(chosen.name), slug=chosen.slug)
    preview.demonstrate(ctx.uow, version.flow, ctx.address, ctx.next_key)


async def _ask(ctx: Context, slug: str) -> None:
    """Whom it would stop is said first; with nobody inside it is deleted at once."""
    if not slug:
        ctx.refuse("scenario-delete-usage", buttons=await _list_to_pick(ctx, GONE))
        return
    bot = await get_bot(ctx.uow, BotKind.SALES)
    try:
        chosen = await scenarios.get_scenario(ctx.uow, bot.id, slug)
    except DomainError as refusal:
        await _explain(ctx, refusal, slug, "scenario-is-default", GONE)
        return
    people = (await scenarios.count_inside(ctx.uow, bot.id)).get(chosen.flow_id, 0)
    if not people or chosen.is_default:
        await _delete(ctx, slug)
        return
    buttons = [
        [speech.button(speech.words("button-delete"), DELETE, slug)],
        [speech.button(speech.words("button-no"), KEEP, slug)],
    ]
    ctx.only_looked = True
    ctx.say("scenario-delete", buttons=buttons, scenario=speech.named(chosen.name), count=people)


async def _delete(ctx: Context, slug: str, query: CallbackQuery | None = None) -> None:
    bot = await get_bot(ctx.uow, BotKind.SALES)
    try:
        gone = await delete_scenario(ctx.uow, bot.id, slug)
    except DomainError as refusal:
        await _explain(ctx, refusal, slug, "scenario-is-default", GONE)
        return
    words = speech.words("scenario-deleted", scenario=speech.named(gone.name))
    speech.show(ctx.uow, ctx.screen(query.message if query else None), words)


async def _explain(ctx: Context, refusal: DomainError, slug: str, conflict: str, act: str) -> None:
    if refusal.code != "SCENARIO_NOT_FOUND":
        ctx.refuse(conflict, slug=slug)
        return
    bot = await get_bot(ctx.uow, BotKind.SALES)
    found_scenarios = await scenarios.list_scenarios(ctx.uow, bot.id)
    known = ", ".join(scenario.slug for scenario in found_scenarios) or "—"
    ctx.refuse("scenario-which", known=known, buttons=_pick(found_scenarios, act))
