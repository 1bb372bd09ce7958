"""Random presses and texts at tariffs, promo codes, sets and values: a way on from each screen, and whole answers."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bots.runtime.sending.saying import Listener, say_to, show_words
from core.wizard.catalogue import Catalogue, Do, Listed, Save
from core.wizard.offers import BUTTONS, PROMO, TARIFF, VALUES
from core.wizard.screen import read_talk
from sandbox.text.formatted import read_formatted
from tests.core.wizard.test_price_wizards import WORLD, Seller
from tests.core.wizard.worlds import LANGUAGES, is_escaped_twice

PRESSES = 40
TEXTS = ("", " ", "Basic", "SUMMER", "support_link", "1500", "0", "15%", "٣%", "0.001", "99999999999999", "month", "0 months", "9999 years", "-1d", "7", "366", "31.02.2030", "31.08.2030", "00.00.0000", "-100", "-200", "Read - https://example.com", "{{user.nobody}}", "Tom & <Jerry> &lt;3", "<b>&", "x" * 5000)  # fmt: skip
ACTS = st.lists(
    st.one_of(st.integers(0, 20), st.integers(0, 20), st.sampled_from(TEXTS), st.text(max_size=12)),
    min_size=PRESSES,
    max_size=PRESSES,
)


LINK = {"text": "Read", "url": "https://example.com"}
THERE = {
    "tariff": WORLD.listed,
    "promo": (Listed("1", "SUMMER", "SUMMER: 15%", act="end"),),
    "buttons": (Listed("more", "more", "more", {"name": "more", "buttons": {"rows": [[LINK]]}}),),
    "value": (Listed("school", "school", "school", {"name": "school", "value": "Words"}, "drop"),),
}


@pytest.mark.parametrize("what", [TARIFF, PROMO, BUTTONS, VALUES], ids=lambda one: one.kind)
@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_any_presses_and_texts_lead_somewhere(what: Catalogue, acts: list[int | str]) -> None:
    seller = Seller(what, replace(WORLD, listed=THERE[what.kind]))
    for act in acts:
        if isinstance(act, str):
            seller.write(act)
        else:
            action = seller.options[act % len(seller.options)].action
            seller._turn(partial(what.press, seller.talk, action, seller.world))
        assert read_talk(seller.talk.dump()) == seller.talk
        _check_screen(seller)
    for wish in seller.wishes:
        assert isinstance(wish, Save | Do)
        if isinstance(wish, Save):
            _check_whole(what, wish.values)


def _check_screen(seller: Seller) -> None:
    """There is a way on, and every word is there in both languages."""
    text = seller.what.show(seller.talk, seller.world).text
    assert seller.options
    markup = say_to(text, Listener("en"))
    assert not is_escaped_twice(read_formatted(markup, "HTML", None).text), markup
    for language in LANGUAGES:
        shown = [show_words(text, language), *(show_words(one.label, language) for one in seller.options)]
        assert all(one.strip() for one in shown), shown
        assert not any(one.startswith("wizard-") for one in shown), shown


def _check_whole(what: Catalogue, values: Any) -> None:
    """What is asked of everybody is answered, and a day is one of the calendar."""
    asked = [one for one in what.form.asked(values) if not one.optional]
    assert all(values.get(one.name) is not None for one in asked), values
    if values.get("until"):
        assert date.fromisoformat(values["until"])
