"""Flows published and put on their bots, tariffs of them put on sale; repeating changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.db.session import Database, UnitOfWork
from core.errors import DomainError
from core.flow.definition import Flow, FlowKind
from core.lifecycle import BotKind, Stage
from core.rules.periods import parse_period
from core.text.refusal import InputRefused, Words, listed, placed, words
from services.commerce.catalog import tariffs
from services.commerce.schemas import Tariff, TariffPlan
from services.content import flows
from services.content.deployments import change_settings, deploy_flow, open_to_all, put_groups
from services.content.entry.doors import Door, see_door
from services.content.files.sample import Content
from services.content.files.tariff_files import TariffSpec, find_place
from services.content.files.tariff_media import place_media
from services.content.importing.media import Shelf
from services.content.products import list_products, put_product
from services.content.schemas import Deployment, FlowVersion
from services.content.settings import load_course_settings, read_words
from services.tenancy import bots as tenancy
from services.tenancy.accounts import ensure_account
from services.tenancy.bot_care.connecting import connect_bot
from services.tenancy.schemas import ConnectedBot
from utils.sealed import KeyRing

INVALID = "TARIFFS_INVALID"
BOT_OF = {
    FlowKind.COURSE: BotKind.COURSE,
    FlowKind.SCENARIO: BotKind.SALES,
    FlowKind.OUTREACH: BotKind.SALES,
}


async def stand_in_for_bots(uow: UnitOfWork, keys: KeyRing) -> None:
    """Have a bot of each kind that is missing, made up, in a unit that will be undone: no Telegram is needed."""
    await ensure_account(uow)
    for number, kind in enumerate(BotKind, start=1):
        try:
            await tenancy.get_bot(uow, kind)
        except DomainError:
            bot = ConnectedBot(number, uow.account_id, kind, f"{kind}_bot", str(kind), f"{number}:none")
            await connect_bot(uow, keys, bot)


async def load_content(db: Database, content: Content, account_id: int) -> list[str]:
    """Publish and deploy all flows, put these tariffs of them and no others on sale; all or nothing.

    Gives the codes that stay as they are: another course sells under them, or somebody has changed or stopped them here.
    """
    left_out = []
    async with db.unit(account_id) as uow:
        places = {flow.slug: await install_flow(uow, flow) for flow in content.flows}
        for position, tariff in enumerate(content.tariffs):
            place = places.get(tariff.course)
            known = await tariffs.find_by_code(uow, tariff.code)
            if known is not None and (known.is_own or (place and known.flow_id != place.flow_id)):
                left_out.append(tariff.code)
            else:
                await _put_on_sale(uow, tariff, place, position)
        courses = [place.flow_id for place in places.values()]
        await tariffs.take_off_sale(uow, courses, [tariff.code for tariff in content.tariffs])
    return left_out


async def _is_taken(uow: UnitOfWork, code: str, flow_id: int) -> bool:
    """Whether another flow has a tariff of this code."""
    known = await tariffs.find_by_code(uow, code)
    return known is not None and known.flow_id != flow_id


async def install_flow(uow: UnitOfWork, flow: Flow) -> Deployment:
    """Have a flow's newest version and put it on its bot."""
    return await _deploy(uow, await flows.publish_flow(uow, flow))


async def _deploy(uow: UnitOfWork, version: FlowVersion) -> Deployment:
    """What is sold is on its bot; nobody comes into it but by what was bought."""
    bot = await tenancy.get_bot(uow, BOT_OF[version.flow.kind])
    return await deploy_flow(uow, version.flow_id, bot.id)


@dataclass(frozen=True, slots=True)
class PutOnBot:
    """Where a flow is now, and whom it lets in."""

    deployment: Deployment
    username: str
    door: Door


async def put_on_bot(
    uow: UnitOfWork, slug: str, settings: Mapping[str, str], *, test: bool = False, public: bool = False
) -> PutOnBot:
    """Deploy a flow; a second time changes its settings alone. A course is opened only as `see_door` says.

    Raises SCENARIO_NOT_FOUND, and what wrong settings raise.
    """
    version = await flows.get_latest_version(uow, await flows.get_flow_id(uow, slug))
    bot = await tenancy.get_bot(uow, BOT_OF[version.flow.kind])
    deployment = await deploy_flow(uow, version.flow_id, bot.id, Stage.TEST if test else Stage.PROD)
    await change_settings(uow, deployment.id, read_words(settings))
    if version.flow.kind is not FlowKind.COURSE:
        door = Door(slug)
    elif test or public:  # a place to be tried lets in admins alone
        door = Door(await open_to_all(uow, deployment))
    else:
        door = await see_door(uow, deployment)
    return PutOnBot(deployment, bot.username, door)


