"""An echo bot as python-telegram-bot's first page shows it: `python echo_telegram_bot.py <address> <token>`."""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    assert message is not None
    await message.copy(message.chat_id)


if __name__ == "__main__":
    builder = Application.builder().token(sys.argv[2])
    application = builder.base_url(f"{sys.argv[1]}/bot").base_file_url(f"{sys.argv[1]}/file/bot").build()
    application.add_handler(MessageHandler(filters.ALL, echo))
    application.run_polling()
