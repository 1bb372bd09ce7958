"""Speaking to many, as an author does it: written on a phone, tried out, counted, sent, planned, compared, changed, taken back."""

import asyncio
import json
import re
import signal
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core.db.models.delivery import outbox
from core.db.session import Database
from sandbox.client.client import Chat, Message, SandboxClient
from tests.stories.author import PEOPLE, POLL, Author, got, never, open_house, plain
from tests.stories.chat_pictures import take_pictures
from tests.stories.conftest import OpenSchool
from tests.stories.forging import Forger, read_notes
from tests.stories.school import eventually

HERE = 3  # who gets a broadcast to all: the author, Anna, Boris
RICH = """
name: Rich
text:
  en: "Spring for <b>{{user.first_name}}</b>"
  ru: "Весна для <b>{{user.first_name}}</b>"
buttons:
  - [{text: Site, url: "https://example.org/spring"}]
  - [{text: Untracked, url: "https://example.org/plain", track: no}]
  - [{text: Begin, start: welcome}, {text: Later, tag: later}]
  - [{text: Share, share: "Look & see"}]
audience: {any: [{language: en}, {all: [{language: ru}, has_not_paid, {not: {tag: later}}]}]}
"""
LONG = "name: Long\ntext: |\n" + "".join(f"  {number} {'word ' * 150}\n\n" for number in range(9))
PLANNED = 'name: Planned\ntext: Good morning\nat: "{at}"\nweekly: {weekly}\n'
LOCAL = 'name: Local\ntext: Good evening, {word}\nlocal: "{hour}"\n'
WINDOW = 'name: Window\ntext: In its hours\nwindow: {{from: "{opens}", to: "{closes}"}}\n'
TRIED = """
name: Tried
scenario: welcome
text: {{en: "{{{{scenario.name}}}}, in the end", ru: "@{{{{bot.bot_name}}}}, в конце"}}
buttons: [[{{text: Yes please, tag: wants}}]]
variants: [{{share: 40, text: "As A"}}, {{share: 40, text: "As B"}}]
winner: {{by: clicks, after: 4h}}
at: "{at}"
"""
TRIAL = """
name: {name}
text: "{name} for the rest"
buttons: [[{{text: Yes please, tag: wants}}]]
audience: {{tag: {tag}}}
variants: [{{share: 40, text: "{name} as A"}}, {{share: 40, text: "{name} as B"}}]
winner: {{by: clicks, after: 4h}}
"""
CROWD = 100
GREETINGS = {"en": "Good morning", "ru": "Доброе утро"}


@pytest.mark.parametrize(
    ("language", "database"),
    [("ru", "sqlite"), pytest.param("en", "postgresql", marks=pytest.mark.faults)],
    ids=["ru", "en"],
)
@pytest.mark.timeout(600)
async def test_an_author_speaks_to_many(
    tg: SandboxClient, open_school: OpenSchool, migrated_sqlite: Path, language: str, database: str
) -> None:
    author = await open_house(tg, open_school, migrated_sqlite, language, database)
    await write_one_that_survives(author)
    await send_every_kind(author)
    await change_and_take_back(author)
    await send_a_file(author)
    await refuse_what_is_wrong(author)
    await stop_and_come_back(author)
    await bring_a_list(author)
    await plan(author)
    await steer(author)
    await compare(author)
    anna = author.people["Anna"]
    chats = [(author.desk._owner, author.school.sales), (anna.person, author.school.sales)]
    await take_pictures(author.school.telegram, language, chats)  # type: ignore[arg-type]
    await author.school.assert_well(tg)


