"""Serving from the lock to the last moment: one process per installation, ended in time whatever it is doing."""

from collections.abc import Awaitable, Callable

from app.boot.bots import tokens_of
from app.boot.command import complain, make_schema, run_command
from app.boot.first_tokens import lead_to_tokens
from app.boot.machine.env_file import tell_file
from app.boot.machine.lock import AlreadyRunningError, only_owner
from app.boot.providers import check_provider
from app.boot.settings import Settings
from app.serve.deadline import Deadline

END_SECONDS = 11.8  # after the signal: a little more than everything may take that ends by itself


def serve(settings: Settings, on_ready: Callable[[], None] = lambda: None, part: str = "run") -> int:
    """Serve until a signal: all of it, or a `part` (`web`, `worker`); `on_ready` is called when all bots listen.

    Gives the exit status. Without tokens it leads to them first.
    """
    with_tokens = lead_to_tokens(settings)
    return 1 if with_tokens is None else _serve(with_tokens, on_ready, part)


def _serve(settings: Settings, on_ready: Callable[[], None], part: str) -> int:

    async def work() -> None:
        from app.serve import life_cycle

        tell_file()
        await make_schema(settings)
        await life_cycle.run(settings, on_ready, deadline.start, life_cycle.Part(part))

    def locked() -> Awaitable[None]:
        tokens_of(settings)
        check_provider(settings)
        return work()

    try:
        with only_owner(settings), Deadline(END_SECONDS) as deadline:
            return run_command(settings, locked)
    except AlreadyRunningError as error:
        return complain(error)
