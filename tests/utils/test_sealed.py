"""Secrets at rest: bound to their place, opened by every key of the ring, sealed by the first."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.sealed import KeyMissingError, KeyRing, new_master_key

OLD, NEW = "a1" * 32, "b2" * 32
RING = KeyRing.parse(f"k1:{OLD}")
PLACE = "bots/1/77"


@given(st.text(), st.text(max_size=40))
def test_what_is_sealed_opens_in_its_place(secret: str, place: str) -> None:
    assert RING.open(RING.seal(secret, place), place) == secret


def test_the_same_secret_never_looks_the_same() -> None:
    assert len({RING.seal("secret", PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize("place", ["bots/2/77", "bots/1/7", "payments/1/77", ""])
def test_in_another_place_it_does_not_open(place: str) -> None:
    with pytest.raises(KeyMissingError):
        RING.open(RING.seal("secret", PLACE), place)


def test_with_another_key_of_the_same_name_it_does_not_open() -> None:
    with pytest.raises(KeyMissingError):
        KeyRing.parse(f"k1:{NEW}").open(RING.seal("secret", PLACE), PLACE)


@pytest.mark.parametrize("text", ["k.1:{0}", ":{0}", "k 1:{0}", "k1:{0},k1:{1}", "{0}"])
def test_a_ring_whose_names_would_open_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="master keys are written"):
        KeyRing.parse(text.format(OLD, NEW))


def test_a_key_that_is_not_in_the_ring_is_named() -> None:
    with pytest.raises(KeyMissingError, match="the master key k1"):
        KeyRing.parse(f"k2:{NEW}").open(RING.seal("secret", PLACE), PLACE)


def test_every_changed_byte_is_noticed() -> None:
    name, _, encoded = RING.seal("secret", PLACE).partition(".")
    body = base64.urlsafe_b64decode(encoded)
    for place in range(len(body)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        with pytest.raises(KeyMissingError):
            RING.open(f"{name}.{base64.urlsafe_b64encode(changed).decode()}", PLACE)


@pytest.mark.parametrize("body", ["", "A", "AAAA", "!!!", "é", "A" * 200])
def test_what_was_never_sealed_is_no_trouble_of_another_kind(body: str) -> None:
    with pytest.raises(KeyMissingError):
        RING.open(f"{RING.names[0]}.{body}", PLACE)


def test_rotation_opens_the_old_and_seals_with_the_new() -> None:
    ring = KeyRing.parse(f"k2:{NEW}, k1:{OLD}")
    old, new = RING.seal("secret", PLACE), ring.seal("secret", PLACE)
    assert (ring.open(old, PLACE), ring.open(new, PLACE)) == ("secret", "secret")
    assert (new.partition(".")[0], ring.primary.hex()) == ("k2", NEW)
    with pytest.raises(KeyMissingError):
        RING.open(new, PLACE)


@pytest.mark.parametrize(
    "text", ["", "   ", OLD, f"k1{OLD}", f"k1:{OLD}00", "k1:xyz", f"k1:{OLD[:-1]}", f"k1:{OLD},k2"]
)
def test_a_wrong_ring_is_refused_without_showing_a_key(text: str) -> None:
    with pytest.raises(ValueError, match="master key") as refused:
        KeyRing.parse(text)
    assert OLD[:8] not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_ring_shows_names_only() -> None:
    assert repr(KeyRing.parse(f"k2:{NEW},k1:{OLD}")) == "KeyRing(k2, k1)"


def test_a_new_master_key_is_a_ring_of_its_own() -> None:
    first, second = new_master_key(), new_master_key()
    assert first != second
    assert KeyRing.parse(first).open(KeyRing.parse(first).seal("x", PLACE), PLACE) == "x"
