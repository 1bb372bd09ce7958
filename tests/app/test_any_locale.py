"""Commands run in whatever locale the terminal names, also one this machine does not have."""

from app.boot.schema import ROOT


def test_alembics_file_can_be_read_in_any_locale() -> None:
    # Alembic decodes it by the locale: one that is named and not installed leaves ASCII.
    assert (ROOT / "alembic.ini").read_bytes().isascii()
