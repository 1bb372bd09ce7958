"""answerWebAppQuery: the message a Mini App sends in its person's name."""

from typing import Any

from sandbox.chats import posting
from sandbox.chats.keyboards import read_markup
from sandbox.methods import sending
from sandbox.methods.callbacks import TOO_OLD
from sandbox.protocol.registry import Call, method
from sandbox.text.formatted import read_formatted
from sandbox.wire.errors import bad_request

Json = dict[str, Any]


@method("answerWebAppQuery")
def answer_web_app_query(call: Call) -> Any:
    """Send the app's result into the chat it was opened from, once."""
    result = call.params.json("result", "web app query result")
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    body = _body(result)
    markup = read_markup(result.get("reply_markup"), private=True, inline_only=True)
    launch = call.world.launches.get(call.params.text("web_app_query_id"))
    if launch is None or launch.bot_id != call.bot.id:
        raise bad_request(TOO_OLD)
    del call.world.launches[launch.id]
    chat = call.world.chats[launch.chat]
    body["via_bot"] = call.bot.id
    message = posting.post(call.world, chat, launch.person_id, body, markup=markup)
    posting.announce(call.world, chat, message)
    return {"inline_message_id": f"BAAAA{chat.key.replace(':', '_')}_{message.id}"}


def _body(result: Json) -> Json:
    content = result.get("input_message_content")
    if isinstance(content, dict) and content.get("message_text"):
        mode, marks = str(content.get("parse_mode") or ""), content.get("entities")
        text = read_formatted(str(content["message_text"]), mode, marks)
        return sending.text_fields(text)
    if isinstance(content, dict) and "phone_number" in content:
        return {"contact": content}
    if isinstance(content, dict) and "latitude" in content:
        return {"location": {name: content.get(name, 0) for name in ("latitude", "longitude")}}
    # Pictures and the like stay where their address leads: what is shown is the address and the caption.
    shown = [
        str(value) for name, value in result.items() if name in ("caption", "title") or name.endswith("_url")
    ]
    if not shown:
        raise bad_request("can't parse inline query result: message content is not specified")
    return {"text": "\n".join(shown)}
