"""The admin's phone: who is where, access by hand, lessons out of turn, the commands they see."""

from sandbox.client.client import SandboxClient
from tests.stories.people import Buyer, desk_in
from tests.stories.school import School, eventually

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


async def test_both_bots_show_their_commands(tg: SandboxClient, school: School) -> None:
    async def told() -> bool:
        return len(await tg.calls(bot=school.course.username, method="setMyCommands")) >= LISTS

    assert await eventually(told)
