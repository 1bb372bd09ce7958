"""A message with several pictures: an album first, then the text with its keyboard; sent again by Telegram's own names."""

import asyncio
import shutil

from app.boot.database import CONTENT
from sandbox.client.client import SandboxClient
from tests.stories.links import told
from tests.stories.people import buyer, start, wait_for
from tests.stories.school import School

STEPS = """\
kind: scenario
slug: pictures
name: Pictures
steps:
  - key: look
    type: message
    text: Three pictures
    media:
      - {kind: photo, ref: media/one-thought.png}
      - {kind: photo, ref: media/one-thought.png, caption: "The second of {{user.user_name}}"}
      - {kind: photo, ref: media/one-thought.png}
    buttons: [[{text: More, url: https://example.org}]]
"""


async def test_an_album_comes_before_its_text(tg: SandboxClient, school: School) -> None:
    path = school.folder / "pictures.yaml"
    path.write_text(STEPS)
    (school.folder / "media").mkdir(exist_ok=True)
    shutil.copy(CONTENT / "media/one-thought.png", school.folder / "media")
    await asyncio.to_thread(told, school, "import", str(path), "--deploy")
    shown_to = set()
    for name in ("Ann", "Bea"):
        one = await buyer(tg, school, "en", name)
        chat = await start(one.person, school.sales, "pictures")
        await chat.press(one.words.agree)
        text = await wait_for(chat, "Three pictures")
        shown = [one.raw for one in await chat.messages() if "photo" in one.raw]
        assert len({raw["media_group_id"] for raw in shown}) == 1
        assert [raw.get("caption") for raw in shown] == [None, f"The second of {name}", None]
        assert max(raw["message_id"] for raw in shown) < text.id
        assert "reply_markup" in text.raw
        shown_to.add(one.person.id)
    calls = [one for one in await tg.calls(method="sendMediaGroup") if one["bot"] == school.sales.username]
    assert sorted(one["chat_id"] for one in calls if one["chat_id"] in shown_to) == sorted(shown_to)
