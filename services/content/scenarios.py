"""The scenarios a bot has: one is the default, some may be closed to newcomers."""

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from services.content.schemas import Scenario
from services.content.store import scenarios as store


async def list_scenarios(uow: UnitOfWork, bot_id: int) -> list[Scenario]:
    """The scenarios of a bot, the default first: the one that was chosen, else the one that came first."""
    return await store.list_scenarios(uow.conn, uow.account_id, bot_id)


async def count_inside(uow: UnitOfWork, bot_id: int) -> dict[int, int]:
    """How many people are in each scenario of a bot now, by flow; all of them are counted, so not at every start."""
    return await store.count_inside(uow.conn, uow.account_id, bot_id)


async def find_scenario(uow: UnitOfWork, bot_id: int, slug: str) -> Scenario | None:
    """A scenario of a bot by its id."""
    return next((scenario for scenario in await list_scenarios(uow, bot_id) if scenario.slug == slug), None)


async def get_scenario(uow: UnitOfWork, bot_id: int, slug: str) -> Scenario:
    """A scenario of a bot by its id; raises SCENARIO_NOT_FOUND with those there are."""
    scenario = await find_scenario(uow, bot_id, slug)
    if scenario is not None:
        return scenario
    known = ", ".join(scenario.slug for scenario in await list_scenarios(uow, bot_id)) or "none"
    raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", f"{slug[:64]}; there are: {known}")


async def get_default(uow: UnitOfWork, bot_id: int) -> Scenario:
    """What `/start` begins; raises SCENARIO_NOT_FOUND where there is none."""
    scenarios = await list_scenarios(uow, bot_id)
    if not scenarios:
        raise DomainError(ErrorKind.NOT_FOUND, "SCENARIO_NOT_FOUND", "no scenario is deployed on this bot")
    return scenarios[0]


async def set_default(uow: UnitOfWork, bot_id: int, slug: str) -> Scenario:
    """Let `/start` begin this one; raises SCENARIO_NOT_FOUND, INVALID_SCENARIO_STATE for a closed one."""
    chosen = await get_scenario(uow, bot_id, slug)
    if not chosen.is_active:
        raise DomainError(ErrorKind.CONFLICT, "INVALID_SCENARIO_STATE", f"{slug} is closed to newcomers")
    await store.set_default(uow.conn, uow.account_id, bot_id, chosen.deployment_id)
    return chosen


async def set_active(uow: UnitOfWork, bot_id: int, slug: str, *, active: bool) -> Scenario:
    """Open a scenario to newcomers, or close it: people inside finish it.

    Raises SCENARIO_NOT_FOUND, INVALID_SCENARIO_STATE for closing the default.
    """
    chosen = await get_scenario(uow, bot_id, slug)
    if chosen.is_default and not active:
        raise DomainError(ErrorKind.CONFLICT, "INVALID_SCENARIO_STATE", f"{slug} is the default")
    await store.set_active(uow.conn, uow.account_id, chosen.deployment_id, active=active)
    return chosen


async def remove(uow: UnitOfWork, chosen: Scenario) -> None:
    """Take a scenario off its bot; what has happened in it stays. Deployed again it is back."""
    await store.mark_deleted(uow.conn, uow.account_id, chosen.deployment_id, uow.now)


async def restore(uow: UnitOfWork, deployment_id: int) -> None:
    """Let a scenario that was taken off be there again, open to newcomers."""
    await store.mark_present(uow.conn, uow.account_id, deployment_id)
