"""Public ids: one name per row, another one in every account, and nothing read from what is none of ours."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.db.models import metadata
from core.public_ids import ACCOUNT, CONTACT, KINDS, NOBODY, ORDER, IdCipher, new_account_id

OURS, THEIRS = IdCipher(b"a" * 16), IdCipher(b"b" * 16)
NUMBERS = st.integers(1, 2**63 - 1)


@given(NUMBERS)
def test_an_id_is_read_by_the_account_and_the_kind_that_wrote_it(number: int) -> None:
    written = OURS.write(CONTACT, number)
    assert re.fullmatch(CONTACT.pattern, written)
    assert OURS.read(CONTACT, written) == number
    assert THEIRS.read(CONTACT, written) == NOBODY
    assert OURS.read(ORDER, written) == NOBODY
    assert OURS.read(ORDER, written.replace("con_", "ord_")) == NOBODY


@given(st.text())
def test_any_other_text_is_nobodys(text: str) -> None:
    assert OURS.read(CONTACT, text) == NOBODY
    assert OURS.read(CONTACT, f"con_{text}") == NOBODY


@pytest.mark.parametrize("changed", range(4, 30))
def test_a_changed_letter_is_nobodys(changed: int) -> None:
    written = OURS.write(CONTACT, 5)
    letter = "a" if written[changed] != "a" else "b"
    assert OURS.read(CONTACT, written[:changed] + letter + written[changed + 1 :]) == NOBODY
    assert OURS.read(CONTACT, written.upper()) == NOBODY


def test_kinds_have_prefixes_of_their_own_and_stand_in_tables_that_are_there() -> None:
    assert [
        prefix for prefix, count in Counter(kind.prefix for kind in KINDS.values()).items() if count > 1
    ] == []
    for kind in KINDS.values():
        assert kind.column in metadata.tables[kind.table].columns, kind


def test_accounts_are_called_by_chance() -> None:
    names = {new_account_id() for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(ACCOUNT.pattern, name) for name in names)
