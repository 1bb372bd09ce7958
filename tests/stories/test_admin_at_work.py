"""The admin's phone: who is where, access by hand, lessons out of turn, a broadcast to everybody."""

import json
import re
from typing import Any

from sandbox.client.client import SandboxClient
from tests.stories.people import Buyer, buyer, desk_in, start
from tests.stories.school import School, eventually

CROWD = 10
LISTS = 3  # of commands for everybody: in each language, and for who speaks another


async def test_access_by_hand_from_the_first_word_to_the_lesson(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    desk = await desk_in(tg, school, school.course)
    await desk.send(f"/give {anna.person.id} premium")
    await desk.expect("Не знаю никого")
    await anna.reach_offer()
    await desk.send(f"/give {anna.person.id} premium")
    await desk.press("Открыть", await desk.expect("без оплаты"))
    await desk.expect("ссылка на курс отправлена")
    await anna.shop.expect("is open for you")
    await anna.open_course()

    await desk.send(f"/who {anna.person.id}")
    assert "Ясные слова, день 1" in (await desk.expect("Кто где")).text
    await desk.send(f"/open {anna.person.id}")
    await desk.expect("следующий урок открыт")
    await anna.expect_day(2)
    await desk.send(f"/resend {anna.person.id}")
    await desk.expect("отправлен ещё раз")
    await anna.expect_day(2)
    await desk.send("/stats")
    assert "Начали курс: " in (await desk.expect("За всё время")).text

    await desk.send(f"/revoke {anna.person.id}")
    await desk.press("Закрыть", await desk.expect("Вернуть можно"))
    await desk.press("Вернуть доступ", await desk.expect("закрыт"))
    await desk.expect("снова открыт")


SPRING = """
name: Spring
text: {en: "Spring is here, {{user.first_name}}", ru: Весна пришла}
audience: {all: [{language: en}, has_not_paid]}
"""


async def test_a_broadcast_reaches_everybody_once_and_says_how_it_went(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    await anna.person.start(school.sales)
    ben = await buyer(tg, school, "en", "Ben")
    await start(ben.person, school.sales)
    await ben.person.block(school.sales)
    crowd = [await buyer(tg, school, "en", f"P{number}") for number in range(CROWD)]
    for one in crowd:
        await start(one.person, school.sales)
    desk = await desk_in(tg, school, school.sales)
    await desk.send("/broadcast")
    await desk.expect("Пришлите сообщение")
    await desk.send(f"News for {anna.person.id}")
    await desk.press("Показать мне", await desk.expect("Рассылка готова"))
    await desk.expect(f"News for {anna.person.id}")
    await desk.press("📨 Отправить")
    await desk.press("Да, отправить", await desk.expect("Отправить сейчас?"))
    await anna.shop.expect(f"News for {anna.person.id}", timeout=60)
    result = await desk.expect("Итог рассылки", timeout=60)
    people, *outcomes = [int(number) for number in re.findall(r": (\d+)$", result.text, re.MULTILINE)]
    assert people == sum(outcomes) >= len(crowd) + 1
    assert "В очереди" not in result.text
    got = await tg.tally(school.sales, f"News for {anna.person.id}")
    assert sum(people for times, people in got.items() if times == 1) >= len(crowd) + 1
    assert [times for times in got if times > 2] == []
    assert "News" not in "".join(one.text for one in await ben.shop.messages())
    await _send_a_file(crowd, school)


async def _send_a_file(crowd: list[Buyer], school: School) -> None:
    """A file sent from the keyboard beside the running bots: to whom it is for, in their language, until they say stop."""
    file = school.folder / "spring.yaml"
    file.write_text(SPRING, encoding="utf-8")
    await crowd[0].shop.send("/stop")
    await crowd[0].shop.expect("no more mailings")
    counted = json.loads(school.command("broadcast", "count", str(file), "--json").stdout)
    number = school.command("broadcast", "send", str(file)).stdout.split()[-1]
    await crowd[1].shop.expect("Spring is here, P1", timeout=60)

    async def over() -> dict[str, Any]:
        shown: dict[str, Any] = json.loads(school.command("broadcast", "show", number, "--json").stdout)
        return shown if shown["status"] == "finished" else {}

    shown = await eventually(over)
    parts = ("pending", "sent", "failed", "blocked", "unknown", "skipped")
    assert sum(shown[one] for one in parts) == shown["total"] == counted["count"]
    assert counted["refused"] == 1
    assert "Spring" not in (await crowd[0].shop.last()).text


async def test_both_bots_show_their_commands(tg: SandboxClient, school: School) -> None:
    async def told() -> bool:
        return len(await tg.calls(bot=school.course.username, method="setMyCommands")) >= LISTS

    assert await eventually(told)