async def sell_tariffs(
    uow: UnitOfWork, specs: Sequence[TariffSpec], source: Path, first: int = 0
) -> Mapping[str, Deployment]:
    """Put the tariffs of a file on sale, all or none; others stay as they are. Gives where their courses are.

    They stand in the price list from place `first` on. Files they name are looked for beside theirs. Raises TARIFFS_INVALID with a line for each that cannot be sold here.
    """
    shelf = Shelf(uow.env, source.parent)
    specs, lost = place_media(specs, shelf)
    courses = {spec.course: await flows.find_version(uow, spec.course) for spec in specs if spec.course}
    clashes = [
        placed(find_place(specs, number, key), why)
        for number, spec in enumerate(specs)
        for key, why in await _list_clashes(uow, spec, courses)
    ]
    if problems := [*lost, *clashes]:
        raise InputRefused(INVALID, listed((placed(str(source), problem) for problem in problems), "\n"))
    places = {slug: await _deploy(uow, course) for slug, course in courses.items() if course}
    for position, spec in enumerate(specs, start=first):
        await _put_on_sale(uow, spec, places.get(spec.course), position, is_own=True)
    shelf.keep()
    return places


async def change_tariff(uow: UnitOfWork, spec: TariffSpec, known: Tariff) -> None:
    """Sell what is there under these terms from now on; its place, its greetings, Stars and partners' shares stay.

    Raises TARIFFS_INVALID for a course that cannot be sold here.
    """
    course = await flows.find_version(uow, spec.course)
    if clashes := await _list_clashes(uow, spec, {spec.course: course}):
        raise InputRefused(INVALID, listed((why for _, why in clashes), "\n"))
    place = await _deploy(uow, course) if course else None
    chat_ids = await _groups_of_course(uow, spec, place) if place else spec.groups or ()
    plan = read_plan(spec)
    if plan is not None and known.plan is not None:
        plan = replace(plan, grace_days=known.plan.grace_days, provider_plan=known.plan.provider_plan)
    values = {
        "name": spec.name,
        "description": spec.description,
        "price": spec.amount,
        "currency": spec.currency,
        "rights": list(spec.rights),
        "is_own": True,
    }
    await tariffs.change_on_sale(uow, known.id, values, chat_ids, plan)


async def _list_clashes(
    uow: UnitOfWork, spec: TariffSpec, courses: Mapping[str, FlowVersion | None]
) -> list[tuple[str, Words]]:
    """Why this installation cannot sell it, each with the key that says so."""
    if spec.product is not None:
        return await _list_product_clashes(uow, spec)
    course = courses[spec.course]
    if course is None or course.flow.kind is FlowKind.OUTREACH:
        known = [flow.slug for flow in await flows.list_flows(uow) if flow.kind != FlowKind.OUTREACH]
        why = words("tariff-no-course", given=spec.course, known=", ".join(known))
        none = words("tariff-no-courses", given=spec.course)
        return [("course", why if known else none)]
    if await _is_taken(uow, spec.code, course.flow_id):
        return [("code", words("tariff-code-taken", given=spec.code))]
    return []


async def _list_product_clashes(uow: UnitOfWork, spec: TariffSpec) -> list[tuple[str, Words]]:
    if not (spec.greetings or _groups_of_product(uow, spec)):
        return [("product", words("tariff-product-empty"))]
    known_as = await tariffs.find_by_code(uow, spec.code)
    mine = (await list_products(uow)).get(known_as.flow_id) if known_as else spec.product_name
    if mine != spec.product_name:
        return [("code", words("tariff-code-taken", given=spec.code))]
    return []


def _groups_of_product(uow: UnitOfWork, spec: TariffSpec) -> Sequence[int]:
    return uow.env.community_chats.get(spec.code, ()) if spec.groups is None else spec.groups


async def _put_on_sale(
    uow: UnitOfWork, tariff: TariffSpec, place: Deployment | None, position: int, *, is_own: bool = False
) -> None:
    """Put a tariff of a deployed flow or of a product on sale, or change the one with its code."""
    if place is None:
        flow_id = await put_product(uow, tariff.product_name, tariff.name)
        chat_ids = _groups_of_product(uow, tariff)
    else:
        flow_id, chat_ids = place.flow_id, await _groups_of_course(uow, tariff, place)
    values = {
        "code": tariff.code,
        "name": tariff.name,
        "description": tariff.description,
        "price": tariff.amount,
        "currency": tariff.currency,
        "stars": tariff.stars,
        "rights": list(tariff.rights),
        "onboarding": [
            greeting.model_dump(mode="json", exclude_defaults=True) for greeting in tariff.greetings
        ],
        "flow_id": flow_id,
        "closes_on_refund": tariff.refund_closes,
        "position": position,
        "is_own": is_own,
    }
    if tariff.commission is not None:
        values["commission"] = dict(tariff.commission)
    await tariffs.put_on_sale(uow, values, chat_ids, read_plan(tariff))


async def _groups_of_course(uow: UnitOfWork, tariff: TariffSpec, place: Deployment) -> Sequence[int]:
    if tariff.groups is not None:
        await put_groups(uow, place.id, tariff.code, tariff.groups)
    return (await load_course_settings(uow, place.id)).groups.get(tariff.code, ())


def read_plan(tariff: TariffSpec) -> TariffPlan | None:
    """How it is paid, if not once and at once."""
    parts = tariff.instalments
    every = parts.every if parts else tariff.period
    if every is None and tariff.trial is None:
        return None
    return TariffPlan(
        period=parse_period(every) if every else None,
        parts=parts.parts if parts else None,
        trial_days=parse_period(tariff.trial).days if tariff.trial else 0,
        grace_days=parse_period(tariff.grace).days if tariff.grace else None,
        provider_plan=tariff.provider_plan,
    )
