"""What somebody is led to in the first run, once it has been made in another place."""

from core import events
from core.db.session import UnitOfWork
from services.reactions import group_stories
from services.workflows.desk import setup_desk


async def on_flow_deployed(uow: UnitOfWork, deployed: events.FlowDeployed) -> None:
    """Telegram is asked about the groups of a flow, and who went off to make a course comes back."""
    await group_stories.on_flow_deployed(uow, deployed)
    await setup_desk.on_deployed(uow)


async def on_tariff_sold(uow: UnitOfWork, sold: events.TariffSold) -> None:
    """Who went off to make a tariff comes back."""
    del sold
    await setup_desk.on_sold(uow)


async def on_group_seen(uow: UnitOfWork, seen: events.GroupSeen) -> None:
    """A group may be in trouble or well again; and whoever waits for it sees it."""
    await group_stories.on_seen(uow, seen)
    await setup_desk.on_seen(uow, seen)
