"""A broadcast's card: what will be sent to how many, how far it is, and the buttons that steer it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.db.session import UnitOfWork
from core.events import CallAnswered, JobFinished
from core.lifecycle import AwaitedKind, BroadcastStatus
from core.text.catalog import LANGUAGES
from core.text.refusal import InputRefused
from core.to_many import BroadcastKind
from services.delivery import speech
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.delivery.speech import Address, Keyboard, Screen, Words
from services.messaging import figure_words
from services.messaging.broadcasts import broadcasts, changes, scheduling, trials
from services.messaging.broadcasts.broadcasts import can_go_on, get_broadcast, read_tally
from services.messaging.broadcasts.drafting import audiences, counting, drafts, views
from services.messaging.broadcasts.drafting.buttons import (
    ASK,
    LANGUAGE,
    PAY,
    SPLIT,
    STEER,
    TICK,
    button,
    labelled,
)
from services.messaging.responses.results import read_acts
from services.messaging.schemas import Broadcast, BroadcastCard, Change
from services.messaging.store import broadcasts as store
from services.people import awaited
from services.people.admins import find_zone
from services.people.conditions import CONDITIONS
from services.people.conditions.forms import say_question

SHOWN = "broadcast_card"  # name under which Telegram's answer to a new card comes back
QUICKEST = 3.0  # seconds between two changes of a card
PEOPLE_PER_SECOND = 10_000  # of waiting between two counts: a large broadcast is counted less often
MOST_LISTED = 15
VIEWS = ("whom", "more", "languages", "variants", "ask", "back")
BUTTONS: Mapping[BroadcastStatus, Sequence[Sequence[str]]] = {
    BroadcastStatus.DRAFT: (
        ("try", "whom"),
        ("buttons", "languages"),
        ("when", "variants"),
        ("again",),
        ("ask", "drop"),
    ),
    BroadcastStatus.SCHEDULED: (("try",), ("now", "later"), ("cancel",)),
    BroadcastStatus.FILLING: (("cancel",),),
    BroadcastStatus.RUNNING: (("pause", "cancel"),),
    BroadcastStatus.PAUSED: (("resume", "cancel"),),
}
UNDER_WAY = (BroadcastStatus.FILLING, BroadcastStatus.RUNNING, BroadcastStatus.PAUSED)
AFTER = (("edit", "buttons"), ("recall",))  # what can be done about a message that has reached somebody
STUCK = (("cancel",),)
THEN = {TICK: "whom", PAY: "dearer", SPLIT: "variants"}  # the view behind a press
CHANGE_DRAFT = (("try", "buttons"), ("change", "drop"))
SURE = (("recallyes", "keep"),)
ACTIONS: Mapping[str, Callable[[UnitOfWork, int], Awaitable[bool]]] = {
    "now": scheduling.start_now,
    "later": scheduling.move_on,
    "change": changes.start_edit,
    "start": drafts.start_draft,
    "drop": drafts.drop_draft,
    "pause": broadcasts.pause_broadcast,
    "resume": broadcasts.resume_broadcast,
    "cancel": broadcasts.cancel_broadcast,
}


async def show_card(uow: UnitOfWork, broadcast_id: int, to: Address, key: str) -> None:
    """Say where a broadcast stands in a new message, which becomes its card; a draft without a message asks for it."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if _is_empty(broadcast) and await drafts.expect_another(uow, broadcast_id, to):
        speech.say(uow, to, speech.words("broadcast-ask"), key, buttons=[[button(broadcast_id, "drop")]])
        return
    text = await _words(uow, broadcast)
    payload: dict[str, Any] = {"chat_id": to.chat_id, "text": text}
    if buttons := await _buttons(uow, broadcast):
        payload["buttons"] = buttons
    answer = {"name": SHOWN, "ref": broadcast_id}
    enqueue(uow, Outgoing(to.bot_id, to.chat_id, "sendMessage", payload, key, on_result=answer))


