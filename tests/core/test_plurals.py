"""Every text with a number in it, at the numbers where languages differ; and how long something has waited."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bots.runtime.sending.saying import show_words
from core.text.catalog import DOMAIN, LOCALES, say
from services.delivery import speech

VALUES = {
    "price": "P",
    "slug": "c",
    "days": 3,
    "tariff": "T",
    "scenario": "S",
    "whose": "Работы",
    "groups": "G",
    "hours": "днём",
    "step": "hello",
}
RU = {
    "participants-added": ("Добавлен 1 человек.", "Добавлено 2 человека.", "Добавлено 5 человек."),
    "participants-removed": ("Убран 1 человек", "Убрано 2 человека", "Убрано 5 человек"),
    "scenario-delete": ("1 человек, для него", "2 человека, для них", "5 человек, для них"),
    "pause-days": ("1 день", "2 дня", "5 дней"),
    "reminder-days": ("Раз в 1 день", "Раз в 2 дня", "Раз в 5 дней"),
    "reminders-every": ("раз в 1 день", "раз в 2 дня", "раз в 5 дней"),
    "review-reminder": ("Ждёт ответа: 1", "Ждут ответа: 2", "Ждут ответа: 5"),
    "review-more": ("и ещё 1", "и ещё 2", "и ещё 5"),
    "carried-more": ("ещё 1 строка", "ещё 2 строки", "ещё 5 строк"),
    "reviewed-by-admins": ("администратору", "администраторам", "администраторам"),
    "revoke-leaves": ("из группы", "из групп", "из групп"),
    "revoke-removed": ("из группы", "из групп", "из групп"),
    "removals-title": ("1 человек выйдет", "2 человека выйдут", "5 человек выйдут"),
    "partners-window": ("1 день", "2 дня", "5 дней"),
    "partners-hold": ("1 день", "2 дня", "5 дней"),
    "partner-hold": ("1 день", "2 дня", "5 дней"),
    "removals-more": ("ещё 1", "ещё 2", "ещё 5"),
    "removed-title": ("вышел 1 человек", "вышли 2 человека", "вышли 5 человек"),
    "removal-unsettled": ("1 человек остаётся", "2 человека остаются", "5 человек остаются"),
    "why-more": ("1 покупка", "2 покупки", "5 покупок"),
    "waits-hours": ("1 час", "2 часа", "5 часов"),
    "waits-days": ("1 день", "2 дня", "5 дней"),
    "price-per-months": ("P за 1 месяц", "P за 2 месяца", "P за 5 месяцев"),
    "price-per-years": ("P в год", "P за 2 года", "P за 5 лет"),
    "price-per-days": ("P за 1 день", "P за 2 дня", "P за 5 дней"),
    "price-trial": ("1 день бесплатно", "2 дня бесплатно", "5 дней бесплатно"),
    "plan-trial": ("1 день бесплатно", "2 дня бесплатно", "5 дней бесплатно"),
    "plan-parts": ("1 платёж", "2 платежа", "5 платежей"),
    "import-findings-more": ("ещё 1 замечание", "ещё 2 замечания", "ещё 5 замечаний"),
    "import-left-service": ("1 служебное сообщение", "2 служебных сообщения", "5 служебных сообщений"),
    "import-left-sticker": ("1 стикер пропущен", "2 стикера пропущено", "5 стикеров пропущено"),
    "import-left-foreign": ("1 контакт,", "2 контакта,", "5 контактов,"),
    "import-left-empty": ("1 пост,", "2 поста,", "5 постов,"),
    "import-left-absent": ("1 файла нет", "2 файлов нет", "5 файлов нет"),
    "import-open-poll": ("1 опрос стал вопросом", "2 опроса стали", "5 опросов стали"),
    "import-left-lost": ("1 файл Telegram", "2 файла Telegram", "5 файлов Telegram"),
    "gather-offer": ("1 урок или вопрос", "2 урока и вопроса", "5 уроков и вопросов"),
    "gather-list": ("1 урок или вопрос", "2 урока и вопроса", "5 уроков и вопросов"),
    "button-person-longer": ("ещё 1 день", "ещё 2 дня", "ещё 5 дней"),
    "import-nothing-came": ("1 ошибка", "2 ошибки", "5 ошибок"),
    "import-nobody-came": ("1 ошибка", "2 ошибки", "5 ошибок"),
    "broadcast-whom-more": ("1 условие", "2 условия", "5 условий"),
    "wizard-photos": ("1 файл", "2 файла", "5 файлов"),
    "wizard-period-months": ("каждый 1 месяц", "каждые 2 месяца", "каждые 5 месяцев"),
    "wizard-wait-days": ("1 день", "2 дня", "5 дней"),
    "wizard-wait-hours": ("1 час", "2 часа", "5 часов"),
    "wizard-wait-minutes": ("1 минута", "2 минуты", "5 минут"),
    "wizard-wait-seconds": ("1 секунда", "2 секунды", "5 секунд"),
    "wizard-stand-same": ("1 человек", "2 человека", "5 человек"),
    "wizard-stand-changed": ("1 человек", "2 человека", "5 человек"),
    "wizard-stand-removed": ("1 человек", "2 человека", "5 человек"),
    "left-groups": ("закрылась и группа", "закрылись и группы", "закрылись и группы"),
    "home-no-access": ("1 покупка оплачена", "2 покупки оплачены", "5 покупок оплачено"),
    "home-bot-not-reached": ("1 бот не", "2 бота не", "5 ботов не"),
    "home-dead-letters": ("1 действие не", "2 действия не", "5 действий не"),
    "home-outcome-unknown": ("1 сообщение", "2 сообщения", "5 сообщений"),
    "home-refund-unknown": ("1 возврат", "2 возврата", "5 возвратов"),
    "home-refund-by-hand": ("1 возврат ждёт", "2 возврата ждут", "5 возвратов ждут"),
    "home-money-held": ("1 платёж заморожен", "2 платежа заморожены", "5 платежей заморожены"),
    "home-works-late": ("1 работа ждёт", "2 работы ждут", "5 работ ждут"),
    "home-questions-late": ("1 вопрос ждёт", "2 вопроса ждут", "5 вопросов ждут"),
    "home-payouts-asked": ("1 выплата", "2 выплаты", "5 выплат"),
    "home-commissions-doubtful": ("1 комиссия", "2 комиссии", "5 комиссий"),
}
EN = {
    "participants-added": ("1 person was", "2 people were"),
    "participants-removed": ("1 person was", "2 people were"),
    "scenario-delete": ("1 person is", "2 people are"),
    "pause-days": ("1 day", "2 days"),
    "reminder-days": ("Every 1 day", "Every 2 days"),
    "reminders-every": ("daily", "every 2 days"),
    "review-reminder": ("1 waits for", "2 wait for"),
    "review-more": ("and 1 more", "and 2 more"),
    "carried-more": ("1 more line", "2 more lines"),
    "reviewed-by-admins": ("the admin in", "the admins in"),
    "revoke-leaves": ("from the group:", "from the groups:"),
    "revoke-removed": ("from the group:", "from the groups:"),
    "removals-title": ("1 person leaves", "2 people leave"),
    "partners-window": ("1 day", "2 days"),
    "partners-hold": ("1 day", "2 days"),
    "partner-hold": ("1 day", "2 days"),
    "removals-more": ("1 more", "2 more"),
    "removed-title": ("1 person has left", "2 people have left"),
    "removal-unsettled": ("1 person stays", "2 people stay"),
    "why-more": ("1 older purchase", "2 older purchases"),
    "waits-hours": ("1 hour", "2 hours"),
    "waits-days": ("1 day", "2 days"),
    "price-per-months": ("P for 1 month", "P for 2 months"),
    "price-per-years": ("P a year", "P for 2 years"),
    "price-per-days": ("P a day", "P for 2 days"),
    "price-trial": ("1 day free", "2 days free"),
    "plan-trial": ("1 day free", "2 days free"),
    "plan-parts": ("1 payment.", "2 payments,"),
    "import-findings-more": ("1 more finding ", "2 more findings"),
    "import-left-service": ("1 service message left", "2 service messages"),
    "import-left-sticker": ("1 sticker left", "2 stickers"),
    "import-left-foreign": ("1 contact,", "2 contacts,"),
    "import-left-empty": ("1 post with", "2 posts with"),
    "import-left-absent": ("1 file is", "2 files are"),
    "import-open-poll": ("1 poll is", "2 polls are"),
    "import-left-lost": ("1 file was", "2 files were"),
    "gather-offer": ("1 lesson or question", "2 lessons and questions"),
    "gather-list": ("1 lesson or question", "2 lessons and questions"),
    "button-person-longer": ("1 day more", "2 days more"),
    "import-nothing-came": ("1 error ", "2 errors"),
    "import-nobody-came": ("1 error ", "2 errors"),
    "broadcast-whom-more": ("1 condition ", "2 conditions"),
    "wizard-photos": ("1 file", "2 files"),
    "wizard-period-months": ("every 1 month", "every 2 months"),
    "wizard-wait-days": ("1 day", "2 days"),
    "wizard-wait-hours": ("1 hour", "2 hours"),
    "wizard-wait-minutes": ("1 minute", "2 minutes"),
    "wizard-wait-seconds": ("1 second", "2 seconds"),
    "wizard-stand-same": ("1 person", "2 people"),
    "wizard-stand-changed": ("1 person", "2 people"),
    "wizard-stand-removed": ("1 person", "2 people"),
    "left-groups": ("out of the group:", "out of the groups:"),
    "home-no-access": ("1 purchase is", "2 purchases are"),
    "home-bot-not-reached": ("1 bot ", "2 bots"),
    "home-dead-letters": ("1 thing ", "2 things"),
    "home-outcome-unknown": ("1 message ", "2 messages"),
    "home-refund-unknown": ("1 refund:", "2 refunds:"),
    "home-refund-by-hand": ("1 refund waits", "2 refunds wait"),
    "home-money-held": ("1 payment is", "2 payments are"),
    "home-works-late": ("1 work has", "2 works have"),
    "home-questions-late": ("1 question has", "2 questions have"),
    "home-payouts-asked": ("1 partner payout waits", "2 partner payouts wait"),
    "home-commissions-doubtful": ("1 partner share ", "2 partner shares"),
}
CASES = [("ru", key, n, said) for key, forms in RU.items() for n, said in zip((1, 2, 5), forms, strict=True)]
CASES += [("ru", "pause-days", n, said) for n, said in ((11, "11 дней"), (21, "21 день"), (112, "112 дней"))]
CASES += [("en", key, n, said) for key, forms in EN.items() for n, said in zip((1, 2), forms, strict=True)]


@pytest.mark.parametrize(("language", "key", "count", "said"), CASES)
def test_the_number_and_the_word_agree(language: str, key: str, count: int, said: str) -> None:
    assert said in f"{say(key, language, {**VALUES, 'count': count})} "


@pytest.mark.parametrize(("language", "table"), [("ru", RU), ("en", EN)])
def test_no_text_with_a_number_is_left_out_above(language: str, table: dict[str, tuple[str, ...]]) -> None:
    with Path(LOCALES / language / "LC_MESSAGES" / DOMAIN).open("rb") as source:
        plural = {one.id[0] for one in read_po(source, locale=language) if isinstance(one.id, tuple | list)}
    assert plural == set(table)


@pytest.mark.parametrize(
    ("language", "waits", "line"),
    [
        ("ru", speech.words("waits-short"), "❓ Анна: почему? (меньше часа)"),
        ("ru", speech.words("waits-hours", count=21), "❓ Анна: почему? (21 час)"),
        ("ru", speech.words("waits-days", count=3), "❓ Анна: почему? (3 дня)"),
        ("en", speech.words("waits-short"), "❓ Анна: почему? (less than an hour)"),
        ("en", speech.words("waits-days", count=1), "❓ Анна: почему? (1 day)"),
    ],
)
def test_how_long_something_waits(language: str, waits: speech.Words, line: str) -> None:
    words = speech.words("review-waiting-question", student="Анна", about="почему?", waits=waits)
    assert show_words(words, language) == line
