"""What is done to many people at once."""

from enum import StrEnum


class BroadcastKind(StrEnum):
    """What is done to many at once."""

    SEND = "send"
    EDIT = "edit"  # what one has sent is changed at everybody who got it
    RECALL = "recall"  # it is deleted there
