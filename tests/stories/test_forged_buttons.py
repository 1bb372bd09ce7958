"""No button is believed that was not made for this person, this chat and this bot; an old one does nothing twice.

Every kind of button that the handlers of the two bots know must be on somebody's screen here: a new one without
a place in `full_house` fails. Buttons about money are forged in `tests/bots/admin/test_forged_presses.py`, with all
others, and pressed twice where what they do is tested.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from core.lifecycle import BotKind
from core.presses import PressKind
from sandbox.client.client import Bot, Person, SandboxClient
from services.people.curators import LET, TAKE_BACK
from tests.stories.buttons import Shown, first_of_each, list_kinds, list_shown
from tests.stories.conftest import OpenSchool
from tests.stories.forging import Forger, read_notes, write_over
from tests.stories.full_house import House, fill_house, staff, two_courses
from tests.stories.ledger import SAID, list_changes, read_ledger, settled
from tests.stories.people import EN, RU, wait_for
from tests.stories.school import School

EXPIRED = {EN.expired + ".", RU.expired + "."}
AGAIN = (
    "ask",
    "tr",
    "mla",
    "mlq",
    "mls",
    "qu",
    "stp",
)  # buttons that are there to be pressed again and again, and answer each time
IN_GROUPS = {
    (BotKind.COURSE, kind) for kind in (LET, TAKE_BACK)
}  # pressed, and forged, in `test_larger_school`
MONEY = {
    PressKind.COMMISSION,
    PressKind.DISPUTE_LOST,
    PressKind.GIFT,
    PressKind.GIFT_KEEP,
    PressKind.GROUPS_LEAVE,
    PressKind.HOLD,
    PressKind.ORDER,
    PressKind.ORDER_DROP,
    PressKind.ORDER_REFUND,
    PressKind.ORDER_SETTLE,
    PressKind.ORDER_SETTLE_ASK,
    PressKind.PARTNER,
    PressKind.PARTNERS,
    PressKind.PAYOUT,
    PressKind.PAY_BY,
    PressKind.PRODUCT_AGAIN,
    PressKind.PROMO_STOP,
    PressKind.REFUND,
    PressKind.REFUND_DONE,
    PressKind.REFUND_NOT_DONE,
    PressKind.REMOVALS,
    PressKind.SUBSCRIPTION,
    PressKind.WHY,
}
MAILINGS = {  # forged in `tests/bots`; a tick and its taking back do the same each time
    PressKind.MAILING,
    PressKind.MAILING_AGAIN,
    PressKind.MAILING_ASK,
    PressKind.MAILING_STOP,
}
DESK = {  # forged with all others, as money's are: screens of the desk, words that went out, and the document of who has finished
    PressKind.ANSWER_BACK,
    PressKind.CANNED,
    PressKind.CERTIFICATE,
    PressKind.DRAFT,
    PressKind.FIGURES_PEOPLE,
    PressKind.GATHER,
    PressKind.LOG,
    PressKind.PERSON,
    PressKind.QUEUE,
    PressKind.SCENARIO_DO,
    PressKind.TEAM,
    PressKind.WIZARD,
    PressKind.WIZARD_OPEN,
    PressKind.WIZARD_SHOWN,
}
ELSEWHERE = MONEY | MAILINGS | DESK
CASES = [
    pytest.param("sqlite", False, id="one of each kind"),
    pytest.param("sqlite", True, id="all on SQLite", marks=pytest.mark.faults),
    pytest.param("postgresql", True, id="all on PostgreSQL", marks=pytest.mark.faults),
]


@dataclass(frozen=True)
class Forgery:
    """A press that no bot may believe."""

    name: str
    bot: Bot
    person: Person
    data: str
    message_id: int
    chat_id: int | None = None


@pytest.mark.parametrize(("database", "whole"), CASES)
def test_a_forged_button_does_nothing_and_a_real_one_no_more_than_once(
    database: str, whole: bool, open_school: OpenSchool, telegram: str
) -> None:
    school = open_school(database)
    staff(school)
    school.install(two_courses())
    school.start()
    asyncio.run(_forge(school, telegram, whole=whole))
    assert school.stop() == 0


async def _forge(school: School, telegram: str, *, whole: bool) -> None:
    async with SandboxClient(telegram) as tg:
        house = await fill_house(tg, school)
        await settled(tg, school)
        shown = await list_shown(school, house.people)
        kinds = {one for one in list_kinds() - IN_GROUPS if one[1] not in ELSEWHERE}
        missing = sorted(f"{bot}: {kind}" for bot, kind in kinds - {one.kind for one in shown})
        assert missing == [], "full_house does not show every button of the bots"
        forged = await _press_forged(tg, school, house, shown if whole else first_of_each(shown))
        await _press_real(tg, school, house, first_of_each(shown))
        await school.assert_well(tg)
    print(f"forged presses: {forged} to {len(kinds)} kinds of buttons, 0 believed; real ones: once each")


async def _press_forged(tg: SandboxClient, school: School, house: House, shown: list[Shown]) -> int:
    forgeries = [one for button in shown for one in _forge_from(button, house, school)]
    before = await read_ledger(school)
    sent = {await _send(tg, one): one for one in forgeries}
    notes = await read_notes(tg, sent)
    assert [
        (sent[query].name, sent[query].data, note) for query, note in notes.items() if note not in EXPIRED
    ] == []
    await settled(tg, school)
    assert list_changes(before, await read_ledger(school)) == {}
    return len(forgeries)


async def _send(tg: SandboxClient, one: Forgery) -> str:
    return await Forger(tg, one.bot, one.person).send(one.data, one.message_id, one.chat_id)


def _forge_from(real: Shown, house: House, school: School) -> Iterator[Forgery]:
    """A dozen ways to make a button of one that somebody has."""
    as_it_is = Forgery("as it is", real.bot, real.person, real.data, real.message_id)
    for name, data in write_over(real.data, real.bot.id, real.person.id):
        yield replace(as_it_is, name=name, data=data)
    other_bot = school.course if real.bot_kind is BotKind.SALES else school.sales
    yield replace(as_it_is, name="in the other bot", bot=other_bot)
    yield replace(as_it_is, name="by a stranger", person=house.eve)
    other_admin = house.marina if real.person is house.olga else house.olga
    yield replace(as_it_is, name="by another admin", person=other_admin)
    yield replace(as_it_is, name="in a group", chat_id=house.group.id)


async def _press_real(tg: SandboxClient, school: School, house: House, shown: list[Shown]) -> None:
    """The very buttons that were forged do work, and what has been done is not done again."""
    before = await read_ledger(school)
    notes = await _press_all(tg, shown)
    assert [one.kind for one, note in zip(shown, notes, strict=True) if note in EXPIRED] == []
    buyers = [one.chat(school.sales) for one in (house.dora, house.uma)]
    await asyncio.gather(*(wait_for(one, EN.wait) for one in buyers))
    await tg.clock.advance(seconds=6)
    await asyncio.gather(*(wait_for(one, EN.paid) for one in buyers))
    await settled(tg, school)
    after = await read_ledger(school)
    done = set(list_changes(before, after))
    assert done >= {"consents", "orders", "payments", "accesses", "access_changes", "submissions", "reviews"}
    assert done >= {"questions", "runs", "run_steps", "broadcasts", "contacts", "outbox"}
    await _press_all(tg, [one for one in shown if one.press.kind not in AGAIN])
    assert list_changes(after, await read_ledger(school), but=SAID) == {}


async def _press_all(tg: SandboxClient, shown: list[Shown]) -> list[str]:
    """Press each as its owner; gives the bots' notes."""
    sent = [await Forger(tg, one.bot, one.person).send(one.data, one.message_id) for one in shown]
    notes = await read_notes(tg, sent)
    return [notes[query] for query in sent]
