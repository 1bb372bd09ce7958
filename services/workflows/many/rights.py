"""Whether somebody may still do with many people what they have begun: their role may have changed meanwhile."""

from core.db.session import UnitOfWork
from services.delivery.long_jobs.lists import stop_job
from services.delivery.long_jobs.steps import Payload
from services.tenancy import members
from services.tenancy.permissions import Permission, may


async def may_go_on(uow: UnitOfWork, payload: Payload, needs: Permission) -> bool:
    """Asked at each step of a job (`by`, `job_id`): where they may no more, it ends with what it has done."""
    if may(await members.load_roles(uow, payload["by"]), needs):
        return True
    await stop_job(uow, payload["job_id"])
    return False
