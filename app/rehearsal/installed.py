"""What an installation leads a prospect through: its default scenario, its courses and what is on sale."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.boot.process import Process
from app.boot.schema import is_current
from app.boot.settings import Settings
from core.errors import DomainError
from core.flow.definition import Flow, FlowKind
from core.lifecycle import BotKind
from core.money import write_money
from core.text.message import Message
from services.commerce.access.onboarding import list_greetings
from services.commerce.catalog import products, tariffs
from services.content import flows, scenarios
from services.content.files.sample import Content, read_content
from services.content.files.tariff_files import TariffSpec
from services.tenancy.bots import get_bot
from services.workflows.installing import load_content


@dataclass(frozen=True)
class Installed:
    """All of it; `default` is the scenario that `/start` begins."""

    content: Content
    default: str

    @property
    def scenario(self) -> Flow:
        """The scenario a prospect begins with."""
        return next(flow for flow in self.content.flows if flow.slug == self.default)

    @property
    def courses(self) -> Mapping[str, Flow]:
        """The courses by slug."""
        return {flow.slug: flow for flow in self.content.flows if flow.kind is FlowKind.COURSE}


async def load_installed(settings: Settings, folder: Path, left_out: list[DomainError]) -> Installed:
    """What this installation has; the content of the folder where it has none yet, without what is broken."""
    if settings.data_dir.is_dir() and await is_current(settings.url):
        process = Process(settings)
        try:
            return await _load(process)
        except DomainError:  # no bot was connected, or no scenario is there
            pass
        finally:
            await process.close()
    content = read_content(folder, left_out)
    default = next(flow for flow in content.flows if flow.kind is FlowKind.SCENARIO)
    return Installed(content, default.slug)


async def _load(process: Process) -> Installed:
    async with process.db.unit(process.account_id) as uow:
        shop = await get_bot(uow, BotKind.SALES)
        default = await scenarios.get_default(uow, shop.id)
        found_flows = [
            version
            for flow in await flows.list_flows(uow)
            if (version := await flows.find_version(uow, flow.slug))
        ]
        slugs = {version.flow_id: version.flow.slug for version in found_flows}
        specs = [
            TariffSpec(
                code=tariff.code,
                course=slugs[tariff.flow_id],
                name=dict(tariff.name),
                description=dict(tariff.description),
                price=write_money(tariff.price, tariff.currency),
                currency=tariff.currency,
                stars=tariff.stars,
                rights=tariff.rights,
                refund_closes=tariff.closes_on_refund,
                onboarding=tuple(map(Message.model_validate, await list_greetings(uow, tariff.id))),
            )
            for tariff in await tariffs.list_tariffs(uow)
            if not await products.is_product(uow, tariff)
        ]
        return Installed(Content(tuple(version.flow for version in found_flows), tuple(specs)), default.slug)


async def put_in_place(process: Process, installed: Installed) -> None:
    """Have all of it in another world, which has two bots and nothing else that matters."""
    await load_content(process.db, installed.content, process.account_id)
    async with process.db.unit(process.account_id) as uow:
        shop = await get_bot(uow, BotKind.SALES)
        await scenarios.set_default(uow, shop.id, installed.default)
