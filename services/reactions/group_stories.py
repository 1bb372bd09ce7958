"""What follows when a group breaks, is mended or moves: admins told, reviewers stood in for, buyers let in later."""

from datetime import timedelta

from core import events
from core.db.session import UnitOfWork
from core.groups import GroupTrouble, Need
from core.lifecycle import BotKind
from services.commerce.access import access, leaving
from services.content.gates import list_gates
from services.delivery import outbox, speech
from services.delivery.sending.threads import is_topic_lost
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.learning.review import review_cards, topics, waiting, who_reviews
from services.people import curators
from services.people.admins import tell_admins
from services.tenancy import bots, groups

CHECK = "group_check"  # the timer that looks whether a broken group is mended
MINOR = frozenset({GroupTrouble.NO_BANS, GroupTrouble.NO_TOPICS})  # all else goes on
CHECK_AFTER = timedelta(hours=1)
ASKED_ANEW = frozenset({groups.MAKES_LINK, "getChat", "getChatMember", "banChatMember", "unbanChatMember"})


async def on_refused(uow: UnitOfWork, refused: events.GroupRefused) -> None:
    """A lost topic is made anew; where none can be made Telegram is asked why; the rest says something of the group."""
    if refused.thread and is_topic_lost(refused.error):
        await topics.note_lost(uow, refused)
    elif refused.method == topics.METHOD and groups.read_refusal(refused.method, refused.error) is None:
        await groups.ask(uow, refused.bot_id, refused.chat_id)
    else:
        await groups.note_refusal(uow, refused)


async def on_seen(uow: UnitOfWork, seen: events.GroupSeen) -> None:
    """What Telegram tells about a group is a trouble only if the bot is there for something."""
    await groups.judge(uow, seen, await list_needs(uow, seen.bot_id, seen.chat_id))


async def list_needs(uow: UnitOfWork, bot_id: int, chat_id: int) -> set[Need]:
    """What a bot is in a group for."""
    needs = set()
    if chat_id in await who_reviews.list_review_groups(uow, bot_id):
        needs.add(Need.REVIEW)
    if chat_id in await who_reviews.list_forums(uow, bot_id):
        needs.add(Need.TOPICS)
    shop = await bots.find_bot(uow, BotKind.SALES)
    if shop is not None and bot_id == shop.id and await access.is_community(uow, chat_id):
        needs.add(Need.INVITE)
    if chat_id in {chat for bot, chat in await _list_gates(uow) if bot == bot_id}:
        needs.add(Need.LOOK)
    return needs


async def _list_gates(uow: UnitOfWork, flow_id: int | None = None) -> list[tuple[int, int]]:
    """Where a bot has to see who is in, by the numbers the groups have now."""
    gates = await list_gates(uow, flow_id)
    chats = await groups.resolve(uow, [chat_id for _, chat_id in gates])
    return [(bot_id, chat_id) for (bot_id, _), chat_id in zip(gates, chats, strict=True)]


async def on_flow_deployed(uow: UnitOfWork, deployed: events.FlowDeployed) -> None:
    """Telegram is asked whether the bot can see who joins what the flow asks to join."""
    for bot_id, chat_id in await _list_gates(uow, deployed.flow_id):
        await groups.ask(uow, bot_id, chat_id)


async def on_broke(uow: UnitOfWork, broke: events.GroupBroke) -> None:
    """The admins are told what to do; what waits for a reviewer comes to each meanwhile."""
    needs = await list_needs(uow, broke.bot_id, broke.chat_id)
    if not needs:
        return
    name = await _name(uow, broke.chat_id)
    bot = await bots.get_bot_by_id(uow, broke.bot_id)
    words = [speech.words(f"group-{broke.trouble}", group=name, bot=bot.username)]
    if broke.trouble not in MINOR:
        words += [speech.words(f"group-meanwhile-{need}") for need in sorted(needs - {Need.TOPICS})]
    key = f"group:{broke.seat_id}:{broke.trouble}:{uow.now.timestamp():.0f}"
    await tell_admins(uow, speech.lines(*words), key)
    if Need.REVIEW in needs and broke.trouble not in MINOR:
        for curator in await curators.list_reachable(uow, broke.bot_id):
            await waiting.show_waiting(uow, Address(broke.bot_id, curator))
    if broke.trouble not in {GroupTrouble.CLOSED, GroupTrouble.REFUSED}:  # asking tells nothing about those
        await _check_later(uow, broke.bot_id, broke.chat_id)


