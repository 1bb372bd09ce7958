"""Links into courses, in both languages: a group's that is used up, a list they are not on, two courses, one begun anew."""

import pytest

from sandbox.client.client import SandboxClient
from tests.stories.links import payload_of, told
from tests.stories.people import Buyer, buyer, start, wait_for
from tests.stories.school import School

CLOSED = {"en": "This link does not fit", "ru": "Эта ссылка не подходит"}
DECLINED = {"en": "Sign up first", "ru": "Сначала запишитесь"}
ASKED = {"en": "Nothing is lost", "ru": "Ничего не потеряется"}
SWITCH = {"en": "Go to “Second”", "ru": "Перейти к «Second»"}
LISTED = {"en": "waits for you", "ru": "ждёт вас"}
QUESTION = {"en": "from the first lesson?", "ru": "с первого урока?"}
RESTART = {"en": "Begin anew", "ru": "Начать заново"}


def put_course(school: School, slug: str, name: str) -> str:
    """A course of two lessons, imported and open to all; gives its payload."""
    path = school.folder / f"{slug}.yaml"
    steps = "".join(
        f"  - {{key: day{day}, type: lesson, title: Day {day}, drip: {{day: {day}}}, "
        f"messages: [{{text: '{name} {day}'}}]}}\n"
        for day in (1, 2)
    )
    path.write_text(f"kind: course\nslug: {slug}\nname: {name}\nsteps:\n{steps}")
    return payload_of(told(school, "import", str(path), "--deploy"))


async def enter(one: Buyer, payload: str) -> None:
    chat = await start(one.person, one.school.course, payload)
    await chat.press(one.words.agree)


@pytest.mark.parametrize("language", ["en", pytest.param("ru", marks=pytest.mark.faults)])
async def test_doors_of_courses(language: str, tg: SandboxClient, school: School) -> None:
    first = put_course(school, f"first-{language}", "First")
    second = put_course(school, f"second-{language}", "Second")
    group = payload_of(told(school, "token", "issue", "group", "uses=1", "--course", f"first-{language}"))
    one, two = await buyer(tg, school, language, "One"), await buyer(tg, school, language, "Two")
    await enter(one, group)
    await wait_for(one.lessons, "First 1")
    await enter(two, group)
    await wait_for(two.lessons, CLOSED[language])

    texts = 'decline_text={"en": "Sign up first", "ru": "Сначала запишитесь"}'
    told(school, "deploy", f"second-{language}", "--set", "restricted=yes", "--set", texts)
    await two.person.open(f"https://t.me/{school.course.username}?start={second}")
    await wait_for(two.lessons, DECLINED[language])
    told(school, "participants", "add", str(one.person.id), "--course", f"second-{language}")
    await one.person.open(f"https://t.me/{school.course.username}?start={second}")
    await wait_for(one.lessons, ASKED[language])
    await one.lessons.press(SWITCH[language])
    await wait_for(one.lessons, "Second 1")
    await one.lessons.send("/courses")
    await wait_for(one.lessons, LISTED[language])
    await one.lessons.send("/restart")
    await wait_for(one.lessons, QUESTION[language])
    await one.lessons.press(RESTART[language])
    await wait_for(one.lessons, "Second 1", 2)
    assert first
