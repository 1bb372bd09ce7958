"""Performs what the engine asks for: says, wakes, submits work; the rest becomes domain events."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from core.db.session import UnitOfWork
from core.events import (
    ConditionAsked,
    HandoffRequested,
    InvitesRequested,
    MemberAsked,
    OfferMade,
    QuestionPut,
    ResultReached,
    TagSet,
    WorkUnwanted,
)
from core.flow.effects import (
    AppButton,
    AskCondition,
    AskCurator,
    AskMember,
    AskModel,
    AskPayment,
    AskReview,
    AskTranscript,
    Complete,
    Effect,
    Grant,
    HandOff,
    Issue,
    KeyButton,
    Redraw,
    Say,
    SayPriority,
    SetResult,
    SetTag,
    SetVariable,
    TakeBack,
    Text,
    WakeAt,
)
from core.lifecycle import Priority
from core.presses import PressKind
from core.refs import RefKind, write_ref
from core.text.message import Button, Message, fit_below
from services.content.messages import stamps
from services.content.messages.button_sets import find_rows
from services.content.messages.rendering import Call, calls_of, poll_call
from services.content.messages.templates import scenario_values
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.outbox import keep_said as keep
from services.delivery.schemas import Outgoing
from services.delivery.timers import drop_timers, set_timer
from services.learning import dialogs
from services.learning.app_refs import AppVisit, sign_visit
from services.learning.certificates import certificates
from services.learning.review import assignments
from services.learning.runs import redraws
from services.learning.schemas import LoadedRun, SaidCall, StoredRun
from services.people import tags, variables

TIMER = "run"
POLL = "poll"  # Telegram's answer to a poll: its number
STEP = PressKind.STEP  # kind of the buttons of steps: run-visit-option
ASK = PressKind.QUESTION  # kind of the button that opens a question
_PROTECTED = {"protect_content": True}  # Telegram lets nobody forward or save it
PRIORITIES = {SayPriority.DIALOG: Priority.INTERACTIVE, SayPriority.LESSON: Priority.LESSON}


def ref_of(run_id: int, visit: int) -> str:
    """What a reply to a message of a visit is about."""
    return write_ref(RefKind.RUN, run_id, visit)


async def perform(uow: UnitOfWork, run: LoadedRun, wanted: Sequence[Effect], *, may_ask: bool) -> None:
    """Carry out effects in their order, in the unit that saved the run; lessons of who `may_ask` have a button for it."""
    for effect in wanted:
        await _perform(uow, run, effect, may_ask=may_ask)


async def _perform(uow: UnitOfWork, run: LoadedRun, effect: Effect, *, may_ask: bool) -> None:
    stored = run.stored
    match effect:
        case Say():
            await _say(uow, run, await _with_set(uow, effect), may_ask=may_ask)
        case WakeAt():
            await _wake(uow, stored, effect)
        case Redraw():
            await _redraw(uow, stored, effect)
        case AskReview():
            await assignments.submit_work(uow, run, effect)
        case SetVariable() | SetTag():
            await _keep(uow, stored, effect)
        case Issue():
            await certificates.issue_certificate(uow, run, effect)
        case AskTranscript() | AskModel():
            await dialogs.ask(uow, run, effect)
        case (
            AskPayment()
            | Grant()
            | AskCondition()
            | AskMember()
            | AskCurator()
            | TakeBack()
            | HandOff()
            | SetResult()
        ):
            _ask(uow, run, effect)
        case Complete():
            await drop_timers(uow, TIMER, f"run:{stored.id}:")
            await say_summary(uow, run, f"run:{stored.id}:summary:{effect.visit}")
        case _:
            assert_never(effect)


async def _with_set(uow: UnitOfWork, effect: Say) -> Say:
    """What is said with the shared buttons it names."""
    message = effect.message
    if message is None or message.button_set is None:
        return effect
    return replace(effect, message=await with_shared_buttons(uow, message))


async def with_shared_buttons(uow: UnitOfWork, message: Message) -> Message:
    """A message with the buttons of the set it names below its own, as many as fit: the set may have grown since."""
    if message.button_set is None:
        return message
    shared = await find_rows(uow, message.button_set)
    return message.model_copy(update={"buttons": tuple(fit_below(message.buttons, shared))})


async def _keep(uow: UnitOfWork, stored: StoredRun, effect: SetVariable | SetTag) -> None:
    match effect:
        case SetVariable():
            await variables.set_variable(uow, stored.contact_id, effect.name, effect.value)
        case SetTag(present=True):
            await tags.add_tag(uow, stored.contact_id, effect.name)
            uow.publish(TagSet(stored.id, effect.visit, effect.name))
        case SetTag():
            await tags.remove_tag(uow, stored.contact_id, effect.name)


def _ask(
    uow: UnitOfWork,
    run: LoadedRun,
    effect: AskPayment | Grant | AskCondition | AskMember | AskCurator | TakeBack | HandOff | SetResult,
) -> None:
    """What others can do becomes an event; the answer comes back to the visit."""
    stored = run.stored
    match effect:
        case AskPayment():
            make_offer(uow, run, effect, f"run:{stored.id}:offer:{effect.visit}:{effect.part}")
        case Grant():
            uow.publish(InvitesRequested(stored.id, stored.contact_id, effect.visit))
        case AskCondition():
            uow.publish(_condition(stored, effect))
        case AskMember(chat=chat, question=number, visit=visit):
            uow.publish(MemberAsked(stored.id, stored.contact_id, visit, chat, number))
        case HandOff():
            patience = (effect.ring, effect.silence, effect.idle)
            uow.publish(HandoffRequested(stored.id, stored.contact_id, effect.visit, patience))
        case AskCurator(question=question):
            uow.publish(QuestionPut(stored.id, question))
        case TakeBack(submission=number, visit=visit):
            uow.publish(WorkUnwanted(stored.id, visit, number))
        case SetResult(code=code):
            uow.publish(ResultReached(stored.id, code))
        case _:
            assert_never(effect)


def _condition(stored: StoredRun, ask: AskCondition) -> ConditionAsked:
    return ConditionAsked(stored.id, stored.contact_id, ask.visit, ask.name, ask.params, ask.question)


def make_offer(uow: UnitOfWork, run: LoadedRun, ask: AskPayment, dedupe_key: str) -> None:
    """Have what is on sale at this moment offered."""
    text = ask.message.model_dump(mode="json", exclude_defaults=True)
    words = speech.with_values(offer_words(text), scenario_values(run.flow))
    stored = run.stored
    codes = ask.tariffs or ((run.flow.slug,) if run.flow.product else ())
    protect = run.flow.protects(ask.step)
    uow.publish(OfferMade(stored.id, stored.contact_id, ask.visit, codes, words, dedupe_key, protect))


async def _wake(uow: UnitOfWork, stored: StoredRun, effect: WakeAt) -> None:
    payload = {"run_id": stored.id, "visit": effect.visit, "name": effect.name}
    key = f"run:{stored.id}:{effect.visit}:{effect.name}"
    await set_timer(uow, TIMER, key, effect.at, payload, wall=effect.wall, zone=effect.zone)


async def _redraw(uow: UnitOfWork, stored: StoredRun, effect: Redraw) -> None:
    rows = [[_button(stored.id, effect.visit, button) for button in row] for row in effect.message.buttons]
    rows += [[own_button(stored.id, effect.visit, button)] for button in effect.key_buttons]
    await redraws.redraw(uow, stored, ref_of(stored.id, effect.visit), _key(stored.id, effect), rows)


async def _say(uow: UnitOfWork, run: LoadedRun, effect: Say, *, may_ask: bool) -> None:
    stored = run.stored
    key = _key(stored.id, effect)
    ref = ref_of(stored.id, effect.visit)
    own = [[own_button(stored.id, effect.visit, button)] for button in effect.key_buttons]
    if own and may_ask and effect.message is not None:  # a lesson, no words of ours
        own[-1].append(ask_button())
    app = [[_app_button(uow, stored, effect.visit, effect.app_button)]] if effect.app_button else []
    keyboard = [*_keyboard(stored.id, effect), *app, *own]
    values = scenario_values(run.flow)
    protection = _PROTECTED if run.flow.protects(effect.step) else {}
    for n, (method, fields) in enumerate(_calls(effect, keyboard)):
        call_key = f"{key}:{n}" if n else key
        payload = {"chat_id": stored.chat_id, **speech.with_values(fields, values), **protection}
        priority = PRIORITIES[effect.priority]
        answer = {"name": POLL, "ref": stored.id} if method == "sendPoll" else None
        call = Outgoing(stored.bot_id, stored.chat_id, method, payload, call_key, priority, ref, answer)
        if effect.message is not None and effect.message.stamp and stamps.is_stamped(call):
            await stamps.ask_stamp(uow, call)
        else:
            enqueue(uow, call)


async def say_summary(uow: UnitOfWork, run: LoadedRun, dedupe_key: str) -> bool:
    """Say what a scenario says when it is over; False if it says nothing."""
    if run.flow.summary is None:
        return False
    visit = run.stored.value.visit
    ref = ref_of(run.stored.id, visit)
    await say_words(uow, run, run.flow.summary, visit, dedupe_key, ref)
    return True


async def say_words(
    uow: UnitOfWork, run: LoadedRun, message: Message, visit: int, dedupe_key: str, ref: str | None = None
) -> None:
    """Say an author's message with buttons of `visit`; without `ref` it is no part of the run's way."""
    stored = run.stored
    whole = await with_shared_buttons(uow, message)
    keyboard = [[_button(stored.id, visit, button) for button in row] for row in whole.buttons]
    values = scenario_values(run.flow)
    protection = _PROTECTED if run.flow.protect else {}
    for number, (method, fields) in enumerate(calls_of(whole, keyboard)):
        payload = {"chat_id": stored.chat_id, **speech.with_values(fields, values), **protection}
        key = f"{dedupe_key}:{number}"
        enqueue(uow, Outgoing(stored.bot_id, stored.chat_id, method, payload, key, ref=ref))


def keep_said(uow: UnitOfWork, run: LoadedRun, message: Message) -> None:
    """Remember what was said to them last elsewhere, so that it can be repeated."""
    stored = run.stored
    keyboard = [[_button(stored.id, stored.value.visit, button) for button in row] for row in message.buttons]
    *_, (method, fields) = calls_of(message, keyboard)
    payload = {"chat_id": stored.chat_id, **speech.with_values(fields, scenario_values(run.flow))}
    key, ref = f"run:{stored.id}:brought", ref_of(stored.id, stored.value.visit)
    keep(uow, Outgoing(stored.bot_id, stored.chat_id, method, payload, key, ref=ref))


def _key(run_id: int, effect: Say | Redraw) -> str:
    """The dedupe key of what a visit says as this part."""
    return f"run:{run_id}:{effect.step}:{effect.visit}:{effect.part}"


def say_over(uow: UnitOfWork, stored: StoredRun, said: SaidCall, dedupe_key: str, priority: Priority) -> None:
    """Make a call of a run once more; what waits for the answer to it waits for the new one, too."""
    fields, to = json.loads(said.payload), stored.address
    again = Outgoing(
        to.bot_id, to.chat_id, said.method, fields, dedupe_key, priority, said.ref, said.on_result
    )
    enqueue(uow, again)


def _calls(effect: Say, keyboard: list[list[Mapping[str, Any]]]) -> Iterator[Call]:
    if effect.poll is not None:
        yield poll_call(effect.poll, keyboard)
    elif effect.message is None:
        buttons = {"buttons": keyboard} if keyboard else {}
        yield "sendMessage", {"text": _own_words(effect), **buttons}
    elif effect.literal:
        yield from ((method, _literal(fields)) for method, fields in calls_of(effect.message, keyboard))
    else:
        yield from calls_of(effect.message, keyboard)


def _literal(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields, whose text is no template."""
    return {
        name: speech.untemplated(field) if name in {"text", "caption"} else field
        for name, field in fields.items()
    }


