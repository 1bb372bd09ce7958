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
    TariffSold,
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
    LessonGiven,
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
    BotBroke,
    BotMended,
    BotTookPlace,
    GroupBroke,
    GroupMended,
    GroupMoved,
    GroupSeen,
    MemberSeen,
    PlanFilled,
    PlanStands,
    RoleTaken,
)

DomainEvent = (
    AccessGranted
    | AccessRevoked
    | BotBroke
    | BotMended
    | BotTookPlace
    | ButtonsLeftOut
    | CallAnswered
    | ChargeFailed
    | ChargePaid
    | ChatBlocked
    | ChatMoved
    | ConditionAsked
    | ContentRefused
    | CourseFinished
    | CourseMoved
    | DeploymentChanged
    | FirstLessonGiven
    | FlowDeployed
    | GroupBroke
    | GroupChanged
    | GroupMended
    | GroupMoved
    | GroupRefused
    | GroupSeen
    | HandoffFailed
    | HandoffRequested
    | HoldEnded
    | InvitesIssued
    | InvitesRequested
    | JobFinished
    | LessonGiven
    | MemberAsked
    | MemberSeen
    | MoneyHeld
    | OfferMade
    | OrderPaid
    | PaidTwice
    | PauseBegan
    | PauseEnded
    | PaymentFailed
    | PaymentRefunded
    | PlanFilled
    | PlanStands
    | QuestionPut
    | RefundSeen
    | RenewalSeen
    | RenewalStopped
    | ResultReached
    | RoleTaken
    | RunFinished
    | RunHeld
    | SourceLost
    | SubmissionReviewed
    | TagSet
    | TariffSold
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
    "BotBroke",
    "BotMended",
    "BotTookPlace",
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
    "LessonGiven",
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
    "PlanFilled",
    "PlanStands",
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
    "TariffSold",
    "TimerDue",
    "TimersTaken",
    "VerdictUndone",
    "VersionPublished",
    "WordsChanged",
    "WordsLost",
    "WorkUnwanted",
]
