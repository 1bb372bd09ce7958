"""Content as the use cases see it."""

from dataclasses import dataclass
from datetime import datetime

from core.flow.definition import Flow
from core.lifecycle import TokenKind


@dataclass(frozen=True)
class FlowVersion:
    """An immutable published version of a flow."""

    id: int
    flow_id: int
    number: int
    flow: Flow


@dataclass(frozen=True)
class Deployment:
    """A flow on a bot; `public_id` is what links show."""

    id: int
    public_id: str
    flow_id: int
    bot_id: int
    environment: str
    is_active: bool


@dataclass(frozen=True)
class EnrollmentToken:
    """A way into a deployment; the text itself is never stored, only its hash."""

    id: int
    deployment_id: int
    kind: TokenKind
    contact_id: int | None
    access_id: int | None
    max_uses: int | None
    uses: int
    expires_at: datetime | None
    revoked_at: datetime | None
