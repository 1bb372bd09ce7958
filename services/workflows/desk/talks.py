"""A wizard moved by a press, a message or a file: load, decide, carry out, keep, show; all of it in one unit."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import CallAnswered
from core.flow.definition import FlowInvalid
from core.lifecycle import AwaitedKind
from core.presses import PressKind
from core.text.refusal import InputRefused, Refused, Words, words
from core.wizard.screen import Entry, Filling, Option, Screen, Talk, Turn, lines, option
from services.content import wizards
from services.content.wizards import PATIENCE, KeptTalk
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.people import awaited
from services.people.schemas import Contact
from services.tenancy.members import load_roles
from services.tenancy.permissions import Permission, may

PRESS = PressKind.WIZARD  # kind of the buttons of a screen: wizard-version-place
SHOWN = "wizard_shown"  # name under which Telegram's answer to a new screen comes back
RESUME, ANEW = "!resume", "!anew"
STALE = frozenset({RESUME, ANEW})

Act = Callable[[UnitOfWork, "Author", Talk, Any], Awaitable[Talk]]


@dataclass(frozen=True)
class Author:
    """Who is at the wizard and where; `key` begins the dedupe keys of what it says besides its screen."""

    contact: Contact
    to: Address
    key: str
    message_id: int | None = None  # of the screen that was pressed


@dataclass(frozen=True)
class Wizard:
    """A kind of wizard: its pure decisions, what they need to know, and how what they wish is carried out."""

    press: Callable[[Talk, str, Any], Turn]
    write: Callable[[Talk, Entry, Any], Turn]
    show: Callable[[Talk, Any], Screen]
    load: Callable[[UnitOfWork, Author, Talk], Awaitable[Any]]
    acts: Mapping[type, Act]
    anew: Callable[[Talk], Talk]  # what is there instead, once what was unfinished is given up
    below: frozenset[type] = frozenset()  # wishes after which the screen is said anew, below what they said
    name: Callable[[Talk, Any], Words | None] = lambda *_: None  # what is called what it is about
    takes_files: Callable[[Filling | None], bool] = lambda _: False
    hides: Callable[[Filling | None], bool] = lambda _: False  # whether what is typed now is a secret


async def require(uow: UnitOfWork, author: Author, permission: Permission) -> None:
    """Raises ROLE_NEEDED for who may do no more what a wizard does, however old its buttons are."""
    if not may(await load_roles(uow, author.contact.telegram_id), permission):
        raise DomainError(ErrorKind.FORBIDDEN, "ROLE_NEEDED")


async def open_talk(uow: UnitOfWork, kinds: Mapping[str, Wizard], author: Author, talk: Talk) -> None:
    """Show the first screen of a wizard; asks first if something else of its kind is unfinished."""
    stored_talk = await wizards.find_talk(uow, author.to, talk.kind)
    if stored_talk is not None and stored_talk.talk.is_unfinished:
        if not talk.about or talk.about != stored_talk.talk.about:
            await _ask_about_older(uow, kinds[talk.kind], author, stored_talk, talk)
            return
        talk = replace(talk, shelf=_shelf(stored_talk.talk))
    version = stored_talk.version + 1 if stored_talk else 1
    fresh = await wizards.begin_talk(uow, author.to, talk, version)
    await show_with(uow, kinds[talk.kind], author, fresh, talk)


def _shelf(talk: Talk) -> Mapping[str, Filling]:
    """What was put aside, with the form that was open."""
    return {**talk.shelf, talk.form.name: talk.form} if talk.form and talk.form.values else talk.shelf


async def press(uow: UnitOfWork, kinds: Mapping[str, Wizard], author: Author, pressed: str) -> bool:
    """Follow a button of a screen; one of an older screen shows the present one and does nothing. False if it is none."""
    wizard_id, version, place = (int(part) for part in pressed.split("-"))
    stored_talk = await wizards.find_talk_by_id(uow, author.to, wizard_id)
    if stored_talk is None:
        return False
    wizard = kinds[stored_talk.talk.kind]
    if stored_talk.version != version or place >= len(stored_talk.choices):
        await _show_present(uow, wizard, author, stored_talk)
        return True
    action = stored_talk.choices[place]
    if action in STALE:
        await _take_up(uow, wizard, author, stored_talk, action)
    elif stored_talk.is_stale(uow.now):
        await _ask_to_go_on(uow, author, stored_talk, stored_talk.talk)
    else:
        await turn(
            uow, wizard, author, stored_talk, lambda world: wizard.press(stored_talk.talk, action, world)
        )
    return True


async def write(
    uow: UnitOfWork, kinds: Mapping[str, Wizard], author: Author, wizard_id: int, entry: Entry
) -> bool:
    """Take what was typed as the answer; after a long silence it is asked first whether to go on. False if it is over."""
    stored_talk = await wizards.find_talk_by_id(uow, author.to, wizard_id)
    if stored_talk is None:
        return False
    wizard = kinds[stored_talk.talk.kind]
    if stored_talk.is_stale(uow.now):
        await _ask_to_go_on(uow, author, stored_talk, stored_talk.talk)
    else:
        await turn(
            uow, wizard, author, stored_talk, lambda world: wizard.write(stored_talk.talk, entry, world)
        )
    return True


async def is_secret(uow: UnitOfWork, kinds: Mapping[str, Wizard], to: Address, wizard_id: int) -> bool:
    """Whether what is typed now may stay nowhere."""
    stored_talk = await wizards.find_talk_by_id(uow, to, wizard_id)
    return stored_talk is not None and kinds[stored_talk.talk.kind].hides(stored_talk.talk.form)


async def turn(
    uow: UnitOfWork, wizard: Wizard, author: Author, stored_talk: KeptTalk, decide: Callable[[Any], Turn]
) -> None:
    """Decide, carry out, show; what is refused is said above the same screen."""
    talk = stored_talk.talk
    try:
        turn = decide(await wizard.load(uow, author, talk))
        talk = turn.talk
        for wish in turn.wishes:
            talk = await wizard.acts[type(wish)](uow, author, talk, wish)
        if any(type(wish) in wizard.below for wish in turn.wishes):
            author = replace(author, message_id=None)
    except (DomainError, Refused) as refusal:
        talk = replace(stored_talk.talk, note=_explain(refusal))
    await show_with(uow, wizard, author, stored_talk, talk)


def _explain(refusal: DomainError | Refused) -> Words:
    if isinstance(refusal, FlowInvalid):
        return words(
            "wizard-refused", problem=lines(*(problem.words for problem in refusal.problems), gap="\n")
        )
    if isinstance(refusal, InputRefused | Refused):
        return words("wizard-refused", problem=refusal.words)
    if refusal.code in KNOWN:
        return words(KNOWN[refusal.code])
    return words("wizard-refused", problem=refusal.detail)


KNOWN = {"MESSAGE_NOT_FOUND": "wizard-step-gone", "NAME_TAKEN": "wizard-name-taken"}


async def show_with(
    uow: UnitOfWork, wizard: Wizard, author: Author, stored_talk: KeptTalk, talk: Talk
) -> None:
    """Keep where they are and show it; what they type next is the answer, if one is asked for."""
    try:
        screen = wizard.show(talk, await wizard.load(uow, author, talk))
    except FlowInvalid as unfinished:  # in the panel a step may be kept before it says all it must
        screen = Screen(words("wizard-half-written", problem=unfinished.words), GO_ON[:1])
    await _say(uow, author, stored_talk, replace(talk, note=None), screen)


async def _say(
    uow: UnitOfWork,
    author: Author,
    stored_talk: KeptTalk,
    talk: Talk,
    screen: Screen,
    instead: Talk | None = None,
) -> None:
    choices = [choice.action for row in screen.rows for choice in row]
    await wizards.keep_talk(uow, stored_talk, talk, choices, instead)
    if screen.awaits:
        await awaited.expect(uow, author.to, AwaitedKind.WIZARD, 2 * PATIENCE, str(stored_talk.id))
    else:
        await _expect_no_more(uow, author.to, stored_talk.id)
    say_screen(uow, author, stored_talk.id, stored_talk.version + 1, screen)


async def _expect_no_more(uow: UnitOfWork, to: Address, wizard_id: int) -> None:
    waits = await awaited.find(uow, to)
    if waits and waits.kind is AwaitedKind.WIZARD and waits.about == str(wizard_id):
        await awaited.settle(uow, to, AwaitedKind.WIZARD)


def say_screen(uow: UnitOfWork, author: Author, wizard_id: int, version: int, screen: Screen) -> None:
    """Queue a screen: in place of the one that was pressed, else as a new message whose number is kept."""
    keyboard = make_keyboard(screen.rows, f"{wizard_id}-{version}")
    to = author.to
    payload: dict[str, Any] = {"chat_id": to.chat_id, "text": screen.text}
    if keyboard:
        payload["buttons"] = keyboard
    key = f"{author.key}:{wizard_id}:{version}"
    if author.message_id is not None:
        payload["message_id"] = author.message_id
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, "editMessageText", payload, key))
        return
    answer = {"name": SHOWN, "ref": wizard_id}
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "sendMessage", payload, key, on_result=answer))


def make_keyboard(rows: Sequence[Sequence[Option]], mark: str) -> list[list[Mapping[str, Any]]]:
    """The buttons of a screen: each names its place, what it means is kept with the wizard."""
    numbers = iter(range(sum(map(len, rows))))
    return [[_button(choice, f"{mark}-{next(numbers)}") for choice in row] for row in rows]


def _button(choice: Option, target: str) -> Mapping[str, Any]:
    if choice.url:
        return speech.link_button(choice.label, choice.url)
    if choice.begins:
        return speech.button(choice.label, PressKind.WIZARD_OPEN, choice.begins)
    return speech.button(choice.label, PRESS, target)


async def _show_present(uow: UnitOfWork, wizard: Wizard, author: Author, stored_talk: KeptTalk) -> None:
    if stored_talk.is_stale(uow.now):
        await _ask_to_go_on(uow, author, stored_talk, stored_talk.talk)
    elif stored_talk.instead is not None:
        await _ask_about_older(uow, wizard, author, stored_talk, stored_talk.instead)
    else:
        await show_with(uow, wizard, author, stored_talk, stored_talk.talk)


async def _ask_about_older(
    uow: UnitOfWork, wizard: Wizard, author: Author, stored_talk: KeptTalk, instead: Talk
) -> None:
    """Something of this kind is unfinished: go on with it, or begin the other."""
    name = await _find_name(uow, wizard, author, stored_talk.talk)
    text = words("wizard-unfinished", about=name) if name else words("wizard-unfinished-new")
    await _say(uow, author, stored_talk, stored_talk.talk, Screen(text, GO_ON), instead)


async def _find_name(uow: UnitOfWork, wizard: Wizard, author: Author, talk: Talk) -> Words | None:
    try:
        return wizard.name(talk, await wizard.load(uow, author, talk))
    except FlowInvalid:
        return None


async def _ask_to_go_on(uow: UnitOfWork, author: Author, stored_talk: KeptTalk, talk: Talk) -> None:
    text = words("wizard-stale")
    await _say(uow, author, stored_talk, talk, Screen(text, GO_ON), stored_talk.instead)


GO_ON = ((option("resume", RESUME),), (option("anew", ANEW),))


async def _take_up(
    uow: UnitOfWork, wizard: Wizard, author: Author, stored_talk: KeptTalk, action: str
) -> None:
    """Where they were, or what they want instead: by itself that is the beginning of the same."""
    talk = stored_talk.talk
    if action == ANEW:
        talk = stored_talk.instead or wizard.anew(talk)
    await show_with(uow, wizard, author, stored_talk, talk)


async def on_shown(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Telegram has shown a new screen: from now on it is changed in place by what does not come from a press."""
    if answer.ok:
        await wizards.keep_message(uow, answer.ref, answer.result["message_id"])
