"""Tracked links and other buttons of a broadcast: who was given them, who pressed them, where they lead."""

from collections.abc import Collection, Mapping

from loguru import logger

from core.db.session import Database, UnitOfWork
from core.tracking import read_code
from services.messaging.store import clicks as store


async def ensure_links(uow: UnitOfWork, broadcast_id: int, urls: Collection[str]) -> Mapping[str, int]:
    """The tracked links of a broadcast to these addresses; those that are new are added."""
    known = await store.list_links(uow.conn, uow.account_id, broadcast_id)
    new = [url for url in dict.fromkeys(urls) if url not in known]
    if not new:
        return known
    return {**known, **await store.add_links(uow.conn, uow.account_id, broadcast_id, new)}


async def open_link(db: Database, code: str, *, counts: bool) -> str | None:
    """Where a tracked link leads; None for one that is not ours. With `counts` a click of its person is kept."""
    given_code = read_code(db.env.signing_keys, code)
    if given_code is None:
        return None
    link_id, chat_id = given_code
    async with db.reading() as conn:
        link = await store.find_link(conn, link_id)
    if link is None:
        return None
    account_id, broadcast_id, url = link
    if counts:
        await _count(db, account_id, broadcast_id, chat_id, f"link-{link_id}")
    return url


async def _count(db: Database, account_id: int, broadcast_id: int, chat_id: int, button: str) -> None:
    """A click that cannot be kept keeps nobody from where they go."""
    try:
        async with db.unit(account_id) as uow:
            await note_press(uow, broadcast_id, chat_id, button)
    except Exception as error:  # loop edge: the person goes on
        logger.opt(exception=error).error("a click on broadcast {} is lost", broadcast_id)


async def note_press(uow: UnitOfWork, broadcast_id: int, chat_id: int, button: str) -> None:
    """Keep that somebody pressed a button of a broadcast."""
    row = {"broadcast_id": broadcast_id, "chat_id": chat_id, "button": button, "at": uow.now}
    await store.add_click(uow.conn, uow.account_id, row)
