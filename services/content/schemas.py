"""Content as the use cases see it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from core.flow.definition import Flow, FlowInvalid, Problem, dump_flow, dump_head, parse_flow
from core.flow.editing import name_places
from core.lifecycle import Stage, TokenKind

ETAG_LETTERS = 32


@dataclass(frozen=True)
class FlowVersion:
    """An immutable published version of a flow."""

    id: int
    flow_id: int
    number: int
    flow: Flow


@dataclass(frozen=True)
class ListedVersion:
    """A version by its number and moment; `authors` are Telegram ids, who published it is the last of them."""

    id: int
    number: int
    published_at: datetime
    authors: Sequence[int] | None = None


@dataclass(frozen=True)
class ListedFlow:
    """A flow, how many versions it has and since when it has a draft."""

    id: int
    slug: str
    kind: str
    draft_at: datetime | None
    versions: int


@dataclass(frozen=True)
class FlowOverview:
    """A flow by its facts, without its steps; `version` is the number of its newest one."""

    id: int
    slug: str
    kind: str
    name: Mapping[str, str]
    draft_at: datetime | None
    created_at: datetime
    version: int | None


@dataclass(frozen=True)
class Draft:
    """What an author works on: the draft, where there is none the newest version.

    A step of it may still lack something; `faults` say what, and then there is no `flow` yet. `authors` are those
    whose changes are in it, by their Telegram ids, who changed it last is the last of them.
    """

    flow_id: int
    document: Mapping[str, Any]
    changed_at: datetime | None
    authors: Sequence[int] = ()

    @cached_property
    def flow(self) -> Flow:
        """The flow it is; raises FlowInvalid, which names the steps that are not finished."""
        try:
            return parse_flow(self.document)
        except FlowInvalid as invalid:
            raise FlowInvalid(name_places(self.document, invalid.problems)) from invalid

    @cached_property
    def faults(self) -> tuple[Problem, ...]:
        """What keeps it from being a flow."""
        try:
            parse_flow(self.document)
        except FlowInvalid as invalid:
            return invalid.problems
        return ()

    @cached_property
    def settled(self) -> dict[str, Any]:
        """The document as a flow writes it, the same for the same content; an unfinished one as its author left it."""
        head = dump_head(parse_flow({**self.document, "steps": ()}))
        document = {**head, "steps": self.document["steps"]} if self.faults else dump_flow(self.flow)
        written: dict[str, Any] = json.loads(json.dumps(document))
        return written

    @cached_property
    def etag(self) -> str:
        """The same for the same content, another one for any other."""
        text = json.dumps(self.settled, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:ETAG_LETTERS]


@dataclass(frozen=True)
class Deployment:
    """A flow on a bot; `public_id` is what links show."""

    id: int
    public_id: str
    flow_id: int
    bot_id: int
    environment: Stage
    is_active: bool


@dataclass(frozen=True)
class ListedDeployment(Deployment):
    """The same with what it runs; the default is what `/start` of the bot begins."""

    is_default: bool
    created_at: datetime
    slug: str
    kind: str


@dataclass(frozen=True)
class ListedParticipant:
    """An entry of the list of a restricted course."""

    id: int
    deployment_id: int
    telegram_id: int | None
    username: str | None


@dataclass(frozen=True)
class EnrollmentToken:
    """A way into a deployment; the text itself is never stored, only its hash."""

    id: int
    hash: str
    deployment_id: int
    kind: TokenKind
    contact_id: int | None
    access_id: int | None
    max_uses: int | None
    uses: int
    expires_at: datetime | None
    revoked_at: datetime | None
    holder_id: int | None = None
    label: str | None = None
    external_id: str | None = None
    cohort_id: int | None = None
    utm: Mapping[str, str] | None = None
    sealed: str | None = field(default=None, repr=False)
    created_at: datetime | None = None


@dataclass(frozen=True)
class Cohort:
    """People who begin a deployed course together; `sections` are the moments its sections begin, by key."""

    id: int
    deployment_id: int
    code: str
    starts_at: datetime
    sections: Mapping[str, str]


@dataclass(frozen=True)
class DeployedCourse:
    """A course that runs on a bot, with what links and people call it."""

    deployment: Deployment
    slug: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class Scenario:
    """A scenario on a bot. A closed one (not `is_active`) nobody begins any more."""

    deployment_id: int
    flow_id: int
    slug: str
    name: Mapping[str, str]
    is_active: bool
    is_default: bool


@dataclass(frozen=True)
class Import:
    """What one import made of a flow; without `version_id` it is a draft, without `former_version_id` it made the flow."""

    id: int
    flow_id: int
    slug: str
    file: str
    made_at: datetime
    former_version_id: int | None
    version_id: int | None
    undone_at: datetime | None
