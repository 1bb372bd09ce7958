"""What is sold and belongs to no course: a place in the list of what there is, without steps and versions."""

from collections.abc import Mapping

from core.db.session import UnitOfWork
from services.content.store import flows as store

KIND = "product"  # among the kinds of flows, which no file can name
PREFIX = f"{KIND}:"  # no link and no flow is called so


async def put_product(uow: UnitOfWork, name: str, title: Mapping[str, str]) -> int:
    """Have a product of that name, or follow its title; gives the number tariffs know it by."""
    row = {"slug": PREFIX + name, "kind": KIND, "name": dict(title), "created_at": uow.now}
    return await store.put_flow(uow.conn, uow.account_id, row)


async def list_products(uow: UnitOfWork) -> Mapping[int, str]:
    """The products by their numbers."""
    products = await store.list_products(uow.conn, uow.account_id, KIND)
    return {number: slug.removeprefix(PREFIX) for number, slug in products}
