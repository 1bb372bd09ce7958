"""Conditions on people: one meaning of each, for one person and for all of an account."""

from collections.abc import Mapping
from typing import Any

from loguru import logger
from sqlalchemy.sql.elements import ColumnElement

from core.db.session import UnitOfWork
from core.text.catalog import say_words
from core.text.refusal import TERMINAL, Refused, Words
from services.people.conditions.audience import fitting
from services.people.conditions.base import Scope
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.tree import load_tree, read_tree
from services.people.store import contacts as store

__all__ = ["CONDITIONS", "check_condition", "fits", "holds", "read_audience"]


def check_condition(name: str, params: Mapping[str, Any]) -> Words | None:
    """What is wrong with asking so; None when it can be asked."""
    try:
        read_tree({name: params})
    except Refused as refused:
        return refused.words
    return None


async def read_audience(uow: UnitOfWork, document: object) -> ColumnElement[bool]:
    """The people for whom a tree of conditions holds now, all without one; raises Refused for what is no tree."""
    tree = None if document is None else await load_tree(uow.conn, uow.account_id, read_tree(document))
    return fitting(tree, Scope(uow.account_id, uow.now))


async def fits(uow: UnitOfWork, contact_id: int, document: object) -> bool:
    """Whether a tree of conditions holds for a person now, as it does without one; raises Refused for what is no tree."""
    if document is None:
        return True
    clause = await read_audience(uow, document)
    return await store.is_one_of(uow.conn, uow.account_id, contact_id, clause)


async def holds(uow: UnitOfWork, contact_id: int, name: str, params: Mapping[str, Any]) -> bool:
    """Whether a condition holds for a person now; one that cannot be asked holds for nobody, and is logged."""
    try:
        return await fits(uow, contact_id, {name: params})
    except Refused as refused:  # also for a segment that has gone since
        wrong = say_words(refused.words, TERMINAL)
        logger.bind(event="condition.wrong", name=name).error(
            "the condition {} cannot be asked: {}", name, wrong
        )
        return False
