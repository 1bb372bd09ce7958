"""What is done to many people at once, and the moves between its states."""

from collections.abc import Mapping
from enum import StrEnum

from core.lifecycle import BroadcastStatus


class BroadcastKind(StrEnum):
    """What is done to many at once."""

    SEND = "send"
    EDIT = "edit"  # what one has sent is changed at everybody who got it
    RECALL = "recall"  # it is deleted there


# For each status the statuses it may be reached from; a change that was prepared starts by itself.
BROADCAST_MOVES: Mapping[BroadcastStatus, tuple[BroadcastStatus, ...]] = {
    BroadcastStatus.SCHEDULED: (BroadcastStatus.DRAFT,),
    BroadcastStatus.FILLING: (BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED),
    BroadcastStatus.RUNNING: (BroadcastStatus.PAUSED,),  # from `filling` only once all are in line
    BroadcastStatus.PAUSED: (BroadcastStatus.RUNNING,),
    BroadcastStatus.CANCELLED: (
        BroadcastStatus.SCHEDULED,
        BroadcastStatus.FILLING,
        BroadcastStatus.RUNNING,
        BroadcastStatus.PAUSED,
    ),
    BroadcastStatus.FINISHED: (BroadcastStatus.RUNNING,),
}
