"""How soon a course of 200 elements is imported: the whole command, and the reading of each format."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, Scale
from core.environment import Environment
from services.content.exporting.documents import write_yaml
from services.content.exporting.workbooks import write_workbook
from services.content.importing.reader import read_sent
from utils.sealed import KeyRing

ELEMENTS = 200
ROUNDS = {Scale.FULL: 7, Scale.SHORT: 3, Scale.TINY: 1}
LIMIT = 2.0  # seconds
TANDEM = str(Path(sys.executable).with_name("tandem"))
FACTS = Environment(
    course_day=timedelta(days=1),
    admin_ids=(),
    review_chat_id=None,
    community_chats={},
    production=False,
    content_dir=Path(),
    signing_key=b"k" * 32,
    keys=KeyRing({"k1": b"s" * 32}),
)
_ELEMENT = """\
Vocab_{n}:
  type: quiz
  text: |
    Word number {n}, what does it mean?
    Choose *one* answer.
  media:
    - https://drive.google.com/file/d/1_aBcDeFgHiJkLmNoPqRsTuVwXyZ0{n:04}/view
  answers:
    - text: This one
      correct: yes
      feedback: Yes, this one.
    - text: "Another one"
      correct: no
      feedback: No, look once more.
"""


def run(scale: Scale) -> Sequence[Figure]:
    """Medians; the command is measured with its start, each time on a new course."""
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        subprocess.run([TANDEM, "migrate"], env=_environment(folder), check=True, capture_output=True)
        seed = "".join(_ELEMENT.format(n=n) for n in range(ELEMENTS))
        figures = list(_read_all(FACTS, seed.encode(), ROUNDS[scale]))
        taken = [_import(Path(folder), seed, number) for number in range(ROUNDS[scale])]
    how = f"median of {ROUNDS[scale]}, with the start of the program"
    return [_figure("`tandem import`, 200 elements of YAML", taken, how), *figures]


def _read_all(env: Environment, seed: bytes, rounds: int) -> Sequence[Figure]:
    flow = read_sent(env, "course.yml", seed, "").courses[0].flow
    files = {
        "course.yml": seed,
        "own.yaml": write_yaml(flow).encode(),
        "course.xlsx": write_workbook(flow),
    }
    figures = []
    for name, content in files.items():
        taken = []
        for _ in range(rounds):
            began = time.perf_counter()
            batch = read_sent(env, name, content, "")
            taken.append(time.perf_counter() - began)
            assert len(batch.courses[0].flow.steps) == ELEMENTS
        figures.append(_figure(f"reading 200 elements, {name}", taken, f"median of {rounds}"))
    return figures


def _import(folder: Path, seed: str, number: int) -> float:
    path = folder / f"course{number}.yml"
    path.write_text(seed, encoding="utf-8")
    env = _environment(str(folder))
    began = time.perf_counter()
    subprocess.run([TANDEM, "import", str(path)], env=env, check=True, capture_output=True)
    return time.perf_counter() - began


def _environment(folder: str) -> dict[str, str]:
    return os.environ | {"DATA_DIR": folder, "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}


def _figure(what: str, taken: Sequence[float], how: str) -> Figure:
    return Figure(what, statistics.median(taken), "s", goal=LIMIT, less_is_better=True, how=how)
