"""What each role may do: the one table, asked by whoever lets somebody do something."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from core.roles import MemberRole


class Permission(StrEnum):
    """Something that not everybody may do; named as the routes of the API name it."""

    WORK = "account.work"  # works here: sees what their role allows
    OWN = "members.own"  # give and take the roles of owners
    MEMBERS_READ = "members.read"
    MEMBERS = "members.change"
    BOTS = "bots.read"
    BOTS_CHANGE = "bots.change"
    KEYS = "keys.change"  # keys of programs, and the addresses that are told what happens
    SETTINGS = "settings.read"
    SETTINGS_CHANGE = "settings.change"  # each setting asks for what its change needs, too
    AUDIT = "audit.read"
    ADMINISTER = "account.administer"  # what has no permission of its own; is told of troubles
    CONTACTS = "contacts.read"
    CONTACTS_CHANGE = "contacts.change"
    CONTACTS_EXPORT = "contacts.export"  # a file with everybody
    CONTACTS_ERASE = "contacts.erase"  # for good, or two of one person into one
    RUNS_READ = "runs.read"
    RUNS = "runs.change"  # lessons of one person: open, skip, send back, pause
    ACCESS_READ = "accesses.read"
    ACCESS = "accesses.change"
    MONEY_READ = "orders.read"
    MONEY = "orders.change"
    TARIFFS = "tariffs.read"
    PARTNERS = "partners.read"  # who is a partner alone: of themself
    CONTENT_READ = "flows.read"
    CONTENT = "flows.change"
    BROADCASTS_READ = "broadcasts.read"
    BROADCASTS = "broadcasts.change"
    REVIEWS_READ = "reviews.read"
    REVIEWS = "reviews.decide"
    TALKS_READ = "conversations.read"
    TALKS = "conversations.answer"
    CANNED = "canned_replies.change"
    NUMBERS = "numbers.read"


_ALL = frozenset(Permission)
_WORK = frozenset({Permission.WORK, Permission.MEMBERS_READ})
_CONTENT = frozenset({Permission.CONTENT_READ, Permission.CONTENT})
_BROADCASTS = frozenset({Permission.BROADCASTS_READ, Permission.BROADCASTS})
_REVIEWS = frozenset({Permission.CANNED, Permission.REVIEWS_READ, Permission.REVIEWS, Permission.RUNS_READ})
_PEOPLE = frozenset({Permission.CONTACTS, Permission.CONTACTS_CHANGE, Permission.RUNS_READ})
_TALKS = frozenset({Permission.TALKS_READ, Permission.TALKS, Permission.CANNED})
MAY: Mapping[MemberRole, frozenset[Permission]] = {
    MemberRole.OWNER: _ALL,
    MemberRole.ADMIN: _ALL - {Permission.OWN},
    MemberRole.AUTHOR: _WORK | _CONTENT | _BROADCASTS | {Permission.NUMBERS, Permission.TARIFFS},
    MemberRole.CURATOR: _WORK | _REVIEWS,
    MemberRole.OPERATOR: _WORK | _PEOPLE | _TALKS | {Permission.TARIFFS},
    MemberRole.ANALYST: _WORK | {Permission.NUMBERS, Permission.TARIFFS},
    MemberRole.PARTNER: frozenset({Permission.PARTNERS}),
}


def may(roles: Collection[MemberRole], permission: Permission) -> bool:
    """Whether one of the roles allows it."""
    return any(permission in MAY[role] for role in roles)


def list_roles_for(permission: Permission) -> list[MemberRole]:
    """The roles that allow it, the highest first."""
    return [role for role in MemberRole if permission in MAY[role]]
