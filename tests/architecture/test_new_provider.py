"""A new payment provider is made by one command, its settings by another, and the house stays green."""

from pathlib import Path

from test_new_step import copy, run

__all__ = ["copy"]
OUTSIDE = {".importlinter", ".env.example", "docs/reference/settings.md"}


def test_a_new_provider_stands_everywhere(copy: Path) -> None:
    for name in (".importlinter", ".env.example"):
        (copy / name).write_text(
            (Path(__file__).parents[2] / name).read_text(encoding="utf-8"), encoding="utf-8"
        )
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert run(copy, "scripts.new_provider", "goldbank").returncode == 0
    assert run(copy, "scripts.new_provider", "goldbank", "--settings").returncode == 0
    once = {name: (copy / name).read_text(encoding="utf-8") for name in OUTSIDE}
    assert run(copy, "scripts.new_provider", "goldbank", "--settings").returncode == 0
    assert {name: (copy / name).read_text(encoding="utf-8") for name in OUTSIDE} == once
    changed = {
        str(path.relative_to(copy)) for path, content in before.items() if path.read_bytes() != content
    }
    assert changed == OUTSIDE
    assert "#GOLDBANK_SECRET_KEY=" in once[".env.example"]
    assert once[".importlinter"].count("payment.goldbank") == 2
    for words in (
        ("ruff", "check", "payment", "sandbox"),
        ("ruff", "format", "--check", "payment", "sandbox"),
    ):
        linted = run(copy, *words)
        assert linted.returncode == 0, linted.stdout
    tested = run(copy, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/payment/test_goldbank.py")
    assert tested.returncode == 0, tested.stdout
    assert run(copy, "scripts.new_provider", "goldbank").returncode == 2