async def show_numbered(uow: UnitOfWork, number: int, to: Address, key: str) -> bool:
    """Show a broadcast of this bot by its number; False if it has none of that number, or one put away before it said anything."""
    broadcast = await store.find_broadcast(uow.conn, uow.account_id, number)
    if broadcast is None or broadcast.bot_id != to.bot_id:
        return False
    if _is_empty(broadcast) and broadcast.status is not BroadcastStatus.DRAFT:
        return False
    await show_card(uow, number, to, key)
    return True


async def show_live(uow: UnitOfWork, to: Address, key: str) -> int:
    """Show the cards of this bot's broadcasts under way, whoever started them; says how many."""
    live = await store.list_live(uow.conn, uow.account_id, to.bot_id)
    for broadcast_id in live:
        await show_card(uow, broadcast_id, to, f"{key}:{broadcast_id}")
    return len(live)


async def list_buttons(uow: UnitOfWork, bot_id: int) -> Keyboard:
    """The latest broadcasts of a bot, a button each that shows its card."""
    latest = await store.list_latest(uow.conn, uow.account_id, bot_id, MOST_LISTED)
    return [[_entry(number, name, status)] for number, name, status in latest]


def _entry(number: int, name: str | None, status: BroadcastStatus) -> Mapping[str, Any]:
    called = name or speech.words("broadcast-unwritten")
    words = speech.words(f"broadcast-one-{status}", number=number, name=called)
    return speech.button(words, STEER, f"{number}-show")


def _is_empty(broadcast: Broadcast) -> bool:
    """Whether its author has not said yet what it is to say."""
    return broadcast.plan is None and broadcast.change is None


async def on_card_shown(uow: UnitOfWork, answer: CallAnswered) -> None:
    """Remember where the card is, so that it can be changed."""
    if answer.ok:
        card = BroadcastCard(answer.result["chat"]["id"], answer.result["message_id"])
        await _keep_place(uow, answer.ref, card)
        broadcast = await get_broadcast(uow, answer.ref)
        await counting.count_beside(uow, broadcast, "back", f"bc:{broadcast.id}:count:{card.message_id}")
        if broadcast.status in UNDER_WAY:
            await broadcasts.watch(uow, answer.ref)


async def on_counted(uow: UnitOfWork, finished: JobFinished) -> None:
    """Show whom it reaches on the card that waits for that; who has pressed something else since sees that."""
    broadcast = await get_broadcast(uow, finished.payload["broadcast_id"])
    if broadcast.counting == finished.key and broadcast.card and broadcast.status in counting.COUNTED:
        counted, view = counting.with_found(broadcast, finished), finished.payload["view"]
        if view.startswith(PAY):
            if counted.reach and await drafts.start_paid(uow, counted, int(view.removeprefix(PAY) or 0)):
                counted = await get_broadcast(uow, broadcast.id)
            view = THEN[PAY]
        await _show(uow, counted, broadcast.card, f"{finished.key}:shown", view)


async def steer(uow: UnitOfWork, broadcast_id: int, action: str, card: BroadcastCard, key: str) -> bool:
    """Do what a button of a card says and show what came of it there; False if it had been done before."""
    broadcast = await get_broadcast(uow, broadcast_id)
    if action in TALKS:
        return await TALKS[action](uow, broadcast, card, key)
    if action.startswith(ASK):
        return await _ask_condition(uow, broadcast, card, key, action.removeprefix(ASK))
    if action.startswith(PAY) and await counting.is_for_a_job(uow):
        return await _pay_once_counted(uow, broadcast, card, key, action)
    if action.startswith(TICK):
        done = await drafts.tick_audience(uow, broadcast_id, action.removeprefix(TICK), card.chat_id)
    elif action.startswith(SPLIT):
        done = await drafts.choose_winner(uow, broadcast_id, action.removeprefix(SPLIT))
    elif action.startswith(PAY):
        done = await drafts.start_paid(uow, broadcast, int(action.removeprefix(PAY) or 0))
    elif action in VIEWS:
        done = broadcast.status is BroadcastStatus.DRAFT
    else:
        done = await ACTIONS[action](uow, broadcast_id)
    await _keep_place(uow, broadcast_id, card)
    broadcast = await get_broadcast(uow, broadcast_id)
    if broadcast.status is BroadcastStatus.DRAFT:
        done = done or action.startswith(PAY)  # another sum is asked about instead
    view = next((shown for begins, shown in THEN.items() if action.startswith(begins)), action)
    await _show(uow, broadcast, card, key, view)
    if view not in views.WITHOUT_NUMBER:
        await counting.count_beside(uow, broadcast, view, f"{key}:count")
    return done


