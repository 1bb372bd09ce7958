"""What `tandem doctor` looks at."""

import asyncio
from collections.abc import Mapping

from app.boot.bots import tokens_of
from app.boot.process import Process
from app.boot.profiles import NOBODY
from app.boot.settings import Settings
from app.doctor.groups import PATIENCE
from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from core.flow.steps.dialog import DialogStep
from core.flow.steps.miniapp import MiniAppStep
from core.lifecycle import BotKind
from services.commerce.catalog.tariffs import list_all
from services.commerce.partners import payouts
from services.content.entry.tokens import find_missing_key, list_courses
from services.content.flows import get_latest_version
from services.people.contacts import list_reachable
from services.tenancy.bots import bot_id_of
from services.tenancy.members import list_operators
from utils.sealed import KeyMissingError


async def list_tokens_complaints(telegram: TelegramClient, settings: Settings) -> list[str]:
    """What is wrong with the tokens, one line each, with what to do about it."""
    try:
        tokens = tokens_of(settings)
    except ValueError as error:
        return [str(error)]
    asked = (_try_bot(telegram, kind, token) for kind, token in tokens.items())
    return [complaint for complaint in await asyncio.gather(*asked) if complaint]


async def _missing_key(process: Process) -> list[str]:
    """A key that left MASTER_KEYS while something is sealed with it."""
    async with process.db.unit(process.db.env.account_id) as uow:
        missing = {
            "links cannot be shown again": await find_missing_key(uow),
            "where partners' money goes cannot be shown": await payouts.find_missing_key(uow),
        }
    return [f"{what}: {KeyMissingError(name)}" for what, name in missing.items() if name]


async def _try_bot(telegram: TelegramClient, kind: BotKind, token: str) -> str:
    try:
        answer = await telegram.call(token, "getMe", {}, timeout=PATIENCE)
    except (NotSentError, OutcomeUnknownError) as error:
        return f"{kind} bot: Telegram cannot be reached ({error}); check TELEGRAM_API_URL and the network"
    return (
        ""
        if answer.ok
        else f"{kind} bot: Telegram refuses the token ({answer.error}); get a new one from @BotFather"
    )


async def list_complaints(process: Process) -> list[str]:
    """What the database shows to be wrong, one line each, with what to do about it."""
    try:
        tokens = tokens_of(process.settings)
    except ValueError:
        return []  # which has been said
    complaints = await _missing_tariffs(process)
    complaints += await _missing_admins(process, tokens[BotKind.COURSE])
    complaints += await _missing_operators(process, tokens)
    complaints += await _missing_key(process)
    return complaints + await _unanswered_talks(process, bot_id_of(tokens[BotKind.COURSE]))


async def _missing_tariffs(process: Process) -> list[str]:
    """Tariffs that the settings name and nobody sells."""
    async with process.db.unit(process.db.env.account_id) as uow:
        known = [tariff.code for tariff, _ in await list_all(uow)]
    there_are = f"there are {', '.join(known)}" if known else "there is none yet: `tandem tariffs load FILE`"
    return [
        f"COMMUNITY_CHATS names “{code}”, which is no tariff, so nobody is let into its group; {there_are}"
        for code in process.settings.community_chats
        if code not in known
    ]


async def _missing_admins(process: Process, course_token: str) -> list[str]:
    """Admins whom the course bot cannot write to: they get no work to review."""
    settings = process.settings
    if settings.review_chat_id is not None:
        return []
    if not settings.admin_ids:
        return ["nobody reviews work: set ADMIN_IDS or REVIEW_CHAT_ID"]
    async with process.db.unit(process.db.env.account_id) as uow:
        reachable = await list_reachable(uow, bot_id_of(course_token), settings.admin_ids)
    return [
        f"admin {admin} has not started the course bot and gets no work to review; they should press Start there"
        for admin in settings.admin_ids
        if admin not in reachable
    ]


async def _missing_operators(process: Process, tokens: Mapping[BotKind, str]) -> list[str]:
    """Operators whom a bot cannot ring, and hand-offs that nobody can take."""
    async with process.db.unit(process.db.env.account_id) as uow:
        operators = await list_operators(uow.conn, uow.env, uow.account_id)
        reachable = {
            kind: await list_reachable(uow, bot_id_of(token), operators) for kind, token in tokens.items()
        }
    profile = process.db.env.profile
    if not operators:
        return [NOBODY] if profile and profile.transfer_to_operator else []
    return [
        f"operator {operator} has not started the {kind} bot and cannot be rung there; they should press Start"
        for kind, numbers in reachable.items()
        for operator in operators
        if operator not in numbers
    ]


async def _unanswered_talks(process: Process, course_bot: int) -> list[str]:
    """Courses that talk with a model, or open a page, where there is none."""
    settings = process.settings
    missing = {
        DialogStep: "AI_BASE_URL" if not settings.ai_base_url else "",
        MiniAppStep: "PUBLIC_URL" if not settings.public_url else "",
    }
    async with process.db.unit(process.db.env.account_id) as uow:
        courses = await list_courses(uow, course_bot)
        flows = [(await get_latest_version(uow, course.deployment.flow_id)).flow for course in courses]
    return [
        f"the course {flow.slug} has a step “{step.key}” of the type {step.type}, which needs {name}: set it"
        for flow in flows
        for step in flow.steps
        if (name := missing.get(type(step)))
    ]
