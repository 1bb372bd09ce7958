"""For which account a command works: `--account`, given to all commands alike."""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

OPTION = Annotated[
    str,
    typer.Option(
        "--account", metavar="ID", help="Which account, where there are several: `tandem account list`."
    ),
]


def with_account(command: Callable[..., None]) -> Callable[..., None]:
    """The command with `--account`; what it opens then is for that one."""

    @functools.wraps(command)
    def run(*args: Any, account: str, **named: Any) -> None:
        from app.boot.command import ACCOUNT

        ACCOUNT.set(account)
        command(*args, **named)

    signature = inspect.signature(command)
    option = inspect.Parameter("account", inspect.Parameter.KEYWORD_ONLY, default="", annotation=OPTION)
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), option]
    )
    run.__annotations__ = {**command.__annotations__, "account": OPTION}
    return run


def give_account(group: typer.Typer) -> None:
    """Have every command of a group take it."""
    for info in group.registered_commands:
        if info.callback is not None:
            info.callback = with_account(info.callback)