async def _pay_once_counted(
    uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str, action: str
) -> bool:
    """Very many are counted beside; it starts with what was agreed to once its price is known. False if it is no draft any more."""
    if broadcast.status is not BroadcastStatus.DRAFT:
        return False
    await _keep_place(uow, broadcast.id, card)
    await _show(uow, broadcast, card, key, "ask")
    await counting.count_beside(uow, broadcast, action, f"{key}:count")
    return True


async def _show(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str, view: str) -> None:
    """The card, or a draft's view in its place."""
    is_draft = broadcast.status is BroadcastStatus.DRAFT
    shown = await views.show_view(uow, broadcast, view) if is_draft else None
    if shown is None:
        await _redraw(uow, broadcast, card, key)
        return
    words, buttons = shown
    place: dict[str, Any] = {"chat_id": card.chat_id, "message_id": card.message_id}
    payload = {**place, "text": words, "buttons": buttons}
    enqueue(uow, Outgoing(broadcast.bot_id, card.chat_id, "editMessageText", payload, key))


async def _try_out(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str) -> bool:
    return await drafts.try_out(uow, broadcast.id, card.chat_id, key)


async def _ask_words(
    uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str, part: str = ""
) -> bool:
    """The next message of who pressed is what everybody is to see, or the `part` of it they chose; raises as `get_changeable`."""
    if broadcast.status is not BroadcastStatus.DRAFT:
        await changes.get_changeable(uow, broadcast.id)
    to, about = Address(broadcast.bot_id, card.chat_id), f"{broadcast.id}:{part}".removesuffix(":")
    await awaited.expect(uow, to, AwaitedKind.BROADCAST_EDIT, drafts.PATIENCE, about)
    speech.say(uow, to, speech.words(f"broadcast-ask-{part or 'edit'}"), key)
    return True


async def _ask_condition(
    uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str, name: str
) -> bool:
    """What a condition asks is written next, or chosen of what there is."""
    if broadcast.status is not BroadcastStatus.DRAFT or name not in CONDITIONS:
        return False
    to = Address(broadcast.bot_id, card.chat_id)
    await awaited.expect(uow, to, AwaitedKind.BROADCAST_EDIT, drafts.PATIENCE, f"{broadcast.id}:{ASK}{name}")
    rows = [
        [labelled(broadcast.id, f"{TICK}{choice.code}", choice.called)]
        for choice in await audiences.list_named(uow, name, audiences.MOST_OFFERED)
    ]
    speech.say(uow, to, say_question(name), key, buttons=rows)
    return True


async def _ask_again(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str) -> bool:
    """The next message of who pressed is what the draft says instead."""
    to = Address(broadcast.bot_id, card.chat_id)
    waits = await drafts.expect_another(uow, broadcast.id, to)
    if waits:
        speech.say(uow, to, speech.words("broadcast-ask"), key)
    return waits


