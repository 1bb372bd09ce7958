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
    FlowDeployed,
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
    MemberAsked,
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
    MemberSeen,
    RoleTaken,
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
    | MemberAsked
    | ContentRefused
    | CourseFinished
    | CourseMoved
    | DeploymentChanged
    | FlowDeployed
    | FirstLessonGiven
    | GroupBroke
    | GroupChanged
    | GroupMended
    | GroupMoved
    | GroupRefused
    | GroupSeen
    | MemberSeen
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
    | RoleTaken
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
    "FlowDeployed",
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
    "MemberAsked",
    "MemberSeen",
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
    "RoleTaken",
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
