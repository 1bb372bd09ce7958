"""Students and numbers: a channel before the course, content that stays, a certificate, an hour, their data, the owner's page."""

import re

import pytest

from core.text.catalog import catalogue
from sandbox.client.client import Group, Message, Person, SandboxClient
from tests.stories.chat_pictures import take_pictures
from tests.stories.links import payload_of, told
from tests.stories.people import Buyer, buyer, message_after, start, wait_for
from tests.stories.school import School, admin_of, eventually
from utils.telegram_html import strip_tags

COURSE = """\
kind: course
slug: gated-{language}
name: {{ru: Ясные слова, en: Clear words}}
protect: yes
steps:
  - key: gate
    type: subscribe
    chat: {chat}
    url: https://t.me/+channel
    text: {{ru: Сначала вступите в наш канал., en: First join our channel.}}
    button: {{ru: Открыть канал, en: Open the channel}}
  - {{key: hello, type: message, text: {{ru: Вы с нами!, en: You are in!}}}}
  - {{key: ask, type: quiz, text: "2 + 2?", answers: [{{text: "4", correct: yes}}, {{text: "5"}}]}}
  - {{key: paper, type: certificate}}
  - {{key: bye, type: end, text: Goodbye}}
"""


def _words(key: str, language: str) -> str:
    """The first line of a text of ours as it is read, up to its first value."""
    return strip_tags(catalogue(language).gettext(key)).split("{")[0].split("\n")[0].strip()


@pytest.mark.parametrize("language", ["ru", pytest.param("en", marks=pytest.mark.faults)])
async def test_students_and_numbers(language: str, tg: SandboxClient, school: School) -> None:
    admin = await admin_of(tg, school)
    group = await tg.group(f"Club {language}", owner=admin, bots=[school.course])
    path = school.folder / f"gated-{language}.yaml"
    path.write_text(COURSE.format(language=language, chat=group.id))
    payload = payload_of(told(school, "import", str(path), "--deploy"))
    anna = await buyer(tg, school, language, "Anna")
    chat = await start(anna.person, school.course, payload)
    await chat.press(anna.words.agree)
    await pass_the_gate(anna, group, language)
    await finish(anna, language)
    await ask_for_data(anna, language)
    await read_numbers(admin, school)
    chats = [(anna.person, school.course), (admin, school.sales)]
    await take_pictures(school.telegram, language, chats)


async def pass_the_gate(anna: Buyer, group: Group, language: str) -> None:
    """A press outside, then they come in, and need not press again."""
    await wait_for(anna.lessons, "канал" if language == "ru" else "channel")
    await anna.lessons.press(_words("gate-done", language))
    await wait_for(anna.lessons, _words("gate-not-yet", language)[:12])
    await group.add(anna.person)
    hello = await wait_for(anna.lessons, "Вы с нами!" if language == "ru" else "You are in!")
    assert hello.raw["has_protected_content"] is True


async def finish(anna: Buyer, language: str) -> None:
    """The poll cannot be forwarded; the certificate is listed, and comes again; an hour is written."""

    async def asked() -> Message | None:
        return next((one for one in await anna.lessons.messages() if one.media == "poll"), None)

    poll = await eventually(asked)
    assert poll.raw["has_protected_content"] is True
    await anna.lessons.vote(poll, 0)
    await wait_for(anna.lessons, "Goodbye")
    await anna.lessons.send("/certificates")
    listed = await wait_for(anna.lessons, _words("certificates-list", language))
    assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", listed.text)
    await anna.lessons.press("📄", listed)
    await anna.lessons.send("/settings")
    settings = await wait_for(anna.lessons, _words("settings-time", language)[:8])
    await anna.lessons.press(_words("settings-hour", language), settings)
    await wait_for(anna.lessons, _words("hour-ask", language)[:12])
    await anna.lessons.send("9:30")
    await wait_for(anna.lessons, "09:30")


async def ask_for_data(anna: Buyer, language: str) -> None:
    """The page comes as a file; a deletion is planned, shown, undone."""
    await anna.shop.send("/start")
    await anna.lessons.send("/mydata")
    await wait_for(anna.lessons, _words("mydata-caption", language)[:20])
    await anna.lessons.send("/deleteme")
    asked = await wait_for(anna.lessons, _words("erase-ask", language))
    await anna.lessons.press(_words("button-erase-yes", language), asked)
    planned = await wait_for(anna.lessons, _words("erase-planned", language))
    await anna.lessons.press(_words("button-erase-undo", language), planned)
    await wait_for(anna.lessons, _words("erase-undone", language))


async def read_numbers(admin: Person, school: School) -> None:
    """The page, its picture, who is behind a number, and the digest."""
    shop = await start(admin, school.sales)
    language = "ru"
    await shop.send("/stats")
    page = await wait_for(shop, _words("stats-title-all", language))
    await message_after(shop, page)  # the picture
    await shop.press(_words("button-stats-who", language), page)
    who = await wait_for(shop, _words("stats-who", language))
    await shop.press(_words("stats-entered", language), who)
    await wait_for(shop, "Anna")
