"""What `tandem doctor` sees in each account: what was given up, bots that hear nobody, settings that are not used."""

import re

from app.boot.process import Process
from app.boot.settings import Settings
from bots.runtime.sending.saying import show_words
from core.lifecycle import BotKind
from core.text.refusal import TERMINAL
from services.delivery.sending.dead_letters import list_dead_letters
from services.tenancy.accounts import Account, list_accounts
from services.tenancy.bots import find_bot, list_own
from services.tenancy.settings import load_settings
from services.workflows.desk.setup_world import list_findings
from utils.sealed import KeyMissingError

_SIGN = re.compile(r"^\W+")  # with which a line begins in the chat
STEP = "step:"  # how the action of a finding begins that a step of `/setup` mends
HEARS_NOBODY = {
    "refused": "@{bot} hears nobody: Telegram refuses its token; get a new one from @BotFather, then `tandem bot connect TOKEN --kind {kind}`",
    "elsewhere": "@{bot} hears only a part: another program receives its updates; stop that one, or revoke the token in @BotFather and connect the new one",
}
OVERRULED = {
    "review_chat_id": "REVIEW_CHAT_ID",
    "groups": "COMMUNITY_CHATS",
    "operator_ids": "OPERATOR_IDS",
    "use_panel_agents": "USE_PANEL_AGENTS",
    "scenario": "SCENARIO",
    "paid_per_second": "PAID_MESSAGES_PER_SECOND",
}
"""Settings of the first account for which the environment speaks, too."""


async def look_at_accounts(process: Process) -> tuple[list[str], list[str]]:
    """Complaints and notes; of several accounts each says whose it is."""
    complaints: list[str] = []
    notes: list[str] = []
    accounts = await list_accounts(process.db)
    for account in accounts:
        whose = f"{account.name} ({account.public_id}): " if len(accounts) > 1 else ""
        option = f" --account {account.public_id}" if len(accounts) > 1 else ""
        complaints += [whose + complaint for complaint in await _list_silent(process, account)]
        letters = await list_dead_letters(process.db, account.id)
        complaints += [
            f"{whose}{letter.kind} {letter.id}: {letter.what}: {letter.error}" for letter in letters
        ]
        if letters:
            first = f"{letters[0].kind} {letters[0].id}{option}"
            notes.append(f"`tandem replay {first}` puts it back in line once its cause is mended")
        notes += [whose + lack for lack in await _list_lacking(process, account)]
        if process.db.env.speaks_of(account.id):
            notes += await _list_overruled(process, process.settings)
    return complaints, notes


async def _list_silent(process: Process, account: Account) -> list[str]:
    async with process.db.unit(account.id) as uow:
        own = await list_own(uow)
    return [
        HEARS_NOBODY[bot.trouble].format(bot=bot.username, kind=bot.kind)
        for bot in own
        if bot.trouble and not bot.ended
    ]


async def _list_lacking(process: Process, account: Account) -> list[str]:
    """What a buyer would run into that `/setup` mends: a step that is not done, a price nobody can take."""
    async with process.db.unit(account.id) as uow:
        if await find_bot(uow, BotKind.SALES) is None:
            return []  # which has been said
        try:
            findings = await list_findings(uow, TERMINAL)
        except KeyMissingError:
            return []  # which has been said, too
    told = [finding.text for finding in findings if finding.action.startswith(STEP)]
    return [f"{_SIGN.sub('', show_words(text, TERMINAL))} /setup in the bot leads to it" for text in told]


async def _list_overruled(process: Process, settings: Settings) -> list[str]:
    """What the environment says in vain, because the account has said it for itself."""
    async with process.db.unit(process.db.env.account_id) as uow:
        own, _ = await load_settings(uow)
    return [
        f"{variable} is not used: the account has set {name} for itself (`tandem account show`; `{name}=null` lets the environment speak)"
        for name, variable in OVERRULED.items()
        if getattr(own, name) is not None and variable.lower() in settings.model_fields_set
    ]
