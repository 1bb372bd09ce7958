"""A broadcast's file: whose bot it is for, its media kept beside the database, its definition read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from core.text.message import MediaKind
from core.text.refusal import Refused, placed, words
from services.content.importing.media import Shelf, kind_of
from services.content.messages.bot_values import know_values
from services.content.scenarios import find_scenario
from services.messaging.broadcast_plan import Plan, PlanRefused, read_plan
from services.people.conditions.known_names import load_checked
from services.tenancy.bots import get_bot, get_bot_by_id
from services.tenancy.schemas import ConnectedBot

MOST_DIGITS = 18  # of a number that the database can look for


async def read_broadcast(uow: UnitOfWork, document: Mapping[str, Any], folder: Path) -> tuple[int, Plan]:
    """The bot and the definition; media are looked for in `folder`. Raises BROADCAST_INVALID naming every wrong key."""
    if "original" in document:  # a message of some chat, which an admin alone chooses, in the chat
        raise PlanRefused([placed("original", words("refused-plan-original"))])
    shelf = Shelf(uow.env, folder)
    filled = {**document, **_with_media(document, shelf)}
    variants = document.get("variants")
    if isinstance(variants, list):
        filled["variants"] = [
            {**variant, **_with_media(variant, shelf)} if isinstance(variant, Mapping) else variant
            for variant in variants
        ]
    plan = read_plan(filled, (await know_values(uow)).variables)
    if plan.paid and not uow.env.paid_per_second:
        raise PlanRefused([placed("paid", words("refused-plan-paid"))])
    bot = await _find_bot(uow, plan.bot)
    await require_scenarios(uow, bot.id, plan)
    await _require_audience(uow, plan)
    shelf.keep()
    return bot.id, plan


async def _find_bot(uow: UnitOfWork, name: str) -> ConnectedBot:
    if name in set(BotKind):
        return await get_bot(uow, BotKind(name))
    if not name.isdecimal() or len(name) > MOST_DIGITS:
        raise PlanRefused([placed("bot", words("refused-plan-bot", names=", ".join(BotKind)))])
    return await get_bot_by_id(uow, int(name))


def _with_media(document: Mapping[str, Any], shelf: Shelf) -> dict[str, Any]:
    """The media as messages name them; what is written as a path alone is a file of its ending's kind."""
    media = document.get("media")
    if media is None:
        return {}
    return {
        "media": [_medium(medium, number, shelf) for number, medium in enumerate(_listed(media))],
    }


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _medium(medium: object, place: int, shelf: Shelf) -> object:
    named = medium.get("ref") if isinstance(medium, Mapping) else medium
    if not isinstance(named, str):
        return medium
    ref = shelf.find(named)
    if ref is None:
        raise PlanRefused([placed(f"media.{place}", words("refused-plan-media", given=named))])
    more = medium if isinstance(medium, Mapping) else {"kind": kind_of(named, MediaKind.PHOTO)}
    return {**more, "ref": ref}


async def _require_audience(uow: UnitOfWork, plan: Plan) -> None:
    """Raise for a segment, a tariff, a course that is not there."""
    try:
        if plan.tree:
            await load_checked(uow.conn, uow.account_id, plan.tree)
    except Refused as refused:
        raise PlanRefused([placed("audience", refused.words)]) from None


async def require_scenarios(uow: UnitOfWork, bot_id: int, plan: Plan) -> None:
    """Raise for a scenario that is not on this bot, where a button starts it or a text speaks of it."""
    wanted = {"scenario": plan.scenario} if plan.scenario else {}
    for row, buttons in enumerate(plan.buttons):
        wanted |= {
            f"buttons.{row}.{column}": button.start for column, button in enumerate(buttons) if button.start
        }
    for key, slug in wanted.items():
        if await find_scenario(uow, bot_id, slug) is None:
            raise PlanRefused([placed(key, words("refused-plan-scenario", given=slug))])
