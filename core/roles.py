"""The roles of those who work in an account; what each may do stands in `services/tenancy/permissions.py`."""

from enum import StrEnum


class MemberRole(StrEnum):
    """What a member of an account does in it."""

    OWNER = "owner"
    ADMIN = "admin"  # all but the owners' roles
    AUTHOR = "author"  # courses, scenarios, broadcasts
    CURATOR = "curator"  # answers work and questions
    OPERATOR = "operator"  # talks with people
    ANALYST = "analyst"  # reads the numbers
    PARTNER = "partner"  # their own referrals, nothing else
