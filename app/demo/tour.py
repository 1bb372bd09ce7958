"""The tour: what to press next as prospect, student, admin and partner; its texts are in `locales/`."""

from typing import Any

from app.demo.cast import COURSE_BOT, GROUPS, HEROES, SALES_BOT, Heroes
from app.demo.words import Words
from core.text.catalog import say

Step = dict[str, Any]
TARIFF = "feedback"
HOUR = "09:00"  # whoever chooses it by day has the next lesson within “+1 day”


def build_tour() -> dict[str, list[Step]]:
    """The steps by language, as the sandbox takes them."""
    return {language: _Guide(heroes, Words(language)).steps() for language, heroes in HEROES.items()}


class _Guide:
    """Writes the steps for the heroes of one language."""

    def __init__(self, heroes: Heroes, words: Words) -> None:
        self._words = words
        self._heroes = heroes
        self._prospect = heroes.prospect.name

    def steps(self) -> list[Step]:
        """All steps in order."""
        return [*self._buy(), *self._learn(), *self._look_back()]

    def _buy(self) -> list[Step]:
        words, partner = self._words, self._heroes.partner.first_name
        chat, title = GROUPS[TARIFF]
        group = str(chat)
        link = {"chat": SALES_BOT, "says": ["/start"]}
        agreed = {"hears": [words.step("hello")]}
        offered = {"hears": [words.step("offer")]}
        paid = {"hears": [words.piece("order-paid")]}
        joined = {"chat": group, "joins": True}
        begun = {"chat": COURSE_BOT, "hears": [words.step("day1")]}
        return [
            self._step(self._prospect, self._heroes.channel, self._say("tour-link", partner=partner), link),
            self._shop("tour-agree", agreed, button=words.label("consent-give")),
            self._shop("tour-look", offered, first=words.button("hello"), second=words.button("inside")),
            self._shop(
                "tour-pay", paid, button=words.tariff(TARIFF), way=words.card(), pay=words.label("button-pay")
            ),
            self._shop("tour-group", joined, button=title),
            self._shop("tour-course", begun, button=words.button("course")),
        ]

    def _learn(self) -> list[Step]:
        words = self._words
        timed = {"hears": [words.piece("hour-set")]}
        received = {"hears": [words.piece("assignment-received")]}
        returned = {"person": self._prospect, "hears": [words.piece("assignment-needs-work")]}
        accepted = {"person": self._prospect, "hears": [words.piece("assignment-accepted")]}
        # Whoever moved the clock before gets the third lesson tomorrow, not the second.
        tomorrow = {"hears": [words.step(f"day{day}") for day in range(2, 6)]}
        more, fine = words.label("review-needs_work"), words.label("review-accepted")
        clock = {"yes": words.label("yes"), "setting": words.label("settings-hour"), "hour": HOUR}
        return [
            self._lessons("tour-clock", timed, **clock),
            self._lessons("tour-work", received, button=words.label("lesson-done")),
            self._desk("tour-return", returned, prospect=self._heroes.prospect.first_name, button=more),
            self._lessons("tour-again", received),
            self._desk("tour-accept", accepted, button=fine),
            self._lessons("tour-tomorrow", tomorrow),
        ]

    def _look_back(self) -> list[Step]:
        words, partner = self._words, self._heroes.partner
        told = {"hears": [words.piece("partner")]}
        counted = {"hears": [words.piece("stats-title-all")]}
        sent = {"hears": [words.piece("broadcast-end-finished")]}
        prospect = self._heroes.prospect.first_name
        return [
            self._step(partner.name, SALES_BOT, self._say("tour-partner", prospect=prospect), told),
            self._desk("tour-stats", counted),
            self._desk("tour-broadcast", sent, button=words.label("broadcast-do-ask")),
        ]

    def _shop(self, key: str, done: Step, **values: str) -> Step:
        return self._step(self._prospect, SALES_BOT, self._say(key, **values), done)

    def _lessons(self, key: str, done: Step, **values: str) -> Step:
        return self._step(self._prospect, COURSE_BOT, self._say(key, **values), done)

    def _desk(self, key: str, done: Step, **values: str) -> Step:
        return self._step(self._heroes.admin.name, COURSE_BOT, self._say(key, **values), done)

    def _say(self, key: str, **values: str) -> str:
        return say(key, self._words.language, values, escape=False)

    @staticmethod
    def _step(person: str, chat: str, text: str, done: Step) -> Step:
        return {"person": person, "chat": chat, "text": text, "done": done}
