"""What a bot is in a group for, and what keeps it from that."""

from enum import StrEnum


class GroupTrouble(StrEnum):
    """Why a bot cannot do in a group what it is there for."""

    GONE = "gone"  # it is not in the group
    SILENCED = "silenced"  # it may not write there
    CLOSED = "closed"  # the topic it writes into is closed
    REFUSED = "refused"  # what it writes there is refused, in words that say nothing we know
    NO_INVITES = "no_invites"  # it may not invite and let in
    NO_BANS = "no_bans"  # it may let in, and not put out
    NO_TOPICS = "no_topics"  # it can make no topics
    NO_ADMIN = "no_admin"  # it cannot see who is in it


class Need(StrEnum):
    """What a bot is in a group for."""

    REVIEW = "review"  # it shows work there
    TOPICS = "topics"  # it makes a topic per student
    INVITE = "invite"  # it lets buyers in
    LOOK = "look"  # it sees who is in it
