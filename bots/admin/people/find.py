"""`/find`: one person on one screen, and what can be done about them with a button."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, name_of
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from bots.shared.talks import begin_talk
from core.errors import DomainError
from core.lifecycle import AwaitedKind
from core.presses import Press
from services.commerce.access import changing
from services.commerce.access.manual_access import extend_access, get_access
from services.commerce.catalog.tariffs import get_tariff_by_id, list_tariffs
from services.delivery import speech
from services.delivery.speech import Keyboard, Screen, Words
from services.learning import run_lookup
from services.learning.runs import overrides
from services.learning.runs.holds import pausing
from services.learning.schemas import StoredRun
from services.messaging.handoffs import handoffs
from services.people import awaited, contacts, tags
from services.people.schemas import AwaitedInput, Contact
from services.tenancy import members
from services.tenancy.permissions import Permission
from services.workflows.person import screen
from services.workflows.person.finding import find_people
from services.workflows.person.looking import Seen, look
from services.workflows.person.merging import merge
from services.workflows.person.screen import PERSON

DEEDS = frozenset(
    {screen.NEXT, screen.AGAIN, screen.RESUME, screen.SURE, screen.TALK, screen.UNBLOCK}
)  # all else asks or shows
WITHIN = timedelta(minutes=30)
MOST_NOTE, MOST_TAG = 1000, 64
NEEDS: Mapping[str, Permission] = {
    screen.SHOW: Permission.CONTACTS,
    screen.NOTE: Permission.CONTACTS,
    screen.TAG: Permission.CONTACTS,
    screen.TALK: Permission.TALKS,
    screen.GIVE: Permission.ACCESS,
    screen.EXTEND: Permission.ACCESS,
    screen.OTHER: Permission.ACCESS,
    screen.MERGE: Permission.ADMINISTER,
    screen.BLOCK: Permission.ADMINISTER,
    screen.UNBLOCK: Permission.ADMINISTER,
}  # all else changes their course


async def find(_: Message, command: CommandObject, ctx: Context) -> None:
    """Show a person on one screen: tariff, payments, place in the course, last messages, with a button for each thing to do.

    A name, an @name, a Telegram id, an e-mail address, a phone number or the number of an order; [how](../how-to/find-a-person.md).
    """
    words = (command.args or "").strip()
    text, rows = await _answer(ctx, words) if words else (speech.words("find-usage"), ())
    speech.show(ctx.uow, ctx.screen(), text, rows)


COMMANDS = (AdminCommand("find", find, Section.STUDENT, "Anna", permission=Permission.CONTACTS, looks=True),)


def build_buttons() -> Router:
    """What can be done about a person."""
    router = admin_router("admin-find", Permission.CONTACTS)

    @router.callback_query(Pressed(PERSON))
    async def pressed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        act, person_id, *more = press.id.split("-")
        wanted = more[0] if act == screen.SURE else act
        if not ctx.may(NEEDS.get(wanted, Permission.RUNS)):
            ctx.refuse_press("error-forbidden")
            return
        ctx.about = int(person_id)
        seen = await look(ctx.uow, await contacts.get_contact(ctx.uow, int(person_id)))
        shown = await _do(ctx, seen, act, more)
        speech.show(ctx.uow, ctx.screen(query.message), *shown)

    return router


async def _answer(ctx: Context, words: str) -> tuple[Words, Keyboard]:
    people = await find_people(ctx.uow, words)
    if not people:
        return speech.words("find-nobody", name=words), ()
    if len(people) == 1:
        return await _show(ctx, people[0])
    rows = [[speech.button(person.full_name, PERSON, f"{screen.SHOW}-{person.id}")] for person in people]
    return speech.words("find-which", name=words), rows


async def _show(ctx: Context, person: Contact, *said: Words) -> tuple[Words, Keyboard]:
    seen = await look(ctx.uow, person)
    text = speech.lines(*said, screen.describe(seen, ctx.contact.zone))
    return text, screen.buttons(seen, ctx.roles)


async def _do(ctx: Context, seen: Seen, act: str, more: list[str]) -> tuple[Words, Keyboard]:
    """What the message shows then: a question, or the person as they are now."""
    ctx.only_looked = act not in DEEDS
    person = seen.person
    if act in screen.ASKED:
        return screen.ask_sure(act, seen)
    if act in {screen.HOLD, screen.EXTEND}:
        return screen.ask_days(person.id) if act == screen.HOLD else screen.ask_longer(seen)
    if act in {screen.OTHER, screen.GIVE}:
        return await _ask_tariff(ctx, seen, act, more)
    if act == screen.BACK and seen.run:
        return screen.ask_step(person.id, await run_lookup.load_run(ctx.uow, seen.run.id))
    if act in AWAITED:
        await awaited.expect(ctx.uow, ctx.address, AWAITED[act], WITHIN, str(person.id))
        return await _show(ctx, person, speech.words(f"person-{act}-now"))
    if act == screen.TALK:
        await begin_talk(ctx, str(person.telegram_id))
    said = await _change(ctx, seen, act, more)
    seen_anew = await contacts.get_contact(ctx.uow, person.id)
    shown = (
        speech.lines(*said),
        screen.back_row(person.id),
    )  # what follows from a pause's end has not happened yet
    return shown if act == screen.RESUME else await _show(ctx, seen_anew, *said)


async def _change(ctx: Context, seen: Seen, act: str, more: list[str]) -> list[Words]:
    """Do what was pressed to the run they have now; what is said of it, nothing where nothing was to be done."""
    wanted, values = (more[0], more[1:]) if act == screen.SURE else (act, [])
    if wanted == screen.MERGE:
        return [await _merge(ctx, seen.person, int(values[0]))]
    if wanted == screen.EXTEND:
        access_id, seen_end, days = map(int, values)
        me = ctx.contact.telegram_id
        longer = await extend_access(ctx.uow, access_id, seen_end, days, me)
        return [speech.words("person-did-extend" if longer else "person-did-nothing")]
    if wanted == screen.OTHER:
        return [await _change_tariff(ctx, seen.person, *map(int, values))]
    if wanted in {screen.BLOCK, screen.UNBLOCK}:
        return [await _block(ctx, seen.person, wanted)]
    do = ACTS.get(wanted)
    if do is None:
        return []
    done = seen.run is not None and await do(ctx, seen.run, values)
    ctx.only_looked = not done
    return [speech.words(f"person-did-{wanted}" if done else "person-did-nothing")]


async def _ask_tariff(ctx: Context, seen: Seen, act: str, more: list[str]) -> tuple[Words, Keyboard]:
    """Which one they are to have, beside or instead of what they have; or whether a change is meant."""
    person_id = seen.person.id
    if act == screen.GIVE:
        return screen.ask_tariff(person_id, await list_tariffs(ctx.uow))
    if not more:
        found_changes = [await changing.list_changes(ctx.uow, access) for access in seen.accesses]
        return screen.ask_other(person_id, [change for changes in found_changes for change in changes])
    access = await get_access(ctx.uow, int(more[0]))
    tariff = await get_tariff_by_id(ctx.uow, int(more[1]))
    return screen.ask_change(person_id, await changing.describe_change(ctx.uow, access, tariff))


async def _change_tariff(ctx: Context, person: Contact, access_id: int, tariff_id: int) -> Words:
    try:
        change = await changing.change_tariff(ctx.uow, access_id, tariff_id, ctx.contact.telegram_id)
    except DomainError as refusal:
        if refusal.code != "ALREADY_BOUGHT":
            raise
        change = None
    ctx.only_looked = change is None
    if change is None:
        return speech.words("person-did-nothing")
    ctx.note_change(person.id, change.access.tariff_code, change.tariff.code)
    return speech.words("person-did-other")


async def _block(ctx: Context, person: Contact, wanted: str) -> Words:
    """Nobody of the team is shut out: their role comes first."""
    if wanted == screen.BLOCK and await members.load_roles(ctx.uow, person.telegram_id):
        ctx.only_looked = True
        return speech.words("person-block-member")
    do = contacts.shut_out if wanted == screen.BLOCK else contacts.let_in_again
    done = await do(ctx.uow, person)
    ctx.only_looked = not done
    return speech.words(f"person-did-{wanted}" if done else "person-did-nothing")


async def _again(ctx: Context, run: StoredRun, _: list[str]) -> bool:
    return await overrides.repeat_last_lesson(ctx.uow, run.id, ctx.next_key())


async def _next(ctx: Context, run: StoredRun, _: list[str]) -> bool:
    return await overrides.open_next_lesson(ctx.uow, run.id)


async def _open_all(ctx: Context, run: StoredRun, _: list[str]) -> bool:
    speech.say(ctx.uow, run.address, speech.words("openall-told"), ctx.next_key())
    await overrides.open_all_lessons(ctx.uow, run.id)
    return True


async def _skip(ctx: Context, run: StoredRun, _: list[str]) -> bool:
    return await overrides.skip_step(ctx.uow, run.id)


async def _send_back(ctx: Context, run: StoredRun, values: list[str]) -> bool:
    """A step is named by its place in a version: of another one nothing is known."""
    version_id, place = map(int, values)
    if run.flow_version_id != version_id:
        return False
    flow = (await run_lookup.load_run(ctx.uow, run.id)).flow
    return await overrides.send_back(ctx.uow, run.id, flow.steps[place].key)


async def _hold(ctx: Context, run: StoredRun, values: list[str]) -> bool:
    await pausing.pause(ctx.uow, run.id, int(values[0]), Screen(run.address, ctx.next_key()))
    return True


async def _resume(ctx: Context, run: StoredRun, _: list[str]) -> bool:
    return await pausing.end(ctx.uow, run.id)


ACTS: Mapping[str, Callable[[Context, StoredRun, list[str]], Awaitable[bool]]] = {
    screen.AGAIN: _again,
    screen.NEXT: _next,
    screen.ALL: _open_all,
    screen.SKIP: _skip,
    screen.BACK: _send_back,
    screen.HOLD: _hold,
    screen.RESUME: _resume,
}
AWAITED = {
    screen.NOTE: AwaitedKind.NOTE,
    screen.TAG: AwaitedKind.TAG,
    screen.MERGE: AwaitedKind.MERGE,
}


async def take_note(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """A note about a person, for the team alone."""
    text = (message.text or "").strip()
    if not ctx.may(Permission.CONTACTS) or not text:
        return False
    person = await contacts.get_contact(ctx.uow, int(expected.about))
    await handoffs.note_about(ctx.uow, person.id, ctx.contact.telegram_id, text[:MOST_NOTE])
    await _settle(ctx, person, AwaitedKind.NOTE, "person-did-note")
    return True


async def take_tag(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """A tag: put on, or taken off where they have it."""
    name = (message.text or "").strip().lower()
    if not ctx.may(Permission.CONTACTS):
        return False
    if not name or len(name) > MOST_TAG:
        ctx.refuse("person-tag-now")
        return True
    person = await contacts.get_contact(ctx.uow, int(expected.about))
    held = await tags.load_of_many(ctx.uow.conn, ctx.uow.account_id, [person.id])
    has = name in held.get(person.id, ())
    await (tags.remove_tag if has else tags.add_tag)(ctx.uow, person.id, name)
    await _settle(ctx, person, AwaitedKind.TAG, "person-did-untag" if has else "person-did-tag")
    return True


async def _settle(ctx: Context, person: Contact, kind: AwaitedKind, said: str) -> None:
    await awaited.settle(ctx.uow, ctx.address, kind)
    ctx.about = person.id
    speech.show(ctx.uow, ctx.screen(), *await _show(ctx, person, speech.words(said)))


async def take_account(ctx: Context, message: Message, expected: AwaitedInput) -> bool:
    """The other account of a person, by whatever it is known by."""
    if not ctx.may(Permission.ADMINISTER):
        return False
    people = await find_people(ctx.uow, message.text or "")
    heir = await contacts.get_contact(ctx.uow, int(expected.about))
    others = [person for person in people if person.id != heir.id]
    if len(others) != 1:
        ctx.refuse("person-merge-unread")
        return True
    await awaited.settle(ctx.uow, ctx.address, AwaitedKind.MERGE)
    ctx.only_looked = True
    giver_seen, heir_seen = await look(ctx.uow, others[0]), await look(ctx.uow, heir)
    speech.show(ctx.uow, ctx.screen(), *screen.ask_merge(giver_seen, heir_seen))
    return True


async def _merge(ctx: Context, heir: Contact, giver_id: int) -> Words:
    giver = await contacts.get_contact(ctx.uow, giver_id)
    moved = await merge(ctx.uow, giver, heir)
    ctx.only_looked = moved.is_nothing
    ctx.note_change(heir.id, name_of(giver), name_of(heir))
    return screen.tell_merged(moved)


TAKERS = {
    AwaitedKind.NOTE: take_note,
    AwaitedKind.TAG: take_tag,
    AwaitedKind.MERGE: take_account,
}
