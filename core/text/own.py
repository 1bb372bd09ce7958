"""The sentences that an account may say in its own words: which they are, where they are said, and what may stand in them."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from string import Formatter
from typing import Any

from core.text.catalog import LANGUAGES, OwnTexts, catalogue, list_keys, say
from core.text.markup import find_stray_tags, to_html
from core.text.refusal import MOST_GIVEN, Refused
from core.text.wording import fold
from utils.telegram_html import strip_tags, utf16_length
from utils.visible import is_blank

PLACES: Mapping[str, tuple[str, ...]] = {
    "meeting": (
        "consent-ask", "sales-fallback", "sales-passed-on",
        "link-unknown", "link-of-course", "course-no-access", "course-bad-link", "course-declined",
    ),
    "prices": ("offer-[!btm]*", "promo-entered*", "promo-usage", "contact-ask-*"),
    "paying": (
        "order-pay*", "order-wait", "order-paid", "order-free", "order-failed", "order-reminder", "order-expired",
        "order-no-page", "order-held", "order-released", "purchase", "purchase-product", "purchases-none",
    ),
    "access": ("access-given*", "access-closed", "access-returned*", "invite-*", "leaving-*", "course-held", "course-released"),
    "subscriptions": (
        "sub-pay*", "sub-begun-*", "sub-warn-*", "sub-ask", "sub-late", "sub-refused*", "sub-not-paid", "sub-paid*",
        "sub-complete", "sub-ended-*", "sub-frozen", "sub-thawed",
    ),
    "gifts": ("gift-choose", "gift-none", "gift-ready", "gift-waiting", "gift-card", "gift-opened", "gift-taken", "gift-unclaimed"),
    "course": ("course-welcome-back", "course-over", "course-fallback", "pause-ask", "certificate-caption*", "certificates-none"),
    "work": ("assignment-[ranu]*", "work-expects", "question-ask", "question-asked", "question-not-included"),
    "reminders": ("reminder-*",),
}  # fmt: skip
"""Where a sentence is said, and the keys that are said there; one with plural forms stays as it is."""
MOST = 3000


@dataclass(frozen=True)
class Sentence:
    """One of them: where it is said, and the names that its variables have."""

    key: str
    place: str
    variables: frozenset[str]

    def deliver(self, language: str) -> str:
        """The sentence as it comes with Tandem."""
        return catalogue(language).gettext(self.key)


@cache
def list_sentences() -> Mapping[str, Sentence]:
    """All of them by their keys, by place."""
    keys = list_keys()
    return {
        key: _make(key, place)
        for place, patterns in PLACES.items()
        for pattern in patterns
        for key in keys
        if fnmatchcase(key, pattern)
    }


def _make(key: str, place: str) -> Sentence:
    names = frozenset[str]().union(*(_find_names(catalogue(language).gettext(key)) for language in LANGUAGES))
    return Sentence(key, place, names)


def _find_names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def read_own(sentence: Sentence, typed: str) -> str:
    """What is said instead, ready to be filled in: formatting of Telegram's, variables of the sentence. Raises Refused."""
    text = to_html(typed.strip(), markdown=False)
    if stray := find_stray_tags(typed, markdown=False):
        raise Refused("own-text-stray", tag=stray[0])
    length = utf16_length(strip_tags(text))
    if is_blank(strip_tags(text)) or length > MOST:
        raise Refused("own-text-length", most=MOST, length=length)
    if (strange := _find_strange(sentence, text)) is not None:
        known = ", ".join(f"{{{name}}}" for name in sorted(sentence.variables)) or "–"
        raise Refused("own-text-variable", given=strange[:MOST_GIVEN], known=known)
    return text


def _find_strange(sentence: Sentence, text: str) -> str | None:
    """A brace that opens no variable of the sentence; what stands there is never more than a bare name."""
    try:
        fields = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return "{"
    for _, name, spec, conversion in fields:
        if name not in sentence.variables or spec or conversion:
            return f"{{{name}}}"
    return None


def name_variables(sentence: Sentence, language: str) -> dict[str, str]:
    """What may stand in a sentence, each variable with what it may become."""
    return {name: say(f"own-example-{name}", language) for name in sorted(sentence.variables)}


def fill_in(sentence: Sentence, text: str, language: str) -> str:
    """Words of a sentence as people get them, with the examples of its variables: HTML."""
    examples = name_variables(sentence, language)
    return text.format_map({name: html.escape(example, quote=False) for name, example in examples.items()})


def find_by_words(own: OwnTexts, sought: str) -> list[Sentence]:
    """The sentences in which these words stand as they are said now, in whatever language."""
    wanted = fold(sought)
    return [
        sentence
        for sentence in list_sentences().values()
        if any(
            wanted in fold(strip_tags(own.get(sentence.key, {}).get(language) or sentence.deliver(language)))
            for language in LANGUAGES
        )
    ]


def read_stored(stored: Mapping[str, Any]) -> OwnTexts:
    """The texts of a stored document that can be said; what a later version has no place for is left out."""
    known = list_sentences()
    return {
        key: fitting
        for key, texts in stored.items()
        if key in known
        and (
            fitting := {
                tongue: text for tongue, text in texts.items() if _find_strange(known[key], text) is None
            }
        )
    }
