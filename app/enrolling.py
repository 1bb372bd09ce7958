"""What `tandem token`, `deploy`, `cohort` and `participants` do, and the lines they print."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from app.courses import tell_door
from app.install import BOT_OF
from core.db.session import UnitOfWork
from core.flow.definition import FlowKind
from core.lifecycle import BotKind
from services.content.deployments import change_settings, deploy_flow, open_to_all
from services.content.entry import cohorts, participants, tokens
from services.content.entry.doors import Door, see_door
from services.content.entry.tokens import ListedToken
from services.content.flows import get_flow_id, get_latest_version
from services.content.schemas import DeployedCourse
from services.content.settings import read_words
from services.learning.certificates import certificates
from services.learning.webhooks import webhook_secret
from services.tenancy.bots import get_bot

Do = Callable[[UnitOfWork], Awaitable[list[str]]]


async def _find_course(uow: UnitOfWork, slug: str) -> tuple[str, DeployedCourse]:
    bot = await get_bot(uow, BotKind.COURSE)
    return bot.username, await tokens.find_course(uow, bot.id, slug or None)


def read_options(words: Sequence[str]) -> dict[str, str]:
    """Options written as `name=value`."""
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def issue(kind: str, course: str, options: Mapping[str, str]) -> Do:
    """Make a token; one line, its link."""

    async def do(uow: UnitOfWork) -> list[str]:
        username, found = await _find_course(uow, course)
        terms = tokens.read_terms(kind, options, uow.now)
        made = await tokens.issue_token(uow, found.deployment, terms)
        return [start_link(username, made.payload)]

    return do


def show_tokens(course: str) -> Do:
    """One line per token: number, kind, people, end, label, link."""

    async def do(uow: UnitOfWork) -> list[str]:
        username, found = await _find_course(uow, course)
        return [_describe(username, one) for one in await tokens.list_tokens(uow, found.deployment)]

    return do


def revoke(number: int) -> Do:
    """Close a token."""

    async def do(uow: UnitOfWork) -> list[str]:
        await tokens.revoke_token(uow, number)
        return [f"link {number} is closed"]

    return do


def revoke_certificate(number: str, reason: str) -> Do:
    """Let a certificate count no more."""

    async def do(uow: UnitOfWork) -> list[str]:
        return [f"certificate {await certificates.revoke_certificate(uow, number, reason)} is revoked"]

    return do


def start_link(username: str, payload: str) -> str:
    """The link that opens a bot with a start payload."""
    return f"https://t.me/{username}?start={payload}"


def _describe(username: str, listed: ListedToken) -> str:
    token = listed.token
    people = f"{token.uses}/{token.max_uses}" if token.max_uses else str(token.uses)
    if token.revoked_at is not None:
        end = "closed"
    else:
        end = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "no end"
    hidden = "its text is not kept" if token.sealed is None else "its key is missing, see tandem doctor"
    link = start_link(username, listed.payload) if listed.payload else hidden
    name = token.label or token.external_id or token.holder_id or ""
    return "\t".join([str(token.id), token.kind, people, end, str(name), link])


def put_on_bot(slug: str, settings: Mapping[str, str], *, test: bool, public: bool = False) -> Do:
    """Deploy a course, scenario or outreach; a second time changes its settings alone. The last line is its public link."""

    async def do(uow: UnitOfWork) -> list[str]:
        flow_id = await get_flow_id(uow, slug)
        kind = (await get_latest_version(uow, flow_id)).flow.kind
        bot = await get_bot(uow, BOT_OF[kind])
        deployment = await deploy_flow(uow, flow_id, bot.id, "test" if test else "prod")
        await change_settings(uow, deployment.id, read_words(settings))
        door = Door(slug)
        if kind is FlowKind.COURSE:
            opened = test or public  # a place to be tried lets in admins alone
            door = Door(await open_to_all(uow, deployment)) if opened else await see_door(uow, deployment)
        link = tell_door(slug, door, bot.username)
        if "webhook_url" not in settings:
            return [link]
        secret = webhook_secret(uow.env, uow.account_id, deployment.public_id)
        return [f"calls are signed with {secret}", link]

    return do


def put_cohort(course: str, code: str, starts: str, sections: Mapping[str, str]) -> Do:
    """Make a cohort or change its times."""

    async def do(uow: UnitOfWork) -> list[str]:
        _, found = await _find_course(uow, course)
        made = await cohorts.add_cohort(uow, found.deployment, code, starts, sections)
        return [f"{made.code} begins on {made.starts_at:%Y-%m-%d %H:%M} UTC"]

    return do


def show_cohorts(course: str) -> Do:
    """One line per cohort: code, beginning, sections."""

    async def do(uow: UnitOfWork) -> list[str]:
        _, found = await _find_course(uow, course)
        return [
            "\t".join(
                [one.code, f"{one.starts_at:%Y-%m-%d %H:%M} UTC"]
                + [f"{key}={at:%Y-%m-%d %H:%M}" for key, at in cohorts.section_times(one).items()]
            )
            for one in await cohorts.list_cohorts(uow, found.deployment)
        ]

    return do


def list_people(course: str, people: list[str]) -> Do:
    """Put people on a course's list."""

    async def do(uow: UnitOfWork) -> list[str]:
        _, found = await _find_course(uow, course)
        return [f"{await participants.add_participants(uow, found.deployment, people)} added"]

    return do


def unlist_people(course: str, people: list[str]) -> Do:
    """Take people off a course's list."""

    async def do(uow: UnitOfWork) -> list[str]:
        _, found = await _find_course(uow, course)
        return [f"{await participants.remove_participants(uow, found.deployment, people)} removed"]

    return do


def show_people(course: str) -> Do:
    """One line per entry of a course's list."""

    async def do(uow: UnitOfWork) -> list[str]:
        _, found = await _find_course(uow, course)
        return await participants.list_participants(uow, found.deployment)

    return do
