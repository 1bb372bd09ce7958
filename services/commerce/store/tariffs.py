"""Tariffs and the groups bound to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.keyset import Order, Slice, by_number, count_up_to
from core.db.models.commerce import accesses, communities, memberships, tariffs
from core.db.models.content import flows
from core.db.open_access import is_open
from core.db.session import Row, dialect_insert
from core.lifecycle import ClosesOnRefund
from core.text.message import by_language
from services.commerce.plan_documents import read_plan
from services.commerce.schemas import Tariff

COLUMNS = (
    tariffs.c.id,
    tariffs.c.code,
    tariffs.c.name,
    tariffs.c.description,
    tariffs.c.price,
    tariffs.c.currency,
    tariffs.c.rights,
    tariffs.c.flow_id,
    tariffs.c.is_active,
    tariffs.c.stars,
    tariffs.c.closes_on_refund,
    tariffs.c.plan,
    tariffs.c.commission,
    tariffs.c.is_own,
    tariffs.c.position,
)


def _tariff(row: Any) -> Tariff:
    read = {
        "rights": tuple(row.rights),
        "plan": read_plan(row.plan),
        "closes_on_refund": ClosesOnRefund(row.closes_on_refund),
    }
    return Tariff(**{**row._mapping, **read})  # noqa: SLF001 - SQLAlchemy's own name


async def put_tariff(conn: AsyncConnection, account_id: int, row: Row) -> int:
    """Add a tariff or change the one with its code; gives its id."""
    insert = dialect_insert(conn, tariffs).values(account_id=account_id, **row)
    changed = {name: insert.excluded[name] for name in row if name != "code"}
    rows = await conn.execute(
        insert.on_conflict_do_update(index_elements=["account_id", "code"], set_=changed).returning(
            tariffs.c.id
        )
    )
    return int(rows.scalar_one())


async def change_tariff(conn: AsyncConnection, account_id: int, tariff_id: int, values: Row) -> None:
    """Change some of what a tariff is."""
    await conn.execute(
        update(tariffs).where(tariffs.c.id == tariff_id, tariffs.c.account_id == account_id).values(**values)
    )


async def set_commission(
    conn: AsyncConnection, account_id: int, tariff_id: int, commission: Mapping[str, str] | None
) -> None:
    """Have partners earn these shares of a tariff's sales from now on."""
    await conn.execute(
        update(tariffs)
        .where(tariffs.c.id == tariff_id, tariffs.c.account_id == account_id)
        .values(commission=dict(commission) if commission else None)
    )


async def retire(
    conn: AsyncConnection, account_id: int, flow_ids: Sequence[int], on_sale: Sequence[str]
) -> None:
    """Take the tariffs of these courses off sale whose code is not among these."""
    await conn.execute(
        update(tariffs)
        .where(tariffs.c.account_id == account_id, tariffs.c.is_active, tariffs.c.code.not_in(on_sale))
        .where(~tariffs.c.is_own)
        .where(tariffs.c.flow_id.in_(flow_ids), tariffs.c.flow_id.not_in(_flows_of(account_id, "scenario")))
        .values(is_active=False)
    )


async def retire_of_flow(conn: AsyncConnection, account_id: int, flow_id: int, code: str) -> None:
    """Take one tariff off sale, whatever the content says of it."""
    await conn.execute(
        update(tariffs)
        .where(tariffs.c.account_id == account_id, tariffs.c.flow_id == flow_id, tariffs.c.code == code)
        .values(is_active=False, is_own=True)
    )


async def find_kind(conn: AsyncConnection, account_id: int, tariff_id: int) -> str | None:
    """Of what a tariff is: a course, a scenario, or a product that belongs to neither."""
    kind: str | None = await conn.scalar(
        select(flows.c.kind)
        .join(tariffs, tariffs.c.flow_id == flows.c.id)
        .where(tariffs.c.account_id == account_id, tariffs.c.id == tariff_id)
    )
    return kind


def _flows_of(account_id: int, *kinds: str) -> Select[tuple[int]]:
    return select(flows.c.id).where(flows.c.account_id == account_id, flows.c.kind.in_(kinds))


async def list_on_sale(conn: AsyncConnection, account_id: int, codes: Sequence[str]) -> list[Tariff]:
    """What is on sale beside scenarios' products, in its order; if there are codes, whatever they name."""
    statement = select(*COLUMNS).where(tariffs.c.account_id == account_id, tariffs.c.is_active)
    wanted = (
        tariffs.c.code.in_(codes)
        if codes
        else tariffs.c.flow_id.in_(_flows_of(account_id, "course", "product"))
    )
    statement = statement.where(wanted)
    return [_tariff(row) for row in await conn.execute(statement.order_by(tariffs.c.position, tariffs.c.id))]


ORDERS: Mapping[str, Order] = {
    "flow": Order((tariffs.c.flow_id, tariffs.c.position, tariffs.c.id)),
    **by_number(tariffs.c.id),
}


def _select_page(account_id: int, flow_id: int | None, is_on_sale: bool | None, *columns: Any) -> Select[Any]:
    statement = select(*columns).where(tariffs.c.account_id == account_id)
    if flow_id is not None:
        statement = statement.where(tariffs.c.flow_id == flow_id)
    if is_on_sale is not None:
        statement = statement.where(tariffs.c.is_active == is_on_sale)
    return statement


