"""Work on very many rows is cut so that no piece holds the writer for long, and one that breaks holds up no other."""

import pytest

from services.messaging import pieces


@pytest.mark.parametrize(
    ("size", "took", "after"),
    [(5_000, 0.02, 5_000), (5_000, 0.04, 2_500), (5_000, 0.001, 10_000), (5_000, 0.0, 10_000)],
)
def test_a_piece_is_as_long_as_the_writer_may_be_held(size: int, took: float, after: int) -> None:
    assert pieces.next_size(size, took) == after


def test_a_piece_has_its_bounds() -> None:
    assert pieces.next_size(pieces.MOST, 0.0001) == pieces.MOST
    assert pieces.next_size(pieces.LEAST, 5.0) == pieces.LEAST


async def test_one_that_breaks_holds_up_no_other() -> None:
    done: list[int] = []

    async def work(_: int, broadcast_id: int) -> None:
        if broadcast_id == 1:
            raise ValueError("broken")
        done.append(broadcast_id)

    await pieces.each_alone([(1, 1), (1, 2)], work, "it failed")
    assert done == [2]
