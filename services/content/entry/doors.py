"""The door of a deployed course: who may come in without having bought. No change of content opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.db.session import UnitOfWork
from core.lifecycle import TokenKind
from core.links import bot_link
from core.presses import PressKind
from core.rules.deep_link import course_link
from services.content.deployments import find_public, get_by_id, open_to_all
from services.content.entry.tokens import find_open_link
from services.content.flows import get_latest_version
from services.content.schemas import Deployment
from services.content.store import deployments as store
from services.content.store import tokens as token_store
from services.delivery import speech
from services.delivery.speech import Words

DOOR = PressKind.DOOR  # kind of the buttons: <deployment>-<what>
ASK, OPEN, LEAVE = "ask", "open", "leave"


class Shut(StrEnum):
    """Why a course is not open to all."""

    SOLD = "sold"  # a tariff sells it
    CLOSED = "closed"  # somebody has closed its link


@dataclass(frozen=True)
class Door:
    """The start payload of a course's public link, or why it has none."""

    payload: str | None
    shut: Shut | None = None


async def see_door(uow: UnitOfWork, deployment: Deployment, text: str | None = None) -> Door:
    """The door of a course that was just deployed, opened the first time; `text` is its link's if it has one.

    What a tariff sells is not opened, nor is a link that somebody has closed: both must be asked for
    (`open_to_all`). A door that is open stays so. Raises TOKEN_TAKEN if the text lets into another deployment.
    """
    if text is None and (link := await find_open_link(uow, deployment)):
        return Door(course_link(link.deployment, link.token))
    known = await find_public(uow, deployment, text)
    if known is not None:
        is_open = known.revoked_at is None and (known.expires_at is None or known.expires_at > uow.now)
        return Door(await open_to_all(uow, deployment, text)) if is_open else Door(None, Shut.CLOSED)
    if await store.is_sold(uow.conn, uow.account_id, deployment.flow_id):
        return Door(None, Shut.SOLD)
    if text is None and await _was_open(uow, deployment):
        return Door(None, Shut.CLOSED)
    return Door(await open_to_all(uow, deployment, text))


async def _was_open(uow: UnitOfWork, deployment: Deployment) -> bool:
    tokens = await token_store.list_tokens(uow.conn, uow.account_id, deployment.id)
    return any(token.kind is TokenKind.PUBLIC for token in tokens)


def describe_shut(shut: Shut) -> Words:
    """Why a course has no public link, for its author."""
    return speech.words(f"door-{shut}")


def open_button(deployment_id: int) -> Mapping[str, Any]:
    """The button below such words, which asks before it opens anything."""
    return speech.button(speech.words("button-door-open"), DOOR, f"{deployment_id}-{ASK}")


async def answer_door(uow: UnitOfWork, pressed: str, username: str) -> tuple[Words, speech.Keyboard]:
    """What a press of the door's buttons comes to: the question, then the link or nothing."""
    number, _, what = pressed.partition("-")
    deployment = await get_by_id(uow, int(number))
    slug = (await get_latest_version(uow, deployment.flow_id)).flow.slug
    if what == ASK:
        yes = speech.button(speech.words("button-door-yes"), DOOR, f"{number}-{OPEN}")
        no = speech.button(speech.words("button-door-no"), DOOR, f"{number}-{LEAVE}")
        return speech.words("door-ask", slug=slug), [[yes], [no]]
    if what == OPEN:
        payload = await open_to_all(uow, deployment)
        link = bot_link(username, payload)
        return speech.words("door-opened", slug=slug, link=link), ()
    return speech.words("door-left", slug=slug), ()
