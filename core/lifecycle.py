"""The states of everything that has some, and the moves that are allowed between them."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class BotKind(StrEnum):
    """What a bot of an account is for."""

    SALES = "sales"
    COURSE = "course"


class BotEnd(StrEnum):
    """Why a bot no longer works for its account."""

    GAVE_WAY = "gave_way"  # the environment names another one
    REPLACED = "replaced"  # another one took its place
    DISCONNECTED = "disconnected"


class BotTrouble(StrEnum):
    """What keeps a bot from receiving anything."""

    REFUSED = "refused"  # its token was revoked at BotFather
    ELSEWHERE = "elsewhere"  # another program receives its updates


class Tone(StrEnum):
    """How a reminder speaks."""

    GENTLE = "gentle"
    PLAIN = "plain"
    STRICT = "strict"


class ChatState(StrEnum):
    """Whether a bot may write to a person."""

    OPEN = "open"
    BLOCKED = "blocked"


class Mailing(StrEnum):
    """What a person said to messages that go to many; who never said anything gets them."""

    AGREED = "agreed"
    REFUSED = "refused"


class InboxState(StrEnum):
    """An update on its way through the house; `dead` is the dead letter."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class OutboxState(StrEnum):
    """A call to Telegram on its way out."""

    PLANNED = "planned"  # a broadcast's, for a later moment
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    AWAY = "away"  # the person is gone: it waits until they are seen again
    HOLD = "hold"  # outcome unknown and a second try could harm: a person decides
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """How urgent a call is and what an unknown outcome means.

    Transactional is what must not be said twice without a person's word: receipts. Everything else is
    repeated and marked, because saying it twice is a nuisance and not saying it is a loss.
    """

    INTERACTIVE = 0
    TRANSACTIONAL = 1
    LESSON = 2
    BULK = 3
    GREETING = 4  # to who has only just pressed Start: after lessons, before a broadcast


class Stage(StrEnum):
    """Whom a deployment is for; a flow is deployed to a bot once for each."""

    PROD = "prod"
    TEST = "test"  # to be tried by admins, kept out of numbers


class JobState(StrEnum):
    """A call to the outside world, or a long piece of work."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    STOPPED = "stopped"  # by a member, who had begun it or may do the same


class Misfire(StrEnum):
    """What a timer does that comes due while nobody was running."""

    SEND = "send"
    SKIP = "skip"


class TokenKind(StrEnum):
    """Who may use an enrollment token."""

    PUBLIC = "public"
    GROUP = "group"  # as many people as it says
    PERSONAL = "personal"
    EXTERNAL = "external"  # one person, known to another system by a name of its own


class NameKind(StrEnum):
    """What a name in a start link stands for."""

    FLOW = "flow"
    PARTNER = "partner"


class OrderStatus(StrEnum):
    """An order of one tariff by one person."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"


class PaymentStatus(StrEnum):
    """One attempt to pay an order."""

    NEW = "new"  # stored, not yet known to the provider
    PENDING = "pending"
    HELD = "held"  # the money is set aside, and an admin takes it or lets it go
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


class PaymentKind(StrEnum):
    """What a payment is for."""

    PURCHASE = "purchase"
    UPGRADE = "upgrade"  # less what was paid for what it includes
    RENEWAL = "renewal"  # a period of a subscription
    INSTALMENT = "instalment"


class RefundStatus(StrEnum):
    """Money of a payment that is to go back."""

    ASKED = "asked"  # the provider is being asked; after a lost answer nobody knows
    PENDING = "pending"  # it has agreed, the money is under way
    BY_HAND = "by_hand"  # it gives nothing back when asked: somebody has to, in its cabinet
    SUCCEEDED = "succeeded"
    REFUSED = "refused"


class CommissionStatus(StrEnum):
    """A partner's share of a payment."""

    EARNED = "earned"  # to be asked for once the refund period is over
    REQUESTED = "requested"  # part of a payout that waits for an admin
    PAID = "paid"
    CANCELLED = "cancelled"  # an admin found it wrong


class Doubt(StrEnum):
    """Why an admin has to look at a commission before it can be paid."""

    PAYER = "payer"  # partner and buyer pay by the same means, or get their receipts at the same address
    RECEIVER = "receiver"  # the partner has opened the gift that was bought
    BURST = "burst"  # very many sales or people of one partner at once


class PayoutStatus(StrEnum):
    """Money a partner has asked for."""

    REQUESTED = "requested"
    PAID = "paid"
    REFUSED = "refused"


