"""What a draft's card shows in its place: whom it is for, its languages, its variants, whether to send it really."""

from collections.abc import Awaitable, Callable, Mapping

from core.db.session import UnitOfWork
from core.text.catalog import LANGUAGES
from core.text.refusal import InputRefused
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.messaging import figure_words
from services.messaging.broadcast_plan import MOST_VARIANTS, Plan
from services.messaging.broadcasts.contents import find_price
from services.messaging.broadcasts.drafting import audiences, counting
from services.messaging.broadcasts.drafting.buttons import (
    ASK,
    LANGUAGE,
    PAY,
    SPLIT,
    TICK,
    WIN,
    button,
    labelled,
    ticked,
)
from services.messaging.schemas import Broadcast
from services.people.conditions import CONDITIONS
from services.people.conditions.forms import list_fields, say_condition

View = tuple[Words, Keyboard]
WITHOUT_NUMBER = ("more", "languages", "variants")  # views that say nothing of how many get it
ON, OFF, EXCEPT = "☑", "☐", "⛔"


async def show_view(uow: UnitOfWork, broadcast: Broadcast, name: str) -> View | None:
    """The view of this name; None where the card itself is to be shown."""
    show = VIEWS.get(name)
    return await show(uow, broadcast, broadcast.plan) if show and broadcast.plan else None


async def say_reach(uow: UnitOfWork, broadcast: Broadcast) -> Words:
    """How many get it, and who of those it is for does not, by the reason; or why nobody can say so."""
    try:
        reach = await counting.read_reach(uow, broadcast)
    except InputRefused as refused:
        return speech.words("broadcast-reach-unknown", problem=refused.words)
    return figure_words.say_reach(reach) if reach else speech.words("broadcast-counting")


async def _whom(uow: UnitOfWork, broadcast: Broadcast, plan: Plan) -> View:
    """Everything to tick, with how many people are left."""
    choices, number = await audiences.list_choices(uow), broadcast.id
    on = audiences.list_ticked(plan, choices)
    added = audiences.list_added(plan, choices)
    rows = [
        [labelled(number, f"{TICK}all", speech.words("audience-all"))],
        *(
            [ticked(number, f"{TICK}{choice.code}", choice.label, ON if choice in on else OFF)]
            for choice in choices
        ),
        *(
            [ticked(number, f"{TICK}{condition.code}", condition.label, EXCEPT if condition.is_not else ON)]
            for condition in added
        ),
        [button(number, "more")],
        [button(number, "back")],
    ]
    turning = [speech.words("broadcast-whom-added")] if added else []
    lines = [speech.words("broadcast-whom"), *turning, await say_reach(uow, broadcast)]
    if other := audiences.count_other(plan, choices) - len(added):
        lines.append(speech.words("broadcast-whom-more", count=other))
    return speech.lines(*lines), rows


async def _more(_: UnitOfWork, broadcast: Broadcast, __: Plan) -> View:
    """All conditions there are; one that has to be filled in says so with dots."""
    cells = [
        labelled(
            broadcast.id,
            f"{ASK}{name}" if list_fields(name) else f"{TICK}c{name}",
            speech.lines(say_condition(name), "…" if list_fields(name) else "", gap=""),
        )
        for name in CONDITIONS
    ]
    rows = [cells[place : place + 2] for place in range(0, len(cells), 2)]
    return speech.words("broadcast-more"), [
        *rows,
        [labelled(broadcast.id, "whom", speech.words("broadcast-do-back"))],
    ]


async def _languages(_: UnitOfWork, broadcast: Broadcast, plan: Plan) -> View:
    """In which languages it can have a text of its own; a repeated message is the same for everybody."""
    if plan.text is None:
        return speech.words("broadcast-one-language"), [[button(broadcast.id, "back")]]
    rows = [[button(broadcast.id, f"{LANGUAGE}{code}")] for code in LANGUAGES]
    return speech.words("broadcast-languages"), [*rows, [button(broadcast.id, "back")]]


async def _variants(_: UnitOfWork, broadcast: Broadcast, plan: Plan) -> View:
    """Texts that are compared, and by what after how long; a repeated message has none."""
    number, back = broadcast.id, [button(broadcast.id, "back")]
    if plan.original is not None:
        return speech.words("broadcast-no-variants"), [back]
    if not plan.variants:
        return speech.words("broadcast-variants-none"), [[button(number, "variant")], back]
    chosen = {"by": plan.winner.by, "after": str(plan.winner.after)} if plan.winner else {}
    rows = [
        [
            ticked(
                number,
                f"{SPLIT}{code}",
                speech.words(f"broadcast-win-{code}"),
                ON if chosen.get(kind) == code else OFF,
            )
            for code in codes
        ]
        for kind, codes in WIN.items()
    ]
    more = [[button(number, "variant")]] if len(plan.variants) < MOST_VARIANTS else []
    words = speech.words("broadcast-variants", number=len(plan.variants), share=plan.variants[0].share)
    return words, [*more, *rows, [button(number, f"{SPLIT}none")], back]


async def _ask(uow: UnitOfWork, broadcast: Broadcast, plan: Plan) -> View:
    """The number once more, to be confirmed."""
    back = [button(broadcast.id, "back")]
    if (reach := await counting.read_reach(uow, broadcast)) is None:
        return speech.words("broadcast-counting"), [back]
    words = figure_words.say_reach(reach)
    if not reach.count:
        asked = speech.words("broadcast-ask-nobody")
        return speech.lines(asked, words), [[button(broadcast.id, "whom")], back]
    yes = speech.words("broadcast-do-start", people=reach.count)
    rows = [[labelled(broadcast.id, "start", yes)], back]
    if stars := find_price(uow, plan, reach.count):
        faster = speech.words("broadcast-do-startpaid", stars=stars)
        rows.insert(1, [labelled(broadcast.id, f"{PAY}{stars}", faster)])
    return speech.lines(speech.words("broadcast-ask-sure"), words), rows


async def _dearer(uow: UnitOfWork, broadcast: Broadcast, plan: Plan) -> View:
    """It costs more by now."""
    words, buttons = await _ask(uow, broadcast, plan)
    return speech.lines(speech.words("broadcast-dearer"), words), buttons


VIEWS: Mapping[str, Callable[[UnitOfWork, Broadcast, Plan], Awaitable[View]]] = {
    "whom": _whom,
    "more": _more,
    "languages": _languages,
    "variants": _variants,
    "ask": _ask,
    "dearer": _dearer,
}
