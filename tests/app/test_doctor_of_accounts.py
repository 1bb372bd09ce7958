"""`tandem doctor` looks into every account: bots that hear nobody, and what the environment says in vain."""

from types import SimpleNamespace
from typing import Any

from app.boot.settings import Settings
from app.doctor.accounts import look_at_accounts
from core.db.session import Database
from core.lifecycle import BotKind, BotTrouble
from services.tenancy.bot_care.connecting import note_trouble
from services.tenancy.settings import change_settings
from services.workflows.desk.setup_world import list_findings
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_account, add_bot


async def test_each_account_is_named_with_what_it_needs(db: Database) -> None:
    async with db.unit(2) as uow:
        await add_account(uow, name="Other words")
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await note_trouble(uow, SALES_BOT, BotTrouble.REFUSED)
    async with db.unit(1) as uow:
        await change_settings(uow, {"review_chat_id": -1, "use_panel_agents": True})
    settings = Settings(_env_file=None, review_chat_id=-2, scenario="salehi")
    process: Any = SimpleNamespace(db=db, settings=settings)
    complaints, notes = await look_at_accounts(process)
    (silent,) = complaints
    assert silent.startswith("Other words (acc_")
    assert "hears nobody" in silent
    vain = [note.partition(" is not used")[0] for note in notes if " is not used" in note]
    assert vain == ["REVIEW_CHAT_ID"]


async def test_what_setup_would_mend_is_told_there_too(db: Database) -> None:
    async with db.unit(1) as uow:
        await add_bot(uow, SALES_BOT, BotKind.SALES)
        await add_bot(uow, COURSE_BOT, BotKind.COURSE)
    process: Any = SimpleNamespace(db=db, settings=Settings(_env_file=None))
    _, notes = await look_at_accounts(process)
    told = [note for note in notes if "/setup in the bot leads to it" in note]
    async with db.unit(1) as uow:
        findings = await list_findings(uow, "en")
    assert told
    assert len(told) == len([one for one in findings if one.action.startswith("step:")])
