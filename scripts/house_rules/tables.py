"""Who writes which table: every room its own, declared in the model file that bears its name (`commerce`, `commerce_money`)."""

import ast
from collections.abc import Iterator

from scripts.house_rules.house import Hit, House, Source

MODELS = "core.db.models."
TAKES_A_TABLE = frozenset({"insert", "update", "delete", "dialect_insert", "append"})
OF_A_TABLE = frozenset({"insert", "update", "delete"})


def check_own_tables(house: House) -> Iterator[Hit]:
    """A room of services writes only its own tables; it may read those of others."""
    for source in house.under("services/*/*"):
        room = source.path.split("/")[1]
        owners = _owners_of_imported_tables(source)
        for call in source.of(ast.Call):
            table = _written_table(call, owners)
            if table and owners[table] != room:
                yield source.hit(
                    call.lineno, f"writes {table}, a table of {owners[table]}: call a function of that room"
                )


def _owners_of_imported_tables(source: Source) -> dict[str, str]:
    return {
        alias.asname or alias.name: imported.module.removeprefix(MODELS).partition("_")[0]
        for imported in source.of(ast.ImportFrom)
        if imported.module and imported.module.startswith(MODELS)
        for alias in imported.names
    }


def _written_table(call: ast.Call, tables: dict[str, str]) -> str | None:
    """The imported table that a call writes: `insert(orders)`, `uow.append(orders, …)`, `orders.update()`."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    named = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and name in OF_A_TABLE:
        named.append(function.value.id)
    return next((candidate for candidate in named if candidate in tables and name in TAKES_A_TABLE), None)
