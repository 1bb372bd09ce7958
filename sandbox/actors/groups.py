"""Groups and channels: making them, adding bots and people, leaving, upgrading."""

from dataclasses import dataclass, field

from sandbox.chats import membership, posting, topics
from sandbox.state.model import Bot, Chat, ChatType, Member, Person, Status
from sandbox.state.world import SUPERGROUP_BASE, World
from sandbox.wire.errors import ControlError


@dataclass(frozen=True)
class GroupPlan:
    """What a new group or channel should be."""

    title: str
    type: ChatType = ChatType.SUPERGROUP
    id: int = 0
    username: str = ""
    description: str = ""
    owner: int = 0
    members: list[int] = field(default_factory=list)
    bots: list[int] = field(default_factory=list)
    is_forum: bool = False


def create_group(world: World, plan: GroupPlan) -> Chat:
    """Make a group; its bots become administrators with every right."""
    if plan.type is ChatType.PRIVATE:
        raise ControlError("a private chat is no group")
    chat_id = plan.id or world.fresh_group_id(plan.type)
    if chat_id >= 0 or (plan.type is not ChatType.GROUP and chat_id > SUPERGROUP_BASE):
        raise ControlError("a group's id is negative, a supergroup's or channel's begins with -100")
    if str(chat_id) in world.chats:
        raise ControlError(f"the id {chat_id} is taken")
    if plan.username:
        world.claim_name(plan.username, chat_id)
    chat = Chat(str(chat_id), chat_id, plan.type, plan.title, plan.username, plan.description)
    world.enter_chat(chat)
    if plan.is_forum:
        set_forum(world, chat, is_forum=True)
    if plan.owner:
        _seat(world, chat, Member(plan.owner, Status.CREATOR))
    for bot_id in plan.bots:
        add_bot(world, chat, world.bots[bot_id], plan.owner or bot_id)
    for person_id in plan.members:
        if not chat.present(person_id):
            _seat(world, chat, Member(person_id))
    world.touch()
    return chat


def _seat(world: World, chat: Chat, member: Member) -> None:
    # The first members are simply there: a group is made with them, nobody joins.
    chat.members[member.user_id] = member
    world.enter_member(chat, member.user_id)


def add_bot(
    world: World,
    chat: Chat,
    bot: Bot,
    by: int,
    status: Status = Status.ADMINISTRATOR,
    rights: dict[str, bool] | None = None,
) -> None:
    """Add a bot, change its rank, or remove it."""
    bot_rights = membership.full_rights(chat) if rights is None else rights
    if status is not Status.ADMINISTRATOR and rights is None:
        bot_rights = {}
    membership.change(world, chat, Member(bot.id, status, bot_rights), by)


def add_person(world: World, chat: Chat, person: Person, by: int = 0) -> None:
    """Add a person to a group, as a member does."""
    if not chat.present(person.id):
        membership.change(world, chat, Member(person.id), by or person.id)


def leave(world: World, person: Person, chat: Chat) -> None:
    """Leave a group."""
    if chat.is_private or not chat.present(person.id):
        raise ControlError(f"{person.first_name} is not in this group")
    membership.change(world, chat, Member(person.id, Status.LEFT), person.id)


def owner_of(chat: Chat, otherwise: int) -> int:
    """Return who owns a group, or someone else where nobody does."""
    return next((key for key, member in chat.members.items() if member.status is Status.CREATOR), otherwise)


def set_rank(
    world: World, chat: Chat, person: Person, status: Status, rights: dict[str, bool] | None
) -> None:
    """Promote, restrict, ban or let go somebody, as the owner does."""
    known = chat.members.get(person.id)
    if known is not None and known.status is Status.CREATOR:
        raise ControlError("the owner's rank cannot be changed")
    given_rights = rights or (membership.full_rights(chat) if status is Status.ADMINISTRATOR else {})
    membership.change(world, chat, Member(person.id, status, given_rights), owner_of(chat, person.id))


def settle_request(world: World, chat: Chat, person: Person, *, approve: bool) -> None:
    """Answer somebody who waits at the door."""
    request = chat.requests.get(person.id)
    if request is None:
        raise ControlError(f"{person.first_name} has not asked to join")
    if approve:
        link, by = chat.links.get(request.link), owner_of(chat, person.id)
        membership.join(world, chat, person.id, link, by=by, requested=True)
    else:
        del chat.requests[person.id]
        world.touch()


def set_forum(world: World, chat: Chat, *, is_forum: bool) -> None:
    """Turn topics on or off."""
    if chat.type is not ChatType.SUPERGROUP:
        raise ControlError("only a supergroup can be a forum")
    if is_forum:
        topics.make_forum(chat)
    chat.is_forum = is_forum
    topics.tell(world, chat)


def close_topic(world: World, chat: Chat, topic_id: int, *, closed: bool) -> None:
    """Close a topic of a forum, the general one too, or open it again, as the owner does."""
    topic = chat.topics.get(topic_id)
    if topic is None or topic.is_closed == closed:
        raise ControlError("there is no such topic, or it is so already")
    topics.close(world, chat, topic, owner_of(chat, next(iter(chat.members))), closed=closed)


def upgrade(world: World, chat: Chat) -> Chat:
    """Turn a basic group into a supergroup with a new id; calls to the old one learn where it went."""
    if chat.type is not ChatType.GROUP or chat.migrated_to:
        raise ControlError("only a basic group can be upgraded, once")
    heir_id = world.fresh_group_id(ChatType.SUPERGROUP)
    heir = Chat(str(heir_id), heir_id, ChatType.SUPERGROUP, chat.title, "", chat.description)
    heir.members = {
        key: Member(key, member.status, member.rights, member.until_date)
        for key, member in chat.members.items()
    }
    world.enter_chat(heir)
    owner = owner_of(chat, next(iter(chat.members)))
    note = posting.post(world, chat, owner, {"migrate_to_chat_id": heir_id})
    posting.announce(world, chat, note)
    chat.migrated_to = heir_id
    arrival = posting.post(world, heir, owner, {"migrate_from_chat_id": chat.id})
    posting.announce(world, heir, arrival)
    return heir
