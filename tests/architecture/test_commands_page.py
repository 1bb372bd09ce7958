"""The reference lists every admin command as it is declared."""

from bots.admin.all_commands import list_commands
from scripts.commands_reference import PAGE, make_page


def test_the_page_is_as_the_declarations_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m scripts.commands_reference`"


def test_no_two_commands_share_a_name() -> None:
    names = [name for command in list_commands() for name in (command.name, *command.other_names)]
    assert len(names) == len(set(names))
