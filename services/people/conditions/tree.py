"""Conditions joined by `all`, `any` and `not`: read from what an author wrote, and made one SQL clause."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import ValidationError
from sqlalchemy import and_, not_, or_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from core.flow.conditions import Params
from core.text.refusal import MOST_GIVEN, Refused, Words, explain_with_place, listed, placed, words
from services.people.conditions.base import Scope, StandsFor, is_one_of
from services.people.conditions.catalogue import CONDITIONS

MOST_CONDITIONS = 200
MOST_DEPTH = 20
OF = "of"  # what a joint holds where it is written with parameters, as a branch writes a condition


class Joint(StrEnum):
    """How conditions are joined."""

    ALL = "all"
    ANY = "any"
    NOT = "not"  # none of them


@dataclass(frozen=True)
class Leaf:
    """One condition with what it is asked."""

    name: str
    params: Params


@dataclass(frozen=True)
class Branch:
    """Several, joined."""

    joint: Joint
    parts: tuple["Node", ...]


Node = Leaf | Branch


def read_tree(document: object) -> Node:
    """The tree an author wrote: a name, `{name: arguments}`, or `all`, `any`, `not` of those; a list means all.

    Raises Refused that says what is wrong, and where in the tree.
    """
    node = _read(document, ())
    if sum(1 for _ in leaves(node)) > MOST_CONDITIONS:
        raise Refused("refused-conditions", limit=MOST_CONDITIONS)
    return node


def leaves(node: Node) -> Iterator[Leaf]:
    """Every condition of a tree."""
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from leaves(part)


def compile_tree(node: Node, scope: Scope) -> ColumnElement[bool]:
    """For whom it holds, as a clause over `contacts`."""
    if isinstance(node, Leaf):
        return CONDITIONS[node.name].clause(node.params, scope)
    parts = [compile_tree(part, scope) for part in node.parts]
    match node.joint:
        case Joint.ALL:
            return and_(*parts)
        case Joint.ANY:
            return is_one_of(scope, *parts)
        case Joint.NOT:
            return not_(or_(*parts))


async def load_tree(
    conn: AsyncConnection, account_id: int, node: Node, within: tuple[Leaf, ...] = ()
) -> Node:
    """The same tree with what its conditions have to know of the account before they are asked.

    Raises Refused for what is not there, and for segments that name each other in a circle.
    """
    if isinstance(node, Branch):
        parts = [await load_tree(conn, account_id, part, within) for part in node.parts]
        return Branch(node.joint, tuple(parts))
    load = CONDITIONS[node.name].load
    if load is None:
        return node
    if node in within:
        raise Refused("refused-segment-circle", name=getattr(node.params, "name", node.name))
    loaded = await load(conn, account_id, node.params)
    if isinstance(loaded, StandsFor):
        return await load_tree(conn, account_id, read_tree(loaded.document), (*within, node))
    return Leaf(node.name, loaded)


def _read(document: object, place: tuple[str, ...]) -> Node:
    if len(place) > 2 * MOST_DEPTH:
        raise Refused("refused-conditions-depth", limit=MOST_DEPTH)
    match document:
        case str():
            return _leaf(document, {}, place)
        case list() | tuple():
            return _branch(Joint.ALL, document, place)
        case {**one} if len(one) == 1:
            [(name, arguments)] = one.items()
            if isinstance(name, str) and name in set(Joint):
                return _branch(Joint(name), arguments, (*place, name))
            return _leaf(str(name), arguments, place)
    raise _refused(place, words("refused-tree", given=str(document)[:MOST_GIVEN]))


def _branch(joint: Joint, arguments: object, place: tuple[str, ...]) -> Node:
    if isinstance(arguments, Mapping) and set(arguments) == {OF}:
        arguments = arguments[OF]
    parts = arguments if isinstance(arguments, list | tuple) else [arguments]
    if not parts:
        raise _refused(place, words("refused-no-parts"))
    return Branch(joint, tuple(_read(part, (*place, str(number))) for number, part in enumerate(parts)))


def _leaf(name: str, arguments: object, place: tuple[str, ...]) -> Leaf:
    condition = CONDITIONS.get(name)
    if condition is None:
        names = ", ".join([*CONDITIONS, *Joint])
        raise _refused(place, words("refused-no-condition", name=name[:MOST_GIVEN], names=names))
    try:
        return Leaf(name, condition.params.model_validate(_arguments(arguments, condition.main)))
    except ValidationError as error:
        problem = listed(explain_with_place(each_error) for each_error in error.errors())
        raise _refused(place, words("refused-condition", name=name, problem=problem)) from error


def _arguments(written: object, main: str | None) -> object:
    """A bare value is the main argument; `yes` and nothing are none."""
    if written is None or written is True:
        return {}
    if isinstance(written, Mapping) or main is None:
        return written
    return {main: written}


def _refused(place: tuple[str, ...], problem: Words) -> Refused:
    return _Misplaced(placed(".".join(place), problem) if place else problem)


class _Misplaced(Refused):
    """Refused with where it stands."""

    def __init__(self, said: Words) -> None:
        ValueError.__init__(self, str(said))
        self.words = said
