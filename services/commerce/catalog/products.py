"""What is sold beside courses: a scenario's product, which is a tariff under its scenario's id, and those of tariffs' files."""

from loguru import logger

from core.db.session import UnitOfWork
from core.flow.definition import Flow
from services.commerce.catalog.tariffs import find_by_code, put_on_sale
from services.commerce.schemas import Order, Tariff
from services.commerce.store import tariffs as store
from services.delivery import speech
from services.people.admins import tell_admins


async def follow_version(uow: UnitOfWork, flow_id: int, flow: Flow) -> None:
    """Have on sale what the newest version of a scenario sells, at its price; nothing if it sells nothing."""
    product = flow.product
    if product is None:
        await store.retire_of_flow(uow.conn, uow.account_id, flow_id, flow.slug)
        return
    paid = product.paid_content
    values = {
        "code": flow.slug,
        "name": product.name,
        "description": flow.name,
        "price": product.price,
        "currency": product.currency,
        "rights": [],
        "onboarding": [paid.model_dump(mode="json", exclude_defaults=True)] if paid else [],
        "flow_id": flow_id,
        "position": 0,
    }
    groups = () if product.private_group_id is None else (product.private_group_id,)
    await put_on_sale(uow, values, groups)


async def is_product(uow: UnitOfWork, tariff: Tariff) -> bool:
    """Whether no course is opened by it."""
    return await store.find_kind(uow.conn, uow.account_id, tariff.id) != "course"


async def is_of_scenario(uow: UnitOfWork, tariff: Tariff) -> bool:
    """Whether a scenario sells it."""
    return await store.find_kind(uow.conn, uow.account_id, tariff.id) == "scenario"


async def report_without_scenario(uow: UnitOfWork, order: Order, tariff: Tariff) -> None:
    """Money came for a product while its scenario was not active: it counts, and the admins are told."""
    logger.bind(event="payment.no_scenario", code="INVALID_SCENARIO_STATE", order_id=order.id).warning(
        "order {} was paid while its scenario was not active", order.public_id
    )
    words = speech.words("paid-without-scenario", order=order.public_id, tariff=speech.named(tariff.name))
    await tell_admins(uow, words, f"order:{order.id}:no-scenario")


async def find_product(uow: UnitOfWork, slug: str) -> Tariff | None:
    """A product by its code: a scenario's is called like the scenario."""
    tariff = await find_by_code(uow, slug)
    return tariff if tariff is not None and await is_product(uow, tariff) else None
