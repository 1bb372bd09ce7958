"""A person answers a poll."""

from typing import Any

from sandbox.chats import posting, rendering
from sandbox.state import updates
from sandbox.state.model import Chat, Message, Person
from sandbox.state.world import World
from sandbox.wire.errors import ControlError


def vote(world: World, person: Person, chat: Chat, message: Message, chosen: list[int]) -> Message:
    """Choose options; an empty list takes the vote back. A quiz is answered once."""
    poll: dict[str, Any] = message.body.get("poll", {})
    votes: dict[str, list[int]] = message.body.get("votes", {})
    if not poll or poll["is_closed"] or not chat.present(person.id):
        raise ControlError("there is no open poll here")
    if str(person.id) in votes and not poll["allows_revoting"]:
        raise ControlError("this poll is answered once")
    if len(chosen) > 1 and not poll["allows_multiple_answers"]:
        raise ControlError("this poll takes one answer")
    if not all(0 <= choice < len(poll["options"]) for choice in chosen):
        raise ControlError("there is no such option")
    votes = {**votes, str(person.id): sorted(set(chosen))}
    message.body = {**message.body, "poll": _counted(poll, votes), "votes": votes}
    posting.show(world, chat, message, "message")
    _tell_bot(world, person, message)
    return message


def _counted(poll: dict[str, Any], votes: dict[str, list[int]]) -> dict[str, Any]:
    options = [
        {**option, "voter_count": sum(number in ballot for ballot in votes.values())}
        for number, option in enumerate(poll["options"])
    ]
    return {**poll, "options": options, "total_voter_count": sum(bool(ballot) for ballot in votes.values())}


def _tell_bot(world: World, person: Person, message: Message) -> None:
    bot = world.bots.get(message.sender_id)
    if bot is None:
        return
    poll = message.body["poll"]
    updates.push(world, bot, "poll", poll)
    if poll["is_anonymous"]:
        return
    chosen = message.body["votes"][str(person.id)]
    answer = {
        "poll_id": poll["id"],
        "user": rendering.user(world, person.id),
        "option_ids": chosen,
        "option_persistent_ids": [poll["options"][choice]["persistent_id"] for choice in chosen],
    }
    updates.push(world, bot, "poll_answer", answer)
