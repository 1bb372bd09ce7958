"""A curator from the role to the answer, and a person on one screen, as the owner and the curator read it in both languages."""

import re

import pytest

from core.text.catalog import say
from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.chat_pictures import take_pictures
from tests.stories.money_words import hear
from tests.stories.people import desk_in, start, student
from tests.stories.school import School, eventually

WORK = "I wrote to my landlord about the light in the stairs."


@pytest.mark.parametrize("language", ["en", pytest.param("ru", marks=pytest.mark.faults)])
async def test_an_owner_makes_a_curator_who_takes_and_answers_work(
    tg: SandboxClient, school: School, telegram: str, language: str
) -> None:
    owner = await desk_in(tg, school, school.course)
    curator = await tg.person("Clara", language_code=language)
    chat = await start(curator, school.course)
    asked = await owner.send("/team")
    team = await hear(owner, "team-title", "ru", after=asked.id)
    await owner.press(say("button-team-add", "ru"), team)
    named = await owner.send(str(curator.id))
    shown = await hear(owner, "team-one", "ru", after=named.id)
    await owner.press(say("button-role-give", "ru", {"role": say("role-curator", "ru")}), shown)
    await hear(chat, "role-given", language)

    one = await student(tg, school, "feedback", "Wilhelmina", language=language)
    await one.lessons.send(WORK)
    await one.lessons.expect(one.words.received)

    await chat.send("/review")
    queue = await hear(chat, "queue-title", language)
    await chat.press(await _number_of("Wilhelmina", chat, queue), queue)
    card = await hear(chat, "review-with", language, after=queue.id)
    await take_pictures(telegram, language, [(curator, school.course)], "taken")
    await chat.press(say("button-queue-answer", language), card)
    await hear(chat, "queue-answer-now", language)
    await chat.send("A clear letter.")
    decide = await hear(chat, "review-answered-decide", language)
    await one.lessons.expect("A clear letter.")
    await chat.press(say("review-accepted", language), decide)
    await one.lessons.expect(one.words.accepted)
    await hear(chat, "review-settled-accepted", language)
    await chat.send("/find Wilhelmina")
    await hear(chat, "role-needed", language)

    asked = await owner.send(f"/find {one.person.id}")
    person = await hear(owner, "person-access", "ru", after=asked.id)
    await take_pictures(telegram, language, [(await tg.find_person(school.admin_id), school.course)], "found")
    await owner.press(say("button-person-note", "ru"), person)
    noted = await owner.send("Prefers voice")
    await hear(owner, "person-did-note", "ru", after=noted.id)
    asked = await owner.send("/log")
    await hear(owner, "log-title", "ru", after=asked.id)
    pictured = [(curator, school.course), (await tg.find_person(school.admin_id), school.course)]
    await take_pictures(telegram, language, pictured)
    await school.assert_well(tg)


async def _number_of(name: str, chat: Chat, queue: Message) -> str:
    """The number of a person's work in the queue, in which the work of other stories may wait before it."""

    async def turn() -> str | None:
        shown = next(message for message in await chat.messages() if message.id == queue.id)
        if line := re.search(rf"^(\d+)\. .*{name}", shown.text, re.MULTILINE):
            return line[1]
        await chat.press("→", shown)
        return None

    return await eventually(turn)
