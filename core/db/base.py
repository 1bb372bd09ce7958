"""What every table shares: one metadata, constraint names, the tenant's column."""

from sqlalchemy import Column, ForeignKey, MetaData
from sqlalchemy.sql.schema import SchemaItem

from core.db.types import Id

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def primary_key() -> Column[int]:
    """A number given by the database; never shown outside (public ids are random)."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def account_id() -> Column[int]:
    """The tenant, in every table; hot tables carry it without a foreign key's look-up."""
    return Column("account_id", Id, nullable=False)


def refers(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """A column that points at `target` (`table.column`)."""
    key: SchemaItem = ForeignKey(target)
    return Column(name, Id, key, nullable=nullable, index=index)
