"""What a course asks at its door: the form of an answer by the name of the field."""

import re

from utils.visible import is_blank

EMAIL, PHONE = "email", "phone"
MOST_LETTERS = 200
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@.<>,;]+(\.[^\s@.<>,;]+)+")
_PHONE = re.compile(r"\+?[\d\s().-]+")
_NO_DIGIT = re.compile(r"\D")
_PHONE_DIGITS = range(7, 16)  # E.164 allows 15; shorter ones are no numbers one can call from abroad


def read_field(name: str, text: str) -> str | None:
    """An answer as it is kept, or None if it is not what the field is for; a phone is its digits alone."""
    answer = text.strip()
    if is_blank(answer) or len(answer) > MOST_LETTERS or "\n" in answer:
        return None
    if name == EMAIL:
        return answer if _EMAIL.fullmatch(answer) else None
    if name == PHONE:
        return _read_phone(answer)
    return answer


def _read_phone(answer: str) -> str | None:
    digits = _NO_DIGIT.sub("", answer)
    if not _PHONE.fullmatch(answer) or len(digits) not in _PHONE_DIGITS:
        return None
    return f"+{digits}" if answer.startswith("+") else digits
