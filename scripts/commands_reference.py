"""The tables of admin commands in docs/reference/commands.md, made from their declarations; a test compares them.

`python -m scripts.commands_reference` writes them: what is said of a command is its handler's docstring.
"""

import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from bots.admin.all_commands import list_commands
from bots.admin.declaration import AdminCommand, Section

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/reference/commands.md"
BEGIN, END = "<!-- admin commands: begin -->", "<!-- admin commands: end -->"
HEADINGS = {
    Section.OVERVIEW: "At a glance",
    Section.STUDENT: "One person's course",
    Section.ACCESS: "Access and links",
    Section.MONEY: "Money",
    Section.CONTENT: "Courses, scenarios, messages",
}


def main() -> int:
    """Write the page."""
    PAGE.write_text(make_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 0


def make_page() -> str:
    """The page as it stands, with the tables as the declarations are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{make_tables()}\n{END}{after}"


def make_tables() -> str:
    """One table per section."""
    return "\n".join(line for section in Section for line in _table(section))


def _table(section: Section) -> Iterator[str]:
    yield from ("", f"### {HEADINGS[section]}", "", "| command | what it does |", "|---|---|")
    yield from (_row(command) for command in list_commands() if command.section is section)


def _row(command: AdminCommand) -> str:
    return f"| `{command.typed}` | {' '.join(cleandoc(command.handler.__doc__ or '').split())} |"


if __name__ == "__main__":
    sys.exit(main())