async def write_one_that_survives(author: Author) -> None:
    """Wrong words, another command, a kill, another message: the draft is there, and goes to who was ticked."""
    await author.write("/broadcasts", author.words("broadcasts-none"))
    await author.write("/send_broadcast three", author.words("broadcast-which"))
    await author.write("/send_broadcast 9", author.words("broadcast-not-here", number=9))
    await author.write("/create_broadcast", author.words("broadcast-ask"))
    refused = await author.write("Hello, {{user.nme}}", "{{user.nme}}")
    assert "text" not in refused.text
    listed = await author.write("/broadcasts", author.words("broadcasts-list"))
    await author.desk.press(author.words("broadcast-unwritten"), listed)
    await author.after(listed, author.words("broadcast-ask"))
    await asyncio.to_thread(author.school.stop, signal.SIGKILL)
    await asyncio.to_thread(author.school.start)
    card = await author.write("Hello, {{user.first_name}}", author.words("broadcast-draft"))
    for why, number in (("", HERE), ("-blocked", 1), ("-refused", 1)):
        assert author.words(f"broadcast-reach{why}", number=number) in card.text
    await author.tap("again")
    await author.write("Good morning, {{user.first_name}}", author.words("broadcast-draft"))
    listed = await author.write("/broadcasts", author.words("broadcasts-list"))
    await author.desk.press("Good morning", listed)
    await author.after(listed, author.words("broadcast-draft"))
    await _choose(author)
    await _ask_one_more(author)
    await _set_hours_and_texts(author)
    asked = await author.tap("languages", author.words("broadcast-languages"))
    await author.desk.press(author.words("broadcast-do-inru"), asked)
    await author.after(asked, author.words("broadcast-ask-ru"))
    await author.write("Доброе утро, {{user.first_name}}", author.words("broadcast-draft"))
    await author.tap("try")
    for greeting in GREETINGS.values():
        await got(author.desk, f"{greeting}, Marina")
    assert await never(author.people["Anna"].shop, "Good morning")
    sure = await author.tap("ask", author.words("broadcast-ask-sure"))
    await author.look("confirmed")
    await author.tap("back", author.words("broadcast-draft"))
    await author.look("draft")
    await author.send_out(HERE)
    await author.look("result")
    await _press_again(author, author.words("broadcast-do-start", people=HERE), sure)
    own = f"{GREETINGS[author.language]}, Marina"
    assert len([one for one in await author.desk.messages() if one.text == own]) == 2
    for name in ("Anna", "Boris"):
        mail = await got(author.people[name].shop, f"{GREETINGS[PEOPLE[name]]}, {name}")
        assert mail.buttons == (plain("mailing-stop", PEOPLE[name]),)


async def _press_again(author: Author, button: str, card: Message) -> None:
    """What a second press of a quick finger does: nothing, and that is said."""
    data = next(one["callback_data"] for row in card.rows for one in row if one["text"] == button)
    finger = Forger(author.tg, author.school.sales, author.desk._owner)  # type: ignore[arg-type]
    query = await finger.send(data, card.id)
    assert (await read_notes(author.tg, {query}))[query] == author.words("broadcast-done-before")


async def _choose(author: Author) -> None:
    """Tick readers, see the number change, untick them."""
    asked = await author.tap("whom", author.words("broadcast-whom").splitlines()[0])
    english = author.words("audience-en")
    await author.desk.press(english, asked)
    asked = await author.shows(asked, author.words("broadcast-reach", number=1 + (author.language == "en")))
    await author.look("readers")
    await author.desk.press(english, asked)
    await author.shows(asked, author.words("broadcast-reach", number=HERE))
    await author.tap("back", author.words("broadcast-draft"))


async def _ask_one_more(author: Author) -> None:
    """A condition from the list of all is filled in, turned round, taken away."""
    await author.tap("whom", author.words("broadcast-whom").splitlines()[0])
    every = await author.tap("more", author.words("broadcast-more").splitlines()[0])
    await author.look("conditions")
    called = author.words("condition-created_after")
    await author.desk.press(called, every)
    await author.after(every, author.words("condition-ask-created_after"))
    await author.look("question")
    await author.write("2020-01-01", author.words("broadcast-reach", number=HERE))
    asked = await author.tap("whom", author.words("broadcast-whom-added"))
    await author.look("added")
    for left in (0, HERE):
        await author.desk.press(f"{called}: 2020-01-01", asked)
        asked = await author.shows(asked, author.words("broadcast-reach", number=left))
    await author.tap("back", author.words("broadcast-draft"))


