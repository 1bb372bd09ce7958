"""`python -m scripts.new_step NAME`: a new element in all its places, saying a text and going on, ready to be changed."""

import re
import subprocess
import sys
from pathlib import Path

from scripts.elements_reference import PAGE, ROOT, SOURCES

NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
STEP = '''"""The step that says its text and goes on."""

from datetime import datetime
from typing import Literal

from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import Here, Leave, SpokenStep, Stay


class {model}(SpokenStep):
    """Says its text and goes on."""

    type: Literal["{name}"] = "{name}"

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Say it at the entry."""
        del view, now, here
        return Leave(self.said) if isinstance(event, Entered) else None
'''
TEST = '''"""What the element `{name}` says and where it goes."""

from flow_scene import Scene, message


def test_it_says_its_text_and_goes_on() -> None:
    scene = Scene({{"type": "{name}", "text": "Hello"}}, message("After"))
    assert scene.said == ["Hello", "After"]
'''


def main() -> int:
    """Make the element; 2 for a name that cannot be one."""
    if len(sys.argv) != 2 or not NAME.fullmatch(sys.argv[1]):  # noqa: PLR2004 - the program and the name
        sys.stderr.write("usage: python -m scripts.new_step NAME (small letters, digits and _)\n")
        return 2
    name = sys.argv[1]
    step = ROOT / f"core/flow/steps/{name}.py"
    if step.exists():
        sys.stderr.write(f"there is an element {name} already\n")
        return 2
    model = "".join(part.capitalize() for part in name.split("_")) + "Step"
    step.write_text(STEP.format(name=name, model=model), encoding="utf-8")
    test = ROOT / f"tests/core/flow/test_{name}_step.py"
    test.write_text(TEST.format(name=name), encoding="utf-8")
    for path in (_register(name, model), _show_document(name), _show_example(name)):
        sys.stdout.write(f"changed {path.relative_to(ROOT)}\n")
    # The page is made by a fresh interpreter: this one has the registry of before.
    subprocess.run([sys.executable, "-m", "scripts.elements_reference"], cwd=ROOT, check=True)
    sys.stdout.write(f"now change {step.relative_to(ROOT)}, {test.relative_to(ROOT)} and the example\n")
    sys.stdout.write(f"and let `python -m scripts.elements_reference` write {PAGE.relative_to(ROOT)} anew\n")
    return 0


def _register(name: str, model: str) -> Path:
    """The import and the line of the union, both in their order."""
    path = ROOT / "core/flow/steps/__init__.py"
    lines = path.read_text(encoding="utf-8").splitlines()
    new = f"from core.flow.steps.{name} import {model}"
    imports = [n for n, line in enumerate(lines) if line.startswith("from core.flow.steps.")]
    lines.insert(next((n for n in imports if lines[n] > new), imports[-1] + 1), new)
    last = max(n for n, line in enumerate(lines) if re.fullmatch(r"    \| \w+Step,", line))
    lines.insert(last, f"    | {model}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _show_document(name: str) -> Path:
    path = ROOT / "tests/factories/elements.py"
    return _insert(path, '    "section": [', f'    "{name}": [{{"text": "hello", **_SPOKEN}}],\n')


def _show_example(name: str) -> Path:
    text = f"  - key: {name}\n    type: {name}\n    text: {{ru: Новый элемент, en: A new element}}\n"
    return _insert(ROOT / SOURCES[0], "  - key: paper\n", text)


def _insert(path: Path, before: str, text: str) -> Path:
    whole = path.read_text(encoding="utf-8")
    place = whole.index(before)
    path.write_text(whole[:place] + text + whole[place:], encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