async def _ask_sure(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str) -> bool:
    """How many messages would be deleted, and how many stay; raises as `get_changeable`."""
    await changes.get_changeable(uow, broadcast.id)
    reach = await changes.count_reach(uow, broadcast.id, BroadcastKind.RECALL)
    to = Address(broadcast.bot_id, card.chat_id)
    words = speech.words("broadcast-recall-sure", number=reach.people)
    if reach.too_old:
        words = speech.lines(words, speech.words("broadcast-too-old-people", number=reach.too_old))
    speech.say(uow, to, words, key, buttons=[[button(broadcast.id, act) for act in row] for row in SURE])
    return True


async def _recall(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str) -> bool:
    change = await changes.recall_broadcast(uow, broadcast.id, card.chat_id)
    await _keep_place(uow, change, card)
    await _redraw(uow, await get_broadcast(uow, change), card, key)
    return True


async def _keep(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str) -> bool:
    screen = Screen(Address(broadcast.bot_id, card.chat_id), key, card.message_id)
    speech.show(uow, screen, speech.words("broadcast-kept"))
    return True


TALKS: Mapping[str, Callable[[UnitOfWork, Broadcast, BroadcastCard, str], Awaitable[bool]]] = {
    "try": _try_out,
    "again": _ask_again,
    "edit": _ask_words,
    **{part: partial(_ask_words, part=part) for part in ("buttons", "when", "variant")},
    **{f"{LANGUAGE}{code}": partial(_ask_words, part=code) for code in LANGUAGES},
    "recall": _ask_sure,
    "recallyes": _recall,
    "keep": _keep,
}


