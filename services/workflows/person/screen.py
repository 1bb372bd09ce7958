"""One person on one screen: what a member sees, and the buttons of what their role allows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.flow.run import HoldReason, RunStatus
from core.flow.steps.lesson import LessonStep
from core.lifecycle import OrderStatus
from core.presses import PressKind
from core.roles import MemberRole
from core.text.names import show_known
from services.commerce.access.changing import Change
from services.commerce.schemas import Tariff
from services.delivery import speech
from services.delivery.schemas import Heard
from services.delivery.speech import Keyboard, Words
from services.learning.schemas import LoadedRun
from services.tenancy.permissions import Permission, may
from services.workflows.person.looking import Seen
from services.workflows.person.merging import Moved
from services.workflows.why import telling
from utils.telegram_html import shorten

PERSON = PressKind.PERSON  # kind of the buttons: act, then whom, then more
SHOW, NEXT, AGAIN, TALK, NOTE, TAG, RESUME = "show", "next", "again", "talk", "note", "tag", "resume"
ALL, SKIP, BACK, HOLD, GIVE, MERGE, EXTEND = (
    "all",
    "skip",
    "back",
    "hold",
    "give",
    "merge",
    "extend",
)  # asked about once more
OTHER = "other"  # another tariff
BLOCK, UNBLOCK = "block", "unblock"
SURE = "sure"  # before one of those
ASKED = (ALL, SKIP, BLOCK)
DAYS = (3, 7, 14, 0)
LONGER = (7, 30, 90)  # days
MOST_PURCHASES, MOST_LESSONS, MOST_NOTE = 5, 12, 200


def describe(seen: Seen, zone: str) -> Words:
    """Who, where, what they have, what they paid, what waits, what was said."""
    parts = [speech.words("who-name", name=_known(seen)), _stage(seen)]
    if seen.person.blocked_at:
        parts.append(speech.words("person-is-blocked", day=speech.day(seen.person.blocked_at, zone)))
    if seen.seen_at:
        parts.append(speech.words("who-seen", moment=speech.moment(seen.seen_at, zone)))
    parts += [_access(seen, zone), *_payments(seen)]
    if seen.waiting:
        parts.append(speech.words("person-waits", number=seen.waiting))
    if seen.tags:
        parts.append(speech.words("person-tags", tags=list(seen.tags)))
    parts += [speech.words("person-note", text=shorten(note, MOST_NOTE)) for note in seen.notes]
    heard = [_line(line) for line in seen.heard]
    said = [speech.lines(speech.words("person-said"), *heard, gap="\n")] if heard else []
    return speech.lines(speech.lines(*parts, gap="\n"), *said)


def _stage(seen: Seen) -> Words:
    stage = seen.stage
    if stage is None:
        return speech.words("who-outside")
    step = speech.named(stage.title) if stage.title else ""
    key = f"{stage.status}-{stage.held_for}" if stage.status is RunStatus.HELD else stage.status
    return speech.words(f"who-{key}", course=speech.named(stage.course), step=step, day=stage.day)


def _access(seen: Seen, zone: str) -> Words:
    if not seen.accesses:
        return speech.words("person-no-access")
    lines = []
    for access in seen.accesses:
        tariff = speech.named(access.tariff_name)
        if access.ends_at is None:
            lines.append(speech.words("person-access", tariff=tariff))
        else:
            until = speech.day(access.ends_at, zone, with_year=True)
            lines.append(speech.words("person-access-until", tariff=tariff, until=until))
    return speech.lines(*lines, gap="\n")


def _payments(seen: Seen) -> list[Words]:
    orders = [purchase.order for purchase in seen.purchases if purchase.order]
    return [
        speech.words(
            "person-order-paid" if order.status == OrderStatus.PAID else f"person-order-{order.status}",
            number=order.public_id,
            amount=speech.price(order.price, order.currency),
        )
        for order in orders[:MOST_PURCHASES]
    ]


def _line(heard: Heard) -> Words:
    return speech.words(f"person-{heard.direction}", text=heard.text)


def buttons(seen: Seen, own: Collection[MemberRole]) -> Keyboard:
    """What can be done about them, by who has these roles."""
    person_id = seen.person.id
    rows = [[_act(TALK, person_id)]] if may(own, Permission.TALKS) else []
    if may(own, Permission.RUNS) and seen.run:
        rows.extend(list(row) for row in _course_rows(seen))
    if may(own, Permission.ACCESS):
        taken = [
            speech.button(
                speech.words("button-person-take", tariff=speech.named(access.tariff_name)),
                PressKind.ACCESS_TAKE_ASK,
                access.id,
            )
            for access in seen.accesses[:1]
        ]
        rows.append([_act(GIVE, person_id), *taken])
        longer = [_act(EXTEND, person_id)] if any(access.ends_at for access in seen.accesses) else []
        if seen.accesses:
            rows.append([_act(OTHER, person_id), *longer])
    if may(own, Permission.CONTACTS):
        look = speech.button(speech.words("button-person-why"), telling.MEND, f"{telling.LOOK}-0-{person_id}")
        rows.append([_act(NOTE, person_id), _act(TAG, person_id), look])
    if may(own, Permission.AUDIT):
        log = speech.button(speech.words("button-person-log"), PressKind.LOG, f"0-{person_id}")
        rows.append([log, _act(SHOW, person_id)])
    if may(own, Permission.ADMINISTER):
        rows.append([_act(MERGE, person_id), _act(UNBLOCK if seen.person.blocked_at else BLOCK, person_id)])
    return rows


def _course_rows(seen: Seen) -> Keyboard:
    person_id = seen.person.id
    paused = seen.run is not None and seen.run.value.held_for == HoldReason.PAUSED
    return [
        [_act(act, person_id) for act in (NEXT, AGAIN)],
        [_act(act, person_id) for act in (SKIP, BACK)],
        [_act(ALL, person_id), _act(RESUME if paused else HOLD, person_id)],
    ]


def _act(act: str, person_id: int) -> Mapping[str, Any]:
    return speech.button(speech.words(f"button-person-{act}"), PERSON, f"{act}-{person_id}")


def back_row(person_id: int) -> Keyboard:
    """The way back to the person."""
    return [[speech.button(speech.words("button-person"), PERSON, f"{SHOW}-{person_id}")]]


def ask_sure(act: str, seen: Seen) -> tuple[Words, Keyboard]:
    """The question before an act that is not taken back easily."""
    asked = speech.words(f"person-ask-{act}", name=seen.person.full_name)
    yes = speech.button(speech.words("button-person-yes"), PERSON, f"{SURE}-{seen.person.id}-{act}")
    return asked, [[yes], *back_row(seen.person.id)]


def ask_days(person_id: int) -> tuple[Words, Keyboard]:
    """How long a pause is to be."""
    days = [
        speech.button(speech.words("pause-days", count=number), PERSON, f"{SURE}-{person_id}-{HOLD}-{number}")
        for number in DAYS
        if number
    ]
    forever = speech.button(speech.words("pause-open"), PERSON, f"{SURE}-{person_id}-{HOLD}-0")
    return speech.words("person-ask-hold"), [days, [forever], *back_row(person_id)]


def ask_longer(seen: Seen) -> tuple[Words, Keyboard]:
    """By how much an access is to end later; a button holds the end it was made for, so that it counts once."""
    target = f"{SURE}-{seen.person.id}-{EXTEND}"
    rows = [
        [
            speech.button(
                speech.words("button-person-longer", count=days, tariff=speech.named(access.tariff_name)),
                PERSON,
                f"{target}-{access.id}-{int(access.ends_at.timestamp())}-{days}",
            )
        ]
        for access in seen.accesses
        if access.ends_at
        for days in LONGER
    ]
    return speech.words("person-ask-extend"), [*rows, *back_row(seen.person.id)]


def ask_other(person_id: int, changes: Sequence[Change]) -> tuple[Words, Keyboard]:
    """Which tariff they are to have instead of which."""
    rows = [
        [speech.button(_name_change(change), PERSON, f"{OTHER}-{person_id}-{_target(change)}")]
        for change in changes
    ]
    return speech.words("person-ask-other" if rows else "person-no-other"), [*rows, *back_row(person_id)]


def ask_change(person_id: int, change: Change) -> tuple[Words, Keyboard]:
    """The question before a tariff is changed, with the difference that nobody charges here."""
    difference = speech.price(change.difference, change.tariff.currency)
    key = "person-ask-change" if change.difference else "person-ask-change-free"
    asked = speech.words(key, change=_name_change(change), difference=difference)
    target = f"{SURE}-{person_id}-{OTHER}-{_target(change)}"
    yes = speech.button(speech.words("button-person-change-yes"), PERSON, target)
    return asked, [[yes], *back_row(person_id)]


def _name_change(change: Change) -> Words:
    names = {
        "former": speech.named(change.access.tariff_name),
        "tariff": speech.named(change.tariff.name),
    }
    return speech.words("person-change", **names)


def _target(change: Change) -> str:
    return f"{change.access.id}-{change.tariff.id}"


def ask_step(person_id: int, run: LoadedRun) -> tuple[Words, Keyboard]:
    """To which lesson they are to go back."""
    lessons = [(place, step) for place, step in enumerate(run.flow.steps) if isinstance(step, LessonStep)]
    target = f"{SURE}-{person_id}-{BACK}-{run.stored.flow_version_id}"
    rows = [
        [speech.button(_title(step), PERSON, f"{target}-{place}")] for place, step in lessons[:MOST_LESSONS]
    ]
    return speech.words("person-ask-back"), [*rows, *back_row(person_id)]


def _title(step: LessonStep) -> Words:
    return speech.named(step.title) if isinstance(step.title, Mapping) else (step.title or step.key)


def ask_merge(giver: Seen, heir: Seen) -> tuple[Words, Keyboard]:
    """The question before all of one account goes to the other."""
    orders = sum(purchase.order is not None for purchase in giver.purchases)
    names = {"giver": _known(giver), "heir": _known(heir)}
    asked = speech.words("person-ask-merge", orders=orders, accesses=len(giver.accesses), **names)
    yes = speech.button(
        speech.words("button-person-merge-yes"), PERSON, f"{SURE}-{heir.person.id}-{MERGE}-{giver.person.id}"
    )
    return asked, [[yes], *back_row(heir.person.id)]


def tell_merged(moved: Moved) -> Words:
    """What went over."""
    if moved.is_nothing:
        return speech.words("person-merged-nothing")
    return speech.words("person-merged", orders=moved.orders, accesses=moved.accesses, runs=moved.runs)


def _known(seen: Seen) -> str:
    person = seen.person
    return show_known(person.full_name, person.username, person.telegram_id)


def ask_tariff(person_id: int, tariffs: Collection[Tariff]) -> tuple[Words, Keyboard]:
    """Which tariff they are to have without paying; giving it asks nothing more."""
    rows = [
        [speech.button(speech.named(tariff.name), PressKind.ACCESS_GIVE, f"{person_id}-{tariff.id}")]
        for tariff in tariffs
    ]
    return speech.words("person-ask-give" if rows else "person-no-tariff"), [*rows, *back_row(person_id)]