async def list_page(
    conn: AsyncConnection, account_id: int, flow_id: int | None, is_on_sale: bool | None, part: Slice
) -> list[Tariff]:
    """A part of the tariffs, of one flow if it is named, on sale or not."""
    rows = await conn.execute(part.cut(_select_page(account_id, flow_id, is_on_sale, *COLUMNS)))
    return [_tariff(row) for row in rows]


async def count_tariffs(
    conn: AsyncConnection, account_id: int, flow_id: int | None, is_on_sale: bool | None, most: int
) -> int:
    """How many there are, counted up to `most`."""
    return await count_up_to(conn, _select_page(account_id, flow_id, is_on_sale, tariffs.c.id), most)


async def list_tariffs(conn: AsyncConnection, account_id: int) -> list[Tariff]:
    """All tariffs, on sale or not, course by course in their order."""
    statement = select(*COLUMNS).where(tariffs.c.account_id == account_id)
    order = (tariffs.c.flow_id, tariffs.c.position, tariffs.c.id)
    return [_tariff(row) for row in await conn.execute(statement.order_by(*order))]


async def find_tariff(
    conn: AsyncConnection, account_id: int, *, code: str | None = None, tariff_id: int | None = None
) -> Tariff | None:
    """A tariff by its code or id, on sale or not."""
    statement = select(*COLUMNS).where(tariffs.c.account_id == account_id)
    statement = statement.where(tariffs.c.code == code if code is not None else tariffs.c.id == tariff_id)
    row = (await conn.execute(statement)).one_or_none()
    return _tariff(row) if row else None


async def list_owned(
    conn: AsyncConnection, account_id: int, contact_id: int, flow_id: int, now: datetime
) -> list[Tariff]:
    """The tariffs of a course that a person has an open access to, on sale or not, in their order."""
    held = select(accesses.c.tariff_id).where(
        accesses.c.account_id == account_id,
        accesses.c.contact_id == contact_id,
        is_open(now),
    )
    rows = await conn.execute(
        select(*COLUMNS)
        .where(tariffs.c.account_id == account_id, tariffs.c.flow_id == flow_id, tariffs.c.id.in_(held))
        .order_by(tariffs.c.position, tariffs.c.id)
    )
    return [_tariff(row) for row in rows]


async def load_groups(
    conn: AsyncConnection, account_id: int, tariff_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """The chats of the groups that tariffs open, by tariff."""
    rows = await conn.execute(
        select(communities.c.tariff_id, communities.c.chat_id).where(
            communities.c.account_id == account_id, communities.c.tariff_id.in_(tariff_ids)
        )
    )
    groups: dict[int, frozenset[int]] = {}
    for tariff_id, chat_id in rows:
        groups[tariff_id] = groups.get(tariff_id, frozenset()) | {chat_id}
    return groups


async def load_onboarding(conn: AsyncConnection, account_id: int, tariff_id: int) -> list[dict[str, Any]]:
    """The messages a tariff greets its buyer with."""
    onboarding = await conn.scalar(
        select(tariffs.c.onboarding).where(tariffs.c.id == tariff_id, tariffs.c.account_id == account_id)
    )
    return list(onboarding or ())


async def bind_communities(
    conn: AsyncConnection, account_id: int, tariff_id: int, chat_ids: Sequence[int]
) -> None:
    """Make these the groups of a tariff; a group that was bound and used before stays known."""
    used = select(memberships.c.community_id).where(memberships.c.account_id == account_id)
    await conn.execute(
        delete(communities).where(
            communities.c.account_id == account_id,
            communities.c.tariff_id == tariff_id,
            communities.c.chat_id.not_in(chat_ids),
            communities.c.id.not_in(used),
        )
    )
    for chat_id in chat_ids:
        await conn.execute(
            dialect_insert(conn, communities)
            .values(account_id=account_id, tariff_id=tariff_id, chat_id=chat_id)
            .on_conflict_do_nothing()
        )


async def are_courses(conn: AsyncConnection, account_id: int, flow_ids: Collection[int]) -> bool:
    """Whether all of these are courses, none a product."""
    count = await conn.scalar(
        select(flows.c.id)
        .where(flows.c.account_id == account_id, flows.c.id.in_(flow_ids), flows.c.kind != "course")
        .limit(1)
    )
    return count is None


async def load_course_names(
    conn: AsyncConnection, account_id: int, flow_ids: Collection[int]
) -> dict[int, dict[str, str]]:
    """What the courses and products on sale are called, by flow."""
    rows = await conn.execute(
        select(flows.c.id, flows.c.name)
        .where(flows.c.account_id == account_id, flows.c.id.in_(flow_ids))
        .order_by(flows.c.id)
    )
    return {row.id: by_language(row.name) for row in rows}


async def list_communities(conn: AsyncConnection, account_id: int, tariff_id: int) -> list[int]:
    """The ids of a tariff's groups."""
    rows = await conn.execute(
        select(communities.c.id)
        .where(communities.c.account_id == account_id, communities.c.tariff_id == tariff_id)
        .order_by(communities.c.id)
    )
    return list(rows.scalars())
