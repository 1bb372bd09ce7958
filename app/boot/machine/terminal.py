"""The language of who sits at the keyboard, and words of ours said in it."""

import os

from core.rules.language import pick_language
from core.text.catalog import say_words
from core.text.refusal import TERMINAL, Words

_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts, as everywhere on a terminal


def find_language() -> str:
    """`ru` or `en`, by the locale of the terminal; what is not ours, and `C`, is English."""
    locale = next((os.environ[name] for name in _NAMES if os.environ.get(name)), "")
    return pick_language(locale.partition(".")[0].replace("_", "-"), TERMINAL)


def say_here(words: Words) -> str:
    """Words of ours as a line for the terminal."""
    return say_words(words, find_language())
