"""What Telegram's answer means for an outbox row."""

from datetime import timedelta

from bots.runtime.client import Answer
from core.to_many import BroadcastKind
from services.delivery.outbox import IDEMPOTENT
from services.delivery.schemas import Outcome, Postponed, QueuedCall, Refused, Sent, Unknown

GONE = ("blocked", "deactivated", "kicked", "can't initiate conversation", "chat not found")
DELETED = "message to delete not found"
NOT_TO_EDIT = ("message to edit not found", "message can't be edited")
ALREADY_SO = (
    "message is not modified",
    DELETED,
    "user_already_participant",
    "hide_requester_missing",
)
NOTHING_COPIED = "Bad Request: message to copy not found"
SERVER_TROUBLE = 500
UNAUTHORIZED = 401  # the token was revoked: nothing was said, and the new one will say it
REVOKED_SECONDS = 30.0
FORBIDDEN = 403


def read_outcome(call: QueuedCall, answer: Answer) -> Outcome:
    """Sent, refused for good, to be tried later, or unknown (a server error may follow a success)."""
    text = answer.error.lower()
    if answer.ok or _is_put_away(call, text) or (_is_already_so(text) and not _was_gone(call, text)):
        # Telegram passes over what it does not find of an album.
        is_empty = call.method == "copyMessages" and not answer.result
        return Refused(call, NOTHING_COPIED) if is_empty else Sent(call, answer.result)
    if answer.retry_after:
        return Postponed(call, timedelta(seconds=answer.retry_after), answer.error)
    if answer.code == UNAUTHORIZED:
        return Postponed(call, timedelta(seconds=REVOKED_SECONDS), answer.error)
    if answer.moved_to is not None:
        return Postponed(call, timedelta(), answer.error, moved_to=answer.moved_to)
    if answer.code >= SERVER_TROUBLE:
        return Unknown(call, answer.error or f"HTTP {answer.code}", idempotent=call.method in IDEMPOTENT)
    blocked = answer.code == FORBIDDEN or (call.chat_id > 0 and any(words in text for words in GONE))
    return Refused(call, answer.error or f"HTTP {answer.code}", blocked=blocked and call.chat_id > 0)


def _is_already_so(error: str) -> bool:
    return any(words in error for words in ALREADY_SO)


def _is_put_away(call: QueuedCall, error: str) -> bool:
    """Whether the message whose button they pressed is not there, or is none of ours: there is nothing to change."""
    is_answer = call.chat_id > 0 and call.broadcast_id is None and call.on_result is None
    return is_answer and any(words in error for words in NOT_TO_EDIT)


def _was_gone(call: QueuedCall, error: str) -> bool:
    """Whether a message that was to be taken back from many was gone before we tried: that is not our doing."""
    return DELETED in error and call.alters is BroadcastKind.RECALL and call.is_first_try
