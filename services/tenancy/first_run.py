"""How far the first run of an account has come: the code that makes an owner, and the steps that were passed over."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from core.db.session import UnitOfWork
from core.errors import RaceLost
from services.tenancy.store import settings as store

NAME = "first_run"
"""Where it lies in the account's document, beside its settings."""


class OwnerCode(BaseModel):
    """The code that makes its sender the owner: its digest, and until when it is good (real time, ISO)."""

    model_config = ConfigDict(frozen=True)

    digest: str
    until: str


class FirstRun(BaseModel):
    """What is kept of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    owner_code: OwnerCode | None = None
    skipped: tuple[str, ...] = ()
    done: tuple[str, ...] = ()  # steps of which no row tells that somebody has taken them
    is_offered: bool = False  # somebody was asked whether to be led


async def load_first_run(uow: UnitOfWork) -> FirstRun:
    """What is kept of the account."""
    return (await load_with_revision(uow))[0]


async def load_with_revision(uow: UnitOfWork) -> tuple[FirstRun, int]:
    """The same, with the revision that a change may name."""
    document, revision = await store.load_settings(uow.conn, uow.account_id)
    return FirstRun.model_validate(document.get(NAME, {})), revision


async def change_first_run(uow: UnitOfWork, *, seen: int | None = None, **changed: Any) -> None:
    """Keep these; raises RaceLost if another unit was faster, since the revision `seen` where that is given."""
    document, revision = await store.load_settings(uow.conn, uow.account_id)
    known = FirstRun.model_validate({**document.get(NAME, {}), **changed})
    row = {**document, NAME: known.model_dump(mode="json")}
    if not await store.replace_settings(uow.conn, uow.account_id, row, revision if seen is None else seen):
        raise RaceLost("another unit has changed the first run")
