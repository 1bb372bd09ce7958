"""`tandem demo` as a first-time visitor meets it: broken off, begun anew, a week of life, the tour, the next day."""

import asyncio
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.demo.tour import build_tour
from app.demo.week import EVENING, NOON
from sandbox.client.client import Message, SandboxClient
from tests.app.demo_process import break_off_in_terminal, running_demo, taken_port
from tests.app.walker import Walker
from tests.stories.forked import run_tandem
from tests.stories.people import all_with, message_after, wait_for
from tests.stories.school import answers, environment, free_port, wait_until
from web.api.panel import BUILT

SALES, COURSE = "clear_words_bot", "clear_words_course_bot"
PEOPLE = (
    "anna",
    "marina",
    "vera",
    "emma",
    "grace",
    "kate",
    "oleg",
    "darya",
    "pavel",
    "igor",
    "ben",
    "nora",
    "lucy",
)
MOSCOW = ZoneInfo("Europe/Moscow")
LESSON = re.compile(r"День [2-5]\. ")
PANEL = re.compile(r"The author's panel.*: http://127\.0\.0\.1:\d+/panel/login.*#code=")
DAY = re.compile(r"Living through a week: day (\d) of 7")
# Who has read how far, and what the bots said to them last: a piece of it.
STANDS = {
    "oleg": (COURSE, 5, "Уроки остаются с вами"),
    "darya": (COURSE, 4, "Работа у куратора"),
    "igor": (COURSE, 1, "Уроки будут приходить по вашим часам"),
    "pavel": (SALES, 0, "Промокод ПИСЬМА"),
    "ben": (COURSE, 4, "Exercise 2. Before and after"),
    "nora": (COURSE, 3, "The curator has your question"),
    "lucy": (SALES, 0, "Promo code LETTERS"),
    "vera": (SALES, 0, "упражнение"),  # in both texts that are compared
}


def test_from_the_first_start_to_the_end_of_the_tour(tmp_path: Path) -> None:
    status, shown = break_off_in_terminal(tmp_path, free_port(), "day 1 of 7")
    assert status == 0, shown
    assert "Stopped. The next start begins anew." in shown
    assert "Traceback" not in shown

    with taken_port() as port, running_demo(tmp_path, port) as demo:
        began = time.monotonic()
        address = demo.address()
        print(f"\nfirst start: {time.monotonic() - began:.0f} s")
        assert address != f"http://127.0.0.1:{port}"
        assert [int(found[1]) for line in demo.lines if (found := DAY.search(line))] == [*range(1, 8)]
        assert "\x1b" not in "".join(demo.lines)
        asyncio.run(_everybody_stands_where_her_story_says(address))
        _the_school_has_spoken_to_many(tmp_path / "data" / "demo" / "tandem.db")
        _second_one_is_refused(tmp_path)
        assert "Everything is kept" in demo.end()
        assert not answers(f"{address}/clock")

    with running_demo(tmp_path, free_port()) as demo:
        began = time.monotonic()
        address = demo.address()
        print(f"second start: {time.monotonic() - began:.0f} s")
        assert not [line for line in demo.lines if DAY.search(line)]
        assert [bool(PANEL.search(line)) for line in demo.lines[-2:]] == [BUILT.exists(), False]
        asyncio.run(_everybody_stands_where_her_story_says(address))
        began = time.monotonic()
        asyncio.run(_both_tours(address))
        print(f"both tours: {time.monotonic() - began:.0f} s")
        # Not even a kill leaves its Telegram behind, and what it kept is whole.
        demo.kill()
        wait_until(lambda: not answers(f"{address}/clock"))
    assert {path.name for path in (tmp_path / "data" / "demo").iterdir()} >= {"tandem.db", "sandbox.json"}


def test_no_port_is_free(tmp_path: Path) -> None:
    done = run_tandem(tmp_path, environment({}), "demo", "--no-browser", "--port", "70000")
    assert done.returncode == 1
    assert "name another with --port" in done.stderr
    assert "Traceback" not in done.stderr


def _the_school_has_spoken_to_many(database: Path) -> None:
    """One was sent, one compared and decided, one waits; people pressed what stands below them."""
    with closing(sqlite3.connect(database)) as rows:
        found = list(rows.execute("SELECT name, status, winner FROM broadcasts ORDER BY id"))
        pressed = dict(rows.execute("SELECT broadcast_id, count(*) FROM broadcast_clicks GROUP BY 1"))
    assert found == [
        ("Letters read aloud", "finished", None),
        ("An exercise a week", "finished", 2),
        ("Reminder of the reading", "scheduled", None),
    ]
    assert pressed[1] == 4
    assert 2 in pressed


