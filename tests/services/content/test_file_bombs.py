"""Files that would be read without end: counted, read in a process of their own, ended at its limits."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.environment import Environment
from core.text.catalog import say
from services.content.importing import sent
from services.content.importing.reader import read_sent
from services.content.importing.report import Why
from tests.factories.bombs import merge_bomb, sheet_bomb
from utils.confined import Limits

GOOD = b"hello:\n  type: message\n  text: Hello\n"


def about(name: str) -> dict[str, Any]:
    return {"name": name, "slug": "course"}


def test_maps_taken_over_are_counted(env: Environment) -> None:
    bomb = merge_bomb()
    assert len(bomb) < 700
    batch = read_sent(env, "bomb.yaml", bomb, "course")
    assert [one.why for one in batch.report.findings] == [Why.TOO_LARGE]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_it_is_said_in_plain_words(language: str) -> None:
    what, _, remedy = say(Why.TOO_COSTLY, language, {}).partition("\n")
    assert what
    assert remedy.endswith(".")


async def test_files_are_read_beside_each_other_while_the_loop_serves(env: Environment) -> None:
    bomb, limits = sheet_bomb(), Limits(seconds=1, megabytes=400)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))  # names are resolved there
    bombs = [asyncio.create_task(sent.read_confined(env, about("b.xlsx"), bomb, limits)) for _ in range(2)]
    await asyncio.sleep(0)
    assert await asyncio.get_running_loop().getaddrinfo("localhost", 80)
    assert not any(one.done() for one in bombs)
    good = await sent.read_confined(env, about("good.yaml"), GOOD)
    assert good["course"]["slug"] == "course"
    assert good["findings"] == []
    for one in await asyncio.gather(*bombs):
        assert one["course"] is None


async def test_the_process_that_reads_has_no_keys(env: Environment) -> None:
    bare = env.without_keys()
    assert bare.signing_key == b""
    assert bare.keys.primary != env.keys.primary
