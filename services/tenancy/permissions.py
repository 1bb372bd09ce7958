"""What each role may do: the one table, asked by whoever lets somebody do something."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from core.roles import MemberRole


class Permission(StrEnum):
    """Something that not everybody may do; named as the routes of the API name it."""

    WORK = "account.work"  # works here: sees what their role allows
    OWN = "members.own"  # give and take the roles of owners
    MEMBERS = "members.change"
    AUDIT = "audit.read"
    ADMINISTER = "account.administer"  # what has no permission of its own; is told of troubles
    CONTACTS = "contacts.read"
    RUNS = "runs.change"  # lessons of one person: open, skip, send back, pause
    ACCESS = "accesses.change"
    MONEY = "orders.change"
    CONTENT = "flows.change"
    BROADCASTS = "broadcasts.change"
    REVIEWS = "reviews.decide"
    TALKS = "conversations.answer"
    NUMBERS = "numbers.read"


_ALL = frozenset(Permission)
MAY: Mapping[MemberRole, frozenset[Permission]] = {
    MemberRole.OWNER: _ALL,
    MemberRole.ADMIN: _ALL - {Permission.OWN},
    MemberRole.AUTHOR: frozenset(
        {Permission.WORK, Permission.CONTENT, Permission.BROADCASTS, Permission.NUMBERS}
    ),
    MemberRole.CURATOR: frozenset({Permission.WORK, Permission.REVIEWS}),
    MemberRole.OPERATOR: frozenset({Permission.WORK, Permission.CONTACTS, Permission.TALKS}),
    MemberRole.ANALYST: frozenset({Permission.WORK, Permission.NUMBERS}),
    MemberRole.PARTNER: frozenset(),
}


def may(roles: Collection[MemberRole], permission: Permission) -> bool:
    """Whether one of the roles allows it."""
    return any(permission in MAY[role] for role in roles)


def list_roles_for(permission: Permission) -> list[MemberRole]:
    """The roles that allow it, the highest first."""
    return [role for role in MemberRole if permission in MAY[role]]
