"""A person's standing with bots: starting, blocking, leaving Telegram."""

from sandbox.actors.talking import say_text
from sandbox.chats import membership, rendering
from sandbox.state import updates
from sandbox.state.model import Chat, Message, Person
from sandbox.state.world import World
from sandbox.wire.errors import ControlError


def start(world: World, person: Person, chat: Chat, payload: str = "") -> Message:
    """Press Start in a bot's chat, which sends /start with the link's payload."""
    if chat.blocked:
        set_blocked(world, person, chat, blocked=False)
    return say_text(world, person, chat, f"/start {payload}".strip())


def set_blocked(world: World, person: Person, chat: Chat, *, blocked: bool) -> None:
    """Block or unblock a bot."""
    if not chat.is_private:
        raise ControlError("only bots can be blocked")
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    chat.started = not blocked
    world.touch()
    update = {
        "chat": rendering.chat(world, chat),
        "from": rendering.user(world, person.id),
        "date": world.clock.date(),
        "old_chat_member": membership.private_member_json(world, chat, blocked=not blocked),
        "new_chat_member": membership.private_member_json(world, chat, blocked=blocked),
    }
    updates.push(world, world.bots[chat.bot_id], "my_chat_member", update)


def delete_account(world: World, person: Person) -> None:
    """Leave Telegram for good."""
    person.deleted = True
    world.touch()