class ClosesOnRefund(StrEnum):
    """Which refund of a tariff closes the access to it."""

    WHOLE = "whole"  # when nothing of the payment remains
    ANY = "any"
    NEVER = "never"


class SubscriptionState(StrEnum):
    """Something that is paid in charges."""

    TRIAL = "trial"
    ACTIVE = "active"
    GRACE = "grace"  # the time is over, and it stays open a little while
    FROZEN = "frozen"  # they pause, and their time stands still
    ENDED = "ended"


class SubscriptionEnd(StrEnum):
    """Why one ended."""

    STOPPED = "stopped"  # by the buyer
    UNPAID = "unpaid"
    COMPLETE = "complete"  # all is paid: it is theirs
    CHANGED = "changed"  # for another tariff of the course
    REVOKED = "revoked"  # the access was taken away


class PromoUse(StrEnum):
    """A promo code on an order."""

    TAKEN = "taken"  # the order is not paid yet
    USED = "used"
    RETURNED = "returned"  # the order died, the code is good once more


class GiftState(StrEnum):
    """Something that was paid for somebody else."""

    READY = "ready"  # its link can be used
    CLAIMED = "claimed"
    CLOSED = "closed"  # the money went back


class AccessStatus(StrEnum):
    """A right to a tariff's course and groups."""

    ACTIVE = "active"
    REVOKED = "revoked"


class AccessChange(StrEnum):
    """What was done to an access beside its payment."""

    GIVEN = "given"
    REVOKED = "revoked"
    RESTORED = "restored"
    REFUNDED = "refunded"  # closed because its money went back
    ENDED = "ended"  # the time that was paid is over
    RENEWED = "renewed"  # paid again after that
    EXTENDED = "extended"  # its end was put off


class MembershipStatus(StrEnum):
    """A buyer's place in one paid group."""

    ASKED = "asked"  # the link is being made
    INVITED = "invited"
    JOINED = "joined"
    LEFT = "left"
    FAILED = "failed"


class SubmissionStatus(StrEnum):
    """Work handed in."""

    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    NEEDS_WORK = "needs_work"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # taken back by the student before anybody looked at it


class QuestionStatus(StrEnum):
    """A student's question to the curator."""

    OPEN = "open"  # the next thing they write is the question
    ASKED = "asked"
    ANSWERED = "answered"
    DROPPED = "dropped"  # they thought better of it


class AwaitedKind(StrEnum):
    """What the next message of a person in a chat is to be."""

    QUESTION = "question"  # to the curator
    HOUR = "hour"
    ZONE = "zone"  # what time it is for them, or their city
    BROADCAST = "broadcast"  # the message of a draft
    BROADCAST_EDIT = "broadcast_edit"  # what one says from now on
    PAYOUT = "payout"  # where a partner's money is to go
    ANSWER = "answer"  # of a curator, to work or a question
    MERGE = "merge"  # the other account of a person
    CANNED = "canned"  # an answer that is kept ready
    NOTE = "note"  # about a person, for the team
    TAG = "tag"  # of a person
    MEMBER = "member"  # who is to work here
    POSTS = "posts"  # forwarded, to become lessons
    CONTACT = "contact"  # where the receipt of an order goes
    PROMO = "promo"  # a promo code
    PAY_SUPPORT = "pay_support"  # what happened with a payment
    WIZARD = "wizard"  # the answer to what a wizard asks


class CardKind(StrEnum):
    """What a message to reviewers shows and how it looks once that is settled."""

    WORK = "work"
    VERDICTS = "verdicts"  # buttons offered again after the reviewer's own words
    TAKEN_BACK = "taken_back"  # the same, once those words were taken back
    QUESTION = "question"


class HandoffStatus(StrEnum):
    """A person who is to talk with a live operator."""

    RINGING = "ringing"  # one operator at a time is asked
    TALKING = "talking"
    CLOSED = "closed"
    UNAVAILABLE = "unavailable"  # nobody was free, or they did not want to wait


class Side(StrEnum):
    """Who says something to somebody through a bot."""

    PERSON = "person"  # in a talk with an operator
    OPERATOR = "operator"
    STUDENT = "student"  # to reviewers: work, a question
    REVIEWER = "reviewer"


