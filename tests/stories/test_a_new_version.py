"""A second version is published while five students stand on different steps: each of the three choices, both languages."""

import asyncio
import json

import pytest

from sandbox.client.client import SandboxClient
from tests.stories.links import payload_of, told
from tests.stories.people import Buyer, buyer, start, wait_for
from tests.stories.school import School

FIRST = ["kind: course", "slug: {slug}", "name: Versions", "steps:"]
GO = "  - {{key: {key}, type: message, text: {text}, button: Next}}"
# With a space in each: a start link of random letters, which they send themself, may hold any short word.
OLD = [("one", "Step one"), ("two", "Step two"), ("three", "Step three"), ("four", "Step four")]
NEW = [("one", "Step one"), ("two", "Step two is new"), ("four", "Step four")]
WAIT = "  - {key: wait, type: delay, wait: 1d}"
EACH_ONCE = [("stay", "ru"), ("move", "en"), ("resend", "ru")]
THE_OTHERS = [("stay", "en"), ("move", "ru"), ("resend", "en")]
CASES = [*EACH_ONCE, *(pytest.param(*case, marks=pytest.mark.faults) for case in THE_OTHERS)]
BYE = "  - {key: bye, type: end, text: Goodbye}"


def write_course(school: School, slug: str, steps: list[tuple[str, str]], *words: str) -> str:
    """Import a course of messages, a day's wait and a goodbye; gives the last line."""
    lines = [line.format(slug=slug) for line in FIRST]
    lines += [GO.format(key=key, text=json.dumps(text)) for key, text in steps]
    path = school.folder / f"{slug}.yaml"
    path.write_text("\n".join([*lines, WAIT, BYE]) + "\n")
    return told(school, "import", str(path), *words)


async def enter(tg: SandboxClient, school: School, language: str, payload: str, presses: int) -> Buyer:
    """Somebody who has pressed so often."""
    one = await buyer(tg, school, language, f"P{presses}")
    chat = await start(one.person, school.course, payload)
    await chat.press(one.words.agree)
    for _, text in OLD[:presses]:
        await chat.press("Next", await wait_for(chat, text))
    if presses < len(OLD):
        await wait_for(chat, OLD[presses][1])
    return one


async def texts(one: Buyer) -> list[str]:
    """What the course has said."""
    known = {text for _, text in (*OLD, *NEW)} | {"Goodbye"}
    return [message.text for message in await one.lessons.messages() if message.text in known]


@pytest.mark.parametrize(("choice", "language"), CASES)
async def test_a_second_version(choice: str, language: str, tg: SandboxClient, school: School) -> None:
    slug = f"{choice}-{language}"
    payload = payload_of(write_course(school, slug, OLD, "--deploy"))
    before, changed, removed, waiting = [
        await enter(tg, school, language, payload, presses) for presses in (0, 1, 2, 4)
    ]
    assert write_course(school, slug, NEW, "--draft").startswith(f"{slug}: is kept as a draft")
    assert await texts(before) == ["Step one"]
    undecided = await asyncio.to_thread(school.command, "publish", slug)
    assert undecided.returncode == 1
    assert "2 people stand on changed or removed steps" in undecided.stderr
    done = await asyncio.to_thread(school.command, "publish", slug, f"--{choice}", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"{slug}: version 2 is published" in done.stdout
    assert "two: 1  (changed in the new version)" in done.stdout
    assert "three: 1  (gone in the new version)" in done.stdout

    later = await enter(tg, school, language, payload, 0)  # who comes now begins with the new version
    await later.lessons.press("Next")
    await wait_for(later.lessons, "Step two is new")
    await before.lessons.press("Next")
    if choice == "stay":
        await removed.lessons.press("Next")
        await wait_for(before.lessons, "Step two")
        await wait_for(removed.lessons, "Step four")
        assert await texts(changed) == ["Step one", "Step two"]
    else:
        await wait_for(before.lessons, "Step two is new")
        await wait_for(removed.lessons, "Step four")
        if choice == "resend":
            await wait_for(changed.lessons, "Step two is new")
        await changed.lessons.press("Next")
        await wait_for(changed.lessons, "Step four")
        assert await texts(changed) == [
            "Step one",
            "Step two",
            *(["Step two is new"] if choice == "resend" else []),
            "Step four",
        ]
    assert await texts(waiting) == ["Step one", "Step two", "Step three", "Step four"]
    await tg.clock.advance(days=1, minutes=1)
    await wait_for(waiting.lessons, "Goodbye")
