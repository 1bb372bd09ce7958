"""Public ids in paths, queries, bodies and answers: a handler sees the row's number, a caller its public id.

`…Id` stands in answers, `…Ref` in what comes in. The account whose ids they are is the one of the request.
"""

from contextvars import ContextVar
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from core import public_ids
from core.public_ids import IdCipher, Kind

ids_of_request: ContextVar[IdCipher] = ContextVar("ids_of_request")
EXAMPLE = IdCipher(bytes(public_ids.KEY_BYTES))


class Given:
    """Reads an id that came in; what is none of the account's is the number no row has."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        """A text, read with the account's key."""
        return core_schema.no_info_after_validator_function(self._read, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        """How such ids look."""
        return describe(self.kind)

    def _read(self, text: str) -> int:
        return ids_of_request.get().read(self.kind, text)


class Shown:
    """Writes a row's number as its id."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        """A number within, a text outside."""
        written = core_schema.plain_serializer_function_ser_schema(
            self._write, return_schema=core_schema.str_schema()
        )
        return core_schema.int_schema(serialization=written)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        """How such ids look."""
        return describe(self.kind)

    def _write(self, number: int) -> str:
        return ids_of_request.get(EXAMPLE).write(self.kind, number)


def describe(kind: Kind) -> dict[str, Any]:
    """The schema of a kind's ids."""
    return {
        "type": "string",
        "pattern": kind.pattern,
        "examples": [EXAMPLE.write(kind, 1)],
        "x-kind": kind.name,
    }


ContactId = Annotated[int, Shown(public_ids.CONTACT)]
ContactRef = Annotated[int, Given(public_ids.CONTACT)]
SegmentId = Annotated[int, Shown(public_ids.SEGMENT)]
SegmentRef = Annotated[int, Given(public_ids.SEGMENT)]
NoteId = Annotated[int, Shown(public_ids.NOTE)]
MemberId = Annotated[int, Shown(public_ids.MEMBER)]
MemberRef = Annotated[int, Given(public_ids.MEMBER)]
KeyId = Annotated[int, Shown(public_ids.API_KEY)]
KeyRef = Annotated[int, Given(public_ids.API_KEY)]
WebhookId = Annotated[int, Shown(public_ids.WEBHOOK)]
WebhookRef = Annotated[int, Given(public_ids.WEBHOOK)]
DeliveryId = Annotated[int, Shown(public_ids.DELIVERY)]
DeliveryRef = Annotated[int, Given(public_ids.DELIVERY)]
JobId = Annotated[int, Shown(public_ids.JOB)]
JobRef = Annotated[int, Given(public_ids.JOB)]
RecordId = Annotated[int, Shown(public_ids.RECORD)]
SessionId = Annotated[int, Shown(public_ids.SESSION)]
SessionRef = Annotated[int, Given(public_ids.SESSION)]
FlowId = Annotated[int, Shown(public_ids.FLOW)]
FlowRef = Annotated[int, Given(public_ids.FLOW)]
VersionId = Annotated[int, Shown(public_ids.VERSION)]
VersionRef = Annotated[int, Given(public_ids.VERSION)]
RunId = Annotated[int, Shown(public_ids.RUN)]
RunRef = Annotated[int, Given(public_ids.RUN)]
SubmissionId = Annotated[int, Shown(public_ids.SUBMISSION)]
SubmissionRef = Annotated[int, Given(public_ids.SUBMISSION)]
QuestionId = Annotated[int, Shown(public_ids.QUESTION)]
QuestionRef = Annotated[int, Given(public_ids.QUESTION)]
OrderId = Annotated[int, Shown(public_ids.ORDER)]
OrderRef = Annotated[int, Given(public_ids.ORDER)]
PaymentId = Annotated[int, Shown(public_ids.PAYMENT)]
PaymentRef = Annotated[int, Given(public_ids.PAYMENT)]
RefundId = Annotated[int, Shown(public_ids.REFUND)]
RefundRef = Annotated[int, Given(public_ids.REFUND)]
TariffId = Annotated[int, Shown(public_ids.TARIFF)]
TariffRef = Annotated[int, Given(public_ids.TARIFF)]
AccessId = Annotated[int, Shown(public_ids.ACCESS)]
AccessRef = Annotated[int, Given(public_ids.ACCESS)]
PromoCodeId = Annotated[int, Shown(public_ids.PROMO_CODE)]
PromoCodeRef = Annotated[int, Given(public_ids.PROMO_CODE)]
SubscriptionId = Annotated[int, Shown(public_ids.SUBSCRIPTION)]
SubscriptionRef = Annotated[int, Given(public_ids.SUBSCRIPTION)]
PartnerId = Annotated[int, Shown(public_ids.PARTNER)]
PartnerRef = Annotated[int, Given(public_ids.PARTNER)]
PayoutId = Annotated[int, Shown(public_ids.PAYOUT)]
PayoutRef = Annotated[int, Given(public_ids.PAYOUT)]
BotId = Annotated[int, Shown(public_ids.BOT)]
BotRef = Annotated[int, Given(public_ids.BOT)]
ConversationId = Annotated[int, Shown(public_ids.CONVERSATION)]
ConversationRef = Annotated[int, Given(public_ids.CONVERSATION)]
MessageId = Annotated[int, Shown(public_ids.MESSAGE)]
MessageRef = Annotated[int, Given(public_ids.MESSAGE)]
HandoffId = Annotated[int, Shown(public_ids.HANDOFF)]
HandoffRef = Annotated[int, Given(public_ids.HANDOFF)]
CannedReplyId = Annotated[int, Shown(public_ids.CANNED_REPLY)]
CannedReplyRef = Annotated[int, Given(public_ids.CANNED_REPLY)]
BroadcastId = Annotated[int, Shown(public_ids.BROADCAST)]
BroadcastRef = Annotated[int, Given(public_ids.BROADCAST)]
TriggerSetId = Annotated[int, Shown(public_ids.TRIGGER_SET)]
TriggerSetRef = Annotated[int, Given(public_ids.TRIGGER_SET)]
DeploymentId = Annotated[int, Shown(public_ids.DEPLOYMENT)]
DeploymentRef = Annotated[int, Given(public_ids.DEPLOYMENT)]
TokenId = Annotated[int, Shown(public_ids.TOKEN)]
TokenRef = Annotated[int, Given(public_ids.TOKEN)]
CohortId = Annotated[int, Shown(public_ids.COHORT)]
ParticipantId = Annotated[int, Shown(public_ids.PARTICIPANT)]
ParticipantRef = Annotated[int, Given(public_ids.PARTICIPANT)]
CertificateId = Annotated[int, Shown(public_ids.CERTIFICATE)]
CertificateRef = Annotated[int, Given(public_ids.CERTIFICATE)]
MediumId = Annotated[int, Shown(public_ids.MEDIUM)]
MediumRef = Annotated[int, Given(public_ids.MEDIUM)]
ImportId = Annotated[int, Shown(public_ids.IMPORT)]
ImportRef = Annotated[int, Given(public_ids.IMPORT)]
CommentId = Annotated[int, Shown(public_ids.COMMENT)]
CommentRef = Annotated[int, Given(public_ids.COMMENT)]
ButtonSetId = Annotated[int, Shown(public_ids.BUTTON_SET)]
ButtonSetRef = Annotated[int, Given(public_ids.BUTTON_SET)]
