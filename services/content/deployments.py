"""Where a course runs, and the tokens that let people in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.db.keyset import Order, Slice
from core.db.models.content import deployments
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.events import DeploymentChanged, FlowDeployed
from core.flow.definition import FlowKind
from core.lifecycle import Stage, TokenKind
from core.rules.deep_link import CourseLink, course_link
from services.content.schemas import Deployment, EnrollmentToken, ListedDeployment
from services.content.settings import check_settings, check_test_settings
from services.content.store import deployments as store
from services.content.store import tokens as token_store
from services.people import contacts
from utils.signing import fingerprint, mac, random_id, random_token

ORDERS: Mapping[str, Order] = {"-id": Order((deployments.c.id,), descending=True)}
PUBLIC_ID = 8
TOKEN_BYTES = 16


async def deploy_flow(
    uow: UnitOfWork, flow_id: int, bot_id: int, environment: Stage = Stage.PROD
) -> Deployment:
    """Put a flow on a bot, in production or to be tried (`test`); it is deployed once for each."""
    row = {
        "public_id": random_id(PUBLIC_ID),
        "flow_id": flow_id,
        "bot_id": bot_id,
        "environment": environment,
        "is_active": True,
        "created_at": uow.now,
    }
    await store.add_deployment(uow.conn, uow.account_id, row)
    deployment = await store.find_deployment(
        uow.conn, uow.account_id, flow_id=flow_id, environment=environment
    )
    if deployment is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DEPLOYMENT_NOT_FOUND", str(flow_id))
    uow.publish(FlowDeployed(flow_id))
    return deployment


async def move_to_bot(uow: UnitOfWork, kind: FlowKind, bot_id: int, homes: Collection[int]) -> None:
    """Have all flows of a kind that live on none of their `homes` live on this bot from now on; the links stay good."""
    await store.move_deployments(uow.conn, uow.account_id, kind, bot_id, homes)


async def list_page(uow: UnitOfWork, flow_id: int | None, part: Slice) -> list[ListedDeployment]:
    """A part of where flows run, of one flow or of all."""
    return await store.list_page(uow.conn, uow.account_id, flow_id, part)


async def get_listed(uow: UnitOfWork, deployment_id: int) -> ListedDeployment:
    """One of them; raises DEPLOYMENT_NOT_FOUND, for what was taken off its bot, too."""
    listed = await store.find_listed(uow.conn, uow.account_id, deployment_id)
    if listed is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DEPLOYMENT_NOT_FOUND", str(deployment_id))
    return listed


async def find_deployment(uow: UnitOfWork, flow_id: int) -> Deployment | None:
    """The production deployment of a flow, if it has one."""
    return await store.find_deployment(uow.conn, uow.account_id, flow_id=flow_id)


async def get_deployment(uow: UnitOfWork, *, flow_id: int) -> Deployment:
    """The production deployment of a flow; raises DEPLOYMENT_NOT_FOUND."""
    deployment = await store.find_deployment(uow.conn, uow.account_id, flow_id=flow_id)
    if deployment is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DEPLOYMENT_NOT_FOUND", str(flow_id))
    return deployment


async def get_by_id(uow: UnitOfWork, deployment_id: int) -> Deployment:
    """A deployment by its id; raises DEPLOYMENT_NOT_FOUND."""
    deployment = await store.find_deployment(uow.conn, uow.account_id, deployment_id=deployment_id)
    if deployment is None:
        raise DomainError(ErrorKind.NOT_FOUND, "DEPLOYMENT_NOT_FOUND", str(deployment_id))
    return deployment


async def issue_personal_token(uow: UnitOfWork, deployment_id: int, contact_id: int, access_id: int) -> int:
    """A token for the buyer alone, once per purchase; gives its id (see `personal_text`). A closed one opens."""
    known = await token_store.find_token(uow.conn, uow.account_id, access_id=access_id)
    if known is not None:
        await token_store.set_token_revoked(uow.conn, uow.account_id, access_id, None)
        return known.id
    row = {
        "deployment_id": deployment_id,
        "kind": TokenKind.PERSONAL,
        "hash": random_id(32),
        "contact_id": contact_id,
        "access_id": access_id,
        "max_uses": None,
        "uses": 0,
        "created_at": uow.now,
    }
    token_id = await token_store.add_token(uow.conn, uow.account_id, row)
    text = personal_text(uow.env.signing_key, uow.account_id, token_id)
    await token_store.set_token_hash(uow.conn, uow.account_id, token_id, fingerprint(text))
    return token_id


async def close_personal_token(uow: UnitOfWork, access_id: int) -> None:
    """The buyer's link lets nobody in until the purchase is given back."""
    await token_store.set_token_revoked(uow.conn, uow.account_id, access_id, uow.now)


def personal_text(key: bytes, account_id: int, token_id: int) -> str:
    """The text of a personal token: made from the key, so that it can be shown again without being stored."""
    return mac(key, "enrollment", str(account_id), str(token_id), size=TOKEN_BYTES)


def personal_payload(
    keys: tuple[bytes, ...], account_id: int, deployment: str, token_id: int, text_hash: str
) -> str | None:
    """The start payload of a personal token: `cd_<deployment>_<token>`; None if its key is not there any more."""
    texts = (personal_text(key, account_id, token_id) for key in keys)
    text = next((text for text in texts if fingerprint(text) == text_hash), None)
    return course_link(deployment, text) if text else None


def seal_text(uow: UnitOfWork, text: str) -> str:
    """A token's text as it is kept, bound to the token; `open_text` reads it."""
    return uow.env.keys.seal(text, _place(uow, fingerprint(text)))