def _keyboard(run_id: int, effect: Say) -> list[list[Mapping[str, Any]]]:
    rows = effect.message.buttons if effect.message else tuple((button,) for button in effect.url_buttons)
    return [[_button(run_id, effect.visit, button) for button in row] for row in rows]


def _button(run_id: int, visit: int, button: Button) -> Mapping[str, Any]:
    text = speech.content(button.text)
    if button.url is not None:
        return speech.link_button(text, speech.content({"*": button.url}))
    return speech.button(text, STEP, _target(run_id, visit, button.press or ""))


def _app_button(uow: UnitOfWork, stored: StoredRun, visit: int, app: AppButton) -> Mapping[str, Any]:
    ref = sign_visit(uow.env.signing_key, AppVisit(uow.account_id, stored.id, visit))
    return speech.app_button(speech.content(app.text), app.url, ref)


def own_button(run_id: int, visit: int, button: KeyButton) -> Mapping[str, Any]:
    """A button of the product's own below an author's message."""
    return speech.button(speech.words(button.text_key), STEP, _target(run_id, visit, button.press))


def ask_button() -> Mapping[str, Any]:
    """The button that lets them ask the curator."""
    return speech.button(speech.words("question-button"), ASK, 1)


def _target(run_id: int, visit: int, option: str) -> str:
    return f"{run_id}-{visit}-{option}"


def _own_words(effect: Say) -> speech.Words:
    values: dict[str, Any] = dict(effect.values)
    if effect.text_key is Text.ASSIGNMENT_EXPECTS:
        values["kinds"] = [speech.words(f"work-{kind.strip()}") for kind in effect.values["kinds"].split(",")]
    return speech.words(effect.text_key or "", **values)


def offer_words(message: Mapping[str, Any]) -> speech.Words:
    """The text of an offer's message."""
    offer = Message.model_validate(message)
    return speech.content(offer.in_html(offer.text) or {"*": ""})
