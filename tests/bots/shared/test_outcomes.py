"""What Telegram's answers mean for a call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bots.runtime.client import Answer
from bots.runtime.sending.outcomes import read_outcome
from core.lifecycle import Priority
from services.delivery.schemas import Outcome, Postponed, QueuedCall, Refused, Sent, Unknown


def call(chat_id: int = 5, method: str = "sendMessage") -> QueuedCall:
    return QueuedCall(1, 1, 7, chat_id, Priority.INTERACTIVE, method, "{}", False, 0, "k", None, None)


def no(code: int, error: str, **more: float) -> Answer:
    return Answer(ok=False, code=code, error=error, **more)  # type: ignore[arg-type]


HERE, GROUP, EDIT = call(), call(-7), call(method="editMessageText")
MANY = replace(EDIT, broadcast_id=3)
UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"
TABLE: list[tuple[QueuedCall, Answer, Outcome]] = [
    (HERE, Answer(ok=True, result={"message_id": 3}), Sent(HERE, {"message_id": 3})),
    (EDIT, no(400, "Bad Request: message is not modified: x"), Sent(EDIT, None)),
    (HERE, no(400, "Bad Request: message to delete not found"), Sent(HERE, None)),
    (EDIT, no(400, "Bad Request: message to edit not found"), Sent(EDIT, None)),
    (EDIT, no(400, "Bad Request: message can't be edited"), Sent(EDIT, None)),
    (MANY, no(400, "Bad Request: message to edit not found"), Refused(MANY, "Bad Request: message to edit not found")),
    (HERE, no(400, "Bad Request: USER_ALREADY_PARTICIPANT"), Sent(HERE, None)),
    (HERE, no(429, "Too Many Requests", retry_after=7), Postponed(HERE, timedelta(seconds=7), "Too Many Requests")),
    (HERE, no(401, "Unauthorized"), Postponed(HERE, timedelta(seconds=30), "Unauthorized")),
    (GROUP, no(400, UPGRADED, moved_to=-1007), Postponed(GROUP, timedelta(), UPGRADED, moved_to=-1007)),
    (HERE, no(502, "Bad Gateway"), Unknown(HERE, "Bad Gateway")),
    (EDIT, no(500, ""), Unknown(EDIT, "HTTP 500", idempotent=True)),
    (HERE, no(403, "Forbidden: bot was blocked by the user"),
     Refused(HERE, "Forbidden: bot was blocked by the user", blocked=True)),
    (HERE, no(403, "Forbidden: user is deactivated"), Refused(HERE, "Forbidden: user is deactivated", blocked=True)),
    (HERE, no(400, "Bad Request: chat not found"), Refused(HERE, "Bad Request: chat not found", blocked=True)),
    (GROUP, no(403, "Forbidden: bot was kicked from the supergroup chat"),
     Refused(GROUP, "Forbidden: bot was kicked from the supergroup chat", blocked=False)),
    (HERE, no(400, "Bad Request: message text is empty"), Refused(HERE, "Bad Request: message text is empty")),
    (HERE, no(400, ""), Refused(HERE, "HTTP 400")),
]  # fmt: skip


@pytest.mark.parametrize(("to", "answer", "outcome"), TABLE, ids=[str(one[1].error) for one in TABLE])
def test_what_an_answer_means(to: QueuedCall, answer: Answer, outcome: Outcome) -> None:
    assert read_outcome(to, answer) == outcome
