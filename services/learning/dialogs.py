"""Dialogs with a model: what it is asked, as a job; what it answered, back into the run; how much is left to them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.db.session import UnitOfWork
from core.events import JobFinished
from core.flow.definition import Flow
from core.flow.effects import AskModel, AskTranscript
from core.flow.events import ModelAnswered, ModelFailed, Transcribed
from core.flow.steps.dialog import DialogStep, without_marker
from core.text.message import localize
from services.content.settings import CourseSettings, load_course_settings
from services.delivery.jobs import add_job
from services.learning.schemas import LoadedRun, StoredRun, Turn
from services.learning.store import dialogs as store
from services.people import contacts

ANSWER = "model"  # kinds of the jobs
TRANSCRIPT = "transcript"
MODEL = "gpt-4o-mini"
HEARING = "whisper-1"
SPEAKING = "tts-1"
VOICE = "alloy"
USER, ASSISTANT = "user", "assistant"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_VARIABLE = re.compile(r"\{\{\s*(?:(?P<first>\d+)\])?(?P<key>[\w.-]+)(?:\[(?P<last>\d+))?\s*\}\}")


async def ask(uow: UnitOfWork, run: LoadedRun, wanted: AskModel | AskTranscript) -> None:
    """Have a job do what a dialog wants; its answer comes back as a JobFinished."""
    if isinstance(wanted, AskModel):
        await _ask_model(uow, run, wanted)
    else:
        await _hear_voice(uow, run, wanted)


async def _ask_model(uow: UnitOfWork, run: LoadedRun, ask: AskModel) -> None:
    """Keep what they said and have the model answer, or begin; each call counts once, the same turn again changes nothing."""
    step = run.flow.step(ask.step)
    if not isinstance(step, DialogStep):
        return
    stored = run.stored
    if ask.text:
        await _keep(uow, stored.id, ask.step, ask.visit, ask.turn, USER, ask.text)
    settings = await load_course_settings(uow, stored.deployment_id)
    language = (await contacts.get_contact(uow, stored.contact_id)).language
    payload = {
        **_place(stored, ask.visit, ask.turn),
        "step": ask.step,
        "messages": await _messages(uow, run, step, ask, language),
        "model": step.model or settings.ai_model or MODEL,
        "temperature": step.temperature,
        "reasoning": step.reasoning,
        "voice": _voice(step) if step.voice_response else None,
    }
    if await add_job(uow, ANSWER, f"model:{stored.id}:{ask.visit}:{ask.turn}", payload):
        await store.count_message(uow.conn, uow.account_id, stored.id)


def _place(stored: StoredRun, visit: int, turn: int) -> dict[str, Any]:
    return {
        "bot_id": stored.bot_id,
        "chat_id": stored.chat_id,
        "run_id": stored.id,
        "visit": visit,
        "turn": turn,
    }


def _voice(step: DialogStep) -> Mapping[str, Any]:
    return {"model": step.tts_model or SPEAKING, "voice": step.tts_voice or VOICE, "speed": step.tts_speed}


async def _hear_voice(uow: UnitOfWork, run: LoadedRun, ask: AskTranscript) -> None:
    """Have a voice message put into words."""
    payload = _place(run.stored, ask.visit, ask.turn)
    payload |= {"file_id": ask.voice.get("file_id", ""), "language": ask.language, "model": HEARING}
    await add_job(uow, TRANSCRIPT, f"transcript:{run.stored.id}:{ask.visit}:{ask.turn}", payload)


async def take_answer(uow: UnitOfWork, finished: JobFinished) -> ModelAnswered | ModelFailed:
    """Keep what the model said; gives what the run is told."""
    asked, result = finished.payload, finished.result
    visit, turn = asked["visit"], asked["turn"]
    if not finished.ok:
        return ModelFailed(visit, turn)
    await _keep(uow, asked["run_id"], asked["step"], visit, turn, ASSISTANT, result["text"])
    return ModelAnswered(visit, turn, result["text"], result["voice"])


def read_transcript(finished: JobFinished) -> Transcribed | ModelFailed:
    """What the run is told of their voice message."""
    visit, turn = finished.payload["visit"], finished.payload["turn"]
    return Transcribed(visit, turn, finished.result["text"]) if finished.ok else ModelFailed(visit, turn)


async def pardon(uow: UnitOfWork, run_id: int) -> bool:
    """Let them talk with the model again as if they had not yet; False if there was nothing to pardon."""
    return await store.pardon(uow.conn, uow.account_id, run_id, uow.now)


async def load_used(uow: UnitOfWork, runs: Sequence[LoadedRun]) -> dict[int, int]:
    """How many messages to the model each has had in their course since the last pardon, where its flow has dialogs."""
    talking = [run.stored.id for run in runs if any(isinstance(step, DialogStep) for step in run.flow.steps)]
    return await store.load_used(uow.conn, uow.account_id, talking) if talking else {}


def budget_of(settings: CourseSettings, used: int) -> int | None:
    """How many messages to the model are left; None for any number."""
    return max(0, settings.ai_limit - used) if settings.ban_enabled else None


async def _keep(uow: UnitOfWork, run_id: int, step: str, visit: int, turn: int, role: str, text: str) -> bool:
    row = {"run_id": run_id, "step": step, "visit": visit, "turn": turn, "role": role, "text": text}
    return await store.add_turn(uow.conn, uow.account_id, {**row, "at": uow.now})


async def _messages(
    uow: UnitOfWork, run: LoadedRun, step: DialogStep, ask: AskModel, language: str
) -> list[dict[str, str]]:
    """What the model hears: the prompt, the course's own text, then both sides of this visit."""
    prompt = await _fill_in(uow, run, step.prompt, language)
    said = [turn for turn in await _turns(uow, run, ask.step) if turn.visit == ask.visit]
    heard = said if step.conversation else said[-1:]
    opening = Turn(ask.visit, ASSISTANT, localize(step.text, language))
    system = {"role": "system", "content": prompt}
    return [system, *({"role": turn.role, "content": _harmless(turn)} for turn in (opening, *heard))]


