"""What a handler is given: its unit of work, who speaks, where, and how to answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiogram.types import MaybeInaccessibleMessageUnion

from bots.runtime.throttle import Throttle, Verdict
from core.db.session import UnitOfWork
from core.limits import GUESSES, TALKS, TALKS_OF_ACCOUNT, TALKS_OF_BOT, Limit
from core.roles import MemberRole
from core.text import catalog
from services.delivery import speech
from services.delivery.speech import Address, Keyboard, Screen
from services.people.schemas import Contact
from services.tenancy.permissions import Permission, may
from services.tenancy.schemas import ConnectedBot

DirectCall = Callable[[str, Mapping[str, Any]], None]


@dataclass
class Context:
    """One update being handled. Nothing here waits for Telegram: answers leave after the commit."""

    uow: UnitOfWork
    bot: ConnectedBot
    contact: Contact
    chat_id: int
    update_id: int
    direct: DirectCall
    callback_id: str | None = None
    throttle: Throttle | None = None
    roles: frozenset[MemberRole] = frozenset()  # of the person in the account
    speaking: frozenset[int] = frozenset()  # runs that say something now because they are back
    about: int | None = None  # the contact something is done about, for the record of it
    before: str | None = None  # what was changed, for the same
    after: str | None = None
    thread: int | None = None  # the topic of a forum in which something is said or pressed
    only_looked: bool = False  # nothing was done: a screen was shown
    _said: int = 0

    @property
    def address(self) -> Address:
        """Where this conversation takes place."""
        return Address(self.bot.id, self.chat_id, self.thread)

    def may(self, permission: Permission) -> bool:
        """Whether a role of the person allows it."""
        return may(self.roles, permission)

    def note_change(self, about: int | None, before: str | None = None, after: str | None = None) -> None:
        """Have the record of what is done say about whom, and which value became which."""
        self.about, self.before, self.after = about, before, after

    def say(self, key: str, *, buttons: Keyboard = (), **values: Any) -> None:
        """Answer with a text of ours; handling the same update again says it once."""
        speech.say(self.uow, self.address, speech.words(key, **values), self.next_key(), buttons=buttons)

    def refuse(self, key: str, *, buttons: Keyboard = (), **values: Any) -> None:
        """Answer why nothing was done: there is no deed to write down."""
        self.only_looked = True
        self.say(key, buttons=buttons, **values)

    def refuse_press(self, key: str, **values: Any) -> None:
        """The same to a press, in a window of its own."""
        self.only_looked = True
        self.alert(key, **values)

    def screen(self, pressed: MaybeInaccessibleMessageUnion | None = None) -> Screen:
        """Where to show something: a new message, or the one whose button was `pressed`."""
        return Screen(self.address, self.next_key(), pressed.message_id if pressed else None)

    def next_key(self) -> str:
        """The dedupe key of the next thing this update makes us say."""
        self._said += 1
        return f"up:{self.bot.id}:{self.update_id}:{self._said}"

    def may_guess(self) -> bool:
        """Whether one more link of theirs is looked at; who has tried too many that let nobody in is told once."""
        return self.has_room(GUESSES)

    def may_talk(self) -> bool:
        """Whether a model answers one message more of theirs; who has written too many just now is told once."""
        if self.throttle is None:
            return True
        verdict = self.throttle.take(TALKS, self.bot.id, self.contact.telegram_id, self.update_id)
        if verdict is Verdict.TELL:
            self.say(TALKS.word)
        return verdict is Verdict.FINE and self._is_model_free(self.throttle)

    def _is_model_free(self, throttle: Throttle) -> bool:
        """Whether the bot and its account may ask for one answer more; whoever is not answered is told each time."""
        bot = throttle.take(TALKS_OF_BOT, self.bot.id, 0, self.update_id)
        account = throttle.take(TALKS_OF_ACCOUNT, 0, self.uow.account_id, self.update_id)
        if bot is account is Verdict.FINE:
            return True
        self.say(TALKS_OF_BOT.word)
        return False

    def count_guess(self) -> None:
        """A link of theirs let them in nowhere."""
        self.count(GUESSES)

    def has_room(self, limit: Limit) -> bool:
        """Whether they may do one more of what is limited; who has done too many is told once."""
        if self.throttle is None:
            return True
        verdict = self.throttle.ask(limit, self.bot.id, self.contact.telegram_id, self.update_id)
        if verdict is Verdict.TELL:
            self.say(limit.word)
        return verdict is Verdict.FINE

    def count(self, limit: Limit) -> None:
        """They have done one more of what is limited."""
        if self.throttle is not None:
            self.throttle.take(limit, self.bot.id, self.contact.telegram_id, self.update_id)

    def note(self, key: str) -> None:
        """Answer a press with a text of ours that fades away by itself."""
        self.answer_callback(catalog.say(key, self.contact.language))

    def alert(self, key: str, **values: Any) -> None:
        """Answer a press with a text of ours in a window of its own."""
        self.answer_callback(catalog.say(key, self.contact.language, values, escape=False), alert=True)

    def answer_callback(self, text: str = "", *, alert: bool = False) -> None:
        """Stop the pressed button's clock; best effort, once."""
        if self.callback_id is None:
            return
        fields = {"callback_query_id": self.callback_id, "text": text[:200], "show_alert": alert}
        self.callback_id = None
        self.uow.after_commit(lambda: self.direct("answerCallbackQuery", fields))
