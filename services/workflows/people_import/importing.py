"""The people of the older platform come in: planned against the courses here, then put in place, all or none."""

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from services.content.importing.report import Tick, quietly
from services.tenancy.bots import get_bot
from services.workflows.people_import.reader import People
from services.workflows.people_import.writing import ImportedPeople, Plan, plan_people, write_people


async def import_people(
    uow: UnitOfWork, people: People, tick: Tick = quietly, *, dry_run: bool = False
) -> tuple[Plan, ImportedPeople | None]:
    """Bring everybody who was read; nothing is changed in a dry run, nor when the report has errors."""
    bot = await get_bot(uow, BotKind.COURSE)
    plan = await plan_people(uow, people, bot.id)
    if dry_run or people.report.errors:
        return plan, None
    return plan, await write_people(uow, people, plan, bot.id, tick)
