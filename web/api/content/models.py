"""What is said about flows: their facts, drafts, problems, versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from core.flow.definition import FlowKind, Problem
from core.flow.editing import FIRST, Operation, OperationKind
from core.flow.versions import MoveChoice
from core.roles import MemberRole
from core.text.catalog import say, say_words
from core.text.message import localize
from services.content.schemas import Draft, ListedVersion
from services.learning.flow_pages import FlowInside
from services.people.team.roles import Member, get_member
from web.api.calls import ApiCall
from web.api.ids import FlowId, MemberId, VersionId
from web.api.models import Answer, Body, example

MOST_OPERATIONS = 500
Texts = dict[str, str]
ETAG = "b5bb9d8014a0f9b1d61e21e796d78dcc"
Key = Annotated[str, Field(min_length=1, max_length=64)]
FLOW = {
    "id": "flw_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "slug": "words",
    "kind": "course",
    "name": "Ten words a day",
    "version": 3,
    "draft_at": "2030-01-07T09:00:00Z",
    "created_at": "2030-01-01T09:00:00Z",
    "people": 41,
}
STEP = {"key": "hello", "type": "message", "text": "Good morning!"}
AUTHOR = {"id": "mem_aaaaaaaaaaaaaaaaaaaaaaaaaa", "name": "Anna Ivanova"}
VERSION = {
    "id": "ver_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "number": 3,
    "published_at": "2030-01-07T09:00:00Z",
    "authors": [AUTHOR],
}
PROBLEM = {"step": "hello", "path": "text", "detail": "is missing", "warning": False, "code": ""}


class FlowItem(Answer):
    """A course, a scenario or an outreach; `version` is its newest, `people` are in any of them.

    Its `name` is the one of the caller's language; the draft has all of them.
    """

    model_config = example(**FLOW)

    id: FlowId
    slug: str
    kind: FlowKind
    name: str
    version: int | None
    draft_at: datetime | None
    created_at: datetime
    people: int


class FlowBody(Body):
    """A new flow: what links call it, its name, and the steps it begins with."""

    model_config = example(slug="words", kind="course", name="Ten words a day")

    slug: Annotated[str, Field(min_length=1, max_length=32)]
    kind: FlowKind
    name: str | Texts
    steps: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST_OPERATIONS)] = ()


class AuthorItem(Answer):
    """A member whose changes are in it."""

    id: MemberId
    name: str


class DraftItem(Answer):
    """What an author works on: what stands above the steps, and the steps, each with its `key` and `type`.

    `authors` are whose changes are in it, who changed it last is the last of them.
    """

    model_config = example(
        etag=ETAG,
        changed_at="2030-01-07T09:00:00Z",
        authors=[AUTHOR],
        head={"kind": "course", "slug": "words", "name": "Ten words a day"},
        steps=[STEP],
    )

    etag: str
    changed_at: datetime | None
    authors: list[AuthorItem]
    head: dict[str, Any]
    steps: list[dict[str, Any]]


class DraftOperation(Body):
    """One change. `insert` and `move` put a step behind `after` (null: before all; left out: at the end).

    `set` changes the field at `path` (`text`, `text/en`), without `path` the whole step, without `key` what stands
    above the steps; null takes a field away.
    """

    op: OperationKind
    key: Key | None = None
    after: Key | None = None
    path: Annotated[str, Field(max_length=200)] = ""
    value: Any = None
    step: dict[str, Any] | None = None

    def read(self) -> Operation:
        """The operation it is."""
        after = FIRST if "after" in self.model_fields_set and self.after is None else self.after
        path = tuple(part for part in self.path.replace(".", "/").split("/") if part)
        return Operation(self.op, self.key, after, path, self.value, self.step)


class DraftChange(Body):
    """Operations in their order: all of them are done, or none."""

    model_config = example(ops=[{"op": "set", "key": "hello", "path": "text", "value": "Good evening!"}])

    ops: Annotated[list[DraftOperation], Field(min_length=1, max_length=MOST_OPERATIONS)]


class ProblemItem(Answer):
    """What stands against publishing (a `warning` does not): at which step, in which field of it."""

    model_config = example(**PROBLEM)

    step: str | None
    path: str
    detail: str
    warning: bool
    code: str


class DraftSaved(Answer):
    """The draft is kept; its next change is made of this state."""

    model_config = example(etag=ETAG, problems=[PROBLEM])

    etag: str
    problems: list[ProblemItem]


class Publication(Body):
    """What becomes of the people in the flow: of all, and of those who stand on some `steps`."""

    model_config = example(choice="move", steps={"hello": "resend"})

    choice: MoveChoice = MoveChoice.STAY
    steps: Annotated[dict[Key, MoveChoice], Field(max_length=MOST_OPERATIONS, default_factory=dict)]


class VersionItem(Answer):
    """A version: nobody changes it any more. `authors` are whose changes it brought, as far as that is known.

    Who published it is the last of them.
    """

    model_config = example(**VERSION)

    id: VersionId
    number: int
    published_at: datetime
    authors: list[AuthorItem]


def show_flow(seen: FlowInside, language: str) -> FlowItem:
    """A flow as the API shows it."""
    shown = {name: getattr(seen.flow, name) for name in FlowItem.model_fields if name != "people"}
    return FlowItem(**{**shown, "name": localize(seen.flow.name, language)}, people=seen.people)


async def show_draft(call: ApiCall, draft: Draft) -> DraftItem:
    """A draft as the API shows it."""
    head = dict(draft.settled)
    told = {"etag": draft.etag, "changed_at": draft.changed_at}
    authors = await show_authors(call, draft.authors)
    return DraftItem(**told, authors=authors, steps=head.pop("steps"), head=head)


async def show_authors(call: ApiCall, authors: Sequence[int] | None) -> list[AuthorItem]:
    """Those behind these Telegram ids; who has no name yet is called by what they may do here."""
    known = [await get_member(call.uow, author) for author in authors or ()]
    return [AuthorItem(id=member.telegram_id, name=_name(member, call.language)) for member in known]


def _name(member: Member, language: str) -> str:
    if member.name != str(member.telegram_id):
        return member.name
    role = next((each for each in MemberRole if each in member.roles), None)
    return say(f"role-{role}" if role else "member-gone", language)


def show_problems(draft: Draft, problems: Sequence[Problem], language: str) -> list[ProblemItem]:
    """What was found, each at its step."""
    return [_show_problem(draft, problem, language) for problem in problems]


def _show_problem(draft: Draft, problem: Problem, language: str) -> ProblemItem:
    first, _, rest = problem.path.partition(".")
    place, _, field = rest.partition(".")
    is_step = first == "steps" and place.isdecimal()
    return ProblemItem(
        step=draft.document["steps"][int(place)]["key"] if is_step else None,
        path=field if is_step else problem.path,
        detail=say_words(problem.words, language),
        warning=problem.warning,
        code=problem.code,
    )


async def show_version(call: ApiCall, version: ListedVersion) -> VersionItem:
    """A version as the API shows it."""
    authors = await show_authors(call, version.authors)
    return VersionItem(
        id=version.id, number=version.number, published_at=version.published_at, authors=authors
    )
