"""Buttons' data: ours for this bot, this chat and this person, or nothing."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.presses import ADMINS, MOST_BYTES, Press, sign, verify

KEY, BOT, CHAT, HOLDER = b"k" * 32, 7001, 5005, "5005"
PRESS = Press("st", "12-3-1")
SIGNED = sign(KEY, BOT, CHAT, HOLDER, PRESS)


def test_what_we_signed_is_read_again() -> None:
    assert verify((KEY,), BOT, CHAT, (HOLDER,), SIGNED) == PRESS


@pytest.mark.parametrize(
    ("key", "bot", "chat", "holders"),
    [
        pytest.param(b"x" * 32, BOT, CHAT, (HOLDER,), id="another installation"),
        pytest.param(KEY, 7002, CHAT, (HOLDER,), id="another bot"),
        pytest.param(KEY, BOT, 5006, (HOLDER,), id="another chat"),
        pytest.param(KEY, BOT, CHAT, ("5006",), id="another person"),
        pytest.param(KEY, BOT, CHAT, ("5006", ADMINS), id="an admin, on a button that is for one person"),
        pytest.param(KEY, BOT, CHAT, (), id="nobody"),
    ],
)
def test_it_is_refused_elsewhere(key: bytes, bot: int, chat: int, holders: tuple[str, ...]) -> None:
    assert verify((key,), bot, chat, holders, SIGNED) is None


@pytest.mark.parametrize(
    "changed", [dataclasses.replace(PRESS, kind="rv"), dataclasses.replace(PRESS, id="13-3-1")]
)
def test_neither_kind_nor_number_can_be_exchanged(changed: Press) -> None:
    mac = SIGNED.rpartition(".")[2]
    assert verify((KEY,), BOT, CHAT, (HOLDER,), f"v1.{changed.kind}.{changed.id}.{mac}") is None


def test_a_card_for_admins_is_for_every_admin() -> None:
    data = sign(KEY, BOT, -100, ADMINS, PRESS)
    assert verify((KEY,), BOT, -100, ("5006", ADMINS), data) == PRESS
    assert verify((KEY,), BOT, -100, ("5006",), data) is None


@given(st.integers(0, len(SIGNED) - 1), st.characters(codec="ascii"))
def test_no_changed_letter_passes(place: int, letter: str) -> None:
    changed = SIGNED[:place] + letter + SIGNED[place + 1 :]
    assert (verify((KEY,), BOT, CHAT, (HOLDER,), changed) is not None) == (changed == SIGNED)


@given(st.text())
def test_nothing_made_up_passes_or_fails_loudly(data: str) -> None:
    assert verify((KEY,), BOT, CHAT, (HOLDER,), data) is None


@pytest.mark.parametrize("cut", range(len(SIGNED)))
def test_no_beginning_of_it_passes(cut: int) -> None:
    assert verify((KEY,), BOT, CHAT, (HOLDER,), SIGNED[:cut]) is None


def test_the_largest_numbers_and_longest_tariff_still_fit() -> None:
    data = sign(KEY, 2**52, 2**52, str(2**52), Press("buy", f"{10**7 - 1}-{999}-{'x' * 32}"))
    assert len(data.encode()) <= MOST_BYTES


def test_what_telegram_would_refuse_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        sign(KEY, BOT, CHAT, HOLDER, Press("st", "x" * 60))
