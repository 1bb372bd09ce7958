"""Where a receipt goes: an e-mail or a phone number as people write them, and as providers take them."""

import re
from dataclasses import dataclass

from core.pay_ways import ContactNeed

EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
MOST_EMAIL = 254
NOT_DIGITS = re.compile(r"[\s().-]+")
PHONE = re.compile(r"\+[1-9]\d{9,14}")
RUSSIAN_DIGITS = 11  # of a number that begins with 8 or 7


@dataclass(frozen=True, slots=True)
class ReceiptContact:
    """Empty text where it is not known."""

    email: str = ""
    phone: str = ""  # +79991234567

    def fits(self, need: ContactNeed) -> bool:
        """Whether a receipt can be sent there."""
        return need is ContactNeed.NONE or bool(self.email) or (need is ContactNeed.ANY and bool(self.phone))


def read_contact(text: str, need: ContactNeed) -> ReceiptContact | None:
    """What somebody wrote, as far as `need` takes it; None if it is neither."""
    words = text.strip()
    if len(words) <= MOST_EMAIL and EMAIL.fullmatch(words):
        return ReceiptContact(email=words)
    phone = _read_phone(words)
    return ReceiptContact(phone=phone) if phone and need is ContactNeed.ANY else None


def _read_phone(text: str) -> str:
    """`8 (999) 123-45-67` is `+79991234567`; empty for what is no number."""
    digits = NOT_DIGITS.sub("", text)
    if not digits.isascii():
        return ""
    if len(digits) == RUSSIAN_DIGITS and digits[0] in "78":
        digits = f"+7{digits[1:]}"
    return digits if PHONE.fullmatch(digits) else ""
