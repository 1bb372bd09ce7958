"""What partners earn by each tariff, in words: a part as `20%`, a sum as money."""

from core.db.session import UnitOfWork
from core.rules.commission import Share, read_commission
from services.commerce.catalog.offers import name_courses
from services.commerce.catalog.tariffs import list_tariffs, name_tariff
from services.commerce.partners import commissions
from services.commerce.schemas import Tariff
from services.delivery import speech
from services.delivery.speech import Words


def say_shares(tariff: Tariff) -> list[Words]:
    """The shares of a tariff by level, without a second one that is nothing."""
    first, *others = read_commission(tariff.commission or {}, tariff.currency)
    return [
        _say(share, tariff.currency)
        for share in (first, *(other for other in others if _is_something(other)))
    ]


async def explain_shares(uow: UnitOfWork) -> list[Words]:
    """What a partner earns by what is on sale, and when it can be had; that it is nothing, where no tariff pays."""
    paying = [tariff for tariff in await list_tariffs(uow) if _pays(tariff)]
    if not paying:
        return [speech.words("partner-no-shares")]
    courses = await name_courses(uow, paying)
    told = [_tell(tariff, courses.get(tariff.flow_id)) for tariff in paying]
    days = (await commissions.get_rules(uow)).hold_days
    wait = [speech.words("partner-hold", count=days)] if days else []
    return [speech.lines(speech.words("partner-shares"), *told, *wait, gap="\n")]


def _tell(tariff: Tariff, course: Words | None) -> Words:
    name, shares = name_tariff(tariff, course), say_shares(tariff)
    if len(shares) > 1:
        return speech.words("partner-share-both", tariff=name, share=shares[0], second=shares[1])
    return speech.words("partner-share", tariff=name, share=shares[0])


def _pays(tariff: Tariff) -> bool:
    return any(map(_is_something, read_commission(tariff.commission or {}, tariff.currency)))


def _is_something(share: Share) -> bool:
    return bool(share.parts or share.sum)


def _say(share: Share, currency: str) -> Words:
    if share.sum:
        return speech.price(share.sum, currency)
    return speech.words("percent", percent=f"{share.parts / 100:g}")
