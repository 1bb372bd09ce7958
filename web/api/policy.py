"""What a route asks of who calls it. A route without a policy does not exist: the application refuses to start."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.limits import Limit
from services.tenancy.permissions import Permission

Endpoint = Callable[..., Any]


class Scope(StrEnum):
    """Whose things a route is about."""

    ACCOUNT = "account"  # the account's in its path
    SELF = "self"  # of who calls
    INSTANCE = "instance"  # the installation's
    PUBLIC = "public"  # everybody's


class Auth(StrEnum):
    """How who calls shows who they are."""

    SESSION = "session"  # or a key, unless the policy says `no_keys`
    SIGNATURE = "signature"  # of Telegram, of a provider
    NONE = "none"


@dataclass(frozen=True)
class Policy:
    """What a route asks: a permission in the account, and what has to come with the request.

    `looks` says of a POST that it changes nothing; `idempotency_key` that money moves or something is said by it;
    `if_match` that it takes the etag of what is changed; `apart` that it opens its units of work itself, as a stream
    does, or what waits for Telegram; `open_in_development` that nobody need sign in where nothing is real; `upload` that a file of at
    most so many bytes comes, see `web/api/uploads.py`; `counts` how often an account may have it done, of which files that come
    are counted anyway.
    """

    permission: Permission | None = None
    scope: Scope = Scope.ACCOUNT
    auth: Auth = Auth.SESSION
    no_keys: bool = False
    looks: bool = False
    idempotency_key: bool = False
    if_match: bool = False
    apart: bool = False
    open_in_development: bool = False
    stream: bool = False
    upload: int = 0
    counts: Limit | None = None

    def __post_init__(self) -> None:
        needs = self.scope is Scope.ACCOUNT
        if needs and self.permission is None:
            raise ValueError("a route of an account names its permission")

    @property
    def takes_keys(self) -> bool:
        """Whether a program may call it with a key."""
        return self.scope is Scope.ACCOUNT and not self.no_keys


OPEN = Policy(scope=Scope.PUBLIC, auth=Auth.NONE)
SIGNED = Policy(scope=Scope.PUBLIC, auth=Auth.SIGNATURE)
INSIDE = Policy(scope=Scope.INSTANCE, auth=Auth.SIGNATURE)
_declared: dict[Endpoint, Policy] = {}


def declare(endpoint: Endpoint, policy: Policy) -> None:
    """Say what a route's endpoint asks."""
    _declared[endpoint] = policy


def declared(policy: Policy) -> Callable[[Endpoint], Endpoint]:
    """The same as a decorator, below the one that makes the route."""

    def mark(endpoint: Endpoint) -> Endpoint:
        declare(endpoint, policy)
        return endpoint

    return mark


def policy_of(endpoint: Endpoint) -> Policy:
    """What an endpoint asks; raises LookupError if nobody has said."""
    if endpoint not in _declared:
        raise LookupError(f"the route of {endpoint.__module__}.{endpoint.__qualname__} declares no policy")
    return _declared[endpoint]
