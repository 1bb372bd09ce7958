"""Tariffs, promo codes, sets of buttons and values as pure machines: what is asked, refused and saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from typing import Any

import pytest

from bots.runtime.sending.saying import show_words
from core.text.catalog import say
from core.text.refusal import Refused, words
from core.text.template import BUILT_IN
from core.wizard.catalogue import Catalogue, Do, Listed, ListWorld, Save
from core.wizard.offers import BUTTONS, PROMO, TARIFF, VALUES
from core.wizard.screen import Entry, Option, Talk
from tests.core.wizard.worlds import GROUPS, LANGUAGES

THERE = Listed("basic", "Basic", "Basic: 100", {"course": "words", "name": "Basic", "currency": "RUB", "price": "100", "period": "once"}, "stop")  # fmt: skip
WORLD = ListWorld(
    (THERE,),
    "en",
    BUILT_IN,
    GROUPS,
    (("words", "Words"),),
    (("basic", "Basic"), ("premium", "Premium")),
    ("feedback", "mentor"),
)


@dataclass
class Seller:
    """Somebody at a list."""

    what: Catalogue
    world: ListWorld = WORLD
    talk: Talk = field(init=False)
    wishes: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.talk = self.what.make()

    @property
    def options(self) -> list[Option]:
        return [one for row in self.what.show(self.talk, self.world).rows for one in row]

    @property
    def text(self) -> str:
        text = self.what.show(self.talk, self.world).text
        return "\n".join(show_words(text, language) for language in LANGUAGES)

    def press(self, *labels: str) -> str:
        for label in labels:
            known = {show_words(one.label, "en"): one.action for one in self.options}
            assert label in known, (label, list(known))
            self._turn(partial(self.what.press, self.talk, known[label], self.world))
        return self.text

    def write(self, *texts: str) -> str:
        for text in texts:
            self._turn(
                partial(self.what.write, self.talk, Entry(escape(text, quote=False), text), self.world)
            )
        return self.text

    def _turn(self, decide: Any) -> None:
        try:
            turn = decide()
        except Refused as refusal:
            self.talk = replace(self.talk, note=words("wizard-refused", problem=refusal.words))
        else:
            self.talk, self.wishes = turn.talk, [*self.wishes, *turn.wishes]

    @property
    def saved(self) -> Mapping[str, Any]:
        wish = self.wishes[-1]
        assert isinstance(wish, Save)
        return {name: value for name, value in wish.values.items() if value is not None}


def test_a_subscription_with_a_trial_and_a_group() -> None:
    seller = Seller(TARIFF)
    seller.press("Words")
    seller.write("With a curator")
    seller.press("₽ roubles")
    assert "1990.50" in seller.write("free")
    seller.write("1 990,50")
    assert "3 months, year" in seller.write("often")
    seller.press("every month", "7 days", "☐ a curator reviews assignments", "Done")
    assert "I do not know the group" in seller.write("-1")
    assert "may not invite" in seller.write("-200")
    seller.press("☐ Club", "Done")
    shown = seller.write("A letter a week")
    assert "₽1,990.50" in shown
    assert "roubles" not in shown, "the price says it"
    assert "1\N{NO-BREAK SPACE}990,50\N{NO-BREAK SPACE}₽" in shown
    assert "✅" in str([show_words(one.label, "en") for one in seller.options])
    seller.press("✅ Confirm")
    assert seller.saved == {
        "course": "words", "name": "With a curator", "currency": "RUB", "price": "1990.50", "period": "month",
        "trial": "7d", "rights": ["feedback"], "groups": [-100], "description": "A letter a week",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("7 дней", "7d"), ("каждые 3 месяца", "3 months"), ("Раз в год", "year"), ("every month", "month"), ("7d", "7d")],
)  # fmt: skip
def test_a_period_is_read_as_people_write_it(typed: str, kept: str) -> None:
    seller = Seller(TARIFF)
    seller.press("Words")
    seller.write("Monthly")
    assert "Please press one of the buttons" in seller.write("1990")
    seller.press("₽ roubles")
    seller.write("1990", typed)
    assert seller.talk.form is not None
    assert seller.talk.form.values["period"] == kept


def test_words_typed_where_a_button_is_asked_for_are_answered_by_the_wizard() -> None:
    seller = Seller(TARIFF)
    assert TARIFF.show(seller.talk, WORLD).awaits


def test_one_that_is_there_is_changed_field_by_field_and_taken_off_sale() -> None:
    seller = Seller(TARIFF)
    seller.talk = TARIFF.open()
    seller.press("Basic", "✏️ Edit", "Price")
    seller.write("150")
    seller.press("✅ Confirm")
    assert seller.wishes == [Save("basic", {**(THERE.values or {}), "price": "150"})]
    seller.press("Basic", "⏹ Take off sale", "No, keep it", "⏹ Take off sale", "⏹ Take off sale")
    assert seller.wishes[1:] == [Do("stop", "basic")]


@pytest.mark.parametrize(
    ("given", "kept"), [("15%", "15%"), ("15 %", "15%"), ("500", "500.00"), ("99,90", "99.90")]
)
def test_a_promo_code(given: str, kept: str) -> None:
    seller = Seller(PROMO)
    seller.write("summer")
    for wrong in ("101%", "much", "0"):
        assert "15%" in seller.write(wrong)
    seller.write(given)
    seller.press("☐ Basic", "Done")
    seller.write("100")
    seller.press("1")
    assert "31.08.2030" in seller.write("tomorrow")
    assert "31.08.2030" in seller.write("31.02.2030")
    seller.write("31.08.2030")
    seller.press("✅ Confirm")
    assert seller.saved == {"code": "SUMMER", "off": kept, "tariffs": ["basic"], "limit": "100",
                            "per_person": "1", "until": "2030-08-31"}  # fmt: skip


def test_a_set_of_buttons_and_a_value() -> None:
    seller = Seller(BUTTONS)
    seller.write("payment", "Pay - {{user.payment_link}} | Ask - t.me/support")
    seller.press("✅ Confirm")
    assert [one["text"] for one in seller.saved["buttons"]["rows"][0]] == ["Pay", "Ask"]
    seller = Seller(VALUES)
    assert "Latin letters" in seller.write("моё имя")
    seller.write("{{bot.school}}", "Words & Co")
    seller.press("✅ Confirm")
    assert seller.saved == {"name": "school", "value": "Words & Co"}


def test_what_was_entered_stays_when_the_form_is_left() -> None:
    seller = Seller(PROMO)
    seller.write("summer")
    seller.press("✖️ Leave", "✖️ Close", "Go on", "➕ Promo code")
    assert seller.talk.form
    assert seller.talk.form.values == {"code": "SUMMER"}


def test_groups_are_asked_for_in_other_words_where_there_is_none_to_tick() -> None:
    bare = Seller(TARIFF, replace(WORLD, places=()))
    for seller, key in ((Seller(TARIFF), "wizard-ask-groups"), (bare, "wizard-ask-groups-bare")):
        seller.press("Words")
        seller.write("Basic")
        seller.press("₽ roubles")
        seller.write("100")
        assert say(key, "en") in seller.press("once", "Without it")
