"""What counts as a contact of a receipt, as people write it."""

import pytest

from core.pay_ways import ContactNeed
from core.rules.receipt_contact import ReceiptContact, read_contact

NUMBER = "+79991234567"


@pytest.mark.parametrize("text", ["anna@example.org", " a.b+c@mail.example.co.uk ", "x@xn--e1aybc.xn--p1ai"])
@pytest.mark.parametrize("need", [ContactNeed.EMAIL, ContactNeed.ANY])
def test_an_address_is_taken_as_it_is(text: str, need: ContactNeed) -> None:
    assert read_contact(text, need) == ReceiptContact(email=text.strip())


@pytest.mark.parametrize("text", ["8 (999) 123-45-67", "+7 999 123 45 67", "79991234567", "+7-999-123-45-67"])
def test_a_number_is_one_however_it_is_written(text: str) -> None:
    assert read_contact(text, ContactNeed.ANY) == ReceiptContact(phone=NUMBER)
    assert read_contact(text, ContactNeed.EMAIL) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@example",
        "a b@example.org",
        "+7",
        "٨٩٩٩١٢٣٤٥٦٧",
        "999 1234",
        "x" * 999,
        "a@example.org, b@example.org",
        "a@-example.org",
        "+7999123456789012",
        "mailto:<a@example.org>",
    ],
)
@pytest.mark.parametrize("need", [ContactNeed.EMAIL, ContactNeed.ANY])
def test_anything_else_is_none(text: str, need: ContactNeed) -> None:
    assert read_contact(text, need) is None
