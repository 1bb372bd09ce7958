"""A pytest plugin for `make test`: tells how long the checks and the tests took together.

`STARTED_AT` holds the second at which make began. The line is printed before pytest's own closing line, which
stays the last one.
"""

import os
import time

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add the line, when make said when it began."""
    started_at = os.environ.get("STARTED_AT", "")
    if started_at.isdecimal():
        took = time.time() - int(started_at)  # the shell's clock is the only one both processes share
        terminalreporter.write_line(f"checks and tests together: {took:.0f} s")
