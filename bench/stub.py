"""A Bot API server that is never the limit: a bare protocol in its own process, with Telegram's window on request."""

import argparse
import asyncio
import json
import random
import re
import time
from collections import deque
from typing import Any

from bench.cores import sit_on

CHAT_ID = re.compile(rb'chat_id"?[=:]"?(-?\d+)')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
WINDOW = 1.0  # seconds over which Telegram counts
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
SENT = (
    b'{"ok":true,"result":{"message_id":%d,"date":1750000000,"chat":{"id":%d,"type":"private",'
    b'"first_name":"Ann"},"from":{"id":77,"is_bot":true,"first_name":"Bot"},"text":"hello"}}'
)
TRUE = b'{"ok":true,"result":true}'
REFUSED = (
    b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1",'
    b'"parameters":{"retry_after":1}}'
)


class Telegram:
    """What all connections share; `limit` is messages per sliding second (0: none), `jitter` seconds each way."""

    def __init__(self, limit: int, jitter: float) -> None:
        self.limit = limit
        self.jitter = jitter
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self.sent = self.refused = 0
        self.first = self.last = 0.0
        self.noted: list[tuple[int, float]] = []
        self.note_from = 0  # chats with a number from here on are noted with their time; 0: none
        self._window: deque[float] = deque()

    def take(self, chat_id: int) -> bytes:
        """Accept a message, or refuse what is over the limit of any second."""
        now = time.monotonic()
        if self.limit:
            while self._window and self._window[0] <= now - WINDOW:
                self._window.popleft()
            if len(self._window) >= self.limit:
                self.refused += 1
                return REFUSED
            self._window.append(now)
        self.sent += 1
        self.first = self.first or now
        self.last = now
        if self.note_from and chat_id >= self.note_from:
            self.noted.append((chat_id, now))
        return SENT % (self.sent, chat_id)

    def figures(self) -> bytes:
        """What happened since `forget`, times on the machine's monotonic clock."""
        names = ("sent", "refused", "first", "last", "noted")
        return json.dumps({name: getattr(self, name) for name in names}).encode()


class Connection(asyncio.Protocol):
    """Reads requests, answers them in order."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._unread = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every complete request."""
        self._unread += data
        while (end := self._unread.find(HEAD_END)) >= 0:
            head = self._unread[:end]
            length = LENGTH.search(head)
            size = end + len(HEAD_END) + (int(length[1]) if length else 0)
            if len(self._unread) < size:
                return
            body, self._unread = self._unread[end + len(HEAD_END) : size], self._unread[size:]
            self._answer(head.split(b" ", 2)[1], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        method = path.rpartition(b"/")[2]
        if method.startswith((b"send", b"copy")):
            self._answer_send(body)
        elif method == b"getUpdates":
            seconds = json.loads(body).get("timeout", 0)
            asyncio.get_running_loop().call_later(seconds, self._write, b'{"ok":true,"result":[]}')
        elif method == b"getMe":
            self._write(_me(path))
        elif method.startswith(b"figures"):
            self._write(self._telegram.figures())
        elif method.startswith(b"forget"):
            self._telegram.forget()
            self._telegram.note_from = int(body or b"0")
            self._write(TRUE)
        else:
            self._write(TRUE)

    def _answer_send(self, body: bytes) -> None:
        found_chat_id = CHAT_ID.search(body)
        chat_id = int(found_chat_id[1]) if found_chat_id else 0
        jitter = self._telegram.jitter
        if not jitter:
            self._write(self._telegram.take(chat_id))
            return
        later = asyncio.get_running_loop().call_later
        later(
            random.uniform(0, jitter),
            lambda: later(random.uniform(0, jitter), self._write, self._telegram.take(chat_id)),
        )

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(OK % (len(answer), answer))


def _me(path: bytes) -> bytes:
    number = int(path.partition(b"/bot")[2].partition(b":")[0])
    me = {"id": number, "is_bot": True, "first_name": "Bot", "username": f"bench_{number}_bot"}
    return json.dumps({"ok": True, "result": me}).encode()


async def serve(limit: int, jitter: float) -> None:
    """Say the port, then answer until killed."""
    telegram = Telegram(limit, jitter)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(telegram), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """`python -m bench.stub`: started by the benches, on the core they do not use."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--jitter", type=float, default=0.0)
    arguments = parser.parse_args()
    sit_on(-1)
    asyncio.run(serve(arguments.limit, arguments.jitter))


if __name__ == "__main__":
    main()
