"""Many small decisions in one commit; when one of them fails, each gets a commit of its own."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from core.db.session import Database, Transaction, UnitOfWork

T_contra = TypeVar("T_contra", contravariant=True)
T = TypeVar("T")


class BatchWork(Protocol[T_contra]):
    """What is done with each item of a batch."""

    def account_of(self, item: T_contra) -> int:
        """Whose unit of work the item gets."""
        ...

    async def prepare(self, transaction: Transaction, items: Sequence[T_contra]) -> None:
        """Load what all items need, at once."""
        ...

    async def handle(self, uow: UnitOfWork, item: T_contra) -> None:
        """Decide about one item."""
        ...

    async def seal(self, transaction: Transaction, items: Sequence[T_contra]) -> None:
        """Mark all items as done, in the same commit."""
        ...

    async def failed(self, item: T_contra, error: Exception) -> None:
        """Record one item's failure, after its unit was rolled back."""
        ...


async def run_batch(db: Database, items: Sequence[T], work: BatchWork[T]) -> None:
    """Handle `items` in order in one transaction; on an error roll back and go one by one."""
    if not items:
        return
    try:
        await _run_together(db, items, work)
    except Exception as error:  # loop edge: one bad item must not stop the others
        if len(items) == 1:
            await work.failed(items[0], error)
            return
        for item in items:
            await run_batch(db, [item], work)


async def _run_together(db: Database, items: Sequence[T], work: BatchWork[T]) -> None:
    async with db.transaction() as transaction:
        await work.prepare(transaction, items)
        for item in items:
            async with transaction.unit(work.account_of(item)) as uow:
                await work.handle(uow, item)
        await work.seal(transaction, items)
