"""What a bot answers or begins by itself: its triggers, read once per change, and what they do when they are met."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from loguru import logger
from pydantic import ValidationError

from core.db.keyset import Slice
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.presses import PressKind
from core.text.refusal import InputRefused, Refused, Words, explain_with_place, listed, placed, words
from core.text.template import BUILT_IN, check_template
from core.triggers import TEXTS, Matcher, TriggerKind, TriggerSpec, read_triggers
from services.content.messages.rendering import calls_of
from services.content.scenarios import find_scenario
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address
from services.delivery.timers import set_timer
from services.messaging.store import triggers as store
from services.people.conditions import holds, read_audience
from services.people.conditions.known_names import load_checked
from services.people.conditions.tree import read_tree
from services.people.schemas import Contact
from services.tenancy.bots import get_bot_by_id

PRESS = PressKind.TRIGGER  # kind of the buttons of answers: what a `button` trigger waits for
INVALID = "TRIGGERS_INVALID"
ORDERS = store.ORDERS
KEPT_SETS = 256
SWEEP = "inactive"  # kind of the timer that looks for those who have gone quiet
SWEEP_EVERY = timedelta(minutes=15)
AT_ONCE = 200  # people per look


@dataclass(frozen=True)
class TriggerSet:
    """A bot's triggers, ready to be looked through."""

    specs: tuple[TriggerSpec, ...]
    matcher: Matcher

    @classmethod
    def of(cls, specs: Sequence[TriggerSpec]) -> "TriggerSet":
        """The best first: by priority, then in their order, what any text meets last."""
        order = sorted(specs, key=lambda spec: (spec.kind is TriggerKind.ANY, -spec.priority))
        texts = [(place, spec.kind, spec.patterns) for place, spec in enumerate(order) if spec.kind in TEXTS]
        return cls(tuple(order), Matcher.of(texts))


_sets: dict[str, TriggerSet] = {}


async def put_triggers(uow: UnitOfWork, bot_id: int, specs: Sequence[TriggerSpec]) -> bool:
    """Give a bot these triggers and no others; False if it had them. Raises TRIGGERS_INVALID."""
    problems = [problem for spec in specs for problem in await _problems(uow, bot_id, spec)]
    if problems:
        raise InputRefused(INVALID, listed(problems))
    document = [spec.model_dump(mode="json", exclude_defaults=True) for spec in specs]
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if await store.find_digest(uow.conn, uow.account_id, bot_id) == digest:
        return False
    await store.put_set(uow.conn, uow.account_id, bot_id, digest, document, uow.now)
    if any(spec.kind is TriggerKind.INACTIVE for spec in specs):
        await set_timer(uow, SWEEP, f"sweep:{bot_id}", uow.now, {"bot_id": bot_id})
    return True


@dataclass(frozen=True)
class StoredSet:
    """A bot's triggers as they are kept; another `digest` once one of them has changed."""

    id: int
    bot_id: int
    digest: str
    document: Sequence[Any]


async def list_sets(uow: UnitOfWork, part: Slice) -> list[StoredSet]:
    """A part of the sets of an account."""
    return [_stored(row) for row in await store.list_sets(uow.conn, uow.account_id, part)]


async def get_set(uow: UnitOfWork, set_id: int) -> StoredSet:
    """One of them; raises NOT_FOUND."""
    row = await store.find_set(uow.conn, uow.account_id, set_id)
    if row is None:
        raise DomainError(ErrorKind.NOT_FOUND, "NOT_FOUND", str(set_id))
    return _stored(row)


def _stored(row: Any) -> StoredSet:
    return StoredSet(row.id, row.bot_id, row.digest, row.document)


async def add_set(uow: UnitOfWork, bot_id: int, document: Sequence[Any]) -> StoredSet:
    """Give triggers to a bot that has none; raises TRIGGERS_THERE, TRIGGERS_INVALID, BOT_NOT_FOUND."""
    bot = await get_bot_by_id(uow, bot_id)
    if await store.find_digest(uow.conn, uow.account_id, bot.id) is not None:
        raise DomainError(ErrorKind.CONFLICT, "TRIGGERS_THERE", str(bot.id))
    await put_document(uow, bot.id, document)
    row = await store.find_set_of(uow.conn, uow.account_id, bot.id)
    return _stored(row)


async def put_document(uow: UnitOfWork, bot_id: int, document: Sequence[Any]) -> bool:
    """The same as `put_triggers` with triggers as a file has them; raises TRIGGERS_INVALID."""
    return await put_triggers(uow, bot_id, _read_document(document))


def _read_document(document: Sequence[Any]) -> Sequence[TriggerSpec]:
    try:
        return read_triggers({"triggers": list(document)})
    except ValidationError as error:
        raise InputRefused(INVALID, listed(map(explain_with_place, error.errors()))) from None
    except Refused as refused:
        raise InputRefused(INVALID, refused.words) from None


