"""An admin makes a course by sending its file and changes it by sending the file back, in Russian and in English."""

import asyncio

import pytest

from sandbox.client.client import SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.people import start
from tests.stories.school import School, eventually

COURSE = "Hi_1:\n  type: message\n  text: Hello *there*\n  buton: Go\nEnd_1:\n  type: end\n  text: Over\n"
BROKEN = "Q_1:\n  type: quiz\n  text: q\n  answers:\n  - text: a\n"
WORDS = {
    "en": {
        "ask": "Forward the posts", "wrong": "the file has errors", "line": "Line 4: “Q_1”: 0 answers of the quiz are right",
        "made": "is published: version 1, elements: 2", "warned": "Line 4: “Hi_1”: unknown key “buton”; left out",
        "edit": "as it is now", "changed": "is published: version 2", "same": "is as it was: version 2",
        "draft": "hello is a draft now", "publish": "Publish",
        "exists": "There is a course", "unknown": "There is no course", "other": "This file is of the course",
    },
    "ru": {
        "ask": "Перешлите сюда посты", "wrong": "в файле ошибки", "line": "Строка 4: «Q_1»: верных ответов в викторине 0",
        "made": "опубликован: версия 1, элементов: 2", "warned": "Строка 4: «Hi_1»: неизвестное поле «buton»; пропущено",
        "edit": "как он есть", "changed": "опубликован: версия 2", "same": "остался как был: версия 2",
        "draft": "hello — теперь черновик", "publish": "Опубликовать",
        "exists": "уже есть", "unknown": "нет. Новый делает", "other": "Это файл курса",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", pytest.param("ru", marks=pytest.mark.faults)])
async def test_a_course_is_made_and_changed_by_its_file(
    tg: SandboxClient, open_school: OpenSchool, language: str
) -> None:
    words = WORDS[language]
    admin = await tg.person("Emma", language_code=language)
    school: School = await asyncio.to_thread(open_school, ADMIN_IDS=str(admin.id))
    await asyncio.to_thread(school.install)
    await asyncio.to_thread(school.start)
    desk = await start(admin, school.course)

    await desk.send("/create hello")
    asked = await desk.expect(words["ask"])
    await desk.send_document("hello.yml", BROKEN.encode(), reply_to=asked)
    assert words["line"] in (await desk.expect(words["wrong"])).text
    await desk.send_document("hello.yml", COURSE.encode(), reply_to=asked)
    draft = await desk.expect(words["draft"])
    assert words["warned"] in draft.text
    await desk.press(words["publish"], draft)
    made = await desk.expect(words["made"])
    link = next(word for word in made.text.split() if word.startswith("https://t.me/"))

    student = await tg.person("Ben", language_code="en")
    await student.open(link)
    chat = student.chat(school.course)
    await chat.press("I agree", await chat.expect("Do you agree"))
    await chat.expect("Hello there")

    await desk.send_document("again.yml", COURSE.encode(), caption="/create hello")
    await desk.expect(words["exists"])
    await desk.send("/edit nothing")
    await desk.expect(words["unknown"])

    await desk.send("/edit hello")
    asked = await desk.expect(words["edit"])

    async def has_files() -> bool:
        return (
            sum(
                one.media == "document" and one.sender_id == school.course.id for one in await desk.messages()
            )
            == 2
        )

    await eventually(has_files)
    own = school.command("export", "hello").stdout
    changed = own.replace("Over", "Over and out")
    await desk.send_document("hello.yaml", changed.encode(), reply_to=asked)
    await desk.press(words["publish"], await desk.expect(words["draft"]))
    await desk.expect(words["changed"])
    await desk.send_document("hello.yaml", changed.encode(), caption="/edit hello")
    await desk.expect(words["same"])
    await desk.send_document(
        "x.yaml", changed.replace("slug: hello", "slug: other").encode(), caption="/edit hello"
    )
    await desk.expect(words["other"])
    assert "Over and out" in school.command("export", "hello").stdout
    await school.assert_well(tg)


async def test_for_everybody_else_the_commands_do_not_exist(
    tg: SandboxClient, open_school: OpenSchool
) -> None:
    school: School = await asyncio.to_thread(open_school)
    await asyncio.to_thread(school.install)
    await asyncio.to_thread(school.start)
    stranger = await start(await tg.person("Ben", language_code="en"), school.course)
    before = len(await stranger.messages())
    await stranger.send_document("hello.yml", COURSE.encode(), caption="/create hello")

    async def is_answered() -> bool:
        return len(await stranger.messages()) > before + 1

    await eventually(is_answered)
    assert "SCENARIO_NOT_FOUND" in school.command("export", "hello").stderr
    await school.assert_well(tg)
