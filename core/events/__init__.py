"""Domain events, a file per room: what has happened, in the past tense; `services/reactions/` says what follows."""

from core.events.commerce import (
    AccessGranted,
    AccessRevoked,
    ChargeFailed,
    ChargePaid,
    HoldEnded,
    InvitesIssued,
    MoneyHeld,
    OrderPaid,
    PaidTwice,
    PaymentFailed,
    PaymentRefunded,
    RefundSeen,
    RenewalSeen,
    RenewalStopped,
)
from core.events.content import (
    DeploymentChanged,
    VersionPublished,
)
from core.events.delivery import (
    ButtonsLeftOut,
    CallAnswered,
    ChatBlocked,
    ChatMoved,
    ContentRefused,
    GroupChanged,
    GroupRefused,
    JobFinished,
    SourceLost,
    TimerDue,
    TimersTaken,
    WordsChanged,
    WordsLost,
)
from core.events.learning import (
    ConditionAsked,
    CourseFinished,
    CourseMoved,
    FirstLessonGiven,
    HandoffRequested,
    InvitesRequested,
    OfferMade,
    PauseBegan,
    PauseEnded,
    QuestionPut,
    ResultReached,
    RunFinished,
    RunHeld,
    SubmissionReviewed,
    TagSet,
    VerdictUndone,
    WorkUnwanted,
)
from core.events.messaging import (
    HandoffFailed,
    TalkBegan,
    TalkEnded,
)
from core.events.tenancy import (
    GroupBroke,
    GroupMended,
    GroupMoved,
    GroupSeen,
)

DomainEvent = (
    AccessGranted
    | AccessRevoked
    | ChargeFailed
    | ChargePaid
    | ButtonsLeftOut
    | CallAnswered
    | ChatBlocked
    | ChatMoved
    | ConditionAsked
    | ContentRefused
    | CourseFinished
    | CourseMoved
    | DeploymentChanged
    | FirstLessonGiven
    | GroupBroke
    | GroupChanged
    | GroupMended
    | GroupMoved
    | GroupRefused
    | GroupSeen
    | HandoffFailed
    | HandoffRequested
    | InvitesIssued
    | InvitesRequested
    | JobFinished
    | OfferMade
    | HoldEnded
    | MoneyHeld
    | OrderPaid
    | PauseBegan
    | PauseEnded
    | PaymentFailed
    | PaidTwice
    | PaymentRefunded
    | RenewalSeen
    | RenewalStopped
    | QuestionPut
    | RefundSeen
    | ResultReached
    | RunFinished
    | RunHeld
    | SourceLost
    | SubmissionReviewed
    | TagSet
    | TalkBegan
    | TalkEnded
    | TimerDue
    | TimersTaken
    | VerdictUndone
    | VersionPublished
    | WordsChanged
    | WordsLost
    | WorkUnwanted
)

__all__ = [
    "AccessGranted",
    "AccessRevoked",
    "ButtonsLeftOut",
    "CallAnswered",
    "ChargeFailed",
    "ChargePaid",
    "ChatBlocked",
    "ChatMoved",
    "ConditionAsked",
    "ContentRefused",
    "CourseFinished",
    "CourseMoved",
    "DeploymentChanged",
    "DomainEvent",
    "FirstLessonGiven",
    "GroupBroke",
    "GroupChanged",
    "GroupMended",
    "GroupMoved",
    "GroupRefused",
    "GroupSeen",
    "HandoffFailed",
    "HandoffRequested",
    "HoldEnded",
    "InvitesIssued",
    "InvitesRequested",
    "JobFinished",
    "MoneyHeld",
    "OfferMade",
    "OrderPaid",
    "PaidTwice",
    "PauseBegan",
    "PauseEnded",
    "PaymentFailed",
    "PaymentRefunded",
    "QuestionPut",
    "RefundSeen",
    "RenewalSeen",
    "RenewalStopped",
    "ResultReached",
    "RunFinished",
    "RunHeld",
    "SourceLost",
    "SubmissionReviewed",
    "TagSet",
    "TalkBegan",
    "TalkEnded",
    "TimerDue",
    "TimersTaken",
    "VerdictUndone",
    "VersionPublished",
    "WordsChanged",
    "WordsLost",
    "WorkUnwanted",
]