async def _set_hours_and_texts(author: Author) -> None:
    """A window and a text to compare are set, seen on the card, and taken back."""
    asked = await author.tap("when")
    await author.after(asked, author.words("broadcast-ask-when").splitlines()[0])
    await author.write("soon", author.words("broadcast-part-refused", problem="").splitlines()[-1])
    await author.write("8:00-20:00", author.words("broadcast-when-window", begins="08:00", ends="20:00"))
    await author.look("when")
    await author.tap("when")
    await author.write({"en": "now", "ru": "сейчас"}[author.language], author.words("broadcast-draft"))
    await author.tap("variants", author.words("broadcast-variants-none").splitlines()[0])
    await author.tap("variant")
    await author.write("Good evening", author.words("broadcast-draft"))
    await author.tap("variants", author.words("broadcast-variants", number=2, share=20).splitlines()[0])
    await author.look("variants")
    await author.tap("abnone", author.words("broadcast-variants-none").splitlines()[0])
    await author.tap("back", author.words("broadcast-draft"))


async def send_every_kind(author: Author) -> None:
    """What is no text is repeated as it is, with the way out below it where Telegram lets buttons stand."""
    desk, anna = author.desk, author.people["Anna"]
    forwarded = {"text": "Read this", "entities": [{"type": "bold", "offset": 0, "length": 4}]}
    origin = {"type": "user", "date": 1, "sender_user": anna.person.id}
    kinds: Mapping[str, Callable[[], Awaitable[object]]] = {
        "photo": lambda: desk.send_photo("A picture"),
        "photo album": lambda: desk.send_album(3, "An album"),
        "poll": lambda: desk.send_body(poll=POLL, votes={}),
        "voice": desk.send_voice,
        "video_note": desk.send_video_note,
        "text": lambda: desk.send_body(**forwarded, forward_origin=origin),
    }
    for kind, send in kinds.items():
        asked = await author.write("/create_broadcast", author.words("broadcast-ask"))
        await send()
        await author.after(asked, author.words("broadcast-draft"))
        before, pieces = len(await anna.shop.messages()), 3 if "album" in kind else 1
        await author.confirm(HERE)
        fresh = await eventually(lambda: _since(anna.shop, before, pieces))  # noqa: B023 - awaited at once
        assert [kind.split()[0] in one.raw for one in fresh] == [True] * pieces
        assert any(plain("mailing-stop", "en") in one.buttons for one in fresh) == ("album" not in kind)
    assert fresh[0].raw["entities"] == forwarded["entities"]
    assert "forward_origin" not in fresh[0].raw


async def _since(chat: Chat, before: int, pieces: int) -> list[Message]:
    """What came to a chat once these were there, if it is so much."""
    fresh = (await chat.messages())[before:]
    return fresh if len(fresh) >= pieces else []


async def change_and_take_back(author: Author) -> None:
    """The last one is changed for all who got it, after a photo was no answer; then it is deleted, but for what is too old."""
    anna = author.people["Anna"].shop
    await author.tap("edit")
    await got(author.desk, author.words("broadcast-ask-edit"))
    await author.desk.send_photo("No text")
    await got(author.desk, author.words("broadcast-edit-unfit"))
    await author.write("Read that", author.words("broadcast-edit-draft", number=HERE))
    await author.look("edit")
    await author.tap("change", author.words("broadcast-edited-people", number=HERE))
    changed = await got(anna, "Read that")
    assert await never(anna, "Read this")
    await _age_one(author)
    asked = await author.tap("recall")
    sure = await author.after(asked, author.words("broadcast-recall-sure", number=HERE - 1))
    assert author.words("broadcast-too-old-people", number=1) in sure.text
    await author.look("recall")
    await author.tap("keep", author.words("broadcast-kept"))
    await author.tap("recall")
    await author.tap("recallyes", author.words("broadcast-recalled-people", number=HERE - 1))
    assert changed.id not in {one.id for one in await anna.messages()}
    await got(author.people["Boris"].shop, "Read that")


