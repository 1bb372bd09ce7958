"""Links into courses: made, shown with their code, revoked."""

import io
from datetime import datetime
from typing import Annotated

import segno
from fastapi import Response
from pydantic import Field

from core.lifecycle import TokenKind
from services.content import deployments
from services.content.entry import tokens
from services.content.entry.tokens import ORDERS, read_terms
from services.content.schemas import EnrollmentToken
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.ids import DeploymentId, DeploymentRef, TokenId, TokenRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

READ = Policy(Permission.ACCESS_READ)
CHANGE = Policy(Permission.ACCESS)
Tokens = Annotated[ListPage, paged(ORDERS)]
room = Room("content")
TOKEN = {
    "id": "tok_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "deployment": "dep_aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "kind": "group",
    "label": "Class of May",
    "uses": 3,
    "max_uses": 30,
    "expires_at": None,
    "revoked_at": None,
    "created_at": "2030-01-07T09:00:00Z",
}


class TokenItem(Answer):
    """A way into a course; the links of purchases are not among them."""

    model_config = example(**TOKEN)

    id: TokenId
    deployment: DeploymentId
    kind: TokenKind
    label: str | None
    uses: int
    max_uses: int | None
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime | None


class TokenLink(TokenItem):
    """The same with the link that opens it; null where its text was not kept."""

    model_config = example(**TOKEN, link="https://t.me/words_bot?start=cd_a_b")

    link: str | None


class TokenBody(Body):
    """Whom it lets in, and the words of `/token`: `uses`, `for`, `external`, `days` or `until`, `cohort`, `label`, `utm`."""

    model_config = example(
        deployment="dep_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        kind="group",
        terms={"uses": "30", "label": "Class of May"},
    )

    deployment: DeploymentRef
    kind: TokenKind
    terms: Annotated[dict[str, str], Field(max_length=8, default_factory=dict)]


def _show(token: EnrollmentToken) -> TokenItem:
    names = ("id", "kind", "label", "uses", "max_uses", "expires_at", "revoked_at", "created_at")
    return TokenItem(**{name: getattr(token, name) for name in names}, deployment=token.deployment_id)


async def _show_link(call: ApiCall, token: EnrollmentToken) -> TokenLink:
    return TokenLink(**dict(_show(token)), link=await tokens.find_link(call.uow, token))


@room.get("/tokens", READ)
async def list_tokens(call: Call, page: Tokens, deployment: DeploymentRef | None = None) -> Listed[TokenItem]:
    """The links that were made, the latest first."""
    taken = await page.take(lambda part: tokens.list_page(call.uow, deployment, part), _show)
    return Listed(**taken)


@room.post("/tokens", CHANGE, 201)
async def create_token(call: Call, body: TokenBody) -> TokenLink:
    """Make a link into a course."""
    place = await deployments.get_by_id(call.uow, body.deployment)
    made = await tokens.issue_token(call.uow, place, read_terms(body.kind, body.terms, call.uow.now))
    return await _show_link(call, await tokens.get_token(call.uow, made.token.id))


@room.get("/tokens/{token}", READ)
async def get_token(call: Call, token: TokenRef) -> TokenLink:
    """One of them, with its link."""
    return await _show_link(call, await tokens.get_token(call.uow, token))


@room.get("/tokens/{token}/qr.svg", READ, "image/svg+xml")
async def get_token_code(call: Call, token: TokenRef) -> Response:
    """Its link as a code to be scanned."""
    link = await tokens.find_link(call.uow, await tokens.get_token(call.uow, token))
    if link is None:
        raise Problem(404)
    picture = io.BytesIO()
    segno.make(link, micro=False).save(picture, kind="svg", scale=8)
    return Response(picture.getvalue(), media_type="image/svg+xml")


@room.post("/tokens/{token}/revoke", CHANGE)
async def revoke_token(call: Call, token: TokenRef) -> TokenItem:
    """Let nobody new in by it; who is in stays."""
    if (await tokens.get_token(call.uow, token)).revoked_at is None:
        await tokens.revoke_token(call.uow, token)
    else:
        call.only_looked = True
    return _show(await tokens.get_token(call.uow, token))
