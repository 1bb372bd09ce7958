"""What the local Telegram carries: messages a second, hundreds of waiting bots, a million updates."""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from bench.cores import seated
from bench.figures import Figure, Scale

TOKEN = "9999:AAFbench"
PEOPLE = 200
LINES = 16  # connections the messages come by
SENT = {Scale.FULL: 40_000, Scale.SHORT: 8_000, Scale.TINY: 32}
BOTS = {Scale.FULL: 500, Scale.SHORT: 500, Scale.TINY: 10}
UPDATES = {Scale.FULL: 1_000_000, Scale.SHORT: 60_000, Scale.TINY: 500}
BATCH = 100  # updates a bot takes at once
WARM = 0.3  # of the updates: by then logs and histories are as full as they get
FLAT = 8.0  # MB
PROMPT = 250.0  # ms
ENOUGH = 1500
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
TICKS = os.sysconf("SC_CLK_TCK")  # of processor time, in a second
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
KEYBOARD = {"inline_keyboard": [[{"text": "Done", "callback_data": "done:1"}]]}
LESSON = "<b>Hello</b>, lesson <i>%d</i> waits at https://example.com/lessons"
Json = dict[str, Any]


@dataclass
class Line:
    """One kept connection: a question, its answer, the next question."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, path: str, body: Json) -> Any:
        """POST an object and return the answer's."""
        raw = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        self.writer.write(head.encode() + raw)
        length = LENGTH.search(await self.reader.readuntil(b"\r\n\r\n"))
        assert length
        return json.loads(await self.reader.readexactly(int(length[1])))

    async def call(self, method: str, token: str = TOKEN, **params: Any) -> Any:
        """Call a method of the Bot API and return its result."""
        answer = await self.ask(f"/bot{token}/{method}", params)
        assert answer["ok"], answer
        return answer["result"]


@asynccontextmanager
async def _line(url: str) -> AsyncIterator[Line]:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**24)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def run(scale: Scale) -> Sequence[Figure]:
    """Each on a sandbox of its own on the measured core; who asks sits on the last one."""
    return [*_measure(_send, scale), *_measure(_wait, scale), *_measure(_soak, scale)]


def _measure(bench: Callable[[str, int, Scale], Awaitable[list[Figure]]], scale: Scale) -> list[Figure]:
    with _started() as (url, pid), seated(-1):
        return asyncio.run(_awaited(bench(url, pid, scale)))


async def _awaited(figures: Awaitable[list[Figure]]) -> list[Figure]:
    return await figures


@contextmanager
def _started() -> Iterator[tuple[str, int]]:
    """A sandbox with a bot, in a process of its own on the first core."""
    rates = ["--rate", "1000000", "--chat-rate", "1000000", "--chat-burst", "1000000"]
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--history", "100", "--log", "2000", *rates]
    with seated(0):
        process = subprocess.Popen(
            [*command, "--bot", f"{TOKEN}=bench_bot"], stdout=subprocess.PIPE, text=True
        )
    with process:
        assert process.stdout
        try:
            yield process.stdout.readline().split()[-1], process.pid
        finally:
            process.kill()


async def _send(url: str, pid: int, scale: Scale) -> list[Figure]:
    """Messages with everything that is checked in it: HTML, links, buttons, rights, the three limits."""
    people = await _people(url)
    each = SENT[scale] // LINES
    used, began = _processor_seconds(pid), time.perf_counter()
    await asyncio.gather(*(_send_some(url, people[place::LINES], each) for place in range(LINES)))
    took = time.perf_counter() - began
    used = max(_processor_seconds(pid) - used, 1 / TICKS)
    count = each * LINES
    how = f"{count:,} by {LINES} connections; {used / count * 1e6:.0f} µs of processor each"
    return [
        Figure("sandbox: sendMessage, per second of its core", count / used, "msg/s", floor=ENOUGH, how=how),
        Figure(
            "sandbox: sendMessage",
            count / took,
            "msg/s",
            goal=ENOUGH,
            how="by the clock; the asking side takes as long",
        ),
    ]


async def _send_some(url: str, people: Sequence[int], count: int) -> None:
    async with _line(url) as line:
        for number in range(count):
            message: Json = {"chat_id": people[number % len(people)], "text": LESSON % number}
            await line.call("sendMessage", **message, parse_mode="HTML", reply_markup=KEYBOARD)


