"""Codes of tracked links: each person's own, readable for us alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tracking import PATH, link_address, read_code

KEY, OLDER = b"k" * 32, b"o" * 32
BASE = "https://school.example"


def code_of(link_id: int, chat_id: int, key: bytes = KEY) -> str:
    return link_address(BASE, key, link_id, chat_id).removeprefix(BASE + PATH)


@given(st.integers(0, 2**63 - 1), st.integers(-(2**52), 2**52))
def test_a_code_says_which_link_and_who(link_id: int, chat_id: int) -> None:
    assert read_code((KEY,), code_of(link_id, chat_id)) == (link_id, chat_id)


@given(st.integers(0, 42), st.sampled_from("AZaz09-_"))
def test_a_changed_code_is_none(place: int, sign: str) -> None:
    code = code_of(7, 500_001)
    changed = code[:place] + sign + code[place + 1 :]
    assert read_code((KEY,), changed) in ((7, 500_001), None)
    assert changed == code or place == 42 or read_code((KEY,), changed) is None


@pytest.mark.parametrize("code", ["", "x", "../../etc/passwd", "я" * 43, "=" * 43, "A" * 43, "A" * 10_000])
def test_what_is_no_code(code: str) -> None:
    assert read_code((KEY,), code) is None


def test_a_code_of_an_older_key_is_good_and_a_foreign_one_is_not() -> None:
    code = code_of(7, 500_001, OLDER)
    assert read_code((KEY, OLDER), code) == (7, 500_001)
    assert read_code((KEY,), code) is None


def test_neighbours_share_nothing() -> None:
    one, other = code_of(7, 500_001), code_of(7, 500_002)
    assert sum(a == b for a, b in zip(one, other, strict=True)) < 12
