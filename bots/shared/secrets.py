"""What somebody typed that may stand nowhere: not in our history, not in the update that brought it, not in their chat."""

from aiogram.types import Message

from bots.runtime.context import Context
from services.delivery.inbox import forget_words
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing


async def forget(ctx: Context, message: Message) -> None:
    """Let nothing of it stand anywhere; the chat is told with everything else, so that a kill does not keep it there."""
    await forget_words(ctx.uow, ctx.bot.id, ctx.update_id, message.message_id)
    gone = {"chat_id": ctx.chat_id, "message_id": message.message_id}
    enqueue(ctx.uow, Outgoing(ctx.bot.id, ctx.chat_id, "deleteMessage", gone, ctx.next_key()))
