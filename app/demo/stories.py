"""The week before one comes: who found the course and how, who bought what, who waits for whom today."""

from dataclasses import dataclass

from app.demo.actors import Actor
from app.demo.cast import BEN, DARYA, EN, HEROES, IGOR, LUCY, NORA, OLEG, PAVEL, RU, Role
from app.demo.mailings import BETTER, COMPARED, INVITATION, PUT_OFF, SHORT, Send, remind
from app.demo.week import TODAY, Week
from app.demo.words import Words, piece_of
from core.text.catalog import say
from sandbox.client.client import SandboxClient


@dataclass(frozen=True)
class Town:
    """Where the stories happen; `links` are the partners' links by language, from the first day on, `codes` those of promo codes, `send` says something to many."""

    telegram: SandboxClient
    week: Week
    words: dict[str, Words]
    links: dict[str, str]
    codes: dict[str, str]
    send: Send

    async def actor(self, role: Role) -> Actor:
        """Somebody of the cast."""
        person = await self.telegram.find_person(role.id)
        return Actor(role, person, self.words[role.language], self.week)


async def _marina(town: Town) -> None:
    """The admin who reads the Russian works; Darya's last one still waits for them."""
    marina = await town.actor(RU.admin)
    await marina.take_the_desk()
    await town.week.until(1, 9)
    await marina.review(OLEG, "Просьба теперь в первой строке. Так и оставьте.", "accepted")
    await town.week.until(2, 9)
    await marina.review(DARYA, "Хорошо! «Уважаемый коллега» тоже можно убрать.", "accepted")
    await town.week.until(4, 9)
    await marina.review(OLEG, "Было девять строк, стало три. Отлично.", "accepted")
    town.codes["ru"] = await marina.make_code("ПИСЬМА", "15%")


async def _grace(town: Town) -> None:
    """The admin who reads the English works; Ben's came back to them."""
    grace = await town.actor(EN.admin)
    await grace.take_the_desk()
    await town.week.until(4, 10)
    await grace.review(
        BEN, "The request is clear, but there are two of them. Which one matters?", "needs_work"
    )
    town.codes["en"] = await grace.make_code("LETTERS", "15%")


async def _vera(town: Town) -> None:
    """A partner with a channel: their link brought Oleg, Darya and Pavel."""
    vera = await town.actor(RU.partner)
    link = town.links["ru"] = await vera.become_partner()
    channel = vera.person.chat(RU.channel)
    await channel.send(f"Начинаю недельный курс про письма, которые дочитывают: {link}")
    await town.week.until(4, 3)
    await channel.send("Четвёртый день. Вычеркнула из письма треть, и никто не заметил пропажи.")
    await town.week.until(7, 10)
    await channel.send(f"Неделя прошла, пишу вдвое короче. Курс начинается в любой день, вот ссылка: {link}")


async def _kate(town: Town) -> None:
    """A partner with a channel: their link brought Ben, Nora and Lucy."""
    kate = await town.actor(EN.partner)
    link = town.links["en"] = await kate.become_partner()
    channel = kate.person.chat(EN.channel)
    await channel.send(f"A week of writing letters that get read to the end. I am in: {link}")
    await town.week.until(4, 3)
    await channel.send("Day four. I crossed out a third of an e-mail and nobody missed it.")
    await town.week.until(7, 10)
    await channel.send(
        f"That was the week: my letters are half as long. It starts any day, here is the link: {link}"
    )


async def _oleg(town: Town) -> None:
    """Premium, from the first day to the last lesson: they have finished the course."""
    oleg = await town.actor(OLEG)
    await town.week.until(1, 2)
    offer = await oleg.look(town.links["ru"])
    await oleg.buy(offer, "premium")
    await oleg.answer_the_clock()
    await oleg.say_in_group("premium", "Всю неделю буду переписывать письмо подрядчику.")
    await town.week.until(1, 6)
    await oleg.hand_in("Пришлите, пожалуйста, смету до четверга. Без неё не начнём ремонт.")
    await oleg.study_daily(2, 4, (1, 2))
    await town.week.until(4, 6)
    await oleg.hand_in(
        "Было: «В связи с осуществлением работ просьба рассмотреть…» Стало: «Выберите плитку до пятницы.»"
    )
    await oleg.study_daily(5, 5, (1, 2))
    await oleg.hear(oleg.lessons, oleg.words.piece("progress-finished"))


async def _darya(town: Town) -> None:
    """With feedback, by Vera's link; their second work waits for the curator since yesterday."""
    darya = await town.actor(DARYA)
    await town.week.until(1, 4)
    offer = await darya.look(town.links["ru"])
    await town.week.until(2, 3)
    await darya.buy(offer, "feedback")
    await darya.choose_hour("14:00")
    await darya.say_in_group("feedback", "Всем привет! Было «доводим до вашего сведения», стало «сообщаем».")
    await town.week.until(2, 6)
    await darya.hand_in("Встречу переносим на вторник, в 15:00. Подтвердите, пожалуйста, до обеда.")
    await darya.study_daily(2, 4, (2, 3))
    await town.week.until(6, 4)
    await darya.hand_in(
        "Было: «Имеет место рост числа обращений». Стало: «В октябре написали 40 человек, в ноябре 65»."
    )
    await town.week.until(TODAY)


