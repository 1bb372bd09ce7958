"""`named`: each word (`words`) begins a word of their name or username, or is their Telegram number."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import and_, false, or_, select
from sqlalchemy.sql.elements import ColumnElement

from core.db.models.people import contact_words, contacts
from core.flow.conditions import Params
from core.text.search_words import LAST, split_words
from services.people.conditions.base import Condition, Scope

MOST, MOST_DIGITS = 128, 18


class Named(Params):
    """What is looked for."""

    words: Annotated[str, Field(min_length=1, max_length=MOST)]


def clause(asked: Named, scope: Scope) -> ColumnElement[bool]:
    """People of that name; nobody where there is no word."""
    words = split_words(asked.words)
    return and_(*(_begins(word, scope) for word in words)) if words else false()


def _begins(word: str, scope: Scope) -> ColumnElement[bool]:
    """The index leads from a word's beginning to its people."""
    among = select(contact_words.c.contact_id).where(
        contact_words.c.account_id == scope.account_id,
        contact_words.c.word >= word,
        contact_words.c.word < word + LAST,
    )
    named = contacts.c.id.in_(among)
    is_number = word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS
    return or_(named, contacts.c.telegram_id == int(word)) if is_number else named


CONDITION = Condition(Named, clause, main="words")
