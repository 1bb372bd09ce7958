"""The first run, pressed at random: a way on from each screen, words in both languages, and nothing entered is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bots.runtime.sending.saying import show_words
from core.text.refusal import Refused, Words
from core.wizard import setup, setup_screens
from core.wizard.screen import Entry, Option, Screen, Talk, Turn, read_talk
from core.wizard.sections import Place
from core.wizard.setup import (
    ASKING,
    DOCTOR,
    Begin,
    Connect,
    Finding,
    GiveGroup,
    Keep,
    Mend,
    PassOver,
    SetupWorld,
    Step,
    TakeSample,
)
from core.wizard.setup_forms import PROVIDERS, SECRETS
from payment.registry import PROVIDERS as SPECS
from tests.core.wizard.worlds import LANGUAGES

PRESSES = 40
MOST_ROWS = 8
TEXTS = ("", " ", "Letters", "example.com", "https://example.com/offer", "ftp://x", "javascript:alert(1)", 'https://x.y/"', "506751", "two words", "<b>&", "x" * 5000, "live_key")  # fmt: skip
ACTS = st.lists(
    st.one_of(st.integers(0, 20), st.integers(0, 20), st.sampled_from(TEXTS), st.text(max_size=12)),
    min_size=PRESSES,
    max_size=PRESSES,
)
PLACES = (Place(-1, "Letters", is_fit=True), Place(-2, "Others", is_fit=False))


@dataclass
class Owner:
    """Somebody who presses; what they wish comes true at once."""

    talk: Talk = field(default_factory=setup.first)
    world: SetupWorld = field(
        default_factory=lambda: SetupWorld(shop="shop_bot", may_test=True, places=PLACES)
    )

    @property
    def screen(self) -> Screen:
        return setup_screens.show(self.talk, self.world)

    @property
    def options(self) -> list[Option]:
        return [option for row in self.screen.rows for option in row if not option.url]

    def press(self, action: str) -> None:
        self._turn(lambda: setup.press(self.talk, action, self.world))

    def write(self, text: str) -> None:
        self._turn(lambda: setup.write(self.talk, Entry(text, text), self.world))

    def _turn(self, decide: Any) -> None:
        try:
            turn: Turn = decide()
        except Refused as refusal:
            self.talk = replace(self.talk, note=refusal.words)
            return
        self.talk = turn.talk
        for wish in turn.wishes:
            self._come_true(wish)

    def _come_true(self, wish: Any) -> None:
        match wish:
            case Keep(changes={"public_name": name}):
                self._now(school=name)
            case Keep(changes={"offer_url": offer, "privacy_url": policy}):
                self._now(offer=offer or "", policy=policy or "")
            case PassOver(step):
                self._now(passed=self.world.passed | {step})
            case Begin("tariff"):
                self._now(tariffs=(("basic", "Basic"), ("more", "More")))
            case Begin() | TakeSample():
                self._now(courses=(("letters", "Letters"),), has_sample=True)
            case Connect(provider, values):
                self._connect(provider, values)
            case GiveGroup(chat, code):
                assert (chat, code) in {(-1, setup.ALL), (-1, "basic"), (-1, "more")}
                self._now(groups=("Letters",))
            case Mend():
                pass

    def _connect(self, provider: str, values: Mapping[str, Any]) -> None:
        assert set(values) == set(PROVIDERS.get(provider, ()))
        assert not any(isinstance(values[name], str) for name in SECRETS & set(values))
        self._now(ways=(provider,), is_free=provider == "mock", may_test=False)
        if values:
            self.talk = self.talk.go(f"{Step.PAY}:{ASKING}")

    def _now(self, **changed: Any) -> None:
        self.world = replace(self.world, **changed)
        self.talk = setup.lead(self.talk, self.world)


@settings(max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_any_presses_and_texts_lead_somewhere(acts: list[int | str]) -> None:
    owner = Owner()
    for act in acts:
        if isinstance(act, str):
            owner.write(act)
        else:
            owner.press(owner.options[act % len(owner.options)].action)
        assert read_talk(owner.talk.dump()) == owner.talk
        check_screen(owner.screen)
    owner.talk = setup.first()
    assert owner.options[0].action in {"lead", f"go:{setup.LINK}"}


def check_screen(screen: Screen) -> None:
    """There is a way on, no more rows than a phone shows, and every word is there in both languages."""
    options = [option for row in screen.rows for option in row]
    assert any(not option.url for option in options)
    assert len(screen.rows) <= MOST_ROWS
    for language in LANGUAGES:
        shown = [
            show_words(screen.text, language),
            *(show_words(option.label, language) for option in options),
        ]
        assert all(text.strip() for text in shown), shown
        assert not any("setup-" in text or "wizard-" in text for text in shown), shown


def test_somebody_who_only_follows_comes_to_the_link() -> None:
    owner = Owner(world=SetupWorld(shop="shop_bot"))
    owner.press("lead")
    owner.write("Letters")
    for action in ("skip", "skip", "sample", "begin:tariff", "pass:pay", "pass:group"):
        assert action in [option.action for option in owner.options], owner.screen
        owner.press(action)
    assert owner.talk.place == setup.LINK
    assert owner.world.find_open() is None


@pytest.mark.parametrize("there", [{}, {"ways": ("YooKassa",)}, {"ways": ("Mock",), "is_free": True}])
def test_the_link_says_whether_anybody_pays(there: Mapping[str, Any]) -> None:
    world = SetupWorld(shop="shop_bot", tariffs=(("basic", "Basic"),), **there)
    text = show_words(setup_screens.show(setup.first().go(setup.LINK), world).text, "en")
    assert "https://t.me/shop_bot" in text
    assert ("on trial" in text, "cannot buy" in text) == (bool(there.get("is_free")), not there)


def test_what_is_not_well_has_a_button_each_and_not_twice() -> None:
    said: Words = "a trouble"
    findings = tuple(Finding(said, "Mend", f"mend:{number % 3}") for number in range(20))
    screen = setup_screens.show(setup.first().go(DOCTOR), SetupWorld(findings=findings))
    assert [option.action for row in screen.rows for option in row] == ["mend:0", "mend:1", "mend:2", "mend:look", f"go:{setup.HOME}"]  # fmt: skip


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_asked_for_all_that_it_cannot_do_without(name: str) -> None:
    fields = SPECS[name].settings.model_fields
    assert (
        {field for field, about in fields.items() if about.is_required()}
        <= set(PROVIDERS[name])
        <= set(fields)
    )
    secret = {field for field in PROVIDERS[name] if fields[field].annotation is SecretStr}
    assert secret == SECRETS & set(PROVIDERS[name])
