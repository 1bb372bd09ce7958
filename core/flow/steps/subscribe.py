"""The step that asks to join a group or channel and goes on once Telegram says that they are in it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.flow.effects import AskMember, KeyButton, Say, Text
from core.flow.events import Entered, Event, JsonObject, MemberTold, Pressed
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay
from core.text.message import Button, Localized

JOINED = "joined"
DONE = "in"
LEAST_CHAT = -(2**52)
_PRESSED = "pressed"


class SubscribeStep(SpokenStep):
    """Asks to join the group or channel `chat`: a button leads to `url`, another says that they are in.

    Telegram is asked; who is in it already hears nothing and goes on. `timeout` goes on without them, at `timeout_goto`.
    The bot must be an administrator there. The condition `joined_group` asks the same without waiting.
    """

    type: Literal["subscribe"] = "subscribe"
    chat: int = Field(lt=0, ge=LEAST_CHAT)
    url: Annotated[str, Field(pattern=r"^https://(t\.me|telegram\.me)/\S{1,200}$")]
    button: Localized

    def expects(self, data: JsonObject) -> Text | None:
        """That they join."""
        del data
        return Text.GATE_EXPECTS

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Ask Telegram at the entry and at each press; say the message where they are not in."""
        del view, now
        pressed = here.data.get(_PRESSED, 0)
        match event:
            case Entered():
                return Stay((AskMember(chat=self.chat),))
            case Pressed(option=option) if option == DONE:
                asked = AskMember(chat=self.chat, question=pressed + 1)
                return Stay((asked,), data={**here.data, _PRESSED: pressed + 1})
            case MemberTold(inside=True):
                return Leave(answer=JOINED)
            case MemberTold(question=0):
                return Stay((self._ask(),))
            case MemberTold(inside=inside, question=question) if question == pressed:
                return Stay((self._not_in(Text.GATE_UNSEEN if inside is None else Text.GATE_NOT_YET),))
        return None

    def _ask(self) -> Say:
        message = self.message()
        link = (Button(text=self.button, url=self.url),)
        shown = message.model_copy(update={"buttons": (*message.buttons, link)})
        return Say(message=shown, key_buttons=(KeyButton(DONE, Text.GATE_DONE),))

    def _not_in(self, text: Text) -> Say:
        link = Button(text=self.button, url=self.url)
        return Say(text_key=text, url_buttons=(link,), key_buttons=(KeyButton(DONE, Text.GATE_DONE),))
