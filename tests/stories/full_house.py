"""A school in the midst of its work: every kind of button is on somebody's screen, in both bots."""

import asyncio
import json
from dataclasses import dataclass

from sqlalchemy import select

from app.boot.database import CONTENT
from core.db.models.commerce import accesses, communities
from core.db.session import UnitOfWork
from core.environment import FIRST_ACCOUNT
from core.lifecycle import MembershipStatus, OrderStatus, OutboxState, Priority
from core.roles import MemberRole
from core.text.message import Message as Words
from sandbox.client.client import Chat, Group, Message, Person, SandboxClient
from services.commerce.catalog.tariffs import get_tariff
from services.commerce.store.receipts import receipt_key
from services.content.files.sample import Content, read_content
from services.content.files.tariff_files import TariffSpec
from services.people.contacts import find_by_telegram_id
from services.people.schemas import Contact
from services.tenancy.members import add_member, remove_member
from tests.factories.flows import make_course, make_scenario
from tests.factories.persons import add_chat
from tests.factories.sales import add_membership, add_order
from tests.factories.traffic import add_call
from tests.stories.buttons import press, see
from tests.stories.links import payload_of, told
from tests.stories.people import EN, has_button, remember, start, wait_for
from tests.stories.school import School, admin_of, eventually, group_of

NOTES = "notes"  # the second course and its tariff, which includes no questions
PARTS = "parts"
SOLD = "clear-words"  # its report has a button that opens it to everybody
TITLE = "One thought"  # the title of its first lesson
SPARE = "spare"  # a scenario somebody is in, which may be deleted
TRIGGERS = """\
triggers:
  - {id: price, when: {keyword: price}, answer: {text: Ask, buttons: [[{text: More, press: more}]]}}
  - {id: more, when: {button: more}, answer: {text: That is all}}
"""
MANY = 9  # lessons, one more than fit on a page of the list
STUDENTS = ("Fay", "Gia", "Hana", "Ivy", "Jo", "Kim", "Lea")  # they fill the admin's list
LEAVING = ("Hana", "Ivy")  # those whose access is taken away while they are in its group


def two_courses() -> Content:
    """The sample content, a second course on sale, of many short lessons that come at once, and one with a module."""
    sample = read_content(CONTENT)
    lessons = [
        {
            "key": f"note{number}",
            "type": "lesson",
            "title": f"Note {number}",
            "drip": "immediately",
            "messages": [{"text": f"Note {number} of {MANY}"}],
        }
        for number in range(1, MANY + 1)
    ]
    name = {"ru": "Заметки", "en": "Notes"}
    course = make_course(NOTES, name=name, steps=lessons)
    about = {"ru": "Девять заметок сразу.", "en": "Nine notes at once."}
    hello = (Words(text={"ru": "Листайте.", "en": "Leaf through them."}),)
    notes = TariffSpec(
        code=NOTES, course=NOTES, name=name, description=about, price="900.00", onboarding=hello
    )
    parts = make_course(
        PARTS, steps=[{"key": "one_a", "type": "message", "text": "Part one", "button": "Go"}]
    )
    spare = make_scenario(
        SPARE,
        steps=[{"key": "later", "type": "delay", "text": "Later", "wait": "9d"}, {"key": "e", "type": "end"}],
    )
    return Content((*sample.flows, course, parts, spare), (*sample.tariffs, notes))


def staff(school: School) -> None:
    """Before the school runs: members take hand-offs, and a ring lasts longer than the story."""
    (school.folder / "data/profiles").mkdir()
    patient = "name: patient\ntransfer_to_operator: true\nring_seconds: 1000000\n"
    (school.folder / "data/profiles/patient.yaml").write_text(patient)
    school.env |= {"SCENARIO": "patient", "USE_PANEL_AGENTS": "true"}


@dataclass(frozen=True)
class House:
    """Who is in it. Eve has started both bots and owns nothing; Olga is the other admin; Uma wants more than they have, Lena another course, Mia leafs through modules, Pia may pause, Quinn is paused, Rhea talks with operators."""

    marina: Person
    olga: Person
    anna: Person
    bella: Person
    cara: Person
    dora: Person
    eva: Person
    eve: Person
    uma: Person
    lena: Person
    mia: Person
    pia: Person
    quinn: Person
    rhea: Person
    group: Group

    @property
    def people(self) -> tuple[Person, ...]:
        """All whose screens have buttons."""
        students = (self.anna, self.bella, self.cara, self.dora, self.eva, self.uma, self.lena, self.mia)
        return (self.marina, self.olga, *students, self.pia, self.quinn, self.rhea)


