"""`tandem audit`: whether the record of what members did is as it was written."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import count, in_process

if TYPE_CHECKING:
    from app.boot.process import Process

audit = typer.Typer(help="The record of what members did.", no_args_is_help=True)


@audit.callback()
def group() -> None:
    """Keep `verify` a command of its own: there may be others."""


@audit.command("verify")
def verify(
    noted: Annotated[
        str | None, typer.Option("--noted", help="A mark that an earlier call printed and you noted down.")
    ] = None,
) -> None:
    """Go along the record, and end with 1 where something was changed, taken out, put in or cut off."""

    async def work(process: "Process") -> list[str]:
        from services.tenancy.audit_chain.verifying import verify as verify_record

        verdict = await verify_record(process.db, process.account_id, noted)
        if verdict.wrongs:
            raise ValueError("the record is not as it was written:\n" + "\n".join(verdict.wrongs))
        if not verdict.count:
            return ["nothing has been written yet"]
        return [f"{count(verdict.count, 'deed')}: the record is as it was written", f"mark: {verdict.mark}"]

    in_process(work)
