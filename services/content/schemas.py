"""Content as the use cases see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.flow.definition import Flow
from core.lifecycle import Stage, TokenKind


@dataclass(frozen=True)
class FlowVersion:
    """An immutable published version of a flow."""

    id: int
    flow_id: int
    number: int
    flow: Flow


@dataclass(frozen=True)
class ListedVersion:
    """A version by its number and moment."""

    id: int
    number: int
    published_at: datetime


@dataclass(frozen=True)
class ListedFlow:
    """A flow, how many versions it has and since when it has a draft."""

    id: int
    slug: str
    kind: str
    draft_at: datetime | None
    versions: int


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
