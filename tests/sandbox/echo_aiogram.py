"""An echo bot as aiogram's first page shows it: `python echo_aiogram.py <address> <token>`."""

import asyncio
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message: Message) -> None:
    await message.send_copy(message.chat.id)


if __name__ == "__main__":
    session = AiohttpSession(api=TelegramAPIServer.from_base(sys.argv[1]))
    asyncio.run(dispatcher.start_polling(Bot(sys.argv[2], session=session)))
