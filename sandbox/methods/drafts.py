"""sendMessageDraft: an answer that is still being written, shown as it grows."""

from typing import Any

from sandbox.chats import posting, topics
from sandbox.methods import sending
from sandbox.protocol.registry import Call, method
from sandbox.text.formatted import read_formatted
from sandbox.wire.errors import bad_request


@method("sendMessageDraft")
def send_message_draft(call: Call) -> Any:
    """Show a part of a message to come; the bot's next message takes its place."""
    number = call.params.number("draft_id")
    if not number:
        raise bad_request("RANDOM_ID_INVALID")
    params = call.params
    text = read_formatted(params.text("text"), params.text("parse_mode"), params.json("entities"))
    if text.length > sending.MAX_TEXT:
        raise bad_request("message is too long")
    chat = sending.target(call)
    if not chat.is_private:
        raise bad_request("message drafts can be sent to private chats only")
    place = topics.place_in(call.world, chat, call.bot.id, params.number("message_thread_id"))
    place.pop("is_topic_message", None)
    draft = {"draft_id": number, "text": text.text, "entities": list(text.entities), **place}
    chat.drafts[str(number)] = draft
    posting.tell(call.world, chat, {"event": "draft", **draft})
    return True
