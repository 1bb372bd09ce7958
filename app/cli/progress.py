"""A bar on a terminal, and nothing anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Give what is told of each piece that is done."""
    with told_progress(what, total) as tell:
        yield lambda done: tell(what, done)


@contextmanager
def told_progress(what: str, total: int) -> Iterator[Callable[[str, int], None]]:
    """As `progress`; it is told what is being done, too."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda said, done: bar.update(task, description=said, advance=done)


@contextmanager
def told_steps() -> Iterator[Callable[[str, int], None]]:
    """For work of which nobody knows beforehand how much it is: what is being done, and how much of it is."""
    console = Console(stderr=True)
    done: dict[str, int] = {}
    with console.status("") as status:

        def tell(said: str, more: int) -> None:
            done[said] = done.get(said, 0) + more
            status.update(f"{said}: {done[said]}")

        yield tell