def _harmless(turn: Turn) -> str:
    return without_marker(turn.text) if turn.role == USER else turn.text


async def _turns(uow: UnitOfWork, run: LoadedRun, key: str) -> list[Turn]:
    return await store.list_turns(uow.conn, uow.account_id, run.stored.id, key)


async def _fill_in(uow: UnitOfWork, run: LoadedRun, prompt: str, language: str) -> str:
    """The prompt without comments, `{{id}}`, `{{N]id}}` and `{{id[M}}` being what was said at that element."""
    bare = _COMMENT.sub("", prompt)
    said = {key: await _said_at(uow, run, key, language) for key in _elements(bare, run.flow)}

    def fill(match: re.Match[str]) -> str:
        lines = said.get(match["key"])
        if lines is None:
            return match[0]
        lines = lines[: int(match["first"])] if match["first"] else lines
        lines = lines[max(0, len(lines) - int(match["last"])) :] if match["last"] else lines
        return "\n".join(lines)

    return _VARIABLE.sub(fill, bare).strip()


def _elements(prompt: str, flow: Flow) -> Iterable[str]:
    return {match["key"] for match in _VARIABLE.finditer(prompt) if flow.step(match["key"])}


async def _said_at(uow: UnitOfWork, run: LoadedRun, key: str, language: str) -> list[str]:
    """The element's text, then what both sides said there, a line each; of other elements, their answers."""
    step = run.flow.step(key)
    text = getattr(step, "text", None)
    lines = [localize(text, language)] if text else []
    turns = await _turns(uow, run, key)
    answers = await store.list_answers(uow.conn, uow.account_id, run.stored.id, key)
    return [*lines, *map(_harmless, turns), *([] if turns else map(without_marker, answers))]
