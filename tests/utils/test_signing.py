"""Signatures and opaque tokens."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from utils.signing import ALPHABET, derive_key, fingerprint, mac, random_id, same

PARTS = st.lists(st.text(max_size=8), max_size=4)


@given(PARTS, PARTS)
def test_parts_are_never_taken_for_others(one: list[str], other: list[str]) -> None:
    assert (mac(b"k", *one) == mac(b"k", *other)) == (one == other)


@given(st.integers(1, 32))
def test_a_signature_is_as_long_as_asked_and_fits_a_link(size: int) -> None:
    made = mac(b"k", "x", size=size)
    assert len(made) == -(-size * 4 // 3)
    assert set(made) <= set(ALPHABET + "-_")


def test_keys_and_parts_change_a_signature() -> None:
    assert len({mac(b"a", "x"), mac(b"b", "x"), mac(b"a", "y"), mac(b"a", "x", ""), mac(b"a")}) == 5


def test_a_shorter_signature_is_the_beginning_of_a_longer() -> None:
    assert mac(b"k", "x", size=32).startswith(mac(b"k", "x", size=12))


@given(st.text(), st.text())
def test_same_is_equality(one: str, other: str) -> None:
    assert same(one, other) == (one == other)
    assert same(one, one)


def test_a_fingerprint_is_sha256() -> None:
    assert fingerprint("текст") == hashlib.sha256("текст".encode()).hexdigest()


def test_ids_are_random_letters_and_digits() -> None:
    made = {random_id(12) for _ in range(2000)}
    assert len(made) == 2000
    assert {len(one) for one in made} == {12}
    assert set("".join(made)) == set(ALPHABET)


def test_derived_keys_are_apart() -> None:
    made = {derive_key(master, purpose) for master in (b"a", b"b") for purpose in ("signing", "seal")}
    assert len(made) == 4
    assert {len(one) for one in made} == {32}
