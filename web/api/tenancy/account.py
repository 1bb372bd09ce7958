"""The room of the account itself: its name, its members, keys of its programs, the record of deeds, its settings."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from core.roles import MemberRole
from core.rules.moments import Moment
from services.people.admins import find_zone
from services.people.team import roles
from services.people.team.roles import Member
from services.tenancy import accounts, audit, settings
from services.tenancy.audit import ORDERS, Record
from services.tenancy.permissions import Permission
from services.tenancy.sign_in import api_keys, invitations
from services.tenancy.sign_in.api_keys import ApiKey
from web.api.calls import ApiCall, Call
from web.api.ids import ContactId, ContactRef, KeyId, KeyRef, MemberId, MemberRef, RecordId
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

KEYS = Policy(Permission.KEYS, no_keys=True)
MEMBERS_CHANGE = Policy(Permission.MEMBERS, no_keys=True)
MOST_NAME, MOST_KEY_NAME = 200, 64
Name = Annotated[str, Field(min_length=1, max_length=MOST_NAME)]
Records = Annotated[ListPage, paged(ORDERS)]
room = Room("tenancy")


class AccountItem(Answer):
    """An account; days begin and end in its `zone`, the one of its first admin."""

    model_config = example(
        id="acc_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        name="Clear words",
        created_at="2030-01-07T09:00:00Z",
        zone="Europe/Moscow",
    )

    id: str
    name: str
    created_at: datetime
    zone: str


class AccountChange(Body):
    """What an account is called."""

    model_config = example(name="Clear words")

    name: Name


class MemberItem(Answer):
    """Somebody who works in the account; `role` is the highest of their roles."""

    model_config = example(
        id="mem_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        telegram_id=500001,
        name="Anna Ivanova",
        role="curator",
        roles=["curator"],
        contact=None,
    )

    id: MemberId
    telegram_id: int
    name: str
    role: MemberRole
    roles: list[MemberRole]
    contact: ContactId | None


class NewMember(Body):
    """Somebody by their Telegram id, and what they are to be."""

    model_config = example(telegram_id=500001, role="curator")

    telegram_id: Annotated[int, Field(gt=0, lt=2**52)]
    role: MemberRole
    name: Annotated[str | None, Field(max_length=MOST_NAME)] = None


class InvitationBody(Body):
    """What whoever presses Start by the link first is to be."""

    model_config = example(role="curator")

    role: MemberRole


class InvitationItem(Answer):
    """A link that makes one person a member: good once, until then, and shown this once."""

    model_config = example(
        link="https://t.me/lessons_bot?start=join_example", role="curator", expires_at="2030-01-10T09:00:00Z"
    )

    link: str
    role: MemberRole
    expires_at: datetime


class MemberChange(Body):
    """What a member is to be from now on, and nothing else."""

    model_config = example(role="operator")

    role: MemberRole


class NewKey(Body):
    """A key for a program: what it may, and until when."""

    model_config = example(name="Reports", permissions=["contacts.read"], expires_at="2030-12-31T00:00:00Z")

    name: Annotated[str, Field(min_length=1, max_length=MOST_KEY_NAME)]
    permissions: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    expires_at: Moment | None = None


class KeyItem(Answer):
    """A key without its secret; `ending` are the secret's last letters."""

    model_config = example(
        id="key_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        name="Reports",
        permissions=["contacts.read"],
        creator="mem_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        ending="x7Qk",
        created_at="2030-01-07T09:00:00Z",
        expires_at=None,
        used_at=None,
    )

    id: KeyId
    name: str
    permissions: list[Permission]
    creator: MemberId
    ending: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class NewKeyItem(KeyItem):
    """A key that was just made: its secret is shown this once."""

    model_config = example(
        id="key_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        name="Reports",
        permissions=["contacts.read"],
        creator="mem_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        ending="x7Qk",
        created_at="2030-01-07T09:00:00Z",
        expires_at=None,
        used_at=None,
        secret="tdm_…x7Qk",  # noqa: S106 - opens nothing
    )

    secret: str


class RecordItem(Answer):
    """What a member did: `act` names it, `said` is what was typed or asked for."""

    model_config = example(
        id="rec_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        at="2030-01-07T09:00:00Z",
        actor="mem_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        act="addTag",
        said="PUT /contacts/con_aaaaaaaaaaaaaaaaaaaaaaaaaa/tags/warm",
        contact="con_aaaaaaaaaaaaaaaaaaaaaaaaaa",
        before=None,
        after=None,
    )

    id: RecordId
    at: datetime
    actor: MemberId
    act: str
    said: str
    contact: ContactId | None
    before: str | None
    after: str | None


class Settings(Answer):
    """What the account has set for itself; what it says nothing about is null."""

    model_config = example(etag="3", values={"public_name": "Clear words", "language": None})

    etag: str
    values: dict[str, Any]


class SettingsChange(Body):
    """Settings by their names; null has one say nothing again, others stay."""

    model_config = example(values={"public_name": "Clear words"})

    values: Annotated[dict[str, Any], Field(min_length=1, max_length=50)]


@room.get("", Policy(Permission.WORK))
async def get_account(call: Call) -> AccountItem:
    """The account."""
    account = await accounts.get_account(call.uow)
    told = {"id": account.public_id, "name": account.name, "created_at": account.created_at}
    return AccountItem(**told, zone=await find_zone(call.uow))


