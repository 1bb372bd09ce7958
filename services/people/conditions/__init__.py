"""Conditions on people, by name: whether one holds for somebody now."""

from collections.abc import Mapping
from typing import Any

from loguru import logger
from pydantic import ValidationError

from core.db.session import UnitOfWork
from core.text.catalog import say_words
from core.text.refusal import TERMINAL, Words, explain_with_place, listed, words
from services.people import store
from services.people.conditions import finished, joined, language, paid, tag, tariff, utm, variable
from services.people.conditions.base import Condition, Scope

CONDITIONS: Mapping[str, Condition] = {
    "finished": finished.CONDITION,
    "joined": joined.CONDITION,
    "language": language.CONDITION,
    "paid": paid.CONDITION,
    "tag": tag.CONDITION,
    "tariff": tariff.CONDITION,
    "utm": utm.CONDITION,
    "variable": variable.CONDITION,
}


def check_condition(name: str, params: Mapping[str, Any]) -> Words | None:
    """What is wrong with asking so; None when it can be asked."""
    if name not in CONDITIONS:
        return words("refused-no-condition", name=name, names=", ".join(CONDITIONS))
    try:
        CONDITIONS[name].params.model_validate(params)
    except ValidationError as error:
        return listed(explain_with_place(one) for one in error.errors())
    return None


async def holds(uow: UnitOfWork, contact_id: int, name: str, params: Mapping[str, Any]) -> bool:
    """Whether a condition holds for a person now; one that cannot be asked holds for nobody, and is logged."""
    if wrong := check_condition(name, params):
        logger.bind(event="condition.wrong", name=name).error(
            "the condition {} cannot be asked: {}", name, say_words(wrong, TERMINAL)
        )
        return False
    condition = CONDITIONS[name]
    clause = condition.clause(condition.params.model_validate(params), Scope(uow.account_id, uow.now))
    return await store.is_one_of(uow.conn, uow.account_id, contact_id, clause)
