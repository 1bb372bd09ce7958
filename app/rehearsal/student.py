"""The made-up student: reads what comes, presses, votes, writes, waits; and what the walk looked like."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import aiohttp

from core.db.session import Database
from core.flow.definition import Flow
from core.flow.inspection import Remark, Weight
from core.flow.run import Run, RunStatus
from core.flow.steps import Step
from core.flow.steps.assignment import AssignmentStep, WorkKind
from core.flow.steps.miniapp import MiniAppStep
from core.links import bot_link
from core.text.catalog import say
from core.text.message import localize
from sandbox.client.client import Chat, Message, Person, SandboxClient
from services.content.flows import get_flow_id
from services.delivery.timers import find_first_due
from services.learning.app_refs import ANSWERS as ANSWERS_PATH
from services.learning.run_lookup import find_latest_of_flow
from services.learning.schemas import StoredRun

MOST_ACTS = 300
SAME_ANSWERS = 3
"""How often they hear the same at the same place before they give up."""
MOST_WORDS = 160  # of a message in the transcript
LOOK_SECONDS = 0.05
PATIENCE = 30.0  # real seconds in which the bots have said what they have to say
INDENT = " " * 18
BOT_LINK = bot_link("rehearsal_")
REACTION = 2.0  # real seconds in which something they do shows
LAST_LOOK = 8.0  # the same before the walk is given up: a model or a certificate takes a while
ANSWERS = ("An answer of the rehearsal", "Goodbye")
Told = Callable[[str], None]


@dataclass
class Student:
    """Walks one flow to its end; `tell` gets the transcript line by line."""

    tg: SandboxClient
    db: Database
    person: Person
    language: str
    zone: str
    site: str  # where our own pages are
    is_quiet: Callable[[], Awaitable[bool]]
    tell: Told
    account_id: int
    said: int = 0
    curator: Chat | None = None  # who looks at work, when it waits for them
    chats: list[Chat] = field(default_factory=list)
    _read: dict[str, int] = field(default_factory=dict)
    _used: set[tuple[str, int]] = field(default_factory=set)
    _judged: set[int] = field(default_factory=set)
    _heard: list[str] = field(default_factory=list)
    """What came since they have done something."""
    _echoes: Counter[tuple[str | None, str]] = field(default_factory=Counter)

    async def walk(self, flow: Flow) -> list[Remark]:
        """Go on until the flow is over or nothing more comes; says what was wrong with it."""
        await until(self.is_answered)
        for _ in range(MOST_ACTS):
            await self.settle()
            await self._read_all()
            run = await self.find_run(flow)
            if run is not None and run.status is RunStatus.COMPLETED:
                return []
            if run is not None and (same := self._hears_again(run)):
                what = f"whatever she sends, {SAME_ANSWERS} times the answer is the same: “{_cut(same)}”"
                return [Remark(Weight.ERROR, run.step or "", what)]
            if await self._act(flow, run):
                await self.note_changes(flow, run, REACTION)
                continue
            if await self.wait_for_next() or await self.note_changes(flow, run, LAST_LOOK):
                continue
            what = "the walk ends here: nothing comes any more, and the flow is not over"
            return [Remark(Weight.ERROR, (run and run.step) or "", what)]
        return [Remark(Weight.ERROR, "", f"is not over after {MOST_ACTS} answers and waits")]

    def _hears_again(self, run: Run) -> str:
        """What they have heard at this step as often as they put up with; empty for nothing."""
        heard, self._heard = "\n".join(self._heard), []
        if heard:
            self._echoes[run.step, heard] += 1
        return heard if self._echoes[run.step, heard] == SAME_ANSWERS else ""

    async def walk_path(self, scenario: Flow, courses: Mapping[str, Flow]) -> list[Remark]:
        """The scenario to its end, then by the link it gave into the course, and that to its end."""
        walked = await self.walk(scenario)
        link = await self._wait_for_course_link()
        if link is None:
            return [*walked, Remark(Weight.ERROR, "", "the scenario gives no link into a course")]
        self.tell(f"{INDENT}> opens the course")
        self.chats.append(await self.person.open(link))
        for flow in courses.values():
            if await self._comes_into(flow):
                return walked + await self.walk(flow)
        return [*walked, Remark(Weight.ERROR, "", "the link opens no course")]

    async def _wait_for_course_link(self) -> str | None:
        """The link, which may be sent a moment after the scenario is over; None if it has not come in time."""
        await self.settle()

        async def is_here() -> bool:
            return await self._find_course_link() is not None

        with suppress(TimeoutError):
            await until(is_here, LAST_LOOK)
        return await self._find_course_link()

    async def _find_course_link(self) -> str | None:
        """The last button they were given that opens another bot."""
        for chat in self.chats:
            for each_message in reversed(await chat.messages()):
                rows = each_message.raw.get("reply_markup", {}).get("inline_keyboard", [])
                for button in (button for row in rows for button in row):
                    if BOT_LINK in button.get("url", "") and chat.name not in button["url"]:
                        return str(button["url"])
        return None

    async def _comes_into(self, flow: Flow) -> bool:
        """Whether it is this course that the link has opened."""

        async def is_so() -> bool:
            return await self.find_run(flow) is not None

        try:
            await until(is_so, LAST_LOOK)
        except TimeoutError:
            return False
        return True

    async def is_answered(self) -> bool:
        """Whether the bot has said anything yet."""
        said = await self.chats[-1].messages()
        return any(message.sender_id != self.person.id for message in said)

    async def settle(self) -> None:
        """Wait until the bots have said what they have to say."""
        await until(self.is_quiet)

    async def note_changes(self, flow: Flow, before: Run | None, seconds: float) -> bool:
        """Whether their run changes or words come within so many real seconds."""
        known = await self._count()

        async def is_so() -> bool:
            return await self.find_run(flow) != before or await self._count() > known

        try:
            await until(is_so, seconds)
        except TimeoutError:
            return False
        return True

    async def _count(self) -> int:
        return sum([len(await chat.messages()) for chat in self.chats])

    async def _read_all(self) -> None:
        for chat in self.chats:
            for each_message in await chat.messages():
                if (
                    each_message.id > self._read.get(chat.name, 0)
                    and each_message.sender_id != self.person.id
                ):
                    self._show(chat, each_message)
                self._read[chat.name] = max(each_message.id, self._read.get(chat.name, 0))

    def _show(self, chat: Chat, message: Message) -> None:
        at = datetime.fromtimestamp(message.raw["date"], UTC).astimezone(ZoneInfo(self.zone))
        text = (
            message.raw["poll"]["question"] if "poll" in message.raw else message.text or f"({message.media})"
        )
        shown = " ".join(text.split())
        buttons = "".join(f" [{button}]" for button in message.buttons)
        self._heard.append(f"{shown}{buttons}")
        self.tell(f"{at:%a %d %b %H:%M}  @{chat.name}: {_cut(shown)}{buttons}")
        self.said += 1

    async def _act(self, flow: Flow, run: Run | None) -> bool:
        """Do the next thing they can do; False if there is none."""
        for chat in reversed(self.chats):
            for each_message in reversed(await chat.messages()):
                if each_message.sender_id != self.person.id and await self._use(chat, each_message):
                    return True
        if await self.let_curator_act():
            return True
        step = flow.step(run.step) if run else None
        if isinstance(step, MiniAppStep):
            return await self._open_page(step)
        if run is None or step is None or not step.takes_reply(run.data):
            return False
        await self._answer(step)
        return True

    async def _answer(self, step: Step) -> None:
        """Write something, or hand in what the step takes."""
        chat = self.chats[-1]
        accepts = step.accepts if isinstance(step, AssignmentStep) else (WorkKind.TEXT,)
        if WorkKind.TEXT in accepts:
            text = ANSWERS[self.said % len(ANSWERS)]
            self.tell(f"{INDENT}> {text}")
            await chat.send(text)
            return
        sends: Mapping[WorkKind, Callable[[], Awaitable[Message]]] = {
            WorkKind.PHOTO: chat.send_photo,
            WorkKind.VOICE: chat.send_voice,
            WorkKind.VIDEO: chat.send_video,
            WorkKind.VIDEO_NOTE: chat.send_video_note,
            WorkKind.DOCUMENT: chat.send_document,
            WorkKind.AUDIO: chat.send_audio,
        }
        self.tell(f"{INDENT}> hands in: {accepts[0]}")
        await sends[accepts[0]]()

    async def let_curator_act(self) -> bool:
        """The curator accepts what waits before them."""
        chat = self.curator
        for each_message in reversed(await chat.messages()) if chat else ():
            if (
                chat
                and each_message.buttons
                and each_message.id not in self._judged
                and "callback_data" in str(each_message.raw)
            ):
                self._judged.add(each_message.id)
                self.tell(f"{INDENT}> the curator presses [{each_message.buttons[0]}]")
                await chat.press(each_message.buttons[0], each_message)
                return True
        return False

    async def _open_page(self, step: MiniAppStep) -> bool:
        """Answer a question on our own page, as its frame would; a foreign page stays closed."""
        chat, held = self.chats[-1], None
        for each_message in await chat.messages():
            held = (
                each_message
                if (chat.name, each_message.id) not in self._used and _opens_page(each_message)
                else held
            )
        if held is None or step.question is None:
            return False
        self._used.add((chat.name, held.id))
        launch = await chat.launch(held.buttons[0], held)
        wordings = (step.answer.actual, *(option.text for option in step.question.options))
        answer = next((localize(wording, self.language) for wording in wordings if wording), ANSWERS[0])
        self.tell(f"{INDENT}> answers “{answer}” on the page")
        ref = launch.url.partition("#")[0].rpartition("/")[2]
        body = {"ref": ref, "initData": launch.init_data, "answer": answer}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.site}{ANSWERS_PATH}", json=body) as told,
        ):
            told.raise_for_status()
        return True

    async def _use(self, chat: Chat, message: Message) -> bool:
        """Vote in a poll, press the first button that leads on; each once."""
        if (chat.name, message.id) in self._used:
            return False
        if "poll" in message.raw:
            self._used.add((chat.name, message.id))
            self.tell(f"{INDENT}> votes for {message.raw['poll']['options'][0]['text']}")
            await chat.vote(message, 0)
            return True
        rows = message.raw.get("reply_markup", {}).get("inline_keyboard", [])
        undo = say("work-take-back", self.language)
        presses = [button["text"] for row in rows for button in row if "callback_data" in button]
        presses = [text for text in presses if text != undo]
        if presses:
            self._used.add((chat.name, message.id))
            self.tell(f"{INDENT}> presses [{presses[0]}]")
            await chat.press(presses[0], message)
        return bool(presses)

    async def wait_for_next(self) -> bool:
        """Let the time pass until something is due; False if nothing is."""
        due = await self._first_due()
        if due is None:
            return False
        left = due - await self.tg.clock.now()
        if left > timedelta():
            await self.tg.clock.advance(seconds=left.total_seconds() + 1)

        async def is_over() -> bool:
            first = await self._first_due()
            return first is None or first > due

        await until(is_over)
        return True

    async def _first_due(self) -> datetime | None:
        async with self.db.unit(self.account_id) as uow:
            return await find_first_due(uow)

    async def find_run(self, flow: Flow) -> Run | None:
        """Their run in this flow as it is stored."""
        latest = await self._find_latest(flow)
        return latest.value if latest else None

    async def find_run_id(self, flow: Flow) -> int | None:
        """The number of that run."""
        latest = await self._find_latest(flow)
        return latest.id if latest else None

    async def _find_latest(self, flow: Flow) -> StoredRun | None:
        async with self.db.unit(self.account_id) as uow:
            return await find_latest_of_flow(uow, await get_flow_id(uow, flow.slug))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_WORDS else f"{text[:MOST_WORDS]}…"


def _opens_page(message: Message) -> bool:
    rows = message.raw.get("reply_markup", {}).get("inline_keyboard", [])
    return any("web_app" in button for row in rows for button in row)


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Look again and again; TimeoutError when it has not become so in time."""
    async with asyncio.timeout(seconds):
        while True:
            if await is_so():
                return
            await asyncio.sleep(LOOK_SECONDS)
