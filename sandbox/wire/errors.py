"""The one error a Bot API call ends with: a code, Telegram's own words and its parameters."""

from http import HTTPStatus
from typing import Any


class ApiError(Exception):
    """A refused call; `description` is the whole text as Telegram sends it."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        """Return the body of the HTTP answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


class ControlError(Exception):
    """A control request that makes no sense: the test or the page asked for something impossible."""

    def __init__(self, reason: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.status = status


def bad_request(reason: str, parameters: dict[str, Any] | None = None) -> ApiError:
    """Refuse with 400; Telegram starts the reason with a small letter unless it is a CODE_WORD."""
    return ApiError(HTTPStatus.BAD_REQUEST, f"Bad Request: {_uncapitalised(reason)}", parameters)


def forbidden(reason: str) -> ApiError:
    """Refuse with 403."""
    return ApiError(HTTPStatus.FORBIDDEN, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """Refuse with 409."""
    return ApiError(HTTPStatus.CONFLICT, f"Conflict: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """Refuse with 429 and the number of seconds to wait."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds}
    )


def _uncapitalised(reason: str) -> str:
    second = reason[1:2]
    if second == "_" or second.isupper():
        return reason
    return reason[:1].lower() + reason[1:]
