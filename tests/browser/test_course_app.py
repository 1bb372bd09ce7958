"""A course's own Mini App in the frame of the chat: it takes the client's colours, one answer goes back, the course goes on."""

import asyncio

import pytest
from playwright.async_api import expect

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen
from tests.browser.screen import DESKTOP, PHONE, Look
from tests.stories.links import payload_of, told
from tests.stories.people import WORDS, start, wait_for
from tests.stories.school import School

pytestmark = pytest.mark.asyncio(loop_scope="session")
COURSE = """\
kind: course
slug: sums
name: {ru: Ясные слова, en: Clear words}
steps:
  - key: sum
    type: miniapp
    text: {ru: Трижды три, en: Three times three}
    button: {ru: Открыть, en: Open}
    question: {text: 3 × 3, options: ["6", "9"]}
    answer: {actual: "9", correct_feedback: {ru: Верно, en: That is right}}
  - {key: bye, type: end, text: {ru: До свидания, en: Goodbye}}
"""
SAID = {
    "en": (
        "Three times three",
        "Open",
        "Send the answer",
        "Please answer the question first",
        "That is right",
    ),
    "ru": ("Трижды три", "Открыть", "Отправить ответ", "Сначала ответьте на вопрос.", "Верно"),
}
LOOKS = [Look("ru", PHONE), Look("en", DESKTOP, "dark"), Look("ru", DESKTOP), Look("en", PHONE, "dark")]


@pytest.mark.parametrize(
    "look", [LOOKS[0], LOOKS[1], *(pytest.param(one, marks=pytest.mark.faults) for one in LOOKS[2:])], ids=str
)
async def test_an_answer_is_given_in_the_frame(
    look: Look, new_school: School, people: SandboxClient, telegram: str, open_screen: OpenScreen
) -> None:
    asked, opens, sends, empty, right = SAID[look.language]
    path = new_school.folder / "sums.yaml"
    path.write_text(COURSE)
    payload = payload_of(await asyncio.to_thread(told, new_school, "import", str(path), "--deploy"))
    one = await people.person("Anna", language_code=look.language)
    chat = await start(one, new_school.course, payload)
    await chat.press(WORDS[look.language].agree)
    await wait_for(chat, asked)

    screen = await open_screen(telegram, look, person=str(one.id), chat=new_school.course.username)
    await screen.press(opens)
    sheet = screen.page.get_by_role("dialog", name=new_school.course.name)
    page = sheet.locator("iframe").content_frame
    await expect(page.get_by_role("heading", name="3 × 3")).to_be_visible()
    await page.get_by_role("button", name=sends).click()
    await expect(page.get_by_role("status")).to_contain_text(empty)
    await screen.shot("course-app-asked")
    await page.get_by_text("9", exact=True).click()
    await page.get_by_role("button", name=sends).click()
    await expect(page.locator("body")).to_have_attribute("data-state", "sent")
    await screen.shot("course-app-sent")
    await wait_for(chat, right)
    if look.theme == "dark":
        ground = await page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        assert max(int(part) for part in ground[4:-1].split(",")[:3]) < 128, ground
    await new_school.assert_well(people)
