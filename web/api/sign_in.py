"""Signing in and out: sessions of browsers, and who is asking."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field, model_validator

from core.db.session import until_won
from services.people.contacts import find_by_telegram_id
from services.tenancy.permissions import Permission
from services.tenancy.sign_in import entering, registering, sessions
from services.tenancy.sign_in.callers import Place, list_places
from web.api.calls import BASE, ApiCall, Call
from web.api.cookies import drop_cookie, write_cookie
from web.api.ids import SessionId, SessionRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed
from web.api.policy import Auth, Policy, Scope
from web.api.problems import Problem
from web.api.routes import Room

MOST_CODE, MOST_SIGNED = 100, 4_096
OWN = Policy(scope=Scope.SELF, no_keys=True)
room = Room("sessions", BASE)


class SignIn(Body):
    """One proof of who somebody is: a code of a bot or the console, Telegram's login button, or a Mini App."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "Zb3x0sV4k1mQ8tYwUe2rPaLd7nHcJ5Fg"}]})

    code: Annotated[str, Field(min_length=1, max_length=MOST_CODE)] | None = None
    widget: dict[str, str | int] | None = None
    init_data: Annotated[str, Field(min_length=1, max_length=MOST_SIGNED)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "SignIn":
        if sum(proof is not None for proof in (self.code, self.widget, self.init_data)) != 1:
            raise ValueError("one of code, widget, init_data")
        return self


class Registration(Body):
    """What the school is called, and one proof of who its owner is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Clear words", "init_data": "user=…"}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=200)]
    widget: dict[str, str | int] | None = None
    init_data: Annotated[str, Field(min_length=1, max_length=MOST_SIGNED)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Registration":
        if (self.widget is None) == (self.init_data is None):
            raise ValueError("one of widget, init_data")
        return self


class SignedIn(Answer):
    """A session was opened; its cookie is in the header, `csrf` is shown with all that changes something.

    `account` is the one whose link, bot or Mini App it was: there one begins.
    """

    model_config = example(csrf="q5ZkX0c2VdRr8m1nTt4wYg", account="acc_aaaaaaaaaaaaaaaaaaaaaaaaaa")

    csrf: str
    account: str | None


class SessionItem(Answer):
    """A browser that is signed in."""

    model_config = example(
        id="ses_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        way="code",
        device="Mozilla/5.0",
        created_at="2030-01-07T09:00:00Z",
        seen_at="2030-01-07T09:05:00Z",
        current=True,
    )

    id: SessionId
    way: str
    device: str
    created_at: datetime
    seen_at: datetime
    current: bool


class MyAccount(Answer):
    """An account in which who asks is a member; `role` is the highest of theirs."""

    id: str
    name: str
    role: str
    roles: list[str]
    permissions: list[Permission]


class Me(Answer):
    """Who asks, in their language, and what they may do in each of their accounts."""

    model_config = example(
        csrf="q5ZkX0c2VdRr8m1nTt4wYg",
        language="ru",
        accounts=[
            {
                "id": "acc_aaaaaaaaaaaaaaaaaaaaaaaaaa",
                "name": "Clear words",
                "role": "analyst",
                "roles": ["analyst"],
                "permissions": ["account.work", "members.read", "numbers.read"],
            }
        ],
    )

    csrf: str
    language: str
    accounts: list[MyAccount]


@room.post("/sessions", Policy(scope=Scope.PUBLIC, auth=Auth.NONE, apart=True), 201)
async def create_session(call: Call, body: SignIn) -> SignedIn:
    """Sign in with a one-time code, Telegram's login button or a Mini App's data."""
    known = await _recognise(call, body)
    device = call.request.headers.get("user-agent", "")
    entered = await entering.enter(call.db, known, device) if known else None
    if entered is None:
        raise Problem(401, "SIGN_IN_REFUSED")
    call.cookies.append(write_cookie(call.request, entered.token))
    return SignedIn(csrf=sessions.csrf_token(call.db.env, entered.session_id), account=entered.account)


@room.post("/accounts", Policy(scope=Scope.PUBLIC, auth=Auth.NONE, apart=True), 201)
async def create_account(call: Call, body: Registration) -> SignedIn:
    """Make an account of your own with Telegram's login button or a Mini App's data, where the operator lets people; you are signed in."""
    known = await _recognise(call, SignIn(widget=body.widget, init_data=body.init_data))
    device = call.request.headers.get("user-agent", "")
    name = body.name
    entered = await until_won(lambda: registering.register(call.db, known, name, device)) if known else None
    if entered is None:
        raise Problem(401, "SIGN_IN_REFUSED")
    call.cookies.append(write_cookie(call.request, entered.token))
    return SignedIn(csrf=sessions.csrf_token(call.db.env, entered.session_id), account=entered.account)


async def _recognise(call: ApiCall, body: SignIn) -> entering.Known | None:
    if body.code is not None:
        return await entering.by_code(call.db, body.code)
    if body.widget is not None:
        return await entering.by_widget(call.db, {key: str(value) for key, value in body.widget.items()})
    return await entering.by_init_data(call.db, body.init_data or "")


@room.get("/sessions", OWN)
async def list_sessions(call: Call) -> Listed[SessionItem]:
    """Where you are signed in."""
    mine = await sessions.list_sessions(call.uow.conn, call.who, call.uow.real_now)
    return Listed(items=[_show(call, each) for each in mine])


def _show(call: ApiCall, session: sessions.Session) -> SessionItem:
    names = ("id", "way", "device", "created_at", "seen_at")
    shown = {name: getattr(session, name) for name in names}
    return SessionItem(**shown, current=session.id == call.who.session_id)


@room.delete("/sessions/{session}", OWN)
async def end_session(call: Call, session: SessionRef) -> None:
    """Sign one browser out."""
    if not await sessions.end_session(call.uow, call.who, session):
        raise Problem(404)


@room.delete("/sessions", OWN)
async def end_sessions(call: Call) -> Response:
    """Sign out everywhere, here as well."""
    await sessions.end_all(call.uow, call.who)
    call.cookies.append(drop_cookie(call.request))
    return Response(status_code=204)


@room.get("/me", OWN)
async def get_me(call: Call) -> Me:
    """Who you are, what you may do, and the token that your changes have to show."""
    places = await list_places(call.uow.conn, call.db.env, call.who)
    person = await find_by_telegram_id(call.uow, call.who.telegram_id)
    language = person.language if person else call.language
    token = sessions.csrf_token(call.db.env, call.who.session_id or 0)
    return Me(csrf=token, language=language, accounts=[_show_account(place) for place in places])


def _show_account(place: Place) -> MyAccount:
    roles = place.ranked_roles
    permissions = sorted(place.permissions)
    return MyAccount(id=place.public_id, name=place.name, role=roles[0], roles=roles, permissions=permissions)
