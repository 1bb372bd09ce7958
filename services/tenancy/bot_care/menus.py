"""What Telegram was told last about a bot's menus, so that it is told again only when something changed."""

from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.session import UnitOfWork
from services.tenancy.store import accounts as store


async def load_digests(conn: AsyncConnection, account_id: int, bot_id: int) -> dict[int, str]:
    """Digests of a bot's menus by chat; 0 is everybody's."""
    return await store.load_menu_digests(conn, account_id, bot_id)


async def remember_digest(uow: UnitOfWork, bot_id: int, chat_id: int, digest: str) -> None:
    """Telegram has taken this menu."""
    row = {"bot_id": bot_id, "chat_id": chat_id, "digest": digest}
    await store.put_menu_digest(uow.conn, uow.account_id, row)
