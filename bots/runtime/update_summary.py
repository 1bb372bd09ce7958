"""What an update shows at a glance: who, where, which words."""

from dataclasses import dataclass, replace

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, ChatJoinRequest, ChatMemberUpdated, Message, PollAnswer, Update, User

GONE = ("kicked", "left")
MOST_ID = 2**52  # Telegram's numbers fit into 52 bits
MOST_NAME = 256
MOST_USERNAME = 64
WAITS = "[{}]"


@dataclass(frozen=True)
class Seen:
    """An update with a person behind it."""

    update: Update
    user: User
    chat_id: int
    in_private: bool  # they can be written to
    message_id: int | None
    words: str
    callback_id: str | None = None

    @property
    def thread(self) -> int | None:
        """The topic of a forum in which it takes place."""
        query = self.update.callback_query
        message = query.message if query else self.update.message or self.update.edited_message
        is_there = isinstance(message, Message) and message.is_topic_message and message.chat.is_forum
        return message.message_thread_id if is_there and isinstance(message, Message) else None

    @property
    def acts(self) -> bool:
        """Whether they do something, or Telegram tells of them."""
        return self.update.my_chat_member is None

    @property
    def answers(self) -> bool:
        """Whether they do more than open the bot, or come and go."""
        update = self.update
        spoke = update.message is not None and not self.words.startswith("/start")
        return spoke or bool(update.callback_query or update.poll_answer or update.edited_message)


def look_at(update: Update) -> Seen | None:
    """The person, the chat and the words of an update; None for what nobody here said.

    Raises ValueError for numbers and names that are not Telegram's.
    """
    seen = _look(update)
    if seen and not _is_plausible(seen):
        raise ValueError("no person or chat of Telegram's")
    return seen


def _is_plausible(seen: Seen) -> bool:
    numbers = (seen.user.id, seen.chat_id, seen.message_id or 0)
    names = (seen.user.first_name, seen.user.last_name or "")
    return (
        all(abs(number) < MOST_ID for number in numbers)
        and all(len(name) <= MOST_NAME for name in names)
        and len(seen.user.username or "") <= MOST_USERNAME
    )


def _look(update: Update) -> Seen | None:
    if update.message and update.message.from_user:
        return _message(update, update.message, update.message.from_user)
    if update.edited_message and update.edited_message.from_user:
        return _change(update, update.edited_message, update.edited_message.from_user)
    if update.callback_query:
        return _callback(update, update.callback_query)
    if update.poll_answer and update.poll_answer.user:
        return _vote(update, update.poll_answer, update.poll_answer.user)
    if update.chat_join_request:
        return _join_request(update, update.chat_join_request)
    member = update.my_chat_member or update.chat_member
    return _membership(update, member) if member else None


def _message(update: Update, message: Message, user: User) -> Seen:
    words = message.text or message.caption or WAITS.format(ContentType(message.content_type).value)
    private = message.chat.type == "private"
    return Seen(update, user, message.chat.id, private, message.message_id, words)


def _change(update: Update, message: Message, user: User) -> Seen:
    seen = _message(update, message, user)
    return replace(seen, words=WAITS.format(f"changed to: {seen.words}"))


def _callback(update: Update, query: CallbackQuery) -> Seen | None:
    if query.message is None:
        return None
    chat = query.message.chat
    words = WAITS.format(_label(query) or query.data or "")
    return Seen(update, query.from_user, chat.id, chat.type == "private", None, words, query.id)


def _label(query: CallbackQuery) -> str:
    """What stands on the button that was pressed."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = [button for line in markup.inline_keyboard for button in line] if markup else []
    return next((button.text for button in buttons if button.callback_data == query.data), "")


def _vote(update: Update, answer: PollAnswer, user: User) -> Seen:
    """A vote has no chat: it is theirs wherever the poll stands. Whether they can be written to, it does not say."""
    chosen = ", ".join(str(place + 1) for place in answer.option_ids)
    return Seen(update, user, user.id, False, None, WAITS.format(f"votes for {chosen or 'nothing'}"))


def _join_request(update: Update, request: ChatJoinRequest) -> Seen:
    return Seen(update, request.from_user, request.chat.id, False, None, WAITS.format("asks to join"))


def _membership(update: Update, change: ChatMemberUpdated) -> Seen:
    """What a bot does with a person, such as letting them in, is about the person."""
    status = change.new_chat_member.status
    private = change.chat.type == "private" and status not in GONE
    person = change.new_chat_member.user if change.from_user.is_bot else change.from_user
    return Seen(update, person, change.chat.id, private, None, WAITS.format(status))