async def _name(uow: UnitOfWork, chat_id: int) -> str:
    return (await groups.load_titles(uow, [chat_id])).get(chat_id) or str(chat_id)


async def _check_later(uow: UnitOfWork, bot_id: int, chat_id: int) -> None:
    payload = {"bot_id": bot_id, "chat_id": chat_id}
    await set_timer(uow, CHECK, f"{bot_id}:{chat_id}", uow.now + CHECK_AFTER, payload)


async def on_check(uow: UnitOfWork, timer: events.TimerDue) -> None:
    """Telegram does not tell of everything that mends a group: it is asked, until the group works."""
    bot_id, chat_id = timer.payload["bot_id"], timer.payload["chat_id"]
    seat = await groups.find_seat(uow, bot_id, chat_id)
    if seat is not None and seat.trouble is not None:
        await groups.ask(uow, bot_id, chat_id)
        await _check_later(uow, bot_id, seat.group.chat_id)


async def on_mended(uow: UnitOfWork, mended: events.GroupMended) -> None:
    """What was refused is sent, what still waits is shown, buyers who stand outside are let in."""
    bot_id, chat_id = mended.bot_id, mended.chat_id
    needs = await list_needs(uow, bot_id, chat_id)
    words = speech.words("group-mended", group=await _name(uow, chat_id))
    await tell_admins(uow, words, f"group:{mended.seat_id}:mended:{uow.now.timestamp():.0f}")
    await outbox.send_again_to(uow, bot_id, chat_id, _was_kept_back)
    await outbox.drop_refused_in(uow, bot_id, chat_id, _is_asked_anew)
    if Need.REVIEW in needs:
        await waiting.show_waiting(uow, Address(bot_id, chat_id))
    if Need.INVITE in needs:
        await access.catch_up(uow, bot_id, chat_id)
        await leaving.catch_up(uow, chat_id)


def _was_kept_back(method: str, error: str) -> bool:
    """Whether a call was refused because of the group's trouble; what may be wrong by now is decided anew."""
    return method not in ASKED_ANEW and groups.read_refusal(method, error) is not None


def _is_asked_anew(method: str, error: str) -> bool:
    """Whether a call that was refused because of the group's trouble has been, or will be, decided anew."""
    return method in ASKED_ANEW and groups.read_refusal(method, error) is not None


async def on_moved(uow: UnitOfWork, moved: events.GroupMoved) -> None:
    """Tariffs and cards follow; what the bots may do under the new number is asked."""
    await access.move_group(uow, moved.old_id, moved.new_id)
    await review_cards.forget_cards(uow, moved.old_id)
    for bot_id in moved.bot_ids:
        await groups.ask(uow, bot_id, moved.new_id)
        if Need.REVIEW in await list_needs(uow, bot_id, moved.new_id):
            await waiting.show_waiting(uow, Address(bot_id, moved.new_id))


async def ask_about_all(uow: UnitOfWork) -> None:
    """Ask Telegram about every group that is set for something: titles, and whether the bots can work there."""
    for bot_id, chat_id in await list_places(uow):
        await groups.ask(uow, bot_id, chat_id)


async def list_places(uow: UnitOfWork) -> list[tuple[int, int]]:
    """Every group that is set for something, with the bot that works there."""
    places: list[tuple[int, int]] = []
    if course := await bots.find_bot(uow, BotKind.COURSE):
        reviewing = await who_reviews.list_review_groups(uow, course.id)
        places += [(course.id, group) for group in sorted(reviewing)]
    if shop := await bots.find_bot(uow, BotKind.SALES):
        places += [(shop.id, group) for group in await access.list_groups(uow)]
    return list(dict.fromkeys([*places, *await _list_gates(uow)]))
