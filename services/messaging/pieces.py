"""Work on very many rows in commits of their own, each so small that nobody waits long for the writer."""

from collections.abc import Awaitable, Callable, Sequence

from loguru import logger

from core.db.many_rows import begin_piece, by_index
from core.db.session import Database, UnitOfWork

FIRST, LEAST, MOST = 5_000, 2_000, 20_000  # rows of a piece; smaller ones would cost more than they hold
AIM = 0.02  # seconds that a piece holds the writer
AIM_BESIDE_OTHERS = (
    0.1  # where others write meanwhile: what waits is the broadcast's own row, and round trips cost
)
FASTEST = 2.0  # times the size of the piece before


async def work_in_pieces(
    db: Database, account_id: int, work: Callable[[UnitOfWork, int], Awaitable[bool]]
) -> None:
    """Do the next piece of `work`, of that many rows at most, until it says that nothing is left to do at once."""
    size, more, aim = first_size(), True, AIM if db.is_sqlite else AIM_BESIDE_OTHERS
    while more:
        async with db.unit(account_id) as uow:
            began = uow.clock.monotonic()
            await begin_piece(uow.conn)
            more = await work(uow, size)
            size = next_size(size, uow.clock.monotonic() - began, aim)


async def work_first_piece(uow: UnitOfWork, work: Callable[[UnitOfWork, int], Awaitable[bool]]) -> None:
    """Do the first piece of `work` within a unit that decided about it."""
    async with by_index(uow.conn):
        await work(uow, first_size())


def first_size() -> int:
    """Of a piece of which nobody knows yet how long it takes."""
    return min(FIRST, MOST)


def next_size(size: int, took: float, aim: float = AIM) -> int:
    """Of the piece after one of this size that held the writer for so many seconds."""
    fitting = size * min(FASTEST, aim / took) if took > 0 else size * FASTEST
    return max(min(LEAST, MOST), min(MOST, int(fitting)))


async def each_alone(
    several: Sequence[tuple[int, int]], work: Callable[[int, int], Awaitable[object]], trouble: str
) -> None:
    """Do the work for each (account, broadcast); one that breaks is logged as `trouble` and holds up no other."""
    for account_id, broadcast_id in several:
        try:
            await work(account_id, broadcast_id)
        except Exception as error:  # loop edge: the other broadcasts go on
            logger.bind(broadcast=broadcast_id).opt(exception=error).error(trouble)
