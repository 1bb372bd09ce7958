"""Refs are read as they were written."""

import pytest

from core.refs import Ref, RefKind, prefix_of_run, read_ref, write_ref


@pytest.mark.parametrize("kind", RefKind)
def test_a_ref_is_read_as_it_was_written(kind: RefKind) -> None:
    assert read_ref(write_ref(kind, 7, "words")) == Ref(kind, ("7", "words"))
    assert write_ref(kind, 7).startswith(kind.prefix)


def test_a_visit_of_a_run() -> None:
    text = write_ref(RefKind.RUN, 12, 3)
    ref = read_ref(text)
    assert text == "run:12:3"
    assert ref is not None
    assert (ref.id, ref.visit) == (12, 3)
    assert text.startswith(prefix_of_run(12))
    assert not text.startswith(prefix_of_run(1))


@pytest.mark.parametrize("text", [None, "", "run", "nothing:1", "a:sub:1"])
def test_anything_else_is_no_ref(text: str | None) -> None:
    assert read_ref(text) is None
