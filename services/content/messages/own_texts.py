"""What an account's bots say in its own words: which sentences there are, and how one is changed and put back."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.text.catalog import LANGUAGES
from core.text.own import Sentence, list_sentences, read_own
from core.text.refusal import MOST_GIVEN, InputRefused, Refused, listed, placed
from services.tenancy.settings import keep_texts, load_texts

INVALID = "TEXT_INVALID"


@dataclass(frozen=True)
class OwnText:
    """A sentence, and what is said instead by language; nothing: it is said as delivered."""

    sentence: Sentence
    texts: Mapping[str, str]


async def list_texts(uow: UnitOfWork) -> tuple[list[OwnText], int]:
    """All sentences by place, and the revision that a change must name."""
    own, revision = await load_texts(uow)
    return [OwnText(each, own.get(each.key, {})) for each in list_sentences().values()], revision


async def get_text(uow: UnitOfWork, key: str) -> tuple[OwnText, int]:
    """One of them; raises NO_TEXT."""
    own, revision = await load_texts(uow)
    return OwnText(_find(key), own.get(key, {})), revision


async def change_text(uow: UnitOfWork, key: str, typed: Mapping[str, str], revision: int) -> OwnText:
    """Have the bots say this from the commit on; a language that is not named is said as delivered.

    Raises NO_TEXT, TEXT_INVALID, SETTINGS_CHANGED.
    """
    sentence = _find(key)
    texts, wrong = {}, []
    for language, text in typed.items():
        try:
            texts[language] = _read(sentence, language, text)
        except Refused as refused:
            wrong.append(placed(language, refused.words))
    if wrong:
        raise InputRefused(INVALID, listed(wrong))
    changed = {tongue: text for tongue, text in texts.items() if text != sentence.deliver(tongue)}
    await keep_texts(uow, key, changed, revision)
    return OwnText(sentence, changed)


async def reset_text(uow: UnitOfWork, key: str, revision: int) -> None:
    """Have the bots say a sentence as delivered; raises NO_TEXT, SETTINGS_CHANGED."""
    await keep_texts(uow, _find(key).key, {}, revision)


def _read(sentence: Sentence, language: str, typed: str) -> str:
    if language not in LANGUAGES:
        raise Refused("refused-language", language=language[:MOST_GIVEN])
    return read_own(sentence, typed)


def _find(key: str) -> Sentence:
    sentence = list_sentences().get(key)
    if sentence is None:
        raise DomainError(ErrorKind.NOT_FOUND, "NO_TEXT", key)
    return sentence
