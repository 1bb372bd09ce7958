"""Polls and quizzes: asking and closing."""

from typing import Any

from sandbox.chats import polls
from sandbox.chats.access import find_chat, must_be_in
from sandbox.chats.keyboards import read_markup
from sandbox.methods import sending
from sandbox.protocol.registry import Call, method
from sandbox.text import utf16
from sandbox.text.formatted import read_formatted
from sandbox.wire.errors import bad_request

MAX_QUESTION, MAX_OPTION, MAX_OPTIONS, MAX_EXPLANATION = 300, 100, 12, 200
SHORTEST, LONGEST = 5, 2_628_000
Json = dict[str, Any]


@method("sendPoll")
def send_poll(call: Call) -> Any:
    """Ask a question with answers to choose from."""
    question = _short_text(call.params.text("question"), MAX_QUESTION, "poll question")
    options = _options(call)
    kind = call.params.text("type") or "regular"
    if kind not in ("regular", "quiz"):
        raise bad_request("unsupported poll type specified")
    poll: Json = {
        "id": str(5_400_000_000_000_000_000 + call.world.count("poll") * 7919),
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": call.params.flag("is_closed"),
        "is_anonymous": not call.params.has("is_anonymous") or call.params.flag("is_anonymous"),
        "type": kind,
        "allows_multiple_answers": call.params.flag("allows_multiple_answers"),
        "allows_revoting": call.params.flag("allows_revoting")
        if call.params.has("allows_revoting")
        else kind != "quiz",
        "members_only": call.params.flag("members_only"),
    }
    if kind == "quiz":
        poll |= _quiz(call, len(options))
    poll |= _ending(call)
    chat = sending.target(call, "can_send_polls")
    sent = sending.send(call, chat, {"poll": poll, "votes": {}})
    polls.watch(call.world, chat, chat.messages[sent["message_id"]])
    return sent


def _ending(call: Call) -> Json:
    period, ends, now = (
        call.params.number("open_period"),
        call.params.number("close_date"),
        call.world.clock.date(),
    )
    if period:
        return {"open_period": min(max(period, SHORTEST), LONGEST), "close_date": now + max(period, SHORTEST)}
    if not ends:
        return {}
    if not SHORTEST <= ends - now <= LONGEST:
        raise bad_request("POLL_CLOSE_DATE_INVALID")
    return {"close_date": ends}


def _short_text(text: str, most: int, what: str) -> str:
    text = text.strip()
    if not text:
        raise bad_request(f"{what} must be non-empty")
    if utf16.length(text) > most:
        raise bad_request(f"{what} length must not exceed {most}")
    return text


def _options(call: Call) -> list[Json]:
    raw = call.params.json("options")
    if not isinstance(raw, list):
        raise bad_request("expected an Array of String as options")
    if not raw:
        raise bad_request("poll must have at least 1 option")
    if len(raw) > MAX_OPTIONS:
        raise bad_request(f"poll can't have more than {MAX_OPTIONS} options")
    texts = [_option(entry) for entry in raw]
    return [
        {
            "persistent_id": str(number),
            "text": _short_text(text, MAX_OPTION, "poll options"),
            "voter_count": 0,
        }
        for number, text in enumerate(texts)
    ]


def _option(raw: Any) -> str:
    text = raw.get("text") if isinstance(raw, dict) else raw
    if not isinstance(text, str):
        raise bad_request("expected an option to be of type String")
    return text


def _quiz(call: Call, options: int) -> Json:
    chosen = call.params.json("correct_option_ids")
    if not isinstance(chosen, list):
        chosen = [call.params.number("correct_option_id", -1)]
    if not chosen or not all(isinstance(choice, int) and 0 <= choice < options for choice in chosen):
        raise bad_request("wrong correct option ID specified")
    quiz: Json = {"correct_option_ids": chosen, "correct_option_id": chosen[0]}
    mode = call.params.text("explanation_parse_mode")
    explanation = read_formatted(
        call.params.text("explanation"), mode, call.params.json("explanation_entities")
    )
    if explanation.length > MAX_EXPLANATION:
        raise bad_request(f"explanation length must not exceed {MAX_EXPLANATION}")
    if explanation.text:
        quiz |= {"explanation": explanation.text, "explanation_entities": list(explanation.entities)}
    return quiz


@method("stopPoll")
def stop_poll(call: Call) -> Any:
    """Close a poll of the bot's own."""
    chat = find_chat(call.world, call.bot, call.params.values.get("chat_id"))
    must_be_in(chat, call.bot)
    markup = read_markup(call.params.values.get("reply_markup"), private=chat.is_private, inline_only=True)
    message = chat.messages.get(call.params.number("message_id"))
    if message is None:
        raise bad_request("message with poll to stop not found")
    if "poll" not in message.body:
        raise bad_request("message is not a poll")
    if message.sender_id != call.bot.id:
        raise bad_request("poll can't be stopped")
    if message.body["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    message.markup = markup
    return polls.close(call.world, chat, message)
