"""What the first run knows of a school: what is there already, whoever said it, and what is not well with it."""

from collections.abc import Sequence
from dataclasses import replace

from core.db.session import UnitOfWork
from core.lifecycle import BotKind
from core.money import Money
from core.pay_ways import PayWay
from core.text.message import localize
from core.text.refusal import words
from core.wizard.screen import Talk, label
from core.wizard.setup import DOCTOR, Finding, SetupWorld, Step
from payment.registry import UNASKED, name_provider
from services.commerce.catalog import tariffs as catalog
from services.commerce.payments.accounts import MOCK, list_ways, place_of_typed, takes_no_money
from services.commerce.schemas import Tariff
from services.delivery.sending.dead_letters import count_dead_letters
from services.people.admins import list_silent_owners
from services.tenancy import groups
from services.tenancy.bots import get_bot, list_own
from services.tenancy.first_run import load_first_run
from services.tenancy.permissions import Permission
from services.tenancy.settings import load_settings
from services.workflows.desk.flow_desk import list_places
from services.workflows.desk.list_desks import name_courses
from services.workflows.desk.talks import Author, require

SAMPLE = "clear-words"
HTTPS = "https://"


async def load_world(uow: UnitOfWork, author: Author, talk: Talk) -> SetupWorld:
    """What is there; raises ROLE_NEEDED for who may not set the school up any more."""
    await require(uow, author, Permission.ADMINISTER)
    world, on_sale, ways = await _look(uow, author.contact.language)
    if talk.place != DOCTOR:
        return world
    return replace(world, findings=tuple(await find_troubles(uow, world, on_sale, ways)))


async def list_findings(uow: UnitOfWork, language: str) -> list[Finding]:
    """All that is not well with the school, as `/doctor` shows it; `tandem doctor` tells of the same."""
    return await find_troubles(uow, *await _look(uow, language))


async def _look(uow: UnitOfWork, language: str) -> tuple[SetupWorld, list[Tariff], Sequence[PayWay]]:
    """What is there, what is on sale, and who takes money for it."""
    settings, _ = await load_settings(uow)
    courses = tuple((await name_courses(uow, language)).values())
    on_sale = [(tariff, chats) for tariff, chats in await catalog.list_all(uow) if tariff.is_active]
    ways = await list_ways(uow)
    shop = await get_bot(uow, BotKind.SALES)
    opened = [chat for _, chats in on_sale for chat in chats]
    titles = await groups.load_titles(uow, opened) if opened else {}
    real = [way for way in ways if way.provider != MOCK]
    world = SetupWorld(
        language=language,
        school=settings.public_name or uow.env.public_name,
        offer=settings.offer_url or uow.env.offer_url,
        policy=settings.privacy_url or uow.env.privacy_url,
        courses=courses,
        tariffs=tuple((tariff.code, localize(tariff.name, language)) for tariff, _ in on_sale),
        ways=tuple(localize(name_provider(way.provider), language) for way in ways),
        is_free=bool(ways) and not real,
        may_test=not ways and not uow.env.production,
        has_sample=any(slug == SAMPLE for slug, _ in courses),
        places=await list_places(uow, BotKind.SALES),
        groups=tuple(titles.get(chat, str(chat)) for chat in dict.fromkeys(opened)),
        passed=frozenset((await load_first_run(uow)).skipped),
        shop=shop.username,
        hook=uow.env.public_url if uow.env.public_url.startswith(HTTPS) else "",
        seal=lambda text: uow.env.keys.seal(text, place_of_typed(uow.account_id)),
    )
    return world, [tariff for tariff, _ in on_sale], ways


async def find_troubles(
    uow: UnitOfWork, world: SetupWorld, tariffs: Sequence[Tariff], ways: Sequence[PayWay]
) -> list[Finding]:
    """What the owner would want to know before the first buyer does, each with what mends it."""
    return [
        *_list_missing(world),
        *await _look_at_money(uow, world, tariffs, ways),
        *await _look_at_groups(uow),
        *await _look_at_people(uow),
        *await _look_at_letters(uow),
    ]


def _list_missing(world: SetupWorld) -> list[Finding]:
    return [
        Finding(
            words(f"setup-lacks-{step}"),
            words("setup-do-next", step=words(f"setup-step-{step}")),
            f"step:{step}",
        )
        for step in (Step.SCHOOL, Step.COURSE, Step.TARIFF, Step.PAY)
        if not world.has(step)
    ]


async def _look_at_money(
    uow: UnitOfWork, world: SetupWorld, tariffs: Sequence[Tariff], ways: Sequence[PayWay]
) -> list[Finding]:
    to_pay = words("setup-do-pay"), f"step:{Step.PAY}"
    troubles = []
    if await takes_no_money(uow):
        troubles.append(Finding(words("setup-trouble-free"), *to_pay))
    for tariff in tariffs if ways else ():
        price = Money(tariff.price, tariff.currency)
        if not any(way.charge(price, tariff.stars) for way in ways):
            name = label(localize(tariff.name, world.language))
            troubles.append(
                Finding(words("setup-trouble-price", name=name, currency=tariff.currency), *to_pay)
            )
    deaf = [way.provider for way in ways if way.provider in UNASKED and not world.hook]
    for name in deaf:
        brand = localize(name_provider(name), world.language)
        troubles.append(Finding(words("setup-trouble-hook", name=brand)))
    return troubles


async def _look_at_groups(uow: UnitOfWork) -> list[Finding]:
    troubles = []
    for bot in await list_own(uow):
        if bot.trouble is not None and not bot.ended:
            troubles.append(Finding(words(f"bot-{bot.trouble}", bot=bot.username, kind=bot.kind.value)))
        for seat in await groups.list_seats(uow, bot.id):
            if seat.trouble is not None:
                name = label(seat.group.title or str(seat.group.chat_id))
                said = words(f"group-{seat.trouble}", group=name, bot=bot.username)
                troubles.append(Finding(said, words("setup-do-ask-groups"), "mend:groups"))
    return troubles


async def _look_at_people(uow: UnitOfWork) -> list[Finding]:
    """Who owns the school and cannot be written to: they get no digest, no work, no trouble told."""
    silent = await list_silent_owners(uow)
    if not silent:
        return []
    shop = await get_bot(uow, BotKind.SALES)
    numbers = ", ".join(map(str, silent))
    return [Finding(words("setup-trouble-silent", numbers=numbers, bot=shop.username))]


async def _look_at_letters(uow: UnitOfWork) -> list[Finding]:
    number = await count_dead_letters(uow)
    if not number:
        return []
    return [Finding(words("setup-trouble-letters", number=number), words("setup-do-replay"), "mend:letters")]
