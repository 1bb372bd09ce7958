"""The payload of `t.me/<bot>?start=<payload>`: one grammar for every kind of link."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.rules.promo import write_for_link

MAX_LENGTH = 64
_ALLOWED = re.compile(r"[A-Za-z0-9_-]+")
_COURSE = re.compile(r"cd_(?P<deployment>[A-Za-z0-9]+)_(?P<token>.+)")
_DEPLOYMENT = re.compile(r"[A-Za-z0-9]+")
_UTM_MARK = re.compile(r"__utm([smct])")
UTM_NAMES = {"s": "utm_source", "m": "utm_medium", "c": "utm_campaign", "t": "utm_term"}


class LinkKind(StrEnum):
    """What one of our own prefixed links leads to."""

    PARTNER = "p"
    FLOW = "s"
    BUY = "b"
    PROMO = "promo"
    GIFT = "gift"
    OWNER = "own"
    JOIN = "join"


@dataclass(frozen=True, slots=True)
class CourseLink:
    """An enrollment: `cd_<deployment>_<token>`."""

    deployment: str
    token: str


@dataclass(frozen=True, slots=True)
class Prefixed:
    """One of our own links: `p_<partner>`, `s_<flow slug>`, `b_<what is bought>`, `promo_<code>`, `gift_<token>`, `own_<code>`, `join_<token>`."""

    kind: LinkKind
    value: str


@dataclass(frozen=True, slots=True)
class LegacyCourse:
    """`course__utms<source>__utmc<campaign>` of the older platform, as (name, value) pairs in order."""

    course: str
    utm: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """A bare word: a flow's slug or a partner's code, the caller decides."""

    value: str


@dataclass(frozen=True, slots=True)
class Empty:
    """No payload: somebody pressed Start."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Nothing Telegram lets into a link."""


Payload = CourseLink | Prefixed | LegacyCourse | Plain | Empty | Malformed


def parse_payload(payload: str) -> Payload:
    """Say what a start payload means; never raises. The order of the kinds is part of the contract."""
    if not payload:
        return Empty()
    if len(payload) > MAX_LENGTH or not _ALLOWED.fullmatch(payload):
        return Malformed()
    if course := _COURSE.fullmatch(payload):
        return CourseLink(course["deployment"], course["token"])
    kind, _, value = payload.partition("_")
    if value and kind in set(LinkKind):
        return Prefixed(LinkKind(kind), value)
    return _parse_legacy(payload) or Plain(payload)


def course_link(deployment: str, token: str) -> str:
    """The payload that enrolls by a token; raises ValueError when the result is no payload."""
    if not _DEPLOYMENT.fullmatch(deployment):
        raise ValueError(f"“{deployment}” is no deployment id: letters and digits only")
    return _build("cd", deployment, token)


def partner_link(code: str) -> str:
    """The payload that names a partner; raises ValueError when the result is no payload."""
    return _build(LinkKind.PARTNER, code)


def promo_link(code: str) -> str:
    """The payload that enters a promo code; raises ValueError when the result is no payload."""
    return _build(LinkKind.PROMO, write_for_link(code))


def flow_link(slug: str) -> str:
    """The payload that starts a flow; raises ValueError when the result is no payload."""
    return _build(LinkKind.FLOW, slug)


def gift_link(token: str) -> str:
    """The payload that claims a gift; raises ValueError when the result is no payload."""
    return _build(LinkKind.GIFT, token)


def join_link(token: str) -> str:
    """The payload that makes somebody a member; raises ValueError when the result is no payload."""
    return _build(LinkKind.JOIN, token)


def _build(*parts: str) -> str:
    payload = "_".join(parts)
    if not parts[-1] or len(payload) > MAX_LENGTH or not _ALLOWED.fullmatch(payload):
        raise ValueError(f"“{payload}” is no payload: up to {MAX_LENGTH} of A-Z a-z 0-9 _ -")
    return payload


def _parse_legacy(payload: str) -> LegacyCourse | None:
    course, *rest = _UTM_MARK.split(payload)
    if not course or not rest:
        return None
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return LegacyCourse(course, tuple((UTM_NAMES[letter], text) for letter, text in pairs if text))
