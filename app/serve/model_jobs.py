"""The jobs that ask a language model: a person's voice into words, an answer to their words, and that answer's voice."""

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from loguru import logger

from ai.client import ModelClient, ModelRefusedError, ModelSilentError, OnText, Speaking, Thinking
from bots.runtime.client import NotSentError, OutcomeUnknownError
from bots.shared.files import fetch_file
from services.content.messages.media import keep_file
from services.delivery.jobs import Perform, PermanentFailure
from services.learning.dialogs import ANSWER, TRANSCRIPT
from services.learning.review.answers.drafts import JOB as DRAFT

if TYPE_CHECKING:
    from app.boot.process import Process

DRAFT_SECONDS = 1.0  # between two looks at an answer that is being written
MOST_WAIT = 40.0  # for the draft of an answer, all tries together: a curator looks at the card meanwhile
MOST_DRAFT = 4000  # characters
_TROUBLE = (ModelRefusedError, ModelSilentError)


def build_performers(process: "Process") -> Mapping[str, Perform]:
    """Who performs what dialogs ask for; whatever fails after all tries is told to the person at once."""
    settings = process.settings
    client = ModelClient(settings.ai_base_url, settings.ai_api_key.get_secret_value())

    async def answer(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        thinking = Thinking(payload["model"], payload["temperature"], payload["reasoning"])
        try:
            text = await client.chat(payload["messages"], thinking, _show_draft(process, payload))
        except _TROUBLE as error:
            raise PermanentFailure(f"the model: {error}") from None
        return {"text": text, "voice": await _speak(process, client, payload["voice"], text)}

    async def transcribe(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        sound = await fetch_file(process.telegram, _token(process, payload), payload["file_id"])
        try:
            text = await client.transcribe("voice.ogg", sound, payload["model"], payload["language"])
        except _TROUBLE as error:
            raise PermanentFailure(f"the transcript: {error}") from None
        return {"text": text}

    async def draft(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            async with asyncio.timeout(MOST_WAIT):
                return {"text": await client.chat(payload["messages"], Thinking(payload["model"]))}
        except (*_TROUBLE, TimeoutError) as error:
            raise PermanentFailure(f"the draft: {error!r}") from None

    return {ANSWER: answer, TRANSCRIPT: transcribe, DRAFT: draft}


def _token(process: "Process", payload: Mapping[str, Any]) -> str:
    bot = next((bot for bot in process.bots if bot.id == payload["bot_id"]), None)
    if bot is None:
        raise PermanentFailure("the bot is not served here any more")
    return bot.token


async def _speak(
    process: "Process", client: ModelClient, voice: Mapping[str, Any] | None, text: str
) -> str | None:
    """The kept file with the answer's voice; an answer that cannot be spoken is written alone."""
    if voice is None or not text.strip():
        return None
    try:
        sound = await client.speak(text, Speaking(**voice))
    except _TROUBLE as error:
        logger.bind(event="model.voiceless").warning("an answer is written alone: {}", error)
        return None
    return await asyncio.to_thread(keep_file, process.db.env, sound, ".ogg")


def _show_draft(process: "Process", payload: Mapping[str, Any]) -> OnText:
    """Lets them see the answer grow; best effort, whatever comes of it the answer itself is sent."""
    token, shown_at = _token(process, payload), 0.0

    async def show(text: str) -> None:
        nonlocal shown_at
        if time.monotonic() - shown_at < DRAFT_SECONDS:
            return
        shown_at = time.monotonic()
        draft = {"chat_id": payload["chat_id"], "draft_id": payload["run_id"], "text": text[:MOST_DRAFT]}
        try:
            await process.telegram.call(token, "sendMessageDraft", draft)
        except (NotSentError, OutcomeUnknownError) as error:
            logger.bind(event="draft.unshown").debug("a draft is not shown: {!r}", error)

    return show