async def _igor(town: Town) -> None:
    """Basic, since yesterday: the first lesson read; their work and their answer about the clock are still to come."""
    igor = await town.actor(IGOR)
    await town.week.until(6, 6)
    offer = await igor.look()
    await town.week.until(7, 5)
    await igor.buy(offer, "basic")
    await igor.hear(igor.lessons, igor.words.piece("zone-ask"))


async def _pavel(town: Town) -> None:
    """Came by Vera's link, saw the prices, bought nothing; came back by a promo code and is thinking about it."""
    pavel = await town.actor(PAVEL)
    await town.week.until(5, 2)
    await pavel.look(town.links["ru"])
    await town.week.until(6, 3)
    await pavel.enter_code(town.codes["ru"])


async def _ben(town: Town) -> None:
    """With feedback, by Kate's link; the curator asked for more, and they have not answered yet."""
    ben = await town.actor(BEN)
    await town.week.until(3, 2)
    offer = await ben.look(town.links["en"])
    await town.week.until(4, 3)
    await ben.buy(offer, "feedback")
    await ben.answer_the_clock()
    await ben.say_in_group("feedback", "Hello! Before: “please be advised that”. After: nothing at all.")
    await town.week.until(4, 7)
    await ben.hand_in("Please send the figures by Thursday. And could we meet next week?")
    await town.week.until(4, 11)
    await ben.hear(ben.lessons, ben.words.piece("assignment-needs-work"))
    await ben.study_daily(2, 4, (4, 3))


async def _nora(town: Town) -> None:
    """Basic, by Kate's link; they have asked the curator something."""
    nora = await town.actor(NORA)
    await town.week.until(4, 5)
    offer = await nora.look(town.links["en"])
    await town.week.until(5, 1)
    await nora.buy(offer, "basic")
    await nora.answer_the_clock()
    await nora.study_daily(2, 2, (5, 1))
    await nora.lessons.send("I would like to move our call to Monday, if that suits you.")
    await nora.hear(nora.lessons, nora.words.answer("task1"))
    await nora.study_daily(3, 3, (5, 1))
    await town.week.until(7, 8)
    await nora.lessons.send("/ask")
    await nora.hear(nora.lessons, nora.words.piece("question-ask"))
    await nora.lessons.send("What if the first line has to be an apology?")
    await nora.hear(nora.lessons, nora.words.piece("question-asked"))


async def _lucy(town: Town) -> None:
    """Only looked: read what is inside and went away; a promo code showed them the prices."""
    lucy = await town.actor(LUCY)
    await town.week.until(6, 2)
    await lucy.look_inside(town.links["en"])
    await town.week.until(6, 9)
    await lucy.enter_code(town.codes["en"])


async def _invite(town: Town) -> None:
    """The school's first mailing, to all who know the bot by then: three come, Ben sends a letter."""
    await town.week.until(3, 4)
    await town.send(INVITATION)
    await town.week.until(3, 4.5)
    coming, letter = (row[0]["text"] for row in INVITATION["buttons"])
    answers = {OLEG: coming, DARYA: coming, EN.partner: coming, BEN: letter}
    for role in (*answers, RU.partner, RU.admin, EN.admin):
        reader = await town.actor(role)
        mail = await reader.find(reader.shop, piece_of(INVITATION["text"][role.language]))
        if mail and role in answers:
            await reader.press(reader.shop, answers[role][role.language], mail)


async def _compare(town: Town) -> None:
    """Two texts about an exercise a week: more answer the one that asks; too few to tell, and so Grace decides."""
    await town.week.until(5, 2.5)
    await town.send(COMPARED)
    await town.week.until(5, 3)
    [[button]] = COMPARED["buttons"]
    readers = [
        await town.actor(role)
        for role in (RU.partner, EN.partner, OLEG, DARYA, PAVEL, BEN, NORA, RU.admin, EN.admin)
    ]
    for reader in readers:
        language = reader.role.language
        if asked := await reader.find(reader.shop, piece_of(PUT_OFF[language])):
            await reader.press(reader.shop, button["text"][language], asked)
        await reader.find(reader.shop, piece_of(SHORT[language]))
    await town.week.until(5, 7)
    grace = readers[-1]
    question = await grace.hear(grace.shop, grace.words.piece("broadcast-trial-too_few"))
    await grace.press(grace.shop, say("broadcast-do-choose", "en", {"variant": BETTER}), question)
    await town.week.until(5, 7.5)
    for reader in readers:
        await reader.shop.read()
    await town.week.until(7, 1)
    await town.send(remind(await town.telegram.clock.now()))


STORIES = (_marina, _grace, _vera, _kate, _oleg, _darya, _igor, _pavel, _ben, _nora, _lucy, _invite, _compare)


async def live_the_week(telegram: SandboxClient, week: Week, send: Send) -> None:
    """Let the whole cast live through the week; raises AssertionError if a bot does not do what it should."""
    town = Town(telegram, week, {language: Words(language) for language in HEROES}, {}, {}, send)
    await week.live(*(story(town) for story in STORIES))