def _second_one_is_refused(folder: Path) -> None:
    done = run_tandem(folder, environment({}), "demo", "--fresh")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the demo runs already in this folder" in done.stderr


async def _everybody_stands_where_her_story_says(address: str) -> None:
    async with SandboxClient(address) as tg:
        assert tuple([(await tg.find_person(name)).username for name in PEOPLE]) == PEOPLE
        for name, (bot, lessons, said) in STANDS.items():
            person = await tg.find_person(name)
            chat = person.chat(bot)
            words = [one for one in await chat.messages() if one.sender_id != person.id]
            assert said in words[-1].text, f"{name}: {words[-1].text}"
            assert (
                len({day for one in words for day in re.findall(r"^(?:День|Day) (\d)\.", one.text)})
                == lessons
            ), name
            assert (await chat.info())["unread"] <= 1, f"{name} has not read what she was told"
        for name in ("anna", "emma"):
            chats = await (await tg.find_person(name)).chats()
            assert [one["type"] for one in chats if one["last"]] == ["channel"]
        await _the_desks_hold_what_waits(tg)
        await _they_are_in_their_groups(tg)
        await _the_week_has_passed(tg)
        assert (await tg.tour("ru"))["done"] == (await tg.tour("en"))["done"] == 0
        assert (await tg.report())["violations"] == []


async def _the_desks_hold_what_waits(tg: SandboxClient) -> None:
    """Darya's second work is not decided, Nora's question not answered; Ben's work went back to them."""
    for name in ("marina", "grace"):
        desk = (await tg.find_person(name)).chat(COURSE)
        assert [_waits(one) for one in await all_with(desk, "📝 Дарья, ")] == [False, True]
        assert [_waits(one) for one in await all_with(desk, "📝 Олег, ")] == [False, False]
        (question,) = await all_with(desk, "❓ Nora, ")
        assert "✅" not in question.text
        (ben,) = await all_with(desk, "📝 Ben, ")
        assert "Grace" in ben.text.splitlines()[-1]
    ben = (await tg.find_person("ben")).chat(COURSE)
    assert len(await all_with(ben, "It needs more work")) == 1
    assert not await all_with(ben, "Your work is accepted")


def _waits(card: Message) -> bool:
    """Whether a card still asks for a verdict; a decided one has its Undo."""
    return any(text.startswith("✅") for text in card.buttons)


async def _they_are_in_their_groups(tg: SandboxClient) -> None:
    oleg, darya = await tg.find_person("oleg"), await tg.find_person("darya")
    premium, feedback = "-1001000000002", "-1001000000001"
    assert (await oleg.chat(premium).info())["member"]
    assert not (await oleg.chat(feedback).info())["member"]
    assert (await darya.chat(feedback).info())["member"]


async def _the_week_has_passed(tg: SandboxClient) -> None:
    """It is today's noon, something happened on each of the days before, and lessons came by day, at the chosen hour."""
    now = await tg.clock.now()
    real = now - timedelta(seconds=(await tg._link.get("/clock"))["offset"])
    assert now.date() - real.date() in {timedelta(), timedelta(days=-1)}  # midnight may have passed
    assert NOON <= now.timetz() < EVENING
    darya = (await tg.find_person("darya")).chat(COURSE)
    assert len(await all_with(darya, "14:00 по вашим часам")) == 1
    lessons = [one for one in await darya.messages() if LESSON.match(one.text)]
    came = [datetime.fromtimestamp(one.raw["date"], MOSCOW) for one in lessons]
    assert [at.hour for at in came] == [14] * 3
    days = Counter[int]()
    for name in PEOPLE:
        for bot in (SALES, COURSE):
            chat = (await tg.find_person(name)).chat(bot)
            for one in await chat.messages():
                ago = now.timestamp() - one.raw["date"]
                assert 0 <= ago < timedelta(days=7, hours=1).total_seconds()
                days[int(ago // timedelta(days=1).total_seconds())] += 1
    assert set(range(7)) <= set(days), days


async def _both_tours(address: str) -> None:
    async with SandboxClient(address) as tg:
        walkers = [Walker(tg, language, []) for language in ("ru", "en")]
        await asyncio.gather(*(one.walk() for one in walkers))
        for one in walkers:
            assert one.said == [step["text"] for step in build_tour()[one.language]]
        vera = (await tg.find_person("vera")).chat(SALES)
        told = await wait_for(vera, "Перешли по ссылке: 4\nИз них новых: 4\nПокупок: 3 на ")
        drawn = await message_after(vera, told)
        assert drawn.media == "photo", "a picture of the sales follows"
        assert (await tg.report())["violations"] == []
