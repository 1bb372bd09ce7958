"""The wizard of the bots' sentences as a pure machine: found, typed, refused, looked at, saved, put back."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bots.runtime.sending.saying import Listener, say_to, show_words
from core.text.own import fill_in, list_sentences
from core.text.refusal import Refused, words
from core.wizard import texts
from core.wizard.screen import CLOSED, Entry, Option, Talk, read_talk
from core.wizard.texts import Reset, Save, Show, TextsWorld, open_texts
from tests.core.wizard.worlds import LANGUAGES

PAY, MEET = "order-pay", "sales-fallback"
WORLD = TextsWorld({MEET: {"ru": "Здесь <b>только</b> продают"}}, "en")
TYPED = ("", " ", "Hello", "<b>Pay</b> {amount}", "{nobody}", "{", "<b>", "x" * 3001, "pay", "№")


@dataclass
class Author:
    """Somebody at the wizard; what is wished is only noted."""

    talk: Talk = field(default_factory=open_texts)
    world: TextsWorld = WORLD
    wishes: list[Any] = field(default_factory=list)

    @property
    def options(self) -> list[Option]:
        return [one for row in texts.show(self.talk, self.world).rows for one in row]

    def text(self, language: str = "en") -> str:
        return say_to(texts.show(self.talk, self.world).text, Listener(language))

    def press(self, *labels: str) -> str:
        for label in labels:
            known = {show_words(one.label, "en"): one.action for one in self.options}
            assert label in known, (label, list(known))
            self.turn(partial(texts.press, self.talk, known[label], self.world))
        return self.text()

    def write(self, *typed: str) -> str:
        for text in typed:
            self.turn(partial(texts.write, self.talk, Entry(text, text), self.world))
        return self.text()

    def turn(self, decide: Any) -> None:
        try:
            turn = decide()
        except Refused as refusal:
            self.talk = replace(self.talk, note=words("wizard-refused", problem=refusal.words))
        else:
            self.talk, self.wishes = turn.talk, [*self.wishes, *turn.wishes]


def test_from_the_groups_to_other_words() -> None:
    author = Author()
    assert "In your own words now: 1" in author.text()
    author.press("Paying (16)", "›", "‹", show_words(opened("paying").options[0].label, "en"))
    author.talk = open_texts(PAY)
    shown = author.text()
    assert "Where it is said: Paying" in shown.replace("<b>", "").replace("</b>", "")
    assert "<code>{amount}</code> → ₽9,900" in shown
    refused = author.press("✏️ English") and author.write("Pay {price}")
    assert "{price} means nothing here" in refused
    assert "Like this, for example" in refused
    assert author.write("<b>Pay</b> {amount} for {tariff}").count("<b>Pay</b> {amount}") == 1
    assert author.talk.is_unfinished
    author.press("👁 As people see it", "✅ Say it like this")
    shown_wish, saved = author.wishes
    assert isinstance(shown_wish, Show)
    assert fill_in(list_sentences()[PAY], shown_wish.text, "en") == "<b>Pay</b> ₽9,900 for With a curator"
    assert saved == Save(PAY, "en", "<b>Pay</b> {amount} for {tariff}", list_sentences()[PAY].deliver("en"))


def opened(place: str) -> Author:
    return Author(Talk(texts.KIND, place=f"group:{place}:0"))


def test_a_sentence_is_found_by_words_of_either_language() -> None:
    author = Author()
    assert "“только продают”" in author.write("только  продают")
    author.press(show_words(author.options[0].label, "en"))
    assert "In Russian, in your own words" in author.text()
    author.press("↩️ Back to the original")
    assert list_sentences()[MEET].deliver("ru") in author.text("ru")
    author.press("↩️ Back to the original")
    assert author.wishes == [Reset(MEET)]
    assert "No message has “zzz”" in Author(open_texts("zzz")).text()
    assert Author(open_texts(PAY)).talk.place == f"one:{PAY}"


def test_words_that_were_left_are_taken_up_and_a_newer_version_is_shown_first() -> None:
    author = Author(open_texts(PAY))
    author.press("✏️ English")
    author.write("Pay now")
    author.press("✖️ Leave")
    assert author.talk.shelf
    assert "Pay now" in author.press("✏️ English")
    author.talk = texts.keep_on(author.talk, "Please pay")
    assert "somebody else changed this text" in author.text()
    author.press("✅ Say it like this")
    assert author.wishes == [Save(PAY, "en", "Pay now", "Please pay")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_shown_with_its_examples(language: str) -> None:
    for sentence in list_sentences().values():
        shown = fill_in(sentence, sentence.deliver(language), language)
        assert shown
        assert "own-example" not in shown
        assert "{" not in shown
        assert "own-example" not in Author(open_texts(sentence.key)).text(language)


ACTS = st.lists(
    st.one_of(st.integers(0, 20), st.integers(0, 20), st.sampled_from(TYPED)), min_size=30, max_size=30
)


@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_any_presses_and_texts_lead_somewhere(acts: list[int | str]) -> None:
    author = Author()
    for act in acts:
        if isinstance(act, str):
            former = author.talk.form.values.get("text") if author.talk.form else None
            author.write(act)
            assert former is None or author.talk.form, "what was typed is still there"
        else:
            action = author.options[act % len(author.options)].action
            author.turn(partial(texts.press, author.talk, action, author.world))
        assert read_talk(author.talk.dump()) == author.talk
        assert author.options
        assert author.talk.place == CLOSED or len(texts.show(author.talk, author.world).rows) <= 10
        for language in LANGUAGES:
            shown = [author.text(language), *(show_words(one.label, language) for one in author.options)]
            assert all(one.strip() and not one.startswith(("wizard-", "texts-")) for one in shown), shown