async def _people(url: str) -> list[int]:
    async with _line(url) as line:
        answer = await line.ask("/sandbox/people/bulk", {"count": PEOPLE, "started": "bench_bot"})
        return list(answer["ids"])


async def _wait(url: str, _: int, scale: Scale) -> list[Figure]:
    """How soon a bot hears of its update while all the others wait for theirs."""
    heard: dict[str, asyncio.Queue[float]] = {}
    async with _line(url) as line, asyncio.TaskGroup() as group:
        listening = []
        for number in range(BOTS[scale]):
            name = f"waiting_{number}_bot"
            bot = await line.ask("/sandbox/bots", {"token": f"{10_000 + number}:AAF-bench", "username": name})
            heard[name] = asyncio.Queue()
            listening.append(group.create_task(_listen(url, bot["token"], heard[name])))
        for name, queue in heard.items():  # so that all have asked, and wait again
            await _tell(line, name, queue)
        delays = [await _tell(line, name, queue) for name, queue in heard.items()]
        for task in listening:
            task.cancel()
    how = f"p50 {statistics.median(delays):.1f} ms, max {max(delays):.0f} ms of {len(delays)}"
    what = f"sandbox: update heard, {len(heard)} bots waiting: p99"
    p99 = sorted(delays)[int(len(delays) * 0.99)]
    return [Figure(what, p99, "ms", floor=PROMPT, less_is_better=True, how=how)]


async def _tell(line: Line, name: str, heard: asyncio.Queue[float]) -> float:
    """Milliseconds from an update to the bot that hears of it."""
    began = time.perf_counter()
    await line.ask(f"/sandbox/bots/{name}/updates", {"message": {"text": "now"}})
    return (await heard.get() - began) * 1000


async def _listen(url: str, token: str, heard: asyncio.Queue[float]) -> None:
    offset = 0
    async with _line(url) as line:
        while True:
            updates = await line.call("getUpdates", token, timeout=50, offset=offset)
            offset = updates[-1]["update_id"] + 1 if updates else offset
            heard.put_nowait(time.perf_counter())


async def _soak(url: str, pid: int, scale: Scale) -> list[Figure]:
    """People write and press, the bot takes all and answers some: does the sandbox grow?"""
    people, rounds = await _people(url), UPDATES[scale] // BATCH
    offset, began, before = 0, time.perf_counter(), 0.0
    async with _line(url) as line:
        for number in range(rounds):
            if number == int(rounds * WARM):
                before = _resident_mb(pid)
            offset = await _one_round(line, people, offset, number)
    growth, took = _resident_mb(pid) - before, time.perf_counter() - began
    how = f"after the first {WARM:.0%}; {before:.0f} MB then, {rounds * BATCH / took:,.0f} updates/s"
    what = f"sandbox: growth over {rounds * BATCH:,} updates"
    return [Figure(what, growth, "MB", floor=FLAT, less_is_better=True, how=how)]


async def _one_round(line: Line, people: Sequence[int], offset: int, number: int) -> int:
    """A hundred updates and ten answers, one of them edited, pressed and deleted."""
    press = 1
    await line.ask("/sandbox/bots/bench_bot/chatter", {"count": BATCH - press})
    for place in range(10):
        chat_id = people[(number * 10 + place) % len(people)]
        sent = await line.call("sendMessage", chat_id=chat_id, text=LESSON % number, reply_markup=KEYBOARD)
    message = {"chat_id": chat_id, "message_id": sent["message_id"]}
    await line.call("editMessageText", **message, text="Changed", reply_markup=KEYBOARD)
    pressing = {"message_id": sent["message_id"], "text": "Done", "timeout": 0}
    await line.ask(f"/sandbox/people/{chat_id}/chats/bench_bot/press", pressing)
    updates = await line.call("getUpdates", offset=offset)
    assert len(updates) == BATCH
    await line.call("answerCallbackQuery", callback_query_id=updates[-1]["callback_query"]["id"])
    await line.call("deleteMessage", **message)
    return int(updates[-1]["update_id"]) + 1


def _processor_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:  # noqa: PTH123 - one line of the kernel's
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _resident_mb(pid: int) -> float:
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:  # noqa: PTH123 - one line of the kernel's
        return int(file.read().split()[1]) * PAGE_MB
