"""A pytest plug-in: `pytest_plugins = ["sandbox.pytest_plugin"]` gives every test a Telegram of its own.

`sandbox` is a client of it (people who write, wait and press), `sandbox_url` its address for a bot. A module that
wants other limits or a state file overrides `sandbox_options`; `start_sandbox` starts further ones.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest
import pytest_asyncio

from sandbox.beside import running
from sandbox.client.client import SandboxClient
from sandbox.state.options import Limits, Options

StartSandbox = Callable[[Options], str]


@pytest.fixture(scope="session")
def sandbox_for_all() -> Iterator[str]:
    """Give the address of one sandbox without limits for the whole run: quick, but its bots and people stay."""
    with running(Options(limits=Limits(enabled=False))) as url:
        yield url


@pytest.fixture
def sandbox_options() -> Options:
    """Switch the speed limits off, so that tests are quick; override this for anything else."""
    return Options(limits=Limits(enabled=False))


@pytest.fixture
def start_sandbox() -> Iterator[StartSandbox]:
    """Start sandboxes with given options and give their addresses; all end with the test."""
    with ExitStack() as stack:
        yield lambda options: stack.enter_context(running(options))


@pytest.fixture
def sandbox_url(start_sandbox: StartSandbox, sandbox_options: Options) -> str:
    """Give the address of this test's own sandbox."""
    return start_sandbox(sandbox_options)


@pytest_asyncio.fixture
async def sandbox(sandbox_url: str) -> AsyncIterator[SandboxClient]:
    """Connect to this test's own sandbox."""
    async with SandboxClient(sandbox_url) as client:
        yield client
