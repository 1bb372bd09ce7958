"""Admin commands: each is declared once, with all that is needed to find it."""

import ast
from collections.abc import Iterator

from scripts.house_rules.house import Hit, House, Source

FOLDER = "bots/admin/*.py"
DECLARATION = "AdminCommand"
MOUNT = "bots/admin/router.py"
CATALOGUES = "locales/"
PAGE = "docs/reference/commands.md"


def check_admin_commands(house: House) -> Iterator[Hit]:
    """A command that a menu, `/admin` or the reference does not know is one that nobody finds."""
    catalogues = [path for path in house.files if path.startswith(CATALOGUES) and path.endswith(".po")]
    texts = {
        path: (house.root / path).read_text(encoding="utf-8")
        for path in (*catalogues, PAGE)
        if path in house.files
    }
    page = texts.pop(PAGE, "")
    for source in house.under(FOLDER):
        yield from _undeclared(source)
        for call in _declarations(source):
            if missing := [*_missing_words(call, texts), *_missing_in_code(source, call, page)]:
                yield source.hit(call.lineno, f"{ast.unparse(call.args[0])} lacks {', '.join(missing)}")


def _undeclared(source: Source) -> Iterator[Hit]:
    """A filter of a command that was not declared."""
    for call in source.of(ast.Call):
        if ast.unparse(call.func) == "Command" and source.path != MOUNT:
            yield source.hit(call.lineno, f"answers a command by itself: declare it as {DECLARATION}")


def _declarations(source: Source) -> Iterator[ast.Call]:
    for call in source.of(ast.Call):
        if ast.unparse(call.func) == DECLARATION and len(call.args) > 1:
            yield call


def _missing_words(call: ast.Call, catalogues: dict[str, str]) -> Iterator[str]:
    name = ast.literal_eval(call.args[0])
    for path, text in catalogues.items():
        for key in (f"menu-{name}", f"help-{name}"):
            if f'msgid "{key}"\n' not in text:
                yield f"{key} in {path}"


def _missing_in_code(source: Source, call: ast.Call, page: str) -> Iterator[str]:
    name, handler = ast.literal_eval(call.args[0]), ast.unparse(call.args[1])
    if not any(function.name == handler and ast.get_docstring(function) for function in source.functions):
        yield f"a handler in this file whose docstring says what it does ({handler})"
    if f"| `/{name}" not in page:
        yield f"its line in {PAGE}: run `python -m scripts.commands_reference`"
    listed = [node for node in source.tree.body if isinstance(node, ast.Assign)]
    if not any(call in ast.walk(node) for node in listed if ast.unparse(node.targets[0]) == "COMMANDS"):
        yield "its place in COMMANDS"