def open_text(uow: UnitOfWork, sealed: str, text_hash: str) -> str:
    """The text of a token, to be shown to an admin again."""
    return uow.env.keys.open(sealed, _place(uow, text_hash))


def _place(uow: UnitOfWork, text_hash: str) -> str:
    return f"enrollment_tokens/{uow.account_id}/{text_hash}"


async def change_settings(uow: UnitOfWork, deployment_id: int, settings: Mapping[str, Any]) -> None:
    """Have these settings of a deployment say so from now on; the others stay. Raises SETTINGS_INVALID."""
    check_settings(settings)
    if (await get_by_id(uow, deployment_id)).environment != Stage.PROD:
        check_test_settings(settings)
    known = await store.load_settings(uow.conn, uow.account_id, deployment_id)
    changed = {**known, **settings}
    if changed != known:
        await store.set_settings(uow.conn, uow.account_id, deployment_id, changed)
        uow.publish(DeploymentChanged(deployment_id))


async def put_groups(uow: UnitOfWork, deployment_id: int, code: str, chats: Sequence[int]) -> None:
    """Have a tariff open these groups here; the groups of its other tariffs stay."""
    known = await store.load_settings(uow.conn, uow.account_id, deployment_id)
    await change_settings(uow, deployment_id, {"groups": {**(known.get("groups") or {}), code: list(chats)}})


async def find_public(
    uow: UnitOfWork, deployment: Deployment, text: str | None = None
) -> EnrollmentToken | None:
    """The public token of that text, else the deployment's first one; closed or not.

    Raises TOKEN_TAKEN if the text lets into another deployment.
    """
    text = text or await _public_text(uow, deployment)
    known = await token_store.find_token(uow.conn, uow.account_id, token_hash=fingerprint(text))
    if known is not None and known.deployment_id != deployment.id:
        raise DomainError(ErrorKind.CONFLICT, "TOKEN_TAKEN", f"deployment {deployment.public_id}")
    return known


async def _public_text(uow: UnitOfWork, deployment: Deployment) -> str:
    """The text of a deployment's first public token: the one that is there, under whichever key it was made."""
    account, public_id = str(uow.account_id), deployment.public_id
    made = [mac(key, "public", account, public_id, size=TOKEN_BYTES) for key in uow.env.signing_keys]
    for text in made:
        if await token_store.find_token(uow.conn, uow.account_id, token_hash=fingerprint(text)):
            return text
    return made[0]


async def open_to_all(uow: UnitOfWork, deployment: Deployment, text: str | None = None) -> str:
    """Open a course to everybody with its link, whoever sells it; gives the start payload, of `text` if it has one.

    A link that was closed stays closed: another one is made. Raises TOKEN_TAKEN if the text lets into another
    deployment.
    """
    known = await find_public(uow, deployment, text)
    text = text or await _public_text(uow, deployment)
    if known is not None and known.revoked_at is not None:
        known, text = None, random_token(TOKEN_BYTES)
    if known is None:
        row = {
            "deployment_id": deployment.id,
            "kind": TokenKind.PUBLIC,
            "hash": fingerprint(text),
            "sealed": seal_text(uow, text),
            "uses": 0,
            "created_at": uow.now,
        }
        await token_store.add_token(uow.conn, uow.account_id, row)
    return course_link(deployment.public_id, text)


async def admit(
    uow: UnitOfWork, link: CourseLink, bot_id: int, contact_id: int
) -> tuple[Deployment, EnrollmentToken]:
    """Check a course link for this person and count them; raises TOKEN_REFUSED whatever is wrong with it."""
    deployment, token = await check_link(uow, link, bot_id, contact_id)
    await use_token(uow, token, contact_id)
    return deployment, token


async def use_token(uow: UnitOfWork, token: EnrollmentToken, contact_id: int) -> None:
    """Count a person who comes by a token; raises TOKEN_REFUSED when it is used up."""
    if not await token_store.use_token(uow.conn, uow.account_id, token.id, contact_id, uow.now):
        raise _refused()


async def check_link(
    uow: UnitOfWork, link: CourseLink, bot_id: int, contact_id: int
) -> tuple[Deployment, EnrollmentToken]:
    """Where a link leads, if it is this person's and in force; raises TOKEN_REFUSED whatever is wrong with it."""
    deployment = await store.find_deployment(uow.conn, uow.account_id, public_id=link.deployment)
    token = await token_store.find_token(uow.conn, uow.account_id, token_hash=fingerprint(link.token))
    if deployment is None or token is None or not _opens(uow, deployment, token, bot_id, contact_id):
        raise _refused()
    if not await _is_hers(uow, token, contact_id):
        raise _refused()
    return deployment, token


async def _is_hers(uow: UnitOfWork, token: EnrollmentToken, contact_id: int) -> bool:
    if token.holder_id is None:
        return True
    return (await contacts.get_contact(uow, contact_id)).telegram_id == token.holder_id


def _refused() -> DomainError:
    """Bad, expired, used up, foreign: one answer. A new one each time: a raised error keeps its frames alive."""
    return DomainError(ErrorKind.FORBIDDEN, "TOKEN_REFUSED")


def _opens(
    uow: UnitOfWork, deployment: Deployment, token: EnrollmentToken, bot_id: int, contact_id: int
) -> bool:
    return (
        token.deployment_id == deployment.id
        and deployment.bot_id == bot_id
        and deployment.is_active
        and token.revoked_at is None
        and (token.expires_at is None or token.expires_at > uow.now)
        and token.contact_id in (None, contact_id)
    )
