"""An edit to what stands in the message already is not sent."""

from collections.abc import Mapping
from typing import Any

import pytest

from bots.runtime.client import Answer, OutcomeUnknownError
from bots.runtime.sending.pacer import Pace, Pacer
from bots.runtime.sending.render import Renderer
from bots.runtime.sending.sender import Sender
from bots.runtime.sending.shown import MOST, Shown
from core.db.session import Database
from core.environment import Environment
from core.lifecycle import BotKind, Priority
from services.delivery.schemas import Lease, QueuedCall, Rendered, Sent, Unknown
from services.tenancy.schemas import ConnectedBot

BOT = ConnectedBot(7, 1, BotKind.COURSE, "bot", "Bot", "7:token")
MESSAGE = 11
A, B = {"text": "A"}, {"text": "B"}
PRESSABLE = {"text": "A", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "y"}]]}}


class Telegram:
    """Takes everything; `broken` answers with a time-out."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.broken = False

    async def call(self, _token: str, method: str, fields: Mapping[str, Any], _uploads: object) -> Answer:
        self.asked.append((method, fields["text"]))
        if self.broken:
            raise OutcomeUnknownError("no answer")
        return Answer(ok=True, result={"message_id": MESSAGE})


def rendered(method: str, fields: Mapping[str, Any]) -> Rendered:
    call = QueuedCall(1, 1, 7, 5, Priority.INTERACTIVE, method, None, False, 0, "k", None, None)
    place = {"message_id": MESSAGE} if method.startswith("edit") else {}
    return Rendered(call, {"chat_id": 5, **place, **fields}, "")


def edit(fields: Mapping[str, Any]) -> Rendered:
    return rendered("editMessageText", fields)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def sender(db: Database, env: Environment, telegram: Any) -> Sender:
    lease = Lease("bot:7", "me", 1, valid_until=db.clock.monotonic() + 60)
    return Sender(db, BOT, lease, telegram, Pacer(db.clock.monotonic, Pace()), Renderer(env, {}), 30)


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_only_what_changes_a_message_is_sent(sender: Sender, telegram: Telegram) -> None:
    for one in (
        rendered("sendMessage", A),
        edit(A),
        edit(PRESSABLE),
        edit(PRESSABLE),
        edit(B),
        edit(A),
        edit(A),
    ):
        assert isinstance(await sender._carry_out(one), Sent)
    edits = ["sendMessage", *["editMessageText"] * 3]
    assert telegram.asked == list(zip(edits, "AABA", strict=True))


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_after_an_unknown_outcome_the_edit_is_sent(sender: Sender, telegram: Telegram) -> None:
    await sender._carry_out(rendered("sendMessage", A))
    telegram.broken = True
    assert isinstance(await sender._carry_out(edit(B)), Unknown)
    telegram.broken = False
    await sender._carry_out(edit(A))
    assert telegram.asked[-1] == ("editMessageText", "A")
    assert len(telegram.asked) == 3


def test_only_the_latest_are_remembered() -> None:
    shown = Shown()
    for number in range(MOST + 1):
        shown.note(rendered("sendMessage", A), done=True, result={"message_id": number})
    assert len(shown._looks) == MOST
    assert shown.is_there(edit(A))


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_what_telegram_is_paid_for_takes_no_slot_of_the_free_pace(sender: Sender) -> None:
    sender.paid = Pacer(sender.db.clock.monotonic, Pace(300))
    paid = rendered("sendMessage", {**A, "allow_paid_broadcast": True})
    assert sender._pacer_of(paid) is sender.paid
    assert sender._pacer_of(rendered("sendMessage", A)) is sender.pacer
