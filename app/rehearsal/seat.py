"""A rehearsal that somebody plays themselves: a process of its own, which takes wishes and gives scenes, a line of JSON each.

The first line is what to rehearse. It ends when its input is closed, by whoever began it or by their end.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from app.demo.start import DemoSettings
from app.rehearsal.play import Rehearsal
from app.rehearsal.student import REACTION, Student, until
from core.flow.definition import Flow, parse_flow
from core.flow.inspection import Remark
from core.flow.run import RunStatus
from sandbox.client.chat import Chat, Message, SandboxRefusedError
from services.learning.runs.overrides import send_back
from web.api.stage import ActKind, Until

Told = Mapping[str, Any]


@dataclass
class Seat:
    """One flow and one student, who does what the lines of the input say."""

    flow: Flow
    step: str
    output: TextIO

    async def lead(self, student: Student) -> list[Remark]:
        """Do one wish after the other until no more come."""
        await until(student.is_answered)
        await self._show(student)
        while line := await asyncio.to_thread(sys.stdin.readline):
            with suppress(
                AssertionError, SandboxRefusedError, TimeoutError
            ):  # then the scene shows how it stands
                await self._do(student, json.loads(line))
            await self._show(student)
        return []

    async def _do(self, student: Student, wish: Told) -> None:
        chat, before = student.chats[-1], await student.find_run(self.flow)
        match wish["kind"]:
            case Until.NEXT:
                await student.wait_for_next()
            case Until.DAY:
                await student.tg.clock.advance(days=1)
            case ActKind.CURATOR:
                await student.let_curator_act()
            case ActKind.PRESS:
                await _press(chat, wish["message"], wish["text"])
            case _:
                await chat.send(wish["text"])
        await student.note_changes(self.flow, before, REACTION)

    async def _show(self, student: Student) -> None:
        await student.settle()
        if self.step and (run_id := await student.find_run_id(self.flow)):
            async with student.db.unit(student.account_id) as uow:
                await send_back(uow, run_id, self.step)
            self.step = ""
            await student.settle()
        run = await student.find_run(self.flow)
        said = await student.chats[-1].messages()
        scene = {
            "messages": [_describe(message, own=message.sender_id == student.person.id) for message in said],
            "step": run.step if run else None,
            "now": (await student.tg.clock.now()).isoformat(),
            "over": run is not None and run.status is RunStatus.COMPLETED,
        }
        self.output.write(f"{json.dumps(scene)}\n")
        self.output.flush()


def _describe(message: Message, *, own: bool) -> Told:
    poll = message.raw.get("poll")
    return {
        "id": message.id,
        "at": datetime.fromtimestamp(message.raw["date"], UTC).isoformat(),
        "own": own,
        "text": poll["question"] if poll else message.text or f"({message.media})",
        "buttons": [option["text"] for option in poll["options"]] if poll else list(message.buttons),
    }


async def _press(chat: Chat, number: int, text: str) -> None:
    held = next((message for message in await chat.messages() if message.id == number), None)
    if held is not None and "poll" in held.raw:
        await chat.vote(held, text)
    elif held is not None:
        await chat.press(text, held)


def _play() -> None:
    output = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever prints: only scenes are read there
    asked = json.loads(sys.stdin.readline())
    flow = parse_flow(asked["flow"])
    seat = Seat(flow, asked["step"], output)
    rehearsal = Rehearsal(DemoSettings(data_dir=Path(asked["data_dir"])), "", asked["language"])
    with tempfile.TemporaryDirectory(prefix="tandem-rehearsal-") as home:
        rehearsal.play(flow, Path(home), seat.lead)


if __name__ == "__main__":
    _play()