async def _age_one(author: Author) -> None:
    """Three days have passed since Boris got everything."""
    async with author.school.opened() as db, db.unit(1) as uow:
        theirs = outbox.c.chat_id == author.people["Boris"].person.id
        await uow.conn.execute(
            update(outbox).where(theirs, outbox.c.broadcast_id.is_not(None)).values(sending_since=_old(db))
        )


def _old(db: Database) -> object:
    return db.clock.real_now() - timedelta(days=3)


async def send_a_file(author: Author) -> None:
    """Counted, sent, each in their language; every button does what it says, and is counted."""
    anna, boris = author.people["Anna"], author.people["Boris"]
    counted = json.loads(author.command("broadcast", "count", author.file("rich.yaml", RICH), "--json"))
    assert (counted["count"], counted["blocked"], counted["refused"]) == (HERE, 1, 1)
    number = author.send_file("rich.yaml", RICH)
    await author.becomes(number, status="finished", sent=HERE)
    mail = await got(anna.shop, "Spring for Anna")
    await got(boris.shop, "Весна для Boris")
    link = await anna.shop.press("Site", mail)
    assert link.startswith(author.school.address)
    assert await asyncio.to_thread(_follow, link) == "https://example.org/spring"
    assert await anna.shop.press("Untracked", mail) == "https://example.org/plain"
    shared = next(one["url"] for row in mail.rows for one in row if one["text"] == "Share")
    assert shared.endswith("&text=Look%20%26%20see")
    assert await boris.shop.press("Later") == plain("mailing-pressed", "ru")
    await anna.shop.press("Begin", mail)
    await anna.shop.press(anna.words.agree)
    await got(anna.shop, anna.person.first_name, 3)
    await boris.shop.send("Thank you")
    await author.becomes(number, clicked=2, replied=1)
    table = author.results(number)
    assert len(table) == HERE
    assert sum(row["clicked"] == "1" for row in table) == 2
    counted = json.loads(author.command("broadcast", "count", author.file("rich.yaml", RICH), "--json"))
    assert counted["count"] == 2
    edited = author.command("broadcast", "edit", str(number), "--text", "Весна, да", "--language", "ru")
    await author.becomes(int(edited.split()[-1]), status="finished")
    await got(boris.shop, "Весна, да")
    await got(anna.shop, "Spring for Anna")
    author.command("broadcast", "recall", str(number))
    await eventually(lambda: never(anna.shop, "Spring for Anna"))


