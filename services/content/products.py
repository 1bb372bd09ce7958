"""What is sold and belongs to no course: a place in the list of what there is, without steps and versions."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.db.session import UnitOfWork
from services.content.store import flows as store

KIND = "product"  # among the kinds of flows, which no file can name
PREFIX = f"{KIND}:"  # no link and no flow is called so


@dataclass(frozen=True)
class Product:
    """Something that is sold once and has no steps."""

    id: int
    name: str
    title: Mapping[str, str]


async def put_product(uow: UnitOfWork, name: str, title: Mapping[str, str]) -> int:
    """Have a product of that name, or follow its title; gives the number tariffs know it by."""
    row = {"slug": PREFIX + name, "kind": KIND, "name": dict(title), "created_at": uow.now}
    return await store.put_flow(uow.conn, uow.account_id, row)


async def list_products(uow: UnitOfWork) -> Mapping[int, str]:
    """The products by their numbers."""
    return {product.id: product.name for product in await list_titled(uow)}


async def list_titled(uow: UnitOfWork) -> list[Product]:
    """The same with what buyers read."""
    products = await store.list_products(uow.conn, uow.account_id, KIND)
    return [Product(number, slug.removeprefix(PREFIX), title) for number, slug, title in products]
