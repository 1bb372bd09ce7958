"""Two accounts in one process: the second one's bots are connected while it runs, and neither sees anything of the other."""

import asyncio
import subprocess
from dataclasses import replace

from sqlalchemy import func, select, text

from core.db.models import metadata
from core.db.models.tenancy import bots
from core.lifecycle import BotKind
from sandbox.client.client import SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.people import Buyer, buyer, start, wait_for
from tests.stories.school import ROOT, School

CONTENT = ROOT / "content"


def _say(school: School, *words: str) -> str:
    """What a command prints, to its last line."""
    done: subprocess.CompletedProcess[str] = school.command(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().split("\n")[-1]


def test_a_second_account_sells_and_teaches_beside_the_first(open_school: OpenSchool, telegram: str) -> None:
    first = open_school()
    first.install()
    first.start()
    asyncio.run(_live(first, telegram))
    assert first.stop() == 0


async def _live(first: School, telegram: str) -> None:
    async with SandboxClient(telegram) as tg:
        second, account = await _open_second(first, tg)
        anna = await buyer(tg, first, "en", "Anna")
        here, there = anna, replace(anna, school=second)
        await asyncio.gather(_learn(here), _learn(there))
        assert [await _count(first, table) for table in ("contacts", "orders", "accesses", "runs")] == [2] * 4
        assert await _find_strays(first) == []
        await _revoke(second, account, tg)


async def _open_second(first: School, tg: SandboxClient) -> tuple[School, str]:
    owner = await tg.person("Vera", language_code="en")
    account = await asyncio.to_thread(_say, first, "account", "add", "Other words", "--owner", str(owner.id))
    made = {
        kind: await tg.add_bot(
            f"{730_000_000 + n}:Tandem-second-school-token-of-it", f"other_{kind}_bot", f"O {kind}"
        )
        for n, kind in enumerate(BotKind)
    }
    second = replace(first, sales=made[BotKind.SALES], course=made[BotKind.COURSE], admin_id=owner.id)
    for kind, bot in made.items():
        words = ("bot", "connect", bot.token, "--kind", kind, "--account", account)
        assert await asyncio.to_thread(_say, first, *words) == str(bot.id)
    for words in (
        ("payments", "connect", "mock"),
        ("import", str(CONTENT / "flows"), "--deploy"),
        ("tariffs", "load", str(CONTENT / "tariffs.yaml")),
    ):
        await asyncio.to_thread(_say, first, *words, "--account", account)
    return second, account


async def _learn(person: Buyer) -> None:
    offer = await person.reach_offer()
    assert offer.buttons
    await person.pay(person.words.basic)
    await person.open_course()


async def _count(school: School, table: str) -> int:
    """How many accounts have rows there."""
    async with school.looking() as conn:
        found = await conn.scalar(text(f"SELECT count(DISTINCT account_id) FROM {table}"))  # noqa: S608
        return int(found or 0)


async def _find_strays(school: School) -> list[str]:
    """Tables in which a row of one account names a bot of another."""
    async with school.looking() as conn:
        return [
            table.name
            for table in metadata.sorted_tables
            if "bot_id" in table.c
            and await conn.scalar(
                select(func.count())
                .select_from(table.join(bots, bots.c.id == table.c.bot_id))
                .where(bots.c.account_id != table.c.account_id)
            )
        ]


async def _revoke(school: School, account: str, tg: SandboxClient) -> None:
    """A revoked token is told to the owner once, by the bot that still works; another one has the bot go on."""
    owner = await tg.find_person(school.admin_id)
    for bot in (school.course, school.sales):
        await start(owner, bot)
    await tg.faults({"kind": "401", "method": "getUpdates", "bot": school.sales.username})
    await owner.chat(school.sales).send("hello?")  # ends the long poll
    told = await wait_for(owner.chat(school.course), "hears nobody any more")
    assert school.sales.username in told.text
    await tg.faults()
    said = await asyncio.to_thread(
        _say, school, "bot", "connect", school.sales.token, "--kind", "sales", "--account", account
    )
    assert said == str(school.sales.id)
    await wait_for(owner.chat(school.sales), "hears people again")