def _follow(link: str) -> str:
    """Where a tracked link leads."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(link, timeout=120)  # an address of this test
    except urllib.error.HTTPError as answer:
        return str(answer.headers["Location"])
    raise AssertionError(f"{link} leads nowhere")


async def refuse_what_is_wrong(author: Author) -> None:
    """A long text comes in parts and is never cut; a wrong file sends nothing and says where."""
    number = author.send_file("long.yaml", LONG)
    await author.becomes(number, status="finished", sent=HERE)
    parts = await eventually(lambda: _parts(author))
    assert sum(one.text.count("word") for one in parts) == 9 * 150
    done = author.school.command("broadcast", "edit", str(number), "--text", "Short")
    assert done.returncode != 0
    wrong = 'name: Wrong\ntext: "{{user.nme}}"\naudience: {all: [{shoes: red}]}\n'
    done = author.school.command("broadcast", "send", author.file("wrong.yaml", wrong))
    assert done.returncode != 0
    assert "shoes" in done.stderr
    assert done.stdout == ""


async def _parts(author: Author) -> list[Message]:
    found = [one for one in await author.people["Anna"].shop.messages() if "word word" in one.text]
    return found if sum(one.text.count("word") for one in found) == 9 * 150 else []


async def stop_and_come_back(author: Author) -> None:
    """Boris has enough, Dora wants some again."""
    boris, dora = author.people["Boris"], author.people["Dora"]
    await boris.shop.press(plain("mailing-stop", "ru"))
    await got(boris.shop, plain("mailing-stopped", "ru"))
    await dora.shop.press(plain("mailing-again", "ru"))
    await got(dora.shop, plain("mailing-again-done", "ru"))
    number = author.send_file("news.yaml", "name: News\ntext: Fresh news\n")
    await author.becomes(number, status="finished", sent=HERE)
    await got(dora.shop, "Fresh news")
    assert await never(boris.shop, "Fresh news")


async def bring_a_list(author: Author) -> None:
    """A list from elsewhere marks whom the bots know, and gives a link for the others; a segment finds them."""
    anna, dora = author.people["Anna"].person, author.people["Dora"].person
    rows = f"telegram_id;tags;city\n{anna.id};vip;Riga\n{dora.id};vip;Oslo\n999;vip;\n"
    told = author.command("contacts", author.file("people.csv", rows))
    assert told.startswith("2 of 3 are known")
    assert "999" in told
    assert f"t.me/{author.school.sales.username}" in told.splitlines()[-1]
    segment = author.file(
        "vip.yaml", "audience: {all: [{tag: vip}, {variable: {name: city, equals: Riga}}]}\n"
    )
    author.command("segment", "save", "vip", segment)
    asked = await author.write("/create_broadcast", author.words("broadcast-ask"))
    await author.write("For the few", author.words("broadcast-draft"))
    whom = await author.tap("whom", author.words("broadcast-whom").splitlines()[0])
    assert whom.id > asked.id
    await author.desk.press(author.words("audience-segment", name="vip"), whom)
    await author.shows(whom, author.words("broadcast-reach", number=1))
    await author.tap("back", author.words("broadcast-draft"))
    await author.send_out(1)
    await got(author.people["Anna"].shop, "For the few")


async def plan(author: Author) -> None:
    """For tomorrow and every week: found in the list, moved, sent at its moment, the next one planned; that one put away."""
    at = await author.tg.clock.now() + timedelta(days=1)
    number = author.send_file("planned.yaml", PLANNED.format(at=at.isoformat(), weekly="yes"))
    card = await _find(author, f"{number}. Planned", "broadcast-scheduled")
    assert author.words("broadcast-weekly") in card.text
    await author.look("planned")
    await author.tap("later")
    moved = (at + timedelta(minutes=30)).isoformat()
    author.command("broadcast", "move", str(number), "--at", moved)
    await author.tg.clock.advance(hours=24, minutes=15)
    assert author.show(number)["status"] == "scheduled"
    await author.tg.clock.advance(minutes=20)
    await author.becomes(number, status="finished", sent=HERE)
    await got(author.people["Anna"].shop, "Good morning")
    await _find(author, f"{number + 1}. Planned", "broadcast-scheduled")
    await author.tap("cancel", author.words("broadcast-dropped"))
    assert author.show(number + 1)["status"] == "cancelled"
    await _try_all(author)


async def _try_all(author: Author) -> None:
    """The author gets each variant in each language, and nobody else does."""
    at = await author.tg.clock.now() + timedelta(days=1)
    number = author.send_file("tried.yaml", TRIED.format(at=at.isoformat()))
    card = await _find(author, f"{number}. Tried", "broadcast-scheduled")
    await author.tap("try")
    for words in (", in the end", f"@{author.school.sales.username}, в конце", "As A", "As B"):
        tried = await author.after(card, words)
        assert "{{" not in tried.text
        assert await never(author.people["Anna"].shop, words)
    await author.tap("cancel", author.words("broadcast-dropped"))


async def _find(author: Author, button: str, shown: str) -> Message:
    """The card of a broadcast, by the list."""
    listed = await author.write("/broadcasts", author.words("broadcasts-list"))
    await author.desk.press(button, listed)
    return await author.after(
        listed, author.words(shown, when="", people="", bar="", percent="").splitlines()[0].split(":")[0]
    )


async def steer(author: Author) -> None:
    """At an hour of each person's own clock; paused, resumed and come once; one stopped before that; one within its window."""
    now = await author.tg.clock.now()
    hour, closes = ((now + timedelta(hours=hours)).strftime("%H:00") for hours in (5, -1))
    first, second = (
        author.send_file("local.yaml", LOCAL.format(word=word, hour=hour)) for word in ("one", "two")
    )
    assert author.show(first)["pending"] == HERE
    await _find(author, f"{first}. Local", "broadcast-running")
    await author.tap("pause")
    await author.becomes(first, status="paused", pending=HERE)
    await author.look("paused")
    await author.tap("resume")
    await author.becomes(first, status="running", pending=HERE)
    await _find(author, f"{second}. Local", "broadcast-running")
    await author.tap("cancel")
    await author.becomes(second, status="cancelled", skipped=HERE)
    third = author.send_file("window.yaml", WINDOW.format(opens=hour, closes=closes))
    assert author.show(third)["pending"] == HERE
    for _ in range(6):
        await author.tg.clock.advance(hours=1)
    await author.becomes(third, status="finished", sent=HERE)
    for _ in range(18):
        await author.tg.clock.advance(hours=1)
    await author.becomes(first, status="finished", sent=HERE)
    anna = author.people["Anna"].shop
    assert len([one for one in await anna.messages() if "Good evening, one" in one.text]) == 1
    assert await never(anna, "Good evening, two")


