"""Ways into a course that people are given by hand: issued, listed with their links, revoked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.db.keyset import Order, Slice
from core.db.models.content import enrollment_tokens
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import TokenKind
from core.links import bot_link
from core.rules.deep_link import CourseLink, course_link
from core.text.refusal import MOST_GIVEN, InputRefused, words
from services.content.deployments import TOKEN_BYTES, get_by_id, open_text, seal_text
from services.content.schemas import DeployedCourse, Deployment, EnrollmentToken
from services.content.store import cohorts as cohort_store
from services.content.store import deployments as store
from services.content.store import tokens as token_store
from services.tenancy.bots import get_bot_by_id
from utils.sealed import KeyMissingError
from utils.signing import fingerprint, random_token

ORDERS: Mapping[str, Order] = {"-id": Order((enrollment_tokens.c.id,), descending=True)}
COURSE = "course"  # the option that says which course, where a bot has several
OPTIONS = ("uses", "for", "external", "days", "until", "cohort", "label", "utm")
MOST_USES = 1_000_000
MOST_DAYS = 3650
MOST_LABEL = 64
MOST_EXTERNAL = 128
_ID = re.compile(r"[1-9]\d{0,17}")
_UTM = re.compile(r"(utm_)?(source|medium|campaign|term|content):(\S{1,64})")


@dataclass(frozen=True, slots=True)
class TokenTerms:
    """Whom a new token lets in, until when, and what stays on the runs it begins."""

    kind: TokenKind
    max_uses: int | None = None
    holder_id: int | None = None  # Telegram user id
    external_id: str | None = None
    expires_at: datetime | None = None
    cohort: str | None = None
    label: str | None = None
    utm: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ListedToken:
    """A token with the start payload of its link."""

    token: EnrollmentToken
    payload: str


def read_terms(kind: str, options: Mapping[str, str], now: datetime) -> TokenTerms:
    """What an admin asks for in words; raises TOKEN_TERMS with the name of the word that is wrong.

    `uses` is a number of people, `for` a Telegram user id, `days` or `until` (YYYY-MM-DD, UTC) an end,
    `utm` is `source:x,campaign:y`.
    """
    if kind not in set(TokenKind):
        raise _wrong("token-kinds", kinds=", ".join(TokenKind))
    if unknown := [name for name in options if name not in OPTIONS]:
        raise _wrong("token-option", name=unknown[0][:MOST_GIVEN], names=", ".join(OPTIONS))
    kind_given = TokenKind(kind)
    return TokenTerms(
        kind=kind_given,
        max_uses=_read_uses(kind_given, options.get("uses")),
        holder_id=_read_holder(kind_given, options.get("for")),
        external_id=_read_external(kind_given, options.get("external")),
        expires_at=_read_end(options, now),
        cohort=options.get("cohort"),
        label=_shorter("label", options.get("label"), MOST_LABEL),
        utm=_read_utm(options.get("utm")),
    )


TERMS_WRONG = "TOKEN_TERMS"


def _wrong(key: str, **values: Any) -> InputRefused:
    return InputRefused(TERMS_WRONG, words(key, **values))


def _read_uses(kind: TokenKind, uses: str | None) -> int | None:
    """A group says how many; one person alone comes by a personal or external token, anybody by a public one."""
    if kind is not TokenKind.GROUP:
        if uses is not None:
            raise _wrong("token-uses-of-group")
        return None if kind is TokenKind.PUBLIC else 1
    if uses is None or not uses.isdecimal() or len(uses) > len(str(MOST_USES)):
        raise _wrong("token-uses-missing")
    if not 1 <= int(uses) <= MOST_USES:
        raise _wrong("token-uses-range", most=MOST_USES)
    return int(uses)


def _read_holder(kind: TokenKind, holder: str | None) -> int | None:
    if holder is None:
        return None
    if kind is not TokenKind.PERSONAL or not _ID.fullmatch(holder):
        raise _wrong("token-holder")
    return int(holder)


def _read_external(kind: TokenKind, external: str | None) -> str | None:
    if (kind is TokenKind.EXTERNAL) != bool(external):
        raise _wrong("token-external")
    return _shorter("external", external, MOST_EXTERNAL)


def _shorter(name: str, text: str | None, most: int) -> str | None:
    if text is not None and len(text) > most:
        raise _wrong("token-long", name=name, most=most)
    return text or None


def _read_end(options: Mapping[str, str], now: datetime) -> datetime | None:
    days, until = options.get("days"), options.get("until")
    if days is not None and until is not None:
        raise _wrong("token-two-ends")
    if days is not None:
        if not days.isdecimal() or len(days) > len(str(MOST_DAYS)) or not 1 <= int(days) <= MOST_DAYS:
            raise _wrong("token-days", most=MOST_DAYS)
        return now + timedelta(days=int(days))
    if until is None:
        return None
    try:
        end = datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise _wrong("token-until") from None
    if end <= now:
        raise _wrong("token-until-past")
    return end


def _read_utm(marks: str | None) -> Mapping[str, str] | None:
    if marks is None:
        return None
    pairs = [_UTM.fullmatch(part.strip()) for part in marks.split(",")]
    if not all(pairs):
        raise _wrong("token-utm")
    return {f"utm_{pair[2]}": pair[3] for pair in pairs if pair}


async def issue_token(uow: UnitOfWork, deployment: Deployment, terms: TokenTerms) -> ListedToken:
    """Make a token; its text is random, stored as a hash and sealed. Raises TOKEN_TERMS for a cohort there is not."""
    text = random_token(TOKEN_BYTES)
    row = {
        "deployment_id": deployment.id,
        "kind": terms.kind,
        "hash": fingerprint(text),
        "sealed": seal_text(uow, text),
        "uses": 0,
        "max_uses": terms.max_uses,
        "holder_id": terms.holder_id,
        "external_id": terms.external_id,
        "expires_at": terms.expires_at,
        "cohort_id": await _find_cohort(uow, deployment, terms.cohort),
        "label": terms.label,
        "utm": dict(terms.utm) if terms.utm else None,
        "created_at": uow.now,
    }
    await token_store.add_token(uow.conn, uow.account_id, row)
    made = await token_store.find_token(uow.conn, uow.account_id, token_hash=fingerprint(text))
    if made is None:
        raise DomainError(ErrorKind.NOT_FOUND, "TOKEN_NOT_FOUND")
    return ListedToken(made, course_link(deployment.public_id, text))


async def _find_cohort(uow: UnitOfWork, deployment: Deployment, code: str | None) -> int | None:
    if code is None:
        return None
    cohort = await cohort_store.find_cohort(uow.conn, uow.account_id, deployment.id, code=code)
    if cohort is None:
        raise _wrong("token-no-cohort", code=code[:MOST_GIVEN])
    return cohort.id


async def list_page(uow: UnitOfWork, deployment_id: int | None, part: Slice) -> list[EnrollmentToken]:
    """A part of what has been issued, for one deployment or for all; the links of purchases are not among them."""
    return await token_store.list_page(uow.conn, uow.account_id, deployment_id, part)


async def get_token(uow: UnitOfWork, token_id: int) -> EnrollmentToken:
    """One of them; raises TOKEN_NOT_FOUND, for a purchase's, too."""
    token = await token_store.find_by_hand(uow.conn, uow.account_id, token_id)
    if token is None:
        raise DomainError(ErrorKind.NOT_FOUND, "TOKEN_NOT_FOUND", str(token_id))
    return token


