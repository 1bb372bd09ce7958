"""A text whose markup Telegram refuses is said without it."""

from collections.abc import Mapping
from typing import Any

import pytest

from bots.runtime.client import Answer
from bots.runtime.sending.pacer import Pace, Pacer
from bots.runtime.sending.render import Renderer
from bots.runtime.sending.sender import Sender
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind, Priority
from services.delivery.schemas import Lease, QueuedCall, Refused, Rendered, Sent
from services.tenancy.schemas import ConnectedBot

BOT = ConnectedBot(7, 1, BotKind.COURSE, "bot", "Bot", "7:token")
REFUSED = Answer(ok=False, code=400, error="Bad Request: can't parse entities: unclosed start tag")
HTML = {"chat_id": 5, "text": "<b>Tom &amp; Ann</b>", "parse_mode": "HTML"}


class Strict:
    """A Telegram that refuses all markup; `fields` are what it was asked."""

    def __init__(self) -> None:
        self.fields: list[Mapping[str, Any]] = []

    async def call(self, _token: str, _method: str, fields: Mapping[str, Any], _uploads: object) -> Answer:
        self.fields.append(fields)
        if "parse_mode" in fields or not fields["text"]:
            return REFUSED
        return Answer(ok=True, result={"message_id": 1})


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_refused_markup_is_left_out(db: Database, env: Environment) -> None:
    telegram: Any = Strict()
    lease = Lease("bot:7", "me", 1, valid_until=db.clock.monotonic() + 60)
    pacer = Pacer(db.clock.monotonic, Pace())
    sender = Sender(db, BOT, lease, telegram, pacer, Renderer(env, {}), 30)
    call = QueuedCall(1, 1, 7, 5, Priority.INTERACTIVE, "sendMessage", None, False, 0, "k", None, None)
    assert isinstance(await sender._ask_telegram(Rendered(call, HTML, "")), Sent)
    assert telegram.fields[-1] == {"chat_id": 5, "text": "Tom & Ann"}
    empty = HTML | {"text": ""}
    assert isinstance(await sender._ask_telegram(Rendered(call, empty, "")), Refused), "tried once, no more"
    assert len(telegram.fields) == 4