async def compare(author: Author) -> None:
    """Nobody presses: they are equal, and the author chooses. Of another one B is pressed: it goes on by itself."""
    crowd = await author.crowd(CROWD)
    rows = "telegram_id;tags\n" + "".join(f"{one._owner.id};crowd\n" for one in crowd)
    author.command("contacts", author.file("crowd.csv", rows))
    equal = author.send_file("equal.yaml", TRIAL.format(name="Equal", tag="crowd"))
    await author.becomes(equal, sent=CROWD * 8 // 10)
    await author.tg.clock.advance(hours=4, minutes=1)
    asked = await got(author.desk, author.words("broadcast-trial-equal"))
    await author.look("tie")
    await author.desk.press(author.words("broadcast-do-choose", variant="B"), asked)
    await author.shows(asked, author.words("broadcast-chosen", variant="B"))
    await author.becomes(equal, status="finished", sent=CROWD)
    clear = author.send_file("clear.yaml", TRIAL.format(name="Clear", tag="crowd"))
    await author.becomes(clear, sent=CROWD * 8 // 10)
    readers = [one for one in crowd if (await one.last()).text == "Clear as B"]
    await asyncio.gather(*(one.press("Yes please") for one in readers[:16]))
    await author.becomes(clear, clicked=16)
    await author.tg.clock.advance(hours=4, minutes=1)
    times = await author.tg.tally(author.school.sales, "Equal as")
    assert (times[1], times.get(2, 0)) == (CROWD, 0)  # the better one, for the rest, too
    better = re.escape(author.words("broadcast-trial-better", variant="B", percent=99)).replace("99", r"\d+")
    told = await got(author.desk, author.words("broadcast-trial-better", variant="B", percent=99)[:20])
    assert re.search(better, told.text)
    shown = await author.becomes(clear, status="finished", sent=CROWD, winner=2)
    assert {one["variant"]: one["sent"] for one in shown["variants"]}[2] == len(readers) + CROWD // 5
    card = await _find(author, f"{clear}. Clear", "broadcast-finished")
    assert author.words("broadcast-variant-clicks", variant="A", people=40, number=0, percent=0) in card.text
