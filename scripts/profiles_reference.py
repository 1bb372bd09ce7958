"""`python -m scripts.profiles_reference`: writes docs/reference/profiles.md from the shipped profiles."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.profile import DEFAULT, Profile
from services.content.files.profiles import read_profiles

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/profiles.md"
HEAD = f"""\
# Profiles

Made from `content/profiles` by `python -m scripts.profiles_reference`; do not edit.

`SCENARIO` names the profile of an installation; without it `{DEFAULT}`. How to switch and how to make one of your own:
[profiles and operators](../how-to/profiles-and-operators.md).
"""
YES = {
    True: "the “yes” prompt, “onhold”, then a live operator",
    False: "the “yes” prompt, then the talk is over",
}
RESULT = {True: "`connected_to_operator`, or `disconnected` if none is free", False: "`disconnected`"}


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


def make_page() -> str:
    """The whole page: what differs first, then what is alike."""
    profiles = read_profiles(ROOT / "content")
    lines = list(_rows(profiles))
    differing = [line for line in lines if len(set(line[1:])) > 1]
    alike = [line for line in lines if len(set(line[1:])) == 1]
    return "\n".join(
        [
            HEAD,
            "## What differs",
            "",
            *_table(profiles, differing),
            "",
            "## What is alike",
            "",
            *_table(profiles, alike),
            "",
        ]
    )


def _rows(profiles: Mapping[str, Profile]) -> Iterator[list[str]]:
    every = list(profiles.values())
    yield ["an answer of YES leads to", *(YES[profile.transfer_to_operator] for profile in every)]
    yield ["result of a YES", *(RESULT[profile.transfer_to_operator] for profile in every)]
    for name in Profile.model_fields:
        if name not in {"name", "prompts", "flags"}:
            yield [f"`{name}`", *(f"`{getattr(profile, name)}`".lower() for profile in every)]
    for flag in sorted({flag for profile in every for flag in profile.flags}):
        yield [f"flag `{flag}`", *(f"`{profile.holds(flag)}`".lower() for profile in every)]
    prompts = [
        ", ".join(f"`{key}`" for key in sorted(profile.prompts)) or "the flow’s own" for profile in every
    ]
    yield ["prompts", *prompts]


def _table(profiles: Mapping[str, Profile], rows: list[list[str]]) -> list[str]:
    head = ["", *(f"`SCENARIO={name}`" for name in profiles)]
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