async def report_progress(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """The moment to look at a broadcast: change its card if something changed, tell its author the end; who may not any more learns nothing more."""
    # Locked: drawn beside a press that pauses it, an older state would be the last that the card shows.
    broadcast = await get_broadcast(uow, payload["broadcast_id"], locked=True)
    if broadcast.author_id is None and broadcast.card is None:
        return
    tally = await read_tally(uow.conn, uow.account_id, broadcast.id)
    figures = figure_words.list_figures(tally)
    card, is_new = broadcast.card, figures != payload["shown"]
    if card and is_new and await broadcasts.may_broadcast(uow, card.chat_id):
        key = f"bc:{broadcast.id}:card:{card.message_id}:{uow.real_now.timestamp():.3f}"
        await _redraw(uow, broadcast, card, key)
    if tally.is_over and broadcast.kind is BroadcastKind.SEND and broadcast.author_id is not None:
        await broadcasts.tell_about(uow, broadcast, figure_words.say_result(tally), "result")
    elif tally.is_over:
        return
    elif tally.status is not BroadcastStatus.PAUSED or figures != payload["shown"]:
        seconds = max(QUICKEST, tally.total / PEOPLE_PER_SECOND)
        await broadcasts.watch(uow, broadcast.id, timedelta(seconds=seconds), figures)


async def _keep_place(uow: UnitOfWork, broadcast_id: int, card: BroadcastCard) -> None:
    place = {"card_chat_id": card.chat_id, "card_message_id": card.message_id, "counting": None}
    await store.change_broadcast(uow.conn, uow.account_id, broadcast_id, place)


async def _redraw(uow: UnitOfWork, broadcast: Broadcast, card: BroadcastCard, key: str) -> None:
    text = await _words(uow, broadcast)
    payload: dict[str, Any] = {"chat_id": card.chat_id, "message_id": card.message_id, "text": text}
    if buttons := await _buttons(uow, broadcast):
        payload["buttons"] = buttons
    enqueue(uow, Outgoing(broadcast.bot_id, card.chat_id, "editMessageText", payload, key))


async def _buttons(uow: UnitOfWork, broadcast: Broadcast) -> Keyboard:
    rows: Sequence[Sequence[str]] = CHANGE_DRAFT
    if broadcast.kind is BroadcastKind.SEND or broadcast.status is not BroadcastStatus.DRAFT:
        after = AFTER if await changes.can_be_changed(uow, broadcast) else ()
        rows = (*await _steering(uow, broadcast), *after)
    return [[button(broadcast.id, action) for action in row] for row in rows]


async def _steering(uow: UnitOfWork, broadcast: Broadcast) -> Sequence[Sequence[str]]:
    """What can be done about where it stands; one that cannot go on can only be stopped."""
    is_send = broadcast.kind is BroadcastKind.SEND
    if broadcast.status is BroadcastStatus.PAUSED and is_send and not await can_go_on(uow, broadcast):
        return STUCK
    return BUTTONS.get(broadcast.status, ())


async def _change_words(uow: UnitOfWork, broadcast: Broadcast, change: Change) -> Words:
    """What an edit or a recall is at."""
    if broadcast.status is BroadcastStatus.DRAFT:
        reach = await changes.count_reach(uow, change.of_id, broadcast.kind)
        return speech.words("broadcast-edit-draft", number=reach.people)
    tally = await read_tally(uow.conn, uow.account_id, broadcast.id)
    if broadcast.status is BroadcastStatus.CANCELLED and not tally.total:
        return speech.words("broadcast-kept")
    too_old = [speech.words("broadcast-too-old-people", number=change.too_old)] if change.too_old else []
    parts = figure_words.say_parts(tally, done=f"{broadcast.kind}ed")
    return speech.lines(figure_words.say_headline(tally, f"broadcast-{broadcast.kind}"), parts, *too_old)


async def _planned_words(uow: UnitOfWork, broadcast: Broadcast, at: datetime) -> Words:
    try:
        reach = await counting.read_reach(uow, broadcast)
        people: Any = reach.count if reach else "…"
    except InputRefused as refused:
        people = refused.words
    when = speech.moment(at, await find_zone(uow))
    weekly = bool(broadcast.plan and broadcast.plan.weekly)
    words = broadcasts.say_called(broadcast, speech.words("broadcast-scheduled", when=when, people=people))
    return speech.lines(words, speech.words("broadcast-weekly"), gap="\n") if weekly else words


async def _response_words(uow: UnitOfWork, broadcast: Broadcast) -> list[Words]:
    """What people did with it; nothing while nobody has."""
    acts = await read_acts(uow.conn, uow.account_id, broadcast)
    counts = {"clicked": len(acts.clicked), "replied": len(acts.replied), "bought": len(acts.bought)}
    shown = figure_words.say_kinds(counts)
    paragraphs = [speech.lines(*shown, gap="\n")] if shown else []
    if broadcast.plan is None or not broadcast.plan.variants:
        return paragraphs
    return [*paragraphs, await trials.read_rows(uow, broadcast, broadcast.plan, acts)]


async def _words(uow: UnitOfWork, broadcast: Broadcast) -> Words:
    if broadcast.change is not None:
        return await _change_words(uow, broadcast, broadcast.change)
    if broadcast.status is BroadcastStatus.SCHEDULED and broadcast.plan and broadcast.plan.at:
        return await _planned_words(uow, broadcast, broadcast.plan.at)
    if broadcast.status is BroadcastStatus.DRAFT:
        others = len(await store.list_live(uow.conn, uow.account_id, broadcast.bot_id))
        reach = await views.say_reach(uow, broadcast)
        when = await drafts.say_when(uow, broadcast.plan) if broadcast.plan else []
        draft = speech.lines(speech.words("broadcast-draft"), reach, *when, gap="\n")
        return speech.lines(draft, speech.words("broadcast-others", number=others)) if others else draft
    if broadcast.status is BroadcastStatus.CANCELLED and not broadcast.total:
        return speech.words("broadcast-dropped")
    tally = await read_tally(uow.conn, uow.account_id, broadcast.id)
    responses = await _response_words(uow, broadcast) if tally.is_over else []
    return speech.lines(
        broadcasts.say_called(broadcast, figure_words.say_headline(tally)),
        figure_words.say_parts(tally),
        *responses,
    )
