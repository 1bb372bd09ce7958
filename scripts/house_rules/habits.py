"""Habits inside a function: errors, the clock, printing, names; and that a module says what it is for."""

import ast
import re
from collections.abc import Iterator

from scripts.house_rules.house import Hit, House, Source

LOOP_EDGE = re.compile(r"#\s*loop edge:\s*\S.{5,}")
CATCH_ALL = frozenset({"BaseException", "Exception"})
# The sandbox imports nothing of ours, so its (movable) clock is its own.
CLOCKS = ("core/clock.py", "sandbox/state/timing.py")
WALL_TIME = frozenset({"now", "today", "utcnow"})
WALL_TIME_OWNERS = frozenset({"date", "datetime", "datetime.date", "datetime.datetime"})
PROCESS_TIME = frozenset({"time", "time_ns"})
TALKS = ("app/cli*", "app/demo*", "app/doctor*", "bench/*", "scripts/*", "tests/*")
EMPTY_NAMES = frozenset({"found", "given", "kept", "one"})
UNDESCRIBED = ("tests/*", "migrations/versions/*")


def check_loop_edges(house: House) -> Iterator[Hit]:
    """Catching everything is for the edge of a loop that must go on, and says so; raising again is not catching."""
    advice = "catches everything: name the errors, or write `# loop edge: <what goes on>` on this line"
    for source in house.sources:
        for handler in source.of(ast.ExceptHandler):
            if not _catches_all(handler) or _raises_again(handler):
                continue
            if not LOOP_EDGE.search(source.lines[handler.lineno - 1]):
                yield source.hit(handler.lineno, advice)


def check_wall_clock(house: House) -> Iterator[Hit]:
    """The present is an argument: a rehearsal moves it, a test holds it still."""
    for source in house.outside(*CLOCKS, "app/*"):
        for node in source.of(ast.Attribute):
            if node.attr in WALL_TIME and ast.unparse(node.value) in WALL_TIME_OWNERS:
                yield source.hit(
                    node.lineno, f"reads the wall clock by {node.attr}(): take `now` or core.clock"
                )


def check_process_clock(house: House) -> Iterator[Hit]:
    """Seconds since 1970 come from the clock too; time-outs use the monotonic one."""
    advice = "reads time.time(): take core.clock, or time.monotonic() for a duration"
    for source in house.outside(*CLOCKS, "scripts/*"):
        yield from (source.hit(line, advice) for line in _process_time_lines(source))


def check_no_print(house: House) -> Iterator[Hit]:
    """A service logs; only commands that talk to a person print."""
    for source in house.outside(*TALKS):
        for call in source.of(ast.Call):
            if isinstance(call.func, ast.Name) and call.func.id == "print":
                yield source.hit(call.lineno, "prints: log it, or move it to a command of app/cli")


def check_telling_names(house: House) -> Iterator[Hit]:
    """A variable is called by what it holds: that it was found, given or kept says nothing. Fields may be columns."""
    for source in house.outside("tests/*"):
        bodies = [part for kind in source.of(ast.ClassDef) for part in kind.body]
        fields = [part.target for part in bodies if isinstance(part, ast.AnnAssign)]
        stored = [node for node in source.of(ast.Name) if isinstance(node.ctx, ast.Store)]
        variables = [(node.id, node.lineno) for node in stored if node not in fields]
        arguments = [(node.arg, node.lineno) for node in source.of(ast.arg)]
        for name, line in variables + arguments:
            if name in EMPTY_NAMES:
                yield source.hit(line, f"{name} says nothing: name it for what it holds")


def check_module_docstring(house: House) -> Iterator[Hit]:
    """The first sentence of a module says what it is for."""
    for source in house.outside(*UNDESCRIBED):
        is_private = source.path.split("/")[-1].startswith("_") and not source.path.endswith("__.py")
        if not is_private and not ast.get_docstring(source.tree):
            yield source.hit(1, "no docstring: say in one sentence what the module is for")


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(kind).removeprefix("builtins.") in CATCH_ALL for kind in kinds)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _process_time_lines(source: Source) -> Iterator[int]:
    for node in source.of(ast.Attribute):
        if node.attr in PROCESS_TIME and ast.unparse(node.value) == "time":
            yield node.lineno
    for imported in source.of(ast.ImportFrom):
        if imported.module == "time" and PROCESS_TIME.intersection(alias.name for alias in imported.names):
            yield imported.lineno


def check_press_kinds(house: House) -> Iterator[Hit]:
    """Each kind of button has a value of its own: it stands in messages that were sent long ago."""
    for source in house.under("core/presses.py"):
        kinds = [node for node in source.of(ast.ClassDef) if node.name == "PressKind"]
        taken: set[object] = set()
        for line in (line for kind in kinds for line in kind.body if isinstance(line, ast.Assign)):
            value = line.value.value if isinstance(line.value, ast.Constant) else None
            if value in taken:
                yield source.hit(line.lineno, f"the kind {value!r} is taken: give the button one of its own")
            taken.add(value)
