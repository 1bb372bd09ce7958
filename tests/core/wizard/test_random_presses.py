"""Thousands of random presses and texts: no dead end, no exception, and nothing entered is lost."""

import json
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bots.runtime.sending.saying import Listener, say_to, show_words
from core.flow.definition import FlowKind, dump_flow
from core.wizard.screen import Entry
from sandbox.text.formatted import read_formatted
from tests.core.wizard.worlds import LANGUAGES, FlowAuthor, is_escaped_twice

PRESSES = 40
GIVES_UP = ("clear", "without", "skip", "drop", "tick")  # what takes away what was entered before
TEXTS = ("Hello", "1500", "2:30", "1 day 3 hours", "", " ", "{{user.nobody}}", "{{user.first_name}} hi", "Read - https://example.com", "3 9:00", "x" * 5000, "Tom & <Jerry> &lt;3", "-", "-100", "-200", "№" * 201, "0", "99999999999")  # fmt: skip
MEDIA = {"kind": "photo", "ref": "kept/1.jpg"}
Act = tuple[str, Any]
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("press"), st.integers(0, 20)),
        st.tuples(st.just("press"), st.integers(0, 20)),
        st.tuples(st.just("write"), st.sampled_from(TEXTS)),
        st.tuples(st.just("token"), st.none()),
        st.tuples(st.just("photo"), st.booleans()),
    ),
    min_size=PRESSES,
    max_size=PRESSES,
)


def play(kind: FlowKind, acts: list[Act]) -> None:
    author, tokens, number = FlowAuthor(kind), set[str](), 0
    for act, what in acts:
        where = author.talk.form
        took_away = False
        if act == "press":
            options = author.options
            assert options, author.talk
            action = options[what % len(options)].action
            took_away = _takes_away(action, author)
            author.act(action)
        elif act == "write":
            took_away = _replaces(author)
            author.send(Entry(escape(what, quote=False), what))
        elif act == "token":
            number += 1
            took_away = _replaces(author)
            author.send(Entry(f"tok{number:04}", f"tok{number:04}"))
            if f"tok{number:04}" in _everything(author):
                tokens.add(f"tok{number:04}")
        else:
            took_away = bool(what) and _replaces(author)
            author.send(Entry("cap" if what else "", "cap" if what else "", MEDIA, 1))
        there = _everything(author)
        lost = {token for token in tokens if token not in there}
        assert not lost or took_away, (lost, act, what, where)
        tokens -= lost
        _check_screen(author)


def _everything(author: FlowAuthor) -> str:
    draft = dump_flow(author.world.flow) if author.world.flow else {}
    return json.dumps([author.talk.dump() | {"note": None}, draft])


def _replaces(author: FlowAuthor) -> bool:
    """Whether the answer takes the place of one that was given before."""
    form = author.talk.form
    return form is not None and form.values.get(form.at) is not None


def _takes_away(action: str, author: FlowAuthor) -> bool:
    form = author.talk.form
    if form is None:
        return action.startswith("drop")
    return (
        action in GIVES_UP
        or action.startswith("=")
        or (action == "yes" and (form.amends or _drops_product(author)))
    )


def _drops_product(author: FlowAuthor) -> bool:
    """With no product there is no price and nothing to be said after the payment."""
    form = author.talk.form
    return form is not None and form.section == "general" and not form.values.get("product_name")


def _check_screen(author: FlowAuthor) -> None:
    """There is a way on, and every word is there in both languages."""
    screen = author.screen
    assert author.options
    for language in LANGUAGES:
        markup = say_to(screen.text, Listener(language))
        assert not is_escaped_twice(read_formatted(markup, "HTML", None).text), markup
        shown = [
            show_words(screen.text, language),
            *(show_words(one.label, language) for one in author.options),
        ]
        assert all(one.strip() for one in shown)
        assert not any(one.startswith("wizard-") for one in shown), shown


@pytest.mark.parametrize("kind", [FlowKind.SCENARIO, FlowKind.COURSE])
@settings(max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_any_presses_and_texts_lead_somewhere_and_lose_nothing(kind: FlowKind, acts: list[Act]) -> None:
    play(kind, acts)


@pytest.mark.faults
@pytest.mark.parametrize("kind", [FlowKind.SCENARIO, FlowKind.COURSE])
@settings(
    max_examples=10_000 // PRESSES + 1,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(acts=ACTS)
def test_ten_thousand_of_them(kind: FlowKind, acts: list[Act]) -> None:
    play(kind, acts)
