"""One course that uses every element, from its link to its certificate, in both languages."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from app.boot.database import CONTENT
from app.demo.model_server import ModelServer
from core.text.catalog import say
from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.links import payload_of, told
from tests.stories.money_words import hear
from tests.stories.people import Buyer, buyer, desk_in, start, wait_for
from tests.stories.school import School, eventually

FILE = CONTENT / "examples/every-element.yaml"
SAID = {
    "en": {
        "begin": "Let us begin",
        "notes": "Three notes",
        "mood": "How do you feel?",
        "fine": "Great",
        "after mood": "Then off we go",
        "quiz": "The last note was",
        "wrong": "lower than the first",
        "after quiz": "Listen again",
        "choice": "Which of these notes",
        "chosen": ("C", "G"),
        "after choice": "Exactly!",
        "how many": "How many notes",
        "right": "Right.",
        "result": "Your ear: 2 of 3.\n\nA good ear.",
        "again": "go over what went wrong",
        "higher": "higher than the first",
        "lesson": "The lesson.",
        "work": "Send one sentence",
        "on": "On we go",
        "silence": "Five seconds of silence",
        "talk": "Talk with the assistant",
        "bye": "Goodbye",
        "page": "page of its own",
        "open": "Open",
        "certificate": "Your certificate No.",
        "over": "Now you know every element",
        "score": "Score: 4 of 4",
    },
    "ru": {
        "begin": "Начнём",
        "notes": "Три ноты",
        "mood": "Как настроение?",
        "fine": "Отлично",
        "after mood": "Тогда вперёд",
        "quiz": "Последняя нота была",
        "wrong": "ниже первой",
        "after quiz": "Послушайте ещё раз",
        "choice": "Какие из этих нот",
        "chosen": ("до", "соль"),
        "after choice": "Точно!",
        "how many": "Сколько было нот?",
        "right": "Верно.",
        "result": "Слух: 2 из 3.\n\nХороший слух.",
        "again": "Повторим то, что не получилось",
        "higher": "выше первой",
        "lesson": "Урок.",
        "work": "Пришлите одно предложение",
        "on": "Дальше",
        "silence": "Пять секунд тишины",
        "talk": "Поговорите с помощником",
        "bye": "До свидания",
        "page": "на отдельной странице",
        "open": "Открыть",
        "certificate": "Ваш сертификат №",
        "over": "Теперь вы знаете все элементы",
        "score": "Баллы: 4 из 4",
    },
}


@dataclass
class Journey:
    """Their way through the course."""

    school: School
    tg: SandboxClient
    one: Buyer
    curator: Chat
    words: dict[str, str]

    @property
    def chat(self) -> Chat:
        return self.one.lessons

    async def hear(self, what: str, number: int = 1) -> Message:
        return await wait_for(self.chat, self.words[what], number)

    async def poll(self, what: str, number: int = 1) -> Message:
        """The n-th poll that asks this."""

        async def look() -> list[Message]:
            polls = [one for one in await self.chat.messages() if "poll" in one.raw]
            found = [one for one in polls if self.words[what] in one.raw["poll"]["question"]]
            return found if len(found) >= number else []

        return (await eventually(look))[number - 1]


@pytest.fixture
async def journeys(open_school: OpenSchool, telegram: str) -> AsyncIterator[list[Journey]]:
    """One of each language, both in the course of one school."""
    model = ModelServer()
    school = await asyncio.to_thread(open_school, "sqlite", AI_BASE_URL=await model.start())
    assert (await asyncio.to_thread(school.command, "init")).returncode == 0
    payload = payload_of(await asyncio.to_thread(told, school, "import", str(FILE), "--deploy"))
    await asyncio.to_thread(school.start)
    async with SandboxClient(telegram) as tg:
        curator = await desk_in(tg, school, school.course)
        yield [await _enter(tg, school, language, payload, curator) for language in SAID]
        await school.assert_well(tg)
    await model.stop()


async def _enter(tg: SandboxClient, school: School, language: str, payload: str, curator: Chat) -> Journey:
    one = await buyer(tg, school, language, f"One {language}")
    chat = await start(one.person, school.course, payload)
    await chat.press(one.words.agree)
    return Journey(school, tg, one, curator, SAID[language])


async def test_every_element(journeys: list[Journey]) -> None:
    await asyncio.gather(*map(_go_the_whole_way, journeys))


async def _go_the_whole_way(journey: Journey) -> None:
    await _listen_and_answer(journey)
    await _go_over(journey)
    await _write_and_talk(journey)
    await _open_the_page(journey)
    said = await journey.hear("certificate")
    await journey.hear("over")
    found = re.search(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}", said.text)
    assert found
    async with httpx.AsyncClient(base_url=journey.school.env["PUBLIC_URL"]) as site:
        pdf = await site.get(f"/c/{found[0]}.pdf")
        assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    kinds = [one.media for one in await journey.chat.messages() if one.media]
    assert {"audio", "photo", "document"} <= {str(kind) for kind in kinds}
    await journey.chat.send("/progress")
    await journey.hear("score")


async def _listen_and_answer(journey: Journey) -> None:
    chat, words = journey.chat, journey.words
    await chat.press(words["begin"], await wait_for(chat, "One"))
    await journey.hear("notes")
    await chat.vote(await journey.poll("mood"), words["fine"])
    await journey.hear("after mood")
    await chat.vote(await journey.poll("quiz"), words["wrong"])
    await journey.hear("after quiz")
    await chat.vote(await journey.poll("choice"), *words["chosen"])
    await journey.hear("after choice")
    await journey.hear("how many")
    await chat.send("three, that is 3")
    await journey.hear("right")


async def _go_over(journey: Journey) -> None:
    """One mistake: that quiz comes again, and the two that were right, in some order; all is answered well now."""
    words = journey.words
    await journey.hear("result")
    await journey.hear("again")
    await asyncio.gather(
        _vote_again(journey, "quiz", words["higher"]),
        _vote_again(journey, "choice", *words["chosen"]),
        _count_again(journey),
    )


async def _vote_again(journey: Journey, what: str, *options: str) -> None:
    await journey.chat.vote(await journey.poll(what, 2), *options)


async def _count_again(journey: Journey) -> None:
    await journey.hear("how many", 2)
    await journey.chat.send("3")


async def _write_and_talk(journey: Journey) -> None:
    chat, words = journey.chat, journey.words
    await journey.hear("lesson")
    await journey.hear("work")
    await chat.send("I heard three notes")
    await wait_for(chat, journey.one.words.received)
    card = await wait_for(journey.curator, f"📝 {journey.one.person.first_name}")
    await journey.curator.press(say("button-draft-ask", "ru"), card)
    draft = await hear(journey.curator, "draft-shown", "ru", after=card.id)
    await journey.curator.press(say("button-draft-drop", "ru"), draft)
    await journey.curator.press("Принять", card)
    await wait_for(chat, journey.one.words.accepted)
    await chat.press(words["on"])
    await journey.hear("silence")
    await journey.tg.clock.advance(seconds=6)
    await journey.hear("talk")
    await chat.send(words["bye"])
    await journey.hear("page")


async def _open_the_page(journey: Journey) -> None:
    launch = await journey.chat.launch(journey.words["open"])
    given = {
        "ref": launch.url.partition("#")[0].rpartition("/")[2],
        "initData": launch.init_data,
        "answer": "12",
    }
    async with httpx.AsyncClient(base_url=journey.school.env["PUBLIC_URL"]) as site:
        assert (await site.post("/api/v1/miniapp/answers", json=given)).status_code == 200
    await journey.hear("right", 2)
