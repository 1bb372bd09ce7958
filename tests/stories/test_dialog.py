"""Talks with a model, in both languages: to its own end, aloud, through a failure, over a restart, until they are used up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.demo.model_server import ModelServer
from sandbox.client.client import Message, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.links import payload_of, told
from tests.stories.people import Buyer, buyer, message_after, start, wait_for
from tests.stories.school import School, admin_of

COURSE = """\
kind: course
slug: talk
name: Talk
steps:
  - {{key: word, type: input, text: Your favourite word?}}
  - key: talk
    type: dialog
    text: Tell me about your day
    prompt: "You are a kind teacher. <!-- never seen --> Their word: {{{{word[1}}}}."
    voice_response: yes
    transcription_language: {language}
  - {{key: bye, type: message, text: The talk is over, button: Next}}
  - key: more
    type: dialog
    text: Once more
    prompt: Be brief
    auto_start: yes
    max_messages: 1
    button: On we go
  - {{key: end, type: end, text: That was all}}
"""
FAILED = {"en": "does not answer right now", "ru": "сейчас не отвечает"}
BANNED = {"en": "are used up in this course", "ru": "в этом курсе закончились"}


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    server = ModelServer()
    yield server
    await server.stop()


@dataclass
class Talk:
    """Their chat in a school whose model is ours."""

    school: School
    model: ModelServer
    one: Buyer
    language: str

    async def say(self, words: str, answer: str, number: int = 1) -> Message:
        await self.one.lessons.send(words)
        return await wait_for(self.one.lessons, answer, number)


@pytest.fixture(params=["ru", pytest.param("en", marks=pytest.mark.faults)])
async def talk(
    request: pytest.FixtureRequest, open_school: OpenSchool, telegram: str, model: ModelServer
) -> AsyncIterator[Talk]:
    """They are in the course, the talk has begun."""
    language, url = request.param, await model.start()
    school = await asyncio.to_thread(open_school, "sqlite", AI_BASE_URL=url)
    assert (await asyncio.to_thread(school.command, "init")).returncode == 0
    path = school.folder / "talk.yaml"
    path.write_text(COURSE.format(language=language))
    payload = payload_of(await asyncio.to_thread(told, school, "import", str(path), "--deploy"))
    await asyncio.to_thread(school.start)
    async with SandboxClient(telegram) as tg:
        one = await buyer(tg, school, language, "One")
        chat = await start(one.person, school.course, payload)
        await chat.press(one.words.agree)
        await wait_for(chat, "Your favourite word?")
        yield Talk(school, model, one, language)


async def test_a_talk_from_beginning_to_end(talk: Talk) -> None:
    chat, model = talk.one.lessons, talk.model
    await talk.say("sunshine", "Tell me about your day")
    model.script.extend(["How *nice*! <script> {{user.user_name}} & more", "And then?"])
    await talk.say("I went for a walk", "How nice! <script>")
    prompt, opening, last = model.heard[-1]["messages"]
    assert prompt["content"] == "You are a kind teacher.  Their word: sunshine."
    assert (opening["content"], last["content"]) == ("Tell me about your day", "I went for a walk")
    model.voices.append("and had an ice cream")
    await chat.send_voice()
    await wait_for(chat, "and had an ice cream")
    await wait_for(chat, "And then?")
    assert [one["content"] for one in model.heard[-1]["messages"]][-2:] == [
        "How *nice*! <script> {{user.user_name}} & more ",
        "and had an ice cream",
    ]
    assert [one for one in await chat.messages() if one.sender_id == talk.school.course.id and one.media]

    await asyncio.to_thread(talk.school.stop)
    await chat.send("while you slept")
    model.script.append("I am back #КонецДиалога")
    await asyncio.to_thread(talk.school.start)
    await wait_for(chat, "I am back")
    assert "КонецДиалога" not in (await wait_for(chat, "I am back")).text
    await wait_for(chat, "The talk is over")


async def test_a_silent_model_costs_nothing_and_the_last_message_is_answered(talk: Talk) -> None:
    chat, model = talk.one.lessons, talk.model
    await talk.say("sunshine", "Tell me about your day")
    model.script.extend([401, "I hear you {STOP}"])
    await talk.say("Hello?", FAILED[talk.language])
    await talk.say("Hello again?", "I hear you")
    await wait_for(chat, "The talk is over")
    model.script.extend(["I begin", "I end"])
    await chat.press("Next")
    await wait_for(chat, "I begin")
    await talk.say("One word", "I end")
    await chat.press("On we go")
    await wait_for(chat, "That was all")


async def test_what_is_used_up_ends_talks_and_nothing_else_until_it_is_pardoned(talk: Talk) -> None:
    told(talk.school, "deploy", "talk", "--set", "ai_limit=1")
    await talk.say("sunshine", "Tell me about your day")
    await talk.say("One", "You say: One")
    await talk.say("Two", BANNED[talk.language])
    await wait_for(talk.one.lessons, "The talk is over")
    desk = await start(await admin_of(talk.one.tg, talk.school), talk.school.course)
    sent = await desk.send(f"/pardon {talk.one.person.id}")
    await message_after(desk, sent, "считаются заново")  # the admin speaks Russian
    told(talk.school, "deploy", "talk", "--set", "ai_limit=2")  # the model begins the next talk: that is one
    await talk.one.lessons.press("Next")
    await talk.say("Back again", "You say: Back again")
