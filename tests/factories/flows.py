"""Flows as authors write them, published and deployed."""

from typing import Any

from core.db.models.content import deployments, enrollment_tokens, flow_versions, flows, link_names
from core.db.models.content_wizards import wizard_states
from core.db.session import UnitOfWork
from core.flow.definition import Flow, FlowKind, dump_flow, parse_flow
from core.lifecycle import NameKind, Stage, TokenKind
from core.wizard.flows import create
from tests.factories.persons import ANNA
from tests.factories.rows import add_row

INVITE_TEXT = "Your groups"


def make_course(slug: str = "words", **changed: Any) -> Flow:
    """A course of one lesson."""
    lesson = {"key": "day1", "type": "lesson", "title": "Day 1", "messages": [{"text": "One thought"}]}
    document = {"kind": "course", "slug": slug, "name": f"Course {slug}", "steps": [lesson]}
    return parse_flow({**document, **changed})


def make_scenario(slug: str = "welcome", **changed: Any) -> Flow:
    """A scenario that sells: an offer, the groups, a last word."""
    steps = [
        {"key": "offer", "type": "offer", "text": "Choose"},
        {"key": "groups", "type": "invite", "text": INVITE_TEXT},
        {"key": "bye", "type": "end", "text": "All set"},
    ]
    return parse_flow(
        {"kind": "scenario", "slug": slug, "name": f"Scenario {slug}", "steps": steps, **changed}
    )


async def add_flow(uow: UnitOfWork, flow: Flow, **changed: Any) -> int:
    """A flow without versions."""
    row = {"slug": flow.slug, "kind": flow.kind, "name": flow.name, "created_at": uow.now}
    return await add_row(uow, flows, row, changed)


async def add_version(uow: UnitOfWork, flow_id: int, flow: Flow, **changed: Any) -> int:
    """The first version of a flow."""
    row = {
        "flow_id": flow_id,
        "number": 1,
        "digest": f"digest-{uow.account_id}-{flow.slug}",
        "document": dump_flow(flow),
        "published_at": uow.now,
    }
    return await add_row(uow, flow_versions, row, changed)


async def add_wizard(uow: UnitOfWork, bot_id: int, mark: str, **changed: Any) -> int:
    """An author at the first question of a new scenario."""
    talk = create(FlowKind.SCENARIO).dump()
    row = {
        "bot_id": bot_id,
        "chat_id": ANNA,
        "kind": "scenario",
        "state": {"talk": {**talk, "about": mark}, "instead": None},
        "choices": ["skip"],
        "version": 1,
        "message_id": None,
        "touched_at": uow.now,
    }
    return await add_row(uow, wizard_states, row, changed)


async def add_deployment(uow: UnitOfWork, flow_id: int, bot_id: int, **changed: Any) -> int:
    """A flow in production on a bot."""
    row = {
        "public_id": f"dep{flow_id}",
        "flow_id": flow_id,
        "bot_id": bot_id,
        "environment": Stage.PROD,
        "is_active": True,
        "created_at": uow.now,
    }
    return await add_row(uow, deployments, row, changed)


async def add_token(uow: UnitOfWork, deployment_id: int, **changed: Any) -> int:
    """A public way into a deployment; `hash` is the fingerprint of its text."""
    row = {
        "deployment_id": deployment_id,
        "kind": TokenKind.PUBLIC,
        "hash": f"hash-{deployment_id}",
        "uses": 0,
        "created_at": uow.now,
    }
    return await add_row(uow, enrollment_tokens, row, changed)


async def add_link_name(uow: UnitOfWork, name: str, kind: NameKind = NameKind.FLOW, **changed: Any) -> int:
    """A name of start links that is taken."""
    return await add_row(uow, link_names, {"name": name, "kind": kind}, changed)
