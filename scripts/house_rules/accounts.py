"""The tenant is in every row and in every statement of a store."""

import ast
import re
from collections.abc import Iterator

from scripts.house_rules.house import Function, Hit, House, Source
from scripts.house_rules.sql import STORES

BUILDERS = frozenset({"select", "insert", "update", "delete", "text"})  # exists() is only a part of one
SQLALCHEMY = frozenset({"sa", "sqlalchemy"})
TENANTS = "accounts"  # the one table whose own key is the tenant
ALL_ACCOUNTS = re.compile(r"#\s*all accounts:\s*\S.{9,}")
FIRST = "FIRST_ACCOUNT"
SEEDS = "core/environment.py"
ROOMS = tuple(f"{room}/*" for room in ("app", "bots", "core", "payment", "services", "web"))
MARK = "`# all accounts: <reason>`"


def check_account_scope(house: House) -> Iterator[Hit]:
    """Every statement of a store is bound to an account, or says why it is not."""
    tables = {table.name for source in house.under("core/db/models/*.py") for table in _tables(source)}
    advice = f"builds a statement without account_id: add it, or write {MARK} above the def"
    for source in house.under(*STORES):
        for owner in _owners(source.tree.body):
            if (
                _builds_statement(owner, tables)
                and not _names_account(owner)
                and not _is_marked(source, owner)
            ):
                yield source.hit(owner.lineno, advice)


def check_account_column(house: House) -> Iterator[Hit]:
    """Every table has the column `account_id`; only the table of accounts is the tenant itself."""
    givers = {name for source in house.under("core/db/*.py") for name in _account_givers(source)}
    advice = f"a table without account_id: add `account_id()`, or write {MARK} above it"
    for source in house.under("core/db/models/*.py"):
        for table in _tables(source):
            if (
                table.sql_name != TENANTS
                and not table.has_account(givers)
                and not _is_marked(source, table.node)
            ):
                yield source.hit(table.node.lineno, advice)


def check_first_account(house: House) -> Iterator[Hit]:
    """Only the environment knows which account it seeds; all else works for the account it is given."""
    advice = f"names {FIRST}: take the account's number from who calls, or ask Environment.speaks_of()"
    for source in house.under(*ROOMS):
        if source.path != SEEDS:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Name | ast.alias | ast.Attribute) and _called(node) == FIRST:
                    yield source.hit(node.lineno, advice)


def _called(node: ast.Name | ast.alias | ast.Attribute) -> str:
    return node.name if isinstance(node, ast.alias) else _last_name(node)


class _Table:
    """A table of the models: `name = Table("sql_name", …)` or a class with `__tablename__`."""

    def __init__(self, node: ast.stmt, name: str, sql_name: str) -> None:
        self.node = node
        self.name = name
        self.sql_name = sql_name

    def has_account(self, givers: set[str]) -> bool:
        """Tell whether the column is declared here, or comes from a helper or a base class."""
        if isinstance(self.node, ast.ClassDef):
            bases = {_last_name(base) for base in self.node.bases}
            return "account_id" in _assigned(self.node) or bool(bases & givers)
        calls = [node for node in ast.walk(self.node) if isinstance(node, ast.Call)]
        return any(_last_name(call.func) in givers or _is_account_column(call) for call in calls)


def _tables(source: Source) -> Iterator[_Table]:
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            if _last_name(node.value.func) == "Table":
                yield _Table(node, _last_name(node.targets[0]), _text(node.value.args[0]))
        elif isinstance(node, ast.ClassDef) and "__tablename__" in (values := _assigned(node)):
            yield _Table(node, node.name, _text(values["__tablename__"]))


def _account_givers(source: Source) -> Iterator[str]:
    """Functions that build the column, and classes that carry it for their children."""
    for node in source.tree.body:
        calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
        if isinstance(node, ast.FunctionDef) and any(_is_account_column(call) for call in calls):
            yield node.name
        if isinstance(node, ast.ClassDef) and "account_id" in _assigned(node):
            yield node.name


def _owners(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Functions, methods and loose statements of a module; a nested function counts with its owner."""
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _owners(node.body)
        else:
            yield node


def _builds_statement(owner: ast.stmt, tables: set[str]) -> bool:
    calls = (node for node in ast.walk(owner) if isinstance(node, ast.Call))
    return any(_is_builder(call.func, tables) for call in calls)


def _is_builder(func: ast.expr, tables: set[str]) -> bool:
    if isinstance(func, ast.Name):
        return func.id in BUILDERS or func.id.endswith("_insert")
    if isinstance(func, ast.Attribute) and func.attr in BUILDERS:
        return _last_name(func.value) in tables | SQLALCHEMY
    return False


def _names_account(owner: ast.stmt) -> bool:
    """Tell whether `account_id` occurs as a name, an attribute, an argument or a text; a docstring does not count."""
    prose = ast.get_docstring(owner, clean=False) if isinstance(owner, Function) else None
    return any("account_id" in word for node in ast.walk(owner) for word in _words(node) if word != prose)


def _words(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word) | ast.keyword(arg=str(word)):
            yield word
        case ast.Constant(value=str(word)):
            yield word


def _is_marked(source: Source, owner: ast.stmt) -> bool:
    """Tell whether the comment above, or the lines of the `def` (else the first line), carry the reason."""
    first = last = owner.lineno
    if isinstance(owner, Function):
        first = min([owner.lineno, *(decorator.lineno for decorator in owner.decorator_list)])
        last = max(owner.lineno, owner.body[0].lineno - 1)
    above = source.text_between(first - 1, first - 1).lstrip()
    return any(
        ALL_ACCOUNTS.search(text) for text in (_comment(above), source.text_between(owner.lineno, last))
    )


def _comment(line: str) -> str:
    return line if line.startswith("#") else ""


def _assigned(node: ast.ClassDef) -> dict[str, ast.expr | None]:
    """The names given in a class body, with their values."""
    values: dict[str, ast.expr | None] = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            values |= {_last_name(target): statement.value for target in statement.targets}
        elif isinstance(statement, ast.AnnAssign):
            values[_last_name(statement.target)] = statement.value
    return values


def _is_account_column(call: ast.Call) -> bool:
    return _last_name(call.func) == "Column" and bool(call.args) and _text(call.args[0]) == "account_id"


def _last_name(node: ast.expr) -> str:
    """`outbox` of `models.outbox`, `Table` of `Table`; empty for anything else."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
