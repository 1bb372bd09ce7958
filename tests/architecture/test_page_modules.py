"""The chat page's modules: each may be read before those that use it, for none imports itself over others."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

IMPORT = re.compile(r'from "(\.[^"]+)"')


def test_the_modules_of_the_chat_page_make_no_circle(repository: Path) -> None:
    modules = sorted((repository / "sandbox" / "static").rglob("*.js"))
    imports = {path: [(path.parent / name).resolve() for name in _imports(path)] for path in modules}
    order = list(TopologicalSorter(imports).static_order())  # raises CycleError, which names the circle
    assert len(order) == len(modules) > 20


def _imports(path: Path) -> list[str]:
    return IMPORT.findall(path.read_text(encoding="utf-8"))
