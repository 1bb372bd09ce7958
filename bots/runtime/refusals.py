"""The one place where a refusal becomes words for a person."""

from collections.abc import Mapping
from typing import Any

from core.errors import DomainError, ErrorKind

BY_CODE = {
    "TOKEN_REFUSED": "error-token",
    "PAYMENT_REQUIRED": "error-payment-required",
    "ALREADY_ACTIVE": "error-already-active",
    "SCENARIO_ALREADY_ACTIVE": "error-already-active",
    "ACCESS_CLOSED": "course-held",
    "QUESTIONS_NOT_INCLUDED": "question-not-included",
    "NOTHING_TO_UNDO": "error-nothing-to-undo",
    "TOO_LATE_TO_UNDO": "error-too-late-to-undo",
    "ROLE_NOT_YOURS": "error-role-not-yours",
    "LAST_OWNER": "error-last-owner",
    "OWNER_BY_SETTINGS": "error-owner-by-settings",
    "SAME_PERSON": "person-merge-unread",
    "TWO_SUBSCRIPTIONS": "error-two-subscriptions",
    "REVIEW_OVER": "error-review-over",
    "ANSWER_GONE": "error-answer-gone",
    "ANSWER_TOO_OLD": "error-answer-too-old",
    "DRAFT_IMPOSSIBLE": "error-draft-impossible",
    "REVIEW_BEGUN": "error-review-begun",
    "ALREADY_BOUGHT": "error-already-bought",
    "NOT_ON_SALE": "error-not-on-sale",
    "ORDER_CLOSED": "error-order-closed",
    "SUBSCRIPTION_NOT_FOUND": "error-subscription-over",
    "GIFT_GONE": "gift-gone",
    "WAY_GONE": "error-way-gone",
    "BROADCAST_AUDIENCE": "error-broadcast-audience",
    "BROADCAST_RECALLED": "error-broadcast-recalled",
    "BROADCAST_LONG": "error-broadcast-long",
    "BROADCAST_NOT_SENT": "error-broadcast-not-sent",
    "BROADCAST_NOT_PLANNED": "error-broadcast-not-planned",
    "PLAN_SUSPENDED": "error-plan-suspended",
    "PLAN_STORAGE": "error-plan-storage",
    "PLAN_BOTS": "error-plan-bots",
    "PLAN_BROADCASTS": "error-plan-broadcasts",
    "BROADCASTS_TOO_MANY": "error-broadcasts-too-many",
    "PLAN_STUDENTS": "error-plan-students",
}
BY_KIND = {
    ErrorKind.NOT_FOUND: "error-not-found",
    ErrorKind.INVALID: "error-invalid",
    ErrorKind.CONFLICT: "error-conflict",
    ErrorKind.FORBIDDEN: "error-forbidden",
    ErrorKind.EXPIRED: "error-button-expired",
}


def explain(error: DomainError) -> tuple[str, Mapping[str, Any]]:
    """The text's key and values for a refusal."""
    return BY_CODE.get(error.code, BY_KIND[error.kind]), {}
