"""Out of the groups when access has ended: warned, few at once, and not at all where the table or the clock looks wrong."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from loguru import logger

from core.db.session import Database, UnitOfWork
from core.lifecycle import BotKind
from core.presses import PressKind
from core.rules.removal import DAY, Place, Sight, Word, find_alarm, first_day, plan
from services.commerce.access import leaving
from services.commerce.catalog.tariffs import prices_button
from services.commerce.schemas import Guard, Outsider
from services.commerce.store import removal as store
from services.delivery import speech
from services.delivery.speech import Address
from services.people.admins import tell_admins
from services.people.contacts import get_contact
from services.tenancy import bots

EVERY = timedelta(hours=1)  # between two passes, by the product's clock
STEER = PressKind.REMOVALS  # kind of the admin's buttons: go, off, on
MOST_NAMED = 10
UNKNOWN_FOR = timedelta(hours=12)  # so long a payment may be open before anybody is asked to look


@dataclass(frozen=True)
class Preview:
    """What the next passes would do: who leaves when, who waits for a payment, what stops everything."""

    guard: Guard
    outside: tuple[Outsider, ...]
    unsettled: frozenset[int]


async def sweep(db: Database) -> int:
    """Warn and put out whom it is time for, in every account; says how many were put out."""
    async with db.reading() as conn:
        accounts = await store.list_accounts_inside(conn)
    gone = 0
    for account_id in accounts:
        async with db.unit(account_id) as uow:
            leaving_now = await _pass(uow)
        out = [outcome for place in leaving_now for outcome in await _let_go(db, account_id, place)]
        if out:
            async with db.unit(account_id) as uow:
                await _tell_gone(uow, out)
        gone += len(out)
    return gone


async def preview(uow: UnitOfWork) -> Preview:
    """What stands, without changing or saying anything."""
    guard = await store.find_guard(uow.conn, uow.account_id) or Guard(uow.now)
    outside = await store.list_outsiders(uow.conn, uow.account_id, uow.now)
    unsettled = await store.list_unsettled(uow.conn, uow.account_id)
    guessed = [
        outsider
        if outsider.leaves_at
        else replace(outsider, leaves_at=first_day(outsider.ended_at, uow.now, uow.env.group_grace))
        for outsider in outside
    ]
    return Preview(guard, tuple(guessed), frozenset(unsettled))


async def _pass(uow: UnitOfWork) -> Sequence[int]:
    """Say what is to be said; gives the places whose people are to go now."""
    known = await store.find_guard(uow.conn, uow.account_id)
    if known and -EVERY < uow.now - known.last_at < EVERY:
        return ()
    outside = await store.list_outsiders(uow.conn, uow.account_id, uow.now)
    sight = await _look(uow, known, outside)
    alarm = (known and known.alarm) or find_alarm(sight)
    guard = Guard(
        last_at=uow.now,
        seen=sight.known,
        alarm=alarm,
        alarm_at=known.alarm_at if known and known.alarm else uow.now if alarm else None,
        approved=min(known.approved, len(outside)) if known else 0,
        is_off=bool(known and known.is_off),
    )
    await store.put_guard(uow.conn, uow.account_id, asdict(guard))
    if alarm is not None:
        await _tell_alarm(uow, guard, sight)
        return ()
    await store.forget_words(uow.conn, uow.account_id, [outsider.id for outsider in outside])
    return () if guard.is_off else await _follow_plan(uow, outside)


async def _look(uow: UnitOfWork, known: Guard | None, outside: Sequence[Outsider]) -> Sight:
    inside = await store.count_inside(uow.conn, uow.account_id)
    by_chat: dict[int, int] = {}
    for outsider in outside:
        by_chat[outsider.chat_id] = by_chat.get(outsider.chat_id, 0) + 1
    return Sight(
        now=uow.now,
        last_at=known.last_at if known else None,
        seen=known.seen if known else 0,
        known=await store.count_places(uow.conn, uow.account_id),
        inside={chat: people for chat, (people, _) in inside.items()},
        outside=by_chat,
        orphans=sum(orphans for _, orphans in inside.values()),
        approved=known.approved if known else 0,
    )


async def _follow_plan(uow: UnitOfWork, outside: Sequence[Outsider]) -> Sequence[int]:
    unsettled = await store.list_unsettled(uow.conn, uow.account_id)
    by_id = {outsider.id: outsider for outsider in outside if outsider.contact_id not in unsettled}
    await _tell_unsettled(uow, [outsider for outsider in outside if outsider.contact_id in unsettled])
    places = [
        Place(outsider.id, outsider.chat_id, outsider.ended_at, outsider.leaves_at, outsider.is_last_said)
        for outsider in by_id.values()
    ]
    todo = plan(places, uow.now, uow.env.group_grace)
    for place, word in todo:
        if word is not Word.OUT:
            await _warn(uow, by_id[place.id], word)
    return [place.id for place, word in todo if word is Word.OUT]


async def _warn(uow: UnitOfWork, outsider: Outsider, word: Word) -> None:
    """Tell a person which day the group is left, with the way to stay."""
    leaves_at = outsider.leaves_at or first_day(outsider.ended_at, uow.now, uow.env.group_grace)
    if word is Word.LAST:
        leaves_at = max(leaves_at, uow.now + DAY)
    await store.note_word(uow.conn, uow.account_id, outsider.id, leaves_at, is_last=word is Word.LAST)
    person = await get_contact(uow, outsider.contact_id)
    group = await leaving.name_chat(uow, outsider.chat_id)
    words = speech.words(f"leaving-{word}", group=group, moment=speech.moment(leaves_at, person.zone))
    shop = await bots.get_bot(uow, BotKind.SALES)
    key = f"leaving:{outsider.id}:{word}:{leaves_at.timestamp():.0f}"
    speech.say(uow, Address(shop.id, outsider.user_id), words, key, buttons=[[prices_button()]])


async def _let_go(db: Database, account_id: int, membership_id: int) -> list[Outsider]:
    """Put a person out, if the access is still not open at this very moment, and the bot may: else the admins know, and it waits."""
    async with db.unit(account_id) as uow:
        outsiders = await store.list_outsiders(uow.conn, account_id, uow.now, membership_id)
        unsettled = await store.list_unsettled(uow.conn, account_id)
        still = [outsider for outsider in outsiders if outsider.contact_id not in unsettled]
        able = [outsider for outsider in still if await leaving.can_put_out(uow, outsider.chat_id)]
        return [outsider for outsider in able if await leaving.put_out(uow, outsider.id)]


async def _tell_gone(uow: UnitOfWork, gone: Sequence[Outsider]) -> None:
    shop = await bots.get_bot(uow, BotKind.SALES)
    lines = []
    for outsider in gone:
        person, group = (
            await get_contact(uow, outsider.contact_id),
            await leaving.name_chat(uow, outsider.chat_id),
        )
        lines.append(speech.words("removed-line", person=person.full_name, group=group))
        key = f"leaving:{outsider.id}:out:{uow.now.timestamp():.0f}"
        words = speech.words("leaving-out", group=group)
        speech.say(uow, Address(shop.id, outsider.user_id), words, key, buttons=[[prices_button()]])
    logger.bind(event="groups.left", people=len(gone)).info("{} people were put out of groups", len(gone))
    title = speech.words("removed-title", count=len(gone))
    words = speech.lines(title, *lines, gap="\n")
    await tell_admins(uow, words, f"removed:{uow.now.timestamp():.0f}")


async def _tell_alarm(uow: UnitOfWork, guard: Guard, sight: Sight) -> None:
    """Why nobody is put out, once, with the button that lets it go on."""
    since = guard.alarm_at or uow.now
    logger.bind(event="groups.alarm", alarm=guard.alarm).error("nobody is put out of groups: {}", guard.alarm)
    outside, inside = sum(sight.outside.values()), sum(sight.inside.values())
    words = speech.words(f"removal-alarm-{guard.alarm}", outside=outside, inside=inside)
    button = speech.button(speech.words("button-removal-go"), STEER, "go")
    await tell_admins(uow, words, f"removal:alarm:{since.timestamp():.0f}", [[button]])


async def _tell_unsettled(uow: UnitOfWork, waiting: Sequence[Outsider]) -> None:
    """Of whom nobody knows for long whether they have paid, the admins hear once a day."""
    late = [outsider for outsider in waiting if uow.now - outsider.ended_at > UNKNOWN_FOR]
    if late:
        words = speech.words("removal-unsettled", count=len(late))
        await tell_admins(uow, words, f"removal:unsettled:{uow.now:%Y%m%d}")


async def steer(uow: UnitOfWork, what: str) -> None:
    """An admin has looked: `go` on after an alarm, put nobody out any more (`off`), or do again (`on`)."""
    known = await store.find_guard(uow.conn, uow.account_id) or Guard(uow.now)
    outside = await store.list_outsiders(uow.conn, uow.account_id, uow.now)
    changed = {
        "go": replace(
            known, last_at=uow.now - EVERY, seen=0, alarm=None, alarm_at=None, approved=len(outside)
        ),
        "off": replace(known, is_off=True),
        "on": replace(known, is_off=False),
    }
    await store.put_guard(uow.conn, uow.account_id, asdict(changed[what]))