async def fill_house(tg: SandboxClient, school: School) -> House:
    """Bring everybody to their place; the school runs on `two_courses`."""
    names = (
        "Anna",
        "Bella",
        "Cara",
        "Dora",
        "Eva",
        "Eve",
        "Uma",
        "Lena",
        "Mia",
        "Pia",
        "Quinn",
        "Rhea",
        *STUDENTS,
    )
    people = {name: await tg.person(name, language_code="en") for name in names}
    await _remember(school, people)
    seats = [people[name] for name in names[:12]]
    group = await group_of(tg, school, "feedback")
    marina = await admin_of(tg, school)
    house = House(marina, await tg.find_person(school.silent_admin_id), *seats, group)
    await _lose_a_receipt(house, school)
    links = [payload_of(told(school, "token", "issue", "public", "--course", one)) for one in (PARTS, NOTES)]
    await asyncio.gather(*(_start_both(one, school) for one in (house.olga, house.eve, house.rhea)))
    await wait_for(await house.mia.start(school.sales, SPARE), "Later")
    for bot in ("sales", "course"):
        path = school.folder / f"{bot}.yaml"
        path.write_text(f"bot: {bot}\n{TRIGGERS}")
        told(school, "triggers", "load", str(path))
    await house.mia.chat(school.sales).send("price")
    await see(house.mia.chat(school.sales), "tr")
    await asyncio.gather(
        _learn(house.anna.chat(school.course), house.anna),
        _leaf(house.bella.chat(school.course), house.bella),
        _come_in(house.cara, school),
        _choose(house.dora, school),
        _want_more(house.uma, school),
        _part(house.mia.chat(school.course), house.mia, links[0]),
        _stray(house.lena.chat(school.course), house.lena, links[1]),
        _wonder(house.eva, school),
        _rest(house.pia.chat(school.course), house.pia),
        _be_paused(house.quinn, school, marina),
        _administrate(school, people, await marina.start(school.sales), "Hana"),
        _administrate(school, people, await marina.start(school.course), "Ivy"),
    )
    await asyncio.gather(
        _ask_to_be_forgotten(house.eva.chat(school.sales)),
        _ask_to_be_forgotten(house.bella.chat(school.course)),
    )
    desk = marina.chat(school.course)
    await _change_course(school, marina.chat(school.sales), f"{TITLE}, again")
    await _change_course(school, desk, f"{TITLE}, at last")
    await desk.press("Принять", await wait_for(desk, "📝 Lena"))
    await see(desk, "ru")
    await see(desk, "rv")
    await _talk(school, house.rhea, house.olga.chat(school.sales), house.marina.chat(school.sales))
    await _talk(school, house.rhea, house.quinn.chat(school.course), house.lena.chat(school.course))
    return house


async def _talk(school: School, person: Person, first: Chat, second: Chat) -> None:
    """Two new operators: the first talks with a person and passes them on, the second is rung."""
    async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
        for one in (first, second):
            await add_member(uow, one._owner.id, MemberRole.OPERATOR)
    await first.send(f"/talk {person.id}")
    await see(first, "hp")
    await first.send("/pass")
    await see(second, "ht")
    async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
        await remove_member(uow, first._owner.id, MemberRole.OPERATOR)


async def _remember(school: School, people: dict[str, Person]) -> None:
    """Most of them have agreed and bought long ago; all but the students who never write know both bots."""
    bought = {name: ["feedback"] for name in ("Anna", "Lena", "Pia", "Quinn", *STUDENTS)} | {"Bella": [NOTES]}
    bought |= {"Uma": ["basic"], "Fay": ["feedback", "basic"]}
    async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
        for name, person in people.items():
            if name == "Cara":
                continue
            contact = await remember(uow, person, *bought.get(name, ()))
            if name in LEAVING:
                await _let_in(uow, contact, person)
            if name not in STUDENTS:
                for bot in (school.sales, school.course):
                    await add_chat(uow, bot.id, contact)


async def _let_in(uow: UnitOfWork, contact: Contact, person: Person) -> None:
    """They are in the groups of what they have."""
    right = select(accesses.c.id, accesses.c.tariff_id).where(accesses.c.contact_id == contact.id)
    for access in await uow.conn.execute(right):
        doors = select(communities.c.id).where(communities.c.tariff_id == access.tariff_id)
        for community_id in await uow.conn.scalars(doors):
            await add_membership(uow, access.id, community_id, person.id, status=MembershipStatus.JOINED)


async def _lose_a_receipt(house: House, school: School) -> None:
    """Nobody knows whether Uma's receipt came: Marina hears of it in the shop, Olga in the one bot they know yet."""
    await asyncio.gather(start(house.marina, school.sales), start(house.olga, school.course))
    async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
        uma = await find_by_telegram_id(uow, house.uma.id)
        assert uma is not None
        paid = {"bot_id": school.sales.id, "status": OrderStatus.PAID}
        order_id = await add_order(uow, uma, (await get_tariff(uow, "basic")).id, **paid)
        said = json.dumps({"chat_id": house.uma.id, "text": "A receipt of long ago"})
        held = {
            "priority": Priority.TRANSACTIONAL,
            "state": OutboxState.HOLD,
            "payload": said,
            "frozen": True,
        }
        await add_call(uow, school.sales.id, house.uma.id, receipt_key(order_id), **held)
    await see(house.marina.chat(school.sales), "rcp")
    await see(house.olga.chat(school.course), "rcp")