@room.patch("", Policy(Permission.SETTINGS_CHANGE))
async def change_account(call: Call, body: AccountChange) -> AccountItem:
    """Call the account otherwise."""
    call.note_change(None, call.account.name, body.name)
    call.only_looked = not await accounts.rename_account(call.uow, body.name)
    return await get_account(call)


@room.get("/members", Policy(Permission.MEMBERS_READ, no_keys=True))
async def list_members(call: Call) -> Listed[MemberItem]:
    """Who works here."""
    team = await roles.list_team(call.uow)
    return Listed(items=[_show_member(member) for member in team])


def _show_member(member: Member) -> MemberItem:
    ranked = [role for role in MemberRole if role in member.roles]
    told = {"telegram_id": member.telegram_id, "name": member.name, "contact": member.contact_id}
    return MemberItem(id=member.telegram_id, **told, role=ranked[0], roles=ranked)


@room.post("/members", MEMBERS_CHANGE, 201)
async def add_member(call: Call, body: NewMember) -> MemberItem:
    """Give somebody a role, by their Telegram id."""
    actor, name = call.who.telegram_id, body.name or None
    changed = await roles.change_role(call.uow, actor, body.telegram_id, body.role, has=True, name=name)
    call.only_looked = not changed
    return await _show_one(call, body.telegram_id)


@room.post("/members/invitations", MEMBERS_CHANGE, 201)
async def invite_member(call: Call, body: InvitationBody) -> InvitationItem:
    """Make a link by which one person becomes a member."""
    link = await roles.invite(call.uow, call.who.telegram_id, body.role)
    call.note_change(None, None, body.role)
    until = call.uow.real_now + invitations.GOOD_FOR
    return InvitationItem(link=link, role=body.role, expires_at=until)


@room.patch("/members/{member}", MEMBERS_CHANGE)
async def change_member(call: Call, member: MemberRef, body: MemberChange) -> MemberItem:
    """Have a member be this and nothing else."""
    before = await roles.get_member(call.uow, member)
    call.note_change(before.contact_id, ", ".join(sorted(before.roles)), body.role)
    call.only_looked = not await roles.set_role(call.uow, call.who.telegram_id, member, body.role)
    return await _show_one(call, member)


@room.delete("/members/{member}", MEMBERS_CHANGE)
async def remove_member(call: Call, member: MemberRef) -> None:
    """Have somebody work here no more."""
    before = await roles.get_member(call.uow, member)
    call.note_change(before.contact_id, ", ".join(sorted(before.roles)))
    await roles.set_role(call.uow, call.who.telegram_id, member, None)


async def _show_one(call: ApiCall, telegram_id: int) -> MemberItem:
    return _show_member(await roles.get_member(call.uow, telegram_id))


@room.get("/keys", KEYS)
async def list_keys(call: Call) -> Listed[KeyItem]:
    """The keys that count, the newest first."""
    return Listed(items=[KeyItem(**_describe_key(key)) for key in await api_keys.list_keys(call.uow)])


@room.post("/keys", KEYS, 201)
async def create_key(call: Call, body: NewKey) -> NewKeyItem:
    """Make a key for a program; its secret is shown this once."""
    own = call.account.permissions
    wanted = (body.name, body.permissions, body.expires_at)
    key, secret = await api_keys.make_key(call.uow, call.who, own, *wanted)
    return NewKeyItem(**_describe_key(key), secret=secret)


@room.delete("/keys/{key}", KEYS)
async def revoke_key(call: Call, key: KeyRef) -> None:
    """Have a key open nothing any more."""
    call.only_looked = not await api_keys.revoke_key(call.uow, key)


def _describe_key(key: ApiKey) -> dict[str, Any]:
    names = ("id", "name", "ending", "created_at", "expires_at", "used_at")
    shown = {name: getattr(key, name) for name in names}
    return {**shown, "permissions": sorted(key.permissions), "creator": key.creator_id}


@room.get("/audit", Policy(Permission.AUDIT))
async def list_records(
    call: Call,
    page: Records,
    contact: Annotated[ContactRef | None, Query()] = None,
    actor: Annotated[MemberRef | None, Query()] = None,
) -> Listed[RecordItem]:
    """What members did, the last deed first."""
    whose = {"contact_id": contact, "actor_id": actor}
    taken = await page.take(lambda part: audit.list_part(call.uow, part, **whose), _show_record)
    return Listed(**taken)


def _show_record(record: Record) -> RecordItem:
    deed = record.deed
    who = {"actor": deed.actor_id, "contact": deed.contact_id}
    told = {name: getattr(deed, name) for name in ("act", "said", "before", "after")}
    return RecordItem(id=record.id, at=record.at, **who, **told)


@room.get("/settings", Policy(Permission.SETTINGS))
async def get_settings(call: Call) -> Settings:
    """What the account has set for itself."""
    known, revision = await settings.load_settings(call.uow)
    return Settings(etag=str(revision), values=known.model_dump(mode="json"))


@room.patch("/settings", Policy(Permission.SETTINGS_CHANGE, if_match=True))
async def change_settings(call: Call, body: SettingsChange) -> Settings:
    """Set some settings; the others stay."""
    known, revision = await settings.load_settings(call.uow)
    call.match(str(revision))
    if not settings.find_needed(set(body.values) & set(known.model_dump())) <= call.account.permissions:
        raise call.forbidden
    await settings.change_settings(call.uow, body.values, revision)
    call.note_change(None, None, ", ".join(sorted(body.values)))
    return await get_settings(call)
