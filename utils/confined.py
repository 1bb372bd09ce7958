"""Calls that a stranger's file may make endless: under limits, in this process or in one of their own."""

import asyncio
import ctypes
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
PATIENCE = 1.5  # a niced process on a busy machine may take so many times its processor time
START_SECONDS = 5.0  # the modules of a new process are loaded
NICE = 10
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR")  # of the environment; the rest is secrets
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


@dataclass(frozen=True, slots=True)
class Limits:
    """What a call may use: `seconds` of processor time, and `megabytes` beyond what the process had before."""

    seconds: int
    megabytes: int


class LimitReachedError(Exception):
    """The call used more than it may, and was ended."""


class _TimeIsUp(BaseException):
    """Thrown into the call by the signal."""


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Hold the calls inside to `limits`; raises LimitReachedError. In a thread of its own nothing is held."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGXCPU, _throw)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    try:
        with (
            _soft(resource.RLIMIT_CPU, int(used) + limits.seconds + 1),
            _soft(resource.RLIMIT_DATA, _data_bytes() + limits.megabytes * 1_000_000),
        ):
            yield
    except (_TimeIsUp, MemoryError) as error:
        raise LimitReachedError(type(error).__name__) from None
    finally:
        signal.signal(signal.SIGXCPU, before)


def _throw(_: int, __: FrameType | None) -> None:
    raise _TimeIsUp


@contextmanager
def _soft(kind: int, wanted: int) -> Iterator[None]:
    """A lower soft limit for a while; where the system knows none, none."""
    soft, hard = resource.getrlimit(kind)
    lower = min(limit for limit in (wanted, soft, hard) if limit != resource.RLIM_INFINITY)
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (lower, hard))
    try:
        yield
    finally:
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (soft, hard))


def _data_bytes() -> int:
    """What this process has taken of memory; as much as a small one where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except (OSError, ValueError, IndexError):
        return 200_000_000
    return pages * resource.getpagesize()


async def call_confined(limits: Limits, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Call a module's function in a process of its own, which has no secrets in its environment.

    Raises what the function raises, and LimitReachedError for one that was ended; cancelled, it ends the process.
    """
    task = pickle.dumps((limits, function.__module__, function.__qualname__, arguments, named))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"from {__name__} import serve; serve()",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(START_SECONDS + limits.seconds * PATIENCE):
            answer, _ = await process.communicate(task)
    except TimeoutError:
        raise LimitReachedError("it took too long") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not answer:
        raise LimitReachedError(f"the process ended with {process.returncode}")
    is_good, outcome = pickle.loads(answer)  # noqa: S301 - our own code wrote it
    if not is_good:
        raise outcome
    result: T = outcome
    return result


def _environment() -> Mapping[str, str]:
    passed_on = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**passed_on, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}


def serve() -> None:
    """The process's whole life: one call from the standard input, its answer to the standard output."""
    os.nice(NICE)
    die_with_parent()
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    limits, module, name, arguments, named = pickle.loads(sys.stdin.buffer.read())  # noqa: S301
    answer = _answer(limits, module, name, arguments, named)
    with os.fdopen(out, "wb") as stream:
        stream.write(answer)


def _answer(limits: Limits, module: str, name: str, arguments: Any, named: Any) -> bytes:
    try:
        function = getattr(import_module(module), name)
        with limited(limits):
            return pickle.dumps((True, function(*arguments, **named)))
    except Exception as error:  # loop edge: whoever asked gets it
        return _pickle_error(error)


def _pickle_error(error: Exception) -> bytes:
    try:
        told = pickle.dumps((False, error))
        pickle.loads(told)  # noqa: S301 - some errors cannot be made anew from what they keep
    except Exception:  # loop edge: its words are told instead
        return pickle.dumps((False, RuntimeError(repr(error))))
    return told


def die_with_parent() -> None:
    """Whoever asked may be killed; on Linux the call ends with them, elsewhere at its limit."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