async def _start_both(person: Person, school: School) -> None:
    for bot in (school.sales, school.course):
        await start(person, bot)


async def _learn(chat: Chat, anna: Person) -> None:
    """A lesson and its clocks, work in review, an open question, the settings, the list of lessons."""
    await anna.start(chat.name)
    await see(chat, "tz")
    await chat.send("My first letter")
    await press(chat, "ask")
    await see(chat, "askx")
    await _set(chat, "Hour of the lessons", "hr")
    await _set(chat, "Reminders", "rm")
    await _set(chat, "Language", "lang")
    await chat.send("/settings")
    await eventually(lambda: has_button(chat, "Reminders"))
    await chat.send("/lessons")
    await press(chat, "ls")
    await see(chat, "ll")


async def _set(chat: Chat, button: str, kind: str) -> None:
    """Open what stands behind a button of the settings."""
    await chat.send("/settings")
    await eventually(lambda: has_button(chat, button))
    await chat.press(button)
    await see(chat, kind)


async def _part(chat: Chat, mia: Person, parts: str) -> None:
    """A course of modules."""
    await mia.start(chat.name, parts)
    await wait_for(chat, "Part one")
    await chat.send("/modules")
    await see(chat, "mo")
    await chat.send("price")
    await see(chat, "tr")


async def _rest(chat: Chat, pia: Person) -> None:
    await pia.start(chat.name)
    await see(chat, "st")
    await chat.send("/pause")
    await see(chat, "pz")


async def _be_paused(quinn: Person, school: School, marina: Person) -> None:
    chat = await quinn.start(school.course)
    await see(chat, "st")
    await marina.chat(school.sales).send(f"/hold {quinn.id}")
    await see(chat, "pg")


async def _stray(chat: Chat, lena: Person, notes: str) -> None:
    """A second course's link while the first one is on."""
    await lena.start(chat.name)
    await see(chat, "tz")
    await chat.send("A letter of Lena's")
    await wait_for(chat, EN.received)
    await lena.start(chat.name, notes)
    await see(chat, "cs")


async def _leaf(chat: Chat, bella: Person) -> None:
    await bella.start(chat.name)
    await wait_for(chat, f"Note {MANY}")
    await chat.send("/lessons")
    await see(chat, "lp")
    await chat.send("/courses")
    await press(chat, "ca")
    await see(chat, "cn")
    await chat.send("/courses")
    await see(chat, "ca")


async def _come_in(cara: Person, school: School) -> None:
    for bot in (school.sales, school.course):
        await see(await cara.start(bot), "ok")


async def _choose(one: Person, school: School) -> Message:
    """Up to the tariffs of the first course; gives the message with their buttons."""
    chat = await one.start(school.sales)
    await press(chat, "st")
    await press(chat, "st", 2)
    await press(chat, "cat")
    return (await see(chat, "buy"))[0]


async def _wonder(eva: Person, school: School) -> None:
    chat = await eva.start(school.sales)
    await see(chat, "st")
    await chat.send("Is it for lawyers, too?")
    await see(chat, "ps")


async def _want_more(uma: Person, school: School) -> None:
    chat = uma.chat(school.sales)
    await chat.press(EN.premium, await _choose(uma, school))
    await see(chat, "upg")


async def _administrate(school: School, people: dict[str, Person], desk: Chat, revoked: str) -> None:
    await desk.send("/stats")
    await see(desk, "sta")
    await desk.send("/who")
    await see(desk, "who")
    await desk.send(f"/give {people['Anna'].id} premium")
    await see(desk, "gv")
    await desk.send(f"/revoke {people['Fay'].id}")
    await see(desk, "tq")
    await desk.send(f"/revoke {people[revoked].id}")
    await press(desk, "tk")
    await see(desk, "tb")
    await desk.send(f"/revoke {people['Gia'].id}")
    await see(desk, "tk")
    await desk.send(f"/delete_scenario {SPARE}")
    await see(desk, "sk")
    await desk.send("/broadcast")
    await see(desk, "bc")
    await desk.send("News")
    await see(desk, "bc", 2)


async def _change_course(school: School, desk: Chat, title: str) -> None:
    """A new version of a sold course, from its file: below its report a button opens the course to everybody."""
    course = school.command("export", SOLD).stdout
    assert TITLE in course
    await desk.send_document("sold.yaml", course.replace(TITLE, title).encode(), caption=f"/edit {SOLD}")
    await press(desk, "imp")
    await see(desk, "door")


async def _ask_to_be_forgotten(chat: Chat) -> None:
    await chat.send("/deleteme")
    await see(chat, "er")
