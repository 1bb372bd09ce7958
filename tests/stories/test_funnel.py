"""A month of a funnel in seconds of a moved clock: every message at its minute, its product bought on the way."""

import asyncio
from datetime import timedelta

import pytest

from app.boot.database import CONTENT
from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.links import told
from tests.stories.people import Buyer, buyer, start, wait_for
from tests.stories.school import School, eventually, group_of

LETTERS = [("letter1", timedelta(days=7)), ("letter2", timedelta(days=7)), ("letter3", timedelta(days=7)),
           ("letter4", timedelta(days=9, hours=12, minutes=30))]  # fmt: skip
SAID = {
    "en": {
        "hello": "You are with us since", "letter1": "Letter one", "letter2": "are in the “Archive of reviews”, 1500 ₽",
        "letter3": "Letter three", "letter4": "The last letter", "open": "Open the archive", "paid": "The archive is open",
        "summary": "“Archive of reviews” still costs 1500 ₽", "group": "link to the group. It", "unknown": "no longer opens anything",
    },
    "ru": {
        "hello": "Вы с нами с", "letter1": "Письмо первое", "letter2": "Все разборы – в «Архив разборов», 1500 ₽",
        "letter3": "Письмо третье", "letter4": "Письмо последнее", "open": "Открыть архив", "paid": "Архив открыт",
        "summary": "«Архив разборов» по-прежнему стоит 1500 ₽", "group": "Вот ваша ссылка в группу", "unknown": "ничего не открывает",
    },
}  # fmt: skip


def url_of(message: Message, button: str) -> str:
    """Where a button leads."""
    rows = message.raw["reply_markup"]["inline_keyboard"]
    return next(str(one["url"]) for row in rows for one in row if button in one["text"])


async def put_funnel(school: School, slug: str) -> str:
    """Import the sample funnel under a slug, selling the premium group; gives its link."""
    text = (CONTENT / "examples/funnel.yaml").read_text().replace("slug: month", f"slug: {slug}")
    group = f"  price: 150000\n  private_group_id: {school.chats['premium']}\n"
    path = school.folder / f"{slug}.yaml"
    path.write_text(text.replace("  price: 150000\n", group))
    return await asyncio.to_thread(told, school, "import", str(path), "--deploy")


@pytest.mark.parametrize("language", ["ru", pytest.param("en", marks=pytest.mark.faults)])
async def test_a_month_of_letters(language: str, tg: SandboxClient, school: School) -> None:
    link, words = await put_funnel(school, f"month-{language}"), SAID[language]
    assert link == f"https://t.me/{school.sales.username}?start=month-{language}"
    one = await buyer(tg, school, language)
    chat = await start(one.person, school.sales, f"month-{language}")
    await chat.press(one.words.agree)
    last = await wait_for(chat, words["hello"])
    assert "{{" not in last.text
    for name, after in LETTERS:
        await tg.clock.advance(seconds=after.total_seconds() - 60)
        assert name not in await heard(chat, words)
        await tg.clock.advance(seconds=60)
        letter = await wait_for(chat, words[name])
        late = letter.raw["date"] - last.raw["date"] - after.total_seconds()
        assert 0 <= late < 60, f"{name} came {late} s after its minute"
        last = letter
        if name == "letter2":
            await buy(one, chat, words, letter)
    await wait_for(chat, words["summary"])
    again = len(await chat.messages())
    await one.person.start(school.sales, f"month-{language}")
    await wait_for(chat, words["summary"], 2)
    assert [one.text for one in (await chat.messages())[again:] if words["hello"] in one.text] == []


async def heard(chat: Chat, words: dict[str, str]) -> set[str]:
    texts = [one.text for one in await chat.messages()]
    return {name for name, piece in words.items() if any(piece in text for text in texts)}


async def buy(one: Buyer, chat: Chat, words: dict[str, str], letter: Message) -> None:
    """By the link of the letter to the payment, what is said to the buyer, and the group."""
    await one.person.open(url_of(letter, words["open"]))
    await wait_for(chat, one.words.wait)
    await one.tg.clock.advance(seconds=6)
    await wait_for(chat, words["paid"])
    invitation = await wait_for(chat, words["group"])
    assert await one.person.join(url_of(invitation, "")) == "requested"
    group = await group_of(one.tg, one.school, "premium")

    async def is_in() -> bool:
        return one.person.id in await group.members()

    await eventually(is_in)
