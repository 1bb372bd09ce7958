"""Bots connected from the environment, and the sample content published and put on sale; repeating changes nothing."""

from app.boot.settings import Settings
from bots.runtime.client import TelegramClient
from bots.runtime.retry import insist
from core.db.session import Database, UnitOfWork
from core.errors import DomainError
from core.flow.definition import Flow, FlowKind
from core.lifecycle import BotKind
from services.commerce.catalog.tariffs import put_on_sale, take_off_sale
from services.content.deployments import deploy_flow, move_to_bot, put_groups
from services.content.files.sample import Content
from services.content.files.tariff_files import TariffSpec
from services.content.flows import publish_flow
from services.content.schemas import Deployment
from services.content.settings import load_course_settings
from services.tenancy import bots as tenancy
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing

PATIENCE = 10.0  # seconds a command waits for Telegram
BOT_OF = {
    FlowKind.COURSE: BotKind.COURSE,
    FlowKind.SCENARIO: BotKind.SALES,
    FlowKind.OUTREACH: BotKind.SALES,
}


def tokens_of(settings: Settings) -> dict[BotKind, str]:
    """The tokens of the environment; ValueError says what is missing or wrong."""
    given = {
        BotKind.SALES: settings.sales_bot_token.get_secret_value(),
        BotKind.COURSE: settings.course_bot_token.get_secret_value(),
    }
    missing = [f"{kind.upper()}_BOT_TOKEN" for kind, token in given.items() if not token]
    if missing:
        raise ValueError(
            f"{' and '.join(missing)} missing. Get tokens from @BotFather, or try `make demo` without any"
        )
    ids = {kind: tenancy.bot_id_of(token) for kind, token in given.items()}
    if ids[BotKind.SALES] == ids[BotKind.COURSE]:
        raise ValueError("SALES_BOT_TOKEN and COURSE_BOT_TOKEN belong to one bot; two are needed")
    return given


async def connect_bots(
    db: Database,
    keys: KeyRing,
    telegram: TelegramClient,
    settings: Settings,
    patience: float | None = None,
) -> None:
    """Ask Telegram who the environment's bots are and store them; waits until Telegram answers, or for `patience`.

    A bot that takes another one's place gets its flows, so that links sold before lead to it.
    """
    for kind, token in tokens_of(settings).items():
        me = (await insist(telegram, token, "getMe", {}, patience)).result
        bot = ConnectedBot(me["id"], tenancy.FIRST_ACCOUNT, kind, me["username"], me["first_name"], token)
        async with db.unit(tenancy.FIRST_ACCOUNT) as uow:
            await tenancy.ensure_account(uow)
            await tenancy.connect_bot(uow, keys, bot)
            for flows in (flow for flow, home in BOT_OF.items() if home is kind):
                await move_to_bot(uow, flows, bot.id)


async def stand_in_for_bots(uow: UnitOfWork, keys: KeyRing) -> None:
    """Have a bot of each kind that is missing, made up, in a unit that will be undone: no Telegram is needed."""
    await tenancy.ensure_account(uow)
    for number, kind in enumerate(BotKind, start=1):
        try:
            await tenancy.get_bot(uow, kind)
        except DomainError:
            bot = ConnectedBot(number, uow.account_id, kind, f"{kind}_bot", str(kind), f"{number}:none")
            await tenancy.connect_bot(uow, keys, bot)


async def load_content(db: Database, content: Content) -> None:
    """Publish and deploy all flows, put these tariffs of them and no others on sale; all or nothing."""
    async with db.unit(tenancy.FIRST_ACCOUNT) as uow:
        places = {flow.slug: await _install_flow(uow, flow) for flow in content.flows}
        for position, tariff in enumerate(content.tariffs):
            await install_tariff(uow, tariff, places[tariff.course], position)
        courses = [place.flow_id for place in places.values()]
        await take_off_sale(uow, courses, [tariff.code for tariff in content.tariffs])


async def _install_flow(uow: UnitOfWork, flow: Flow) -> Deployment:
    version = await publish_flow(uow, flow)
    bot = await tenancy.get_bot(uow, BOT_OF[flow.kind])
    return await deploy_flow(uow, version.flow_id, bot.id)


async def install_tariff(uow: UnitOfWork, tariff: TariffSpec, place: Deployment, position: int) -> None:
    """Put a tariff of a deployed flow on sale, or change the one with its code."""
    if tariff.groups is not None:
        await put_groups(uow, place.id, tariff.code, tariff.groups)
    groups = (await load_course_settings(uow, place.id)).groups
    values = {
        "code": tariff.code,
        "name": tariff.name,
        "description": tariff.description,
        "price": tariff.amount,
        "currency": tariff.currency,
        "rights": list(tariff.rights),
        "onboarding": [one.model_dump(mode="json", exclude_defaults=True) for one in tariff.onboarding],
        "flow_id": place.flow_id,
        "position": position,
    }
    await put_on_sale(uow, values, groups.get(tariff.code, ()))
