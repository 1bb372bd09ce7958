"""What looks like work, and what rather like a question or a kind word."""

import pytest

from core.rules.asking import asks_for_prices, is_only_price, looks_unlike_work

UNLIKE = (
    "Why one thought?",
    "ok thanks",
    "05:44",
    "Спасибо большое!",
    "Понятно",
    "А до какого числа сдавать?",
    "I do not get it. What shall I do?",
    "How long should it be? Thanks",
    "Done",
)
LIKE = (
    "One thought per sentence, as you said.",
    "My work",
    "Please send the figures by Thursday. And could we meet next week?",
    "https://docs.example.org/my-work",
    "What a day it was: we walked along the river and spoke of nothing.",
    "Как я провёл лето: ездил к бабушке, читал и плавал.",
    "Спасибо, что спросили о сроках: вот письмо, которое я переписал для заказчика.",
)


@pytest.mark.parametrize("text", UNLIKE)
def test_she_is_better_asked(text: str) -> None:
    assert looks_unlike_work(text)


@pytest.mark.parametrize("text", LIKE)
def test_work_is_taken_as_it_is(text: str) -> None:
    assert not looks_unlike_work(text)


PRICES = (
    "How much is it?", "how much does the course cost", "price?", "What are your tariffs?", "Сколько стоит?",
    "сколько это стоит", "Сколько это будет стоить?", "А сколько стоят курсы", "Сколько платить", "Цена?", "по какой цене",
    "расскажите о ценах", "пришлите расценки", "Какая стоимость", "Почём курс?", "прайс", "какие тарифы есть",
)  # fmt: skip
OTHERWISE = (
    "Can I pay in instalments?", "I want my money back", "Можно в рассрочку?", "Верните деньги", "Сколько дней идёт курс?",
    "Ценный опыт", "сценарий", "Сколько уроков?", "When does it begin?", "Оцените мою работу",
)  # fmt: skip


@pytest.mark.parametrize("text", PRICES)
def test_who_asks_for_the_price_is_understood(text: str) -> None:
    assert asks_for_prices(text)


@pytest.mark.parametrize("text", OTHERWISE)
def test_who_asks_something_else_reaches_a_person(text: str) -> None:
    assert not asks_for_prices(text)


def test_a_price_and_another_question_get_both() -> None:
    assert not is_only_price("Сколько стоит курс и можно ли платить частями?")
