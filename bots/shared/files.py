"""Files people send: fetched from Telegram by their file_id."""

from bots.runtime.client import NotSentError, OutcomeUnknownError, TelegramClient
from services.delivery.jobs import PermanentFailure

MOST_BYTES = 20_000_000  # what getFile gives at most


async def fetch_file(telegram: TelegramClient, token: str, file_id: str) -> bytes:
    """The bytes of a file; raises PermanentFailure if Telegram does not give it, OSError to try again."""
    try:
        answer = await telegram.call(token, "getFile", {"file_id": file_id})
        if not answer.ok:
            raise PermanentFailure(f"getFile: {answer.error}")
        return await telegram.download(token, answer.result["file_path"], MOST_BYTES)
    except (NotSentError, OutcomeUnknownError) as error:
        raise OSError(f"Telegram did not give the file: {error}") from None
