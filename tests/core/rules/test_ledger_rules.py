"""Money in lines: whatever happens in whatever order, nothing appears and nothing is lost."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules import ledger
from core.rules.ledger import Book

SUMS = st.integers(1, 2_000_000_000)


@st.composite
def happenings(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Sales with discounts, surplus money, fees, refunds up to what was paid, commissions, payouts."""
    done: list[tuple[str, int, int]] = []
    for _ in range(draw(st.integers(0, 12))):
        paid, discount = draw(SUMS), draw(st.integers(0, 1_000_000))
        kind = draw(st.sampled_from(["sale", "surplus"]))
        done.append((kind, paid, discount))
        left = paid
        for _ in range(draw(st.integers(0, 3))):
            back = draw(st.integers(0, left))
            left -= back
            done.append((f"refund of {kind}", back, 0))
        if kind == "sale":
            due = draw(st.integers(0, paid))
            done += [("fee", draw(st.integers(0, paid)), 0), ("commission", due, 0)]
            done.append(draw(st.sampled_from([("commission", -due, 0), ("payout", due, 0)])))
    return done


def _lines(kind: str, amount: int, discount: int) -> ledger.Lines:
    match kind:
        case "sale":
            return ledger.sale(amount, discount)
        case "surplus":
            return ledger.surplus(amount)
        case "fee":
            return ledger.fee(amount)
        case "commission":
            return ledger.commission(amount)
        case "payout":
            return ledger.payout(amount)
    return ledger.refund(amount, of_surplus=kind.endswith("surplus"))


@given(happenings())
def test_the_books_say_what_happened_to_the_kopek(done: list[tuple[str, int, int]]) -> None:
    books: Counter[Book] = Counter()
    for one in done:
        lines = _lines(*one)
        assert sum(lines.values()) == 0
        assert 0 not in lines.values()
        books.update(lines)
    total = Counter[str]()
    for kind, amount, discount in done:
        total[kind] += amount
        total["discount"] += discount if kind == "sale" else 0
    assert sum(books.values()) == 0
    assert books[Book.DISCOUNT] == total["discount"]
    assert books[Book.REFUND] == total["refund of sale"]
    assert books[Book.BUYER] == total["refund of surplus"] - total["surplus"]
    assert books[Book.PARTNER] == total["payout"] - total["commission"]
    came = total["sale"] + total["surplus"]
    went = total["refund of sale"] + total["refund of surplus"] + total["fee"] + total["payout"]
    assert books[Book.PROVIDER] == came - went
    assert books[Book.REVENUE] == total["commission"] - total["sale"] - total["discount"]


def test_lines_that_are_not_nothing_together_are_refused() -> None:
    with pytest.raises(ValueError, match="not 0 together"):
        ledger._balanced({Book.PROVIDER: 5, Book.REVENUE: -4})
