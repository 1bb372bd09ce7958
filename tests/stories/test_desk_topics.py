"""A review group with a topic per student, as the curator and the student live with it, a deleted topic included."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.environment import FIRST_ACCOUNT
from core.text.catalog import say
from sandbox.client.chat import Chat
from sandbox.client.client import Group, SandboxClient
from services.content.deployments import change_settings, get_deployment
from services.content.flows import get_flow_id
from tests.stories.money_words import hear
from tests.stories.people import student
from tests.stories.school import School, admin_of, eventually

WORK = "I wrote to my landlord about the light in the stairs."


@asynccontextmanager
async def reviewed_in(school: School, group: Group) -> AsyncIterator[None]:
    """Meanwhile the course's work goes to this group."""

    async def choose(chat_id: int | None) -> None:
        async with school.opened() as db, db.unit(FIRST_ACCOUNT) as uow:
            course = await get_deployment(uow, flow_id=await get_flow_id(uow, "clear-words"))
            await change_settings(uow, course.id, {"review_chat_id": chat_id})

    await choose(group.id)
    yield
    await choose(None)


def delete_topic(school: School, group: Group, topic: int) -> None:
    """As somebody in the group would."""
    body = json.dumps({"chat_id": group.id, "message_thread_id": topic}).encode()
    url = f"{school.telegram}/bot{school.course.token}/deleteForumTopic"
    asked = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - the local Telegram
    urllib.request.urlopen(asked).close()  # noqa: S310 - the same


async def topic_of(chat: Chat, name: str, but: int = 0) -> int:
    async def look() -> list[int]:
        return [one.id for one in await chat.topics() if one.name == name and one.id != but]

    return (await eventually(look))[0]


async def stands(chat: Chat, *texts: str) -> bool:
    return set(texts) <= {one.text for one in await chat.messages()}


@pytest.mark.parametrize("language", ["ru", pytest.param("en", marks=pytest.mark.faults)])
async def test_a_student_is_looked_after_in_their_topic(
    tg: SandboxClient, school: School, language: str
) -> None:
    owner = await admin_of(tg, school)
    forum = await tg.group(f"Curators {language}", owner=owner, forum=True)
    await forum.set_bot(school.course)
    chat, name = owner.chat(forum), f"Tina {language}"
    async with reviewed_in(school, forum):
        one = await student(tg, school, "feedback", name=name, language=language)
        await one.lessons.send(WORK)
        await one.lessons.expect(one.words.received)
        topic = await topic_of(chat, name)
        here = chat.in_topic(topic)
        await hear(here, "topic-how", "ru")
        await here.expect(WORK)
        await here.send("A clear letter.")
        await one.lessons.expect("A clear letter.")
        decide = await hear(here, "review-answered-decide", "ru")
        await here.press(say("review-accepted", "ru"), decide)
        await one.lessons.expect(one.words.accepted)
        await here.send("How is the light now?")
        asked = await one.lessons.expect("How is the light now?")
        await one.lessons.reply(asked, "It shines.")
        await here.expect("It shines.")
        await asyncio.to_thread(delete_topic, school, forum, topic)
        await one.lessons.send("/ask Who mends it?")
        anew = chat.in_topic(await topic_of(chat, name, but=topic))
        await eventually(lambda: stands(anew, "Who mends it?", "It shines."))
        await anew.send("The landlord.")
        await one.lessons.expect("The landlord.")
    await school.assert_well(tg)