async def _problems(uow: UnitOfWork, bot_id: int, spec: TriggerSpec) -> list[Words]:
    found_words: list[Words] = []
    if spec.start is not None and await find_scenario(uow, bot_id, spec.start) is None:
        found_words.append(placed(f"{spec.id}: start", words("trigger-no-scenario", given=spec.start)))
    try:
        if spec.audience is not None:
            await load_checked(uow.conn, uow.account_id, read_tree(spec.audience))
    except Refused as refused:
        found_words.append(placed(f"{spec.id}: audience", refused.words))
    for text in (spec.answer.text or {}).values() if spec.answer else ():
        found_words += [placed(f"{spec.id}: answer", problem) for problem in check_template(text, BUILT_IN)]
    return found_words


async def load_triggers(uow: UnitOfWork, bot_id: int) -> TriggerSet | None:
    """A bot's triggers; None if it has none."""
    digest = await store.find_digest(uow.conn, uow.account_id, bot_id)
    if digest is None:
        return None
    trigger_set = _sets.get(digest)
    if trigger_set is None:
        document = await store.load_document(uow.conn, uow.account_id, bot_id)
        if len(_sets) >= KEPT_SETS:
            _sets.clear()
        trigger_set = _sets[digest] = TriggerSet.of([TriggerSpec.model_validate(spec) for spec in document])
    return trigger_set


async def meet_text(uow: UnitOfWork, bot_id: int, contact: Contact, text: str) -> TriggerSpec | None:
    """The trigger that a text meets, if one counts now for this person; it is noted."""
    triggers = await load_triggers(uow, bot_id)
    if triggers is None:
        return None
    places = sorted(triggers.matcher.find(text))
    return await _first(uow, bot_id, contact, [triggers.specs[place] for place in places])


async def meet_event(
    uow: UnitOfWork, bot_id: int, contact: Contact, kind: TriggerKind, *names: str, by_name: bool = False
) -> TriggerSpec | None:
    """The trigger that something that came about meets: one that names it, or (not `by_name`) any of its kind."""
    triggers = await load_triggers(uow, bot_id)
    if triggers is None:
        return None
    fitting = [spec for spec in triggers.specs if spec.kind is kind and _is_met(spec, names, by_name=by_name)]
    return await _first(uow, bot_id, contact, fitting)


def _is_met(spec: TriggerSpec, names: Sequence[str], *, by_name: bool) -> bool:
    return any(name in spec.patterns for name in names) or not (spec.patterns or by_name)


async def _first(
    uow: UnitOfWork, bot_id: int, contact: Contact, specs: Sequence[TriggerSpec]
) -> TriggerSpec | None:
    now = uow.now
    open_now = [spec for spec in specs if spec.schedule is None or spec.schedule.covers(now, contact.zone)]
    once = [spec.id for spec in open_now if spec.once]
    fired = await store.list_fired(uow.conn, uow.account_id, bot_id, contact.id, once) if once else set()
    for each_spec in open_now:
        if each_spec.id not in fired and await _is_for(uow, contact.id, each_spec):
            await store.note_firing(uow.conn, uow.account_id, bot_id, contact.id, each_spec.id, now)
            return each_spec
    return None


async def _is_for(uow: UnitOfWork, contact_id: int, spec: TriggerSpec) -> bool:
    return spec.audience is None or await holds(uow, contact_id, "all", {"of": [spec.audience]})


async def list_inactive(uow: UnitOfWork, bot_id: int) -> list[tuple[int, TriggerSpec]]:
    """Whom a bot turns to because they have done nothing in it for long, and by which trigger; each is noted.

    Once per absence, or once ever. Looked for again by itself while the bot has such triggers.
    """
    triggers = await load_triggers(uow, bot_id)
    specs = [spec for spec in triggers.specs if spec.kind is TriggerKind.INACTIVE] if triggers else []
    met: list[tuple[int, TriggerSpec]] = []
    for spec in specs:
        before = uow.now - int(spec.patterns[0]) * uow.env.course_day
        try:
            clause = await read_audience(uow, spec.audience)
        except Refused as refused:
            logger.bind(event="trigger.wrong", trigger=spec.id).error("nobody is turned to: {}", refused)
            continue
        absent = await store.list_absent(
            uow.conn, uow.account_id, bot_id, spec.id, before, AT_ONCE, clause, once=spec.once
        )
        for contact_id, zone in absent:
            if spec.schedule is None or spec.schedule.covers(uow.now, zone):
                await store.note_firing(uow.conn, uow.account_id, bot_id, contact_id, spec.id, uow.now)
                met.append((contact_id, spec))
    if specs:
        again = timedelta() if len(met) >= AT_ONCE else min(SWEEP_EVERY, uow.env.course_day / 24)
        await set_timer(uow, SWEEP, f"sweep:{bot_id}", uow.now + again, {"bot_id": bot_id})
    return met


def say_answer(uow: UnitOfWork, to: Address, spec: TriggerSpec, next_key: Callable[[], str]) -> None:
    """Say a trigger's answer; its buttons with `press` meet the triggers of that button."""
    if spec.answer is None:
        return
    keyboard = [
        [
            speech.link_button(speech.content(cell.text), speech.content({"*": cell.url}))
            if cell.url is not None
            else speech.button(speech.content(cell.text), PRESS, cell.press or "")
            for cell in row
        ]
        for row in spec.answer.buttons
    ]
    for method, fields in calls_of(spec.answer, keyboard):
        payload = {"chat_id": to.chat_id, **fields}
        enqueue(uow, Outgoing(to.bot_id, to.chat_id, method, payload, next_key()))
