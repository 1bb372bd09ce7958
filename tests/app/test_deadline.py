"""A process that was told to stop ends, whatever hangs in it."""

import subprocess
import sys
import time

import pytest

from app.serve.deadline import HUNG

HANG = """
import signal, threading, time
from app.serve.deadline import Deadline
with Deadline(0.5) as deadline:
    deadline.start()
    deadline.start()
    {hang}
print("the end", flush=True)
"""
HANGING = {
    "a loop": "while True: pass",
    "a thread": "threading.Thread(target=time.sleep, args=(100,)).start(); time.sleep(100)",
    "nothing": "pass",
}


@pytest.mark.parametrize("what", HANGING)
def test_the_end_comes(what: str) -> None:
    began = time.monotonic()
    code = HANG.format(hang=HANGING[what])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert time.monotonic() - began < 50
    assert done.returncode == (0 if what == "nothing" else HUNG)
    assert ("the end" in done.stdout) == (what == "nothing")
