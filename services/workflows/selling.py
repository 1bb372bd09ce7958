"""A tariff put on sale, changed or sold again by who has no file of it: the documents of its file, and the same use cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.money import write_money
from core.text.refusal import InputRefused, listed
from services.commerce.catalog import tariffs as catalog
from services.commerce.catalog.plans import write_keys
from services.commerce.schemas import Tariff
from services.content import flows
from services.content.files.tariff_files import TariffSpec, read_tariffs
from services.workflows.installing import change_tariff, sell_tariffs

NOWHERE = Path("tariff")
INVALID = "TARIFFS_INVALID"


async def put_on_sale(uow: UnitOfWork, flow_id: int, document: Mapping[str, Any]) -> Tariff:
    """Sell a course under new terms, written as in a file of tariffs; raises TARIFFS_INVALID, TARIFF_THERE."""
    spec = _read({**document, "course": await _find_slug(uow, flow_id)})
    if await catalog.find_by_code(uow, spec.code) is not None:
        raise DomainError(ErrorKind.CONFLICT, "TARIFF_THERE", spec.code)
    await sell_tariffs(uow, [spec], NOWHERE, first=len(await catalog.list_all(uow)))
    return await catalog.get_tariff(uow, spec.code)


async def change(uow: UnitOfWork, tariff: Tariff, changed: Mapping[str, Any]) -> Tariff:
    """Sell it under these terms from now on: what is not named stays; raises TARIFFS_INVALID."""
    document = {**await _write(uow, tariff), **changed}
    spec = _read({name: value for name, value in document.items() if value is not None})
    await change_tariff(uow, spec, tariff)
    await catalog.change_terms(uow, tariff.id, spec.stars, spec.refund_closes, spec.commission)
    return await catalog.get_tariff_by_id(uow, tariff.id)


async def _write(uow: UnitOfWork, tariff: Tariff) -> dict[str, Any]:
    """A tariff as its file would have it."""
    groups = await catalog.load_groups(uow, [tariff])
    return {
        "code": tariff.code,
        "course": await _find_slug(uow, tariff.flow_id),
        "name": dict(tariff.name),
        "description": {language: text for language, text in tariff.description.items() if text} or None,
        "price": write_money(tariff.price, tariff.currency),
        "currency": tariff.currency,
        "stars": tariff.stars,
        "rights": list(tariff.rights),
        "groups": groups[tariff.id],
        "refund_closes": tariff.closes_on_refund.value,
        "commission": dict(tariff.commission) if tariff.commission else None,
        **write_keys(tariff.plan),
    }


async def _find_slug(uow: UnitOfWork, flow_id: int) -> str:
    """What files call a flow; raises SCENARIO_NOT_FOUND for one without a version, as products are."""
    return (await flows.get_latest_version(uow, flow_id)).flow.slug


def _read(document: Mapping[str, Any]) -> TariffSpec:
    specs, problems = read_tariffs([document])
    if problems:
        raise InputRefused(INVALID, listed(problems, "\n"))
    return specs[0]
