"""What a text meets: words in any case, phrases as they stand, expressions that cannot run away."""

import re
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.text.wording import fold
from core.triggers import Matcher, Schedule, TriggerKind, TriggerSpec, check_expression, read_triggers

ANSWER = {"text": "Yes"}


def spec(**changed: Any) -> TriggerSpec:
    return TriggerSpec.model_validate({"id": "t", "when": {"keyword": "price"}, "answer": ANSWER, **changed})


@pytest.mark.parametrize(
    ("kind", "pattern", "text", "is_met"),
    [
        (TriggerKind.KEYWORD, "цена", "Какая ЦЕНА?", True),
        (TriggerKind.KEYWORD, "еще", "Ещё раз", True),
        (TriggerKind.KEYWORD, "цена", "цены", False),
        (TriggerKind.KEYWORD, "price", "priceless", False),
        (TriggerKind.PHRASE, "how much", "Tell me HOW   much!", True),
        (TriggerKind.PHRASE, "how much", "much how", False),
        (TriggerKind.PHRASE, "how much", "how very much", False),
        (TriggerKind.COMMAND, "/Price", "/price now", True),
        (TriggerKind.COMMAND, "price", "/price@shop_bot", True),
        (TriggerKind.COMMAND, "price", "price", False),
        (TriggerKind.COMMAND, "price", "/", False),
        (TriggerKind.REGEX, r"цен[аы]", "почём ЦЕНЫ", True),
        (TriggerKind.REGEX, r"^\d+$", "12 34", False),
        (TriggerKind.ANY, "", "", True),
    ],
)
def test_a_text_meets_a_trigger(kind: TriggerKind, pattern: str, text: str, *, is_met: bool) -> None:
    found = Matcher.of([(7, kind, (pattern,) if pattern else ())]).find(text)
    assert found == ({7} if is_met else set())


letters = st.text(alphabet="aбв1 _-", min_size=1, max_size=8).filter(lambda text: re.search(r"\w", text))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.booleans(), letters), max_size=12), st.text(alphabet="aбв1 _-", max_size=60))
def test_words_and_phrases_are_those_of_a_naive_search(given: list[tuple[bool, str]], text: str) -> None:
    kinds = {True: TriggerKind.PHRASE, False: TriggerKind.KEYWORD}
    matcher = Matcher.of([(n, kinds[is_phrase], (one,)) for n, (is_phrase, one) in enumerate(given)])
    said = re.findall(r"\w+", fold(text))

    def is_met(one: str, *, is_phrase: bool) -> bool:
        words = re.findall(r"\w+", fold(one))
        if not is_phrase:
            return any(word in said for word in words)
        return any(said[place : place + len(words)] == words for place in range(len(said)))

    naive = {n for n, (is_phrase, one) in enumerate(given) if is_met(one, is_phrase=is_phrase)}
    assert matcher.find(text) == naive


@pytest.mark.parametrize("pattern", [r"(a)\1", "(?=a)b", "(?<!a)b", "a{2000}{2000}", "(", "["])
def test_an_expression_that_could_run_away_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        check_expression(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*b", "(a*)*c"])
def test_what_runs_away_elsewhere_is_bounded_here(pattern: str) -> None:
    matcher = Matcher.of([(1, TriggerKind.REGEX, (pattern,))])
    began = time.process_time()
    matcher.find("a" * 100_000 + "!")
    assert time.process_time() - began < 1, "the time is linear to a text that is cut"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"when": {}}, "when"),
        ({"when": {"keyword": []}}, "needs at least one text"),
        ({"when": {"keyword": "a", "any": "yes"}}, "when"),
        ({"when": {"weather": "rain"}}, "when"),
        ({"when": {"regex": "(a"}}, "cannot be used"),
        ({"when": {"keyword": "x" * 201}}, "200 characters"),
        ({"answer": None}, "needs an `answer` or a `start`"),
        ({"id": "a b"}, "id"),
        ({"schedule": {"weekdays": ["someday"]}}, "no weekday"),
        ({"schedule": {"from": "25:00"}}, "schedule"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_trigger_is_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        spec(**wrong)
    assert said in str(refused.value)


def test_an_id_is_used_once() -> None:
    one = {"id": "t", "when": {"keyword": "price"}, "answer": ANSWER}
    with pytest.raises(ValueError, match="twice: t"):
        read_triggers({"triggers": [one, one]})


@pytest.mark.parametrize(
    ("schedule", "hour", "counts"),
    [
        ({}, 3, True),
        ({"from": "09:00", "to": "18:00"}, 9, True),
        ({"from": "09:00", "to": "18:00"}, 18, False),
        ({"from": "23:00", "to": "07:00"}, 2, True),
        ({"from": "23:00", "to": "07:00"}, 7, False),
        ({"weekdays": ["monday"]}, 12, True),
        ({"weekdays": ["sunday"]}, 12, False),
    ],
)
def test_a_schedule_is_on_her_own_clock(schedule: dict[str, Any], hour: int, *, counts: bool) -> None:
    """It is Monday, and `hour` in Vladivostok, ten hours ahead."""
    local = datetime(2030, 1, 7, hour, tzinfo=UTC)
    now = datetime.fromtimestamp(local.timestamp() - 10 * 3600, UTC)
    assert Schedule.model_validate(schedule).covers(now, "Asia/Vladivostok") is counts