async def find_link(uow: UnitOfWork, token: EnrollmentToken) -> str | None:
    """What opens it in Telegram; None where its text was not kept, or is sealed with a key that is gone."""
    place = await get_by_id(uow, token.deployment_id)
    payload = _payload(uow, place, token)
    return bot_link((await get_bot_by_id(uow, place.bot_id)).username, payload) if payload else None


async def list_tokens(uow: UnitOfWork, deployment: Deployment) -> list[ListedToken]:
    """What has been issued for a deployment, the newest first; the links of purchases are not among them.

    A token whose text was not kept, or is sealed with a key that is gone, has an empty payload.
    """
    tokens = await token_store.list_tokens(uow.conn, uow.account_id, deployment.id)
    return [ListedToken(token, _payload(uow, deployment, token)) for token in tokens]


def _payload(uow: UnitOfWork, deployment: Deployment, token: EnrollmentToken) -> str:
    text = _read_text(uow, token)
    return course_link(deployment.public_id, text) if text else ""


def _read_text(uow: UnitOfWork, token: EnrollmentToken) -> str | None:
    """A token's text; None if it was not kept, or if the key that sealed it is gone."""
    if token.sealed is None:
        return None
    try:
        return open_text(uow, token.sealed, token.hash)
    except KeyMissingError:
        return None


async def find_missing_key(uow: UnitOfWork) -> str | None:
    """The name of a master key that has sealed links and is not in the ring."""
    foreign_seals = await token_store.list_foreign_seals(uow.conn, uow.env.keys.names)
    return foreign_seals[0].partition(".")[0] if foreign_seals else None


async def revoke_token(uow: UnitOfWork, token_id: int) -> None:
    """Let nobody new in by it; who is in stays. Raises TOKEN_NOT_FOUND if it is unknown, closed or a purchase's."""
    if not await token_store.revoke_token(uow.conn, uow.account_id, token_id, uow.now):
        told = f"there is no open link {token_id}; `tandem token list` shows the links with their numbers"
        raise DomainError(ErrorKind.NOT_FOUND, "TOKEN_NOT_FOUND", told)


async def find_course(uow: UnitOfWork, bot_id: int, slug: str | None) -> DeployedCourse:
    """The course of that slug on a bot, or the only one there; raises COURSE_UNKNOWN with the slugs there are."""
    courses = await store.list_courses(uow.conn, uow.account_id, bot_id)
    fitting = [
        course for course in courses if slug is None or slug in {course.slug, course.deployment.public_id}
    ]
    if slug is not None:
        fitting = sorted(fitting, key=lambda course: course.deployment.environment)[:1]  # prod before test
    if len(fitting) != 1:
        known = ", ".join(dict.fromkeys(course.slug for course in courses))
        raise DomainError(ErrorKind.NOT_FOUND, "COURSE_UNKNOWN", known)
    return fitting[0]


async def list_courses(uow: UnitOfWork, bot_id: int) -> list[DeployedCourse]:
    """The courses deployed on a bot, the oldest first."""
    return await store.list_courses(uow.conn, uow.account_id, bot_id)


async def find_open_link(uow: UnitOfWork, deployment: Deployment) -> CourseLink | None:
    """A public token of a deployment that is in force, as a link."""
    for each_token in await list_tokens(uow, deployment):
        token = each_token.token
        ended = token.expires_at is not None and token.expires_at <= uow.now
        text = _read_text(uow, token)
        if token.kind is TokenKind.PUBLIC and token.revoked_at is None and not ended and text:
            return CourseLink(deployment.public_id, text)
    return None


async def take_over_links(uow: UnitOfWork, contact_id: int, heir_id: int) -> None:
    """The links into courses that are one person's alone become another's."""
    await token_store.take_over(uow.conn, uow.account_id, contact_id, heir_id)
