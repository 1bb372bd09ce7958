"""The first content of an installation: its bots connected, the sample published and on sale."""

import sys

from app.boot import database
from app.boot.bots import PATIENCE, connect_bots
from app.boot.command import opened, run_command
from app.boot.settings import Settings
from services.content.files.sample import read_content
from services.workflows.installing import load_content


def initialise(settings: Settings) -> int:
    """Connect the bots and load the sample content; gives the exit status. Repeating changes nothing."""

    async def work() -> None:
        content = read_content(database.CONTENT)
        async with opened(settings) as process:
            await connect_bots(process.db, process.keys, process.telegram, settings, PATIENCE)
            left_out = await load_content(process.db, content, process.account_id)
        sold = len(content.tariffs) - len(left_out)
        sys.stdout.write(f"in place: {len(content.flows)} flows, {sold} tariffs\n")
        for code in left_out:
            why = "it was changed or stopped by `tandem tariffs`, or another course sells by that code"
            sys.stdout.write(f"left as it is: the tariff “{code}”, as {why}\n")

    return run_command(settings, work)
