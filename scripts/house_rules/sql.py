"""SQL stays in the stores and in core/db; a transaction begins and ends in the session alone."""

import ast
from collections.abc import Iterator

from scripts.house_rules.house import Hit, House, Source

STORES = ("services/*/store.py", "services/*/store/*.py", "services/people/conditions/*.py")
# The sandbox is a stranger with a database file of its own; tests and benches look into ours on purpose.
OWN_DATABASE = ("sandbox/*", "tests/*", "bench/*", "migrations/*")
SQL_PLACES = (*STORES, "core/db/*", *OWN_DATABASE)
COMMIT_PLACES = ("core/db/session.py", *OWN_DATABASE)

SPEAKS_NO_SQL = ("sqlalchemy.exc", "sqlalchemy.engine", "sqlalchemy.ext.asyncio")
RUNS_SQL = frozenset({"execute", "executemany", "exec_driver_sql", "scalar", "scalars"})
COMMITS = frozenset({"commit", "begin"})


def check_sql_in_stores(house: House) -> Iterator[Hit]:
    """SQL is spoken in `core/db` and in each room's store, nowhere else."""
    for source in house.outside(*SQL_PLACES):
        for line, module in _imported_modules(source):
            if module.split(".")[0] == "sqlalchemy" and not module.startswith(SPEAKS_NO_SQL):
                yield source.hit(line, f"imports {module}: move the statement into the room's store.py")
        for call in _method_calls(source, RUNS_SQL):
            yield source.hit(call.lineno, "runs SQL: call a function of the room's store.py instead")


def check_commit_in_session(house: House) -> Iterator[Hit]:
    """A transaction begins and ends in one place: the unit of work."""
    for source in house.outside(*COMMIT_PLACES):
        for call in _method_calls(source, COMMITS):
            yield source.hit(call.lineno, "only core/db/session.py begins and commits: take a unit of work")


def _imported_modules(source: Source) -> Iterator[tuple[int, str]]:
    for node in source.of(ast.Import):
        yield from ((node.lineno, alias.name) for alias in node.names)
    for imported in source.of(ast.ImportFrom):
        if imported.module and not imported.level:
            yield imported.lineno, imported.module


def _method_calls(source: Source, names: frozenset[str]) -> Iterator[ast.Call]:
    for call in source.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in names:
            yield call
