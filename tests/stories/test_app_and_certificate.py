"""A question answered in a Mini App, and the certificate behind it: drawn, checked by anybody, revoked."""

import re

import httpx
import pytest

from sandbox.client.client import Person, SandboxClient
from tests.stories.links import payload_of, told
from tests.stories.people import Buyer, buyer, message_after, start, wait_for
from tests.stories.school import School, admin_of

COURSE = """\
kind: course
slug: paper-{language}
name: {{ru: Ясные слова, en: Clear words}}
steps:
  - key: sum
    type: miniapp
    text: Three times three
    button: Open
    question: {{text: 3 × 3, options: ["6", "9"]}}
    answer: {{actual: "9", correct_feedback: That is right}}
  - {{key: paper, type: certificate}}
  - {{key: bye, type: end, text: Goodbye}}
"""
VALID = {"en": "This certificate is valid", "ru": "Сертификат действителен"}
REVOKED = {"en": "This certificate is revoked", "ru": "Сертификат отозван"}
UNCONFIRMED = {"en": "Telegram has not confirmed who you are", "ru": "Telegram не подтвердил, кто вы"}
OVER = {"en": "answered already", "ru": "уже"}
NUMBER = re.compile(r"/c/([A-Z0-9-]{19})")


@pytest.mark.parametrize("language", ["ru", pytest.param("en", marks=pytest.mark.faults)])
async def test_from_the_mini_app_to_the_certificate(language: str, tg: SandboxClient, school: School) -> None:
    path = school.folder / f"paper-{language}.yaml"
    path.write_text(COURSE.format(language=language))
    payload = payload_of(told(school, "import", str(path), "--deploy"))
    one, two = await buyer(tg, school, language, "One"), await buyer(tg, school, language, "Two")
    for person in (one, two):
        chat = await start(person.person, school.course, payload)
        await chat.press(person.words.agree)
        await wait_for(person.lessons, "Three times three")
    site = httpx.AsyncClient(base_url=school.env["PUBLIC_URL"], headers={"Accept-Language": language})
    async with site:
        await answer_once(site, one, two)
        await wait_for(one.lessons, "Goodbye")
        said = await wait_for(one.lessons, "/c/")
        await check_and_revoke(site, school, await admin_of(tg, school), said.text, language)


async def answer_once(site: httpx.AsyncClient, one: Buyer, two: Buyer) -> None:
    """No answer counts but theirs, and that one once."""
    language = "en" if one.words.agree == "I agree" else "ru"
    mine, others = await one.lessons.launch("Open"), await two.lessons.launch("Open")
    page = mine.url.partition("#")[0]
    shown = await site.get(page)
    assert (shown.status_code, "3 × 3" in shown.text) == (200, True)
    given = {"ref": page.rpartition("/")[2], "initData": mine.init_data, "answer": "9"}
    forged = await send(site, given | {"initData": mine.init_data.replace("auth_date=", "auth_date=1")})
    assert (forged.status_code, UNCONFIRMED[language] in forged.text) == (401, True)
    assert (await send(site, given | {"initData": others.init_data})).status_code == 403
    assert (await send(site, given | {"answer": "8"})).status_code == 422
    assert (await send(site, given | {"ref": "1-1-1-made-up"})).status_code == 404
    assert (await send(site, given)).status_code == 200
    await wait_for(one.lessons, "That is right")
    again = await send(site, given)
    assert (again.status_code, OVER[language] in again.text) == (409, True)
    assert (await site.get(page)).status_code == 200


async def send(site: httpx.AsyncClient, given: dict[str, str]) -> httpx.Response:
    return await site.post("/api/v1/miniapp/answers", json=given)


async def check_and_revoke(
    site: httpx.AsyncClient, school: School, admin: Person, said: str, language: str
) -> None:
    """Everybody may check it; the picture and the document lead there."""
    found = NUMBER.search(said)
    assert found
    number = found[1]
    assert VALID[language] in (await site.get(f"/c/{number}")).text
    pdf = await site.get(f"/c/{number}.pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    desk = await start(admin, school.course)
    sent = await desk.send(f"/revokecertificate {number} a mistake")
    await message_after(desk, sent, number)
    revoked = await site.get(f"/c/{number}")
    assert (REVOKED[language] in revoked.text, "a mistake" in revoked.text) == (True, True)
    assert (await site.get(f"/c/{number}.pdf")).status_code == 410
