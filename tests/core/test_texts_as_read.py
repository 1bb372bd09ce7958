"""Sentences people meet when something is in their way, as they read them in either language."""

from typing import Any

import pytest

from core.text.catalog import say

PROVIDER = {"provider": "YooKassa", "cause": "HTTP 401", "number": "K7QF2M"}
READ: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "review-stranger",
        {"person": "Boris", "reviewers": "Marina, Olga"},
        "Boris, это не дошло до студента. Кто здесь отвечает на работы и вопросы: Marina, Olga. Администратор может разрешить это и вам.",
        "Boris, this has not reached the student: work and questions are answered by Marina, Olga. An admin can let you answer too.",
    ),
    (
        "review-stranger-pressed",
        {"person": "Boris", "reviewers": "Marina"},
        "Boris пока не может оценивать работы. Кто может: Marina. Администратор может это разрешить.",
        "Boris may not decide about work yet. Who may: Marina. An admin can let Boris review too.",
    ),
    (
        "review-anonymous",
        {},
        "Это не дошло до студента: оно написано от имени группы, и мне не видно, кто писал. Отключите «Анонимность» в своих правах в этой группе и напишите ещё раз от своего имени.",
        "This has not reached the student: it came in the group's name, so I cannot tell who wrote it. Turn off “Remain anonymous” among your rights in this group and write it once more under your own name.",
    ),
    (
        "offer-changed",
        {},
        "С тех пор как я это показал, условия изменились. Вот как сейчас; если подходит, нажмите на кнопку:",
        "This has changed since I showed it to you. Here is what it is now; press the button if it suits you:",
    ),
    (
        "checkout-closed",
        {},
        "Сейчас оплатить здесь ничего нельзя. Команда уже знает, загляните, пожалуйста, чуть позже.",
        "Nothing can be paid here at the moment. Our team has been told, please come back a little later.",
    ),
    (
        "checkout-none",
        {},
        "⚠️ Человек хотел купить и не смог: не указан способ оплаты. Задайте PAYMENT_PROVIDER и перезапустите Tandem, подробности покажет `tandem doctor`. Об этом я пишу раз в день.",
        "⚠️ Somebody wanted to buy and could not: no payment provider is set. Set PAYMENT_PROVIDER and start Tandem again; `tandem doctor` says more. I say this once a day.",
    ),
    (
        "checkout-refused",
        PROVIDER,
        "⚠️ Покупатели не могут заплатить: YooKassa не создаёт платежи.\nHTTP 401\n\nПервый такой заказ: K7QF2M. Покупателю я сказал, следующим тоже скажу. Об этом я пишу раз в день.",
        "⚠️ Buyers cannot pay: YooKassa does not make payments.\nHTTP 401\n\nThe first order that failed is K7QF2M. The buyer has been told; whoever tries after that is told too. I say this once a day.",
    ),
    ("work-or-question", {}, "Это ваша работа или вопрос?", "Is this your work, or a question?"),
    (
        "zone-ask",
        {"time": "05:44"},
        "Сейчас у вас 05:44? Уроки будут приходить по вашим часам.",
        "Is it 05:44 for you now? Lessons come by your clock.",
    ),
    (
        "zone-nowhere",
        {},
        "Сейчас нигде нет такого времени. Посмотрите на часы и напишите, сколько на них, например 14:30, или назовите свой город.",
        "It is that time nowhere now. Look at your clock and write what it shows, for example 14:30, or name your city.",
    ),
    (
        "revoke-leaves",
        {"groups": "Mentor", "count": 1},
        "Человек также выйдет из группы: Mentor.",
        "This also removes them from the group: Mentor.",
    ),
    (
        "revoke-leaves",
        {"groups": "Mentor, Together", "count": 2},
        "Человек также выйдет из групп: Mentor, Together.",
        "This also removes them from the groups: Mentor, Together.",
    ),
    (
        "paused-until",
        {"moment": "3.12"},
        "Курс на паузе до 3.12, потом пойдёт дальше сам.",
        "The course is paused until 3.12, then it goes on by itself.",
    ),
    (
        "progress-finished",
        {},
        "Уроки остаются с вами. Перечитать их можно по кнопке или командой /lessons.",
        "The lessons stay with you. To read them again press the button or send /lessons.",
    ),
    (
        "reviewed-by-nobody",
        {},
        "Работы никто не проверяет: нет ни администраторов, ни группы кураторов. Задайте ADMIN_IDS или REVIEW_CHAT_ID.",
        "Nobody reviews work: there is no admin and no review group. Set ADMIN_IDS or REVIEW_CHAT_ID.",
    ),
    (
        "press-passed",
        {},
        "Этот шаг уже позади. Где вы сейчас, покажет /start.",
        "You are past this step already. /start shows where you are now.",
    ),
]


@pytest.mark.parametrize(("key", "values", "russian", "english"), READ)
def test_a_sentence_in_both_languages(key: str, values: dict[str, Any], russian: str, english: str) -> None:
    assert (say(key, "ru", values), say(key, "en", values)) == (russian, english)