class BroadcastStatus(StrEnum):
    """One message to many."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    FILLING = "filling"  # its recipients are being put in line
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FINISHED = "finished"


# For each status the statuses it may be reached from; a store's conditional UPDATE asks here.
ORDER_MOVES: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    OrderStatus.PAID: (OrderStatus.OPEN, OrderStatus.CANCELLED),  # late money still counts
    OrderStatus.CANCELLED: (OrderStatus.OPEN,),
}
OPEN_PAYMENT = (PaymentStatus.NEW, PaymentStatus.PENDING, PaymentStatus.HELD)
PAYMENT_MOVES: Mapping[PaymentStatus, tuple[PaymentStatus, ...]] = {
    PaymentStatus.PENDING: (PaymentStatus.NEW,),
    PaymentStatus.HELD: (PaymentStatus.NEW, PaymentStatus.PENDING),
    PaymentStatus.SUCCEEDED: (*OPEN_PAYMENT, PaymentStatus.CANCELLED),
    PaymentStatus.CANCELLED: OPEN_PAYMENT,
}
COMMISSION_MOVES: Mapping[CommissionStatus, tuple[CommissionStatus, ...]] = {
    CommissionStatus.REQUESTED: (CommissionStatus.EARNED,),
    CommissionStatus.PAID: (CommissionStatus.REQUESTED,),
    CommissionStatus.EARNED: (CommissionStatus.REQUESTED,),  # the payout was refused
    CommissionStatus.CANCELLED: (CommissionStatus.EARNED,),
}
PAYOUT_MOVES: Mapping[PayoutStatus, tuple[PayoutStatus, ...]] = {
    PayoutStatus.PAID: (PayoutStatus.REQUESTED,),
    PayoutStatus.REFUSED: (PayoutStatus.REQUESTED,),
}
REFUND_UNDER_WAY = (RefundStatus.ASKED, RefundStatus.PENDING, RefundStatus.BY_HAND)
REFUND_MOVES: Mapping[RefundStatus, tuple[RefundStatus, ...]] = {
    RefundStatus.PENDING: (RefundStatus.ASKED,),
    RefundStatus.BY_HAND: (RefundStatus.ASKED,),
    RefundStatus.SUCCEEDED: (*REFUND_UNDER_WAY, RefundStatus.REFUSED),
    RefundStatus.REFUSED: REFUND_UNDER_WAY,
}
ACCESS_MOVES: Mapping[AccessStatus, tuple[AccessStatus, ...]] = {
    AccessStatus.REVOKED: (AccessStatus.ACTIVE,),
    AccessStatus.ACTIVE: (AccessStatus.REVOKED,),
}
SUBMISSION_MOVES: Mapping[SubmissionStatus, tuple[SubmissionStatus, ...]] = {
    SubmissionStatus.ACCEPTED: (SubmissionStatus.IN_REVIEW,),
    SubmissionStatus.NEEDS_WORK: (SubmissionStatus.IN_REVIEW,),
    SubmissionStatus.REJECTED: (SubmissionStatus.IN_REVIEW,),
    SubmissionStatus.WITHDRAWN: (SubmissionStatus.IN_REVIEW,),
    # A verdict is taken back.
    SubmissionStatus.IN_REVIEW: (SubmissionStatus.ACCEPTED, SubmissionStatus.NEEDS_WORK),
}
QUESTION_MOVES: Mapping[QuestionStatus, tuple[QuestionStatus, ...]] = {
    QuestionStatus.ASKED: (QuestionStatus.OPEN, QuestionStatus.ANSWERED),  # its answer was taken back
    QuestionStatus.ANSWERED: (QuestionStatus.ASKED,),
    QuestionStatus.DROPPED: (QuestionStatus.OPEN,),
}
HANDOFF_MOVES: Mapping[HandoffStatus, tuple[HandoffStatus, ...]] = {
    HandoffStatus.RINGING: (HandoffStatus.TALKING,),  # passed on
    HandoffStatus.TALKING: (HandoffStatus.RINGING,),
    HandoffStatus.CLOSED: (HandoffStatus.TALKING, HandoffStatus.RINGING),  # while it was being passed on
    HandoffStatus.UNAVAILABLE: (HandoffStatus.RINGING,),
}
MEMBERSHIP_MOVES: Mapping[MembershipStatus, tuple[MembershipStatus, ...]] = {
    MembershipStatus.ASKED: (MembershipStatus.FAILED,),  # the group is mended
    MembershipStatus.INVITED: (MembershipStatus.ASKED, MembershipStatus.LEFT),
    MembershipStatus.FAILED: (MembershipStatus.ASKED,),
    # From failed too: somebody let them in by hand.
    MembershipStatus.JOINED: (MembershipStatus.INVITED, MembershipStatus.LEFT, MembershipStatus.FAILED),
    MembershipStatus.LEFT: (MembershipStatus.JOINED,),
}
