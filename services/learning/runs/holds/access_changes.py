"""What closed and regained access does to the runs it let in."""

from core.db.session import UnitOfWork
from core.events import AccessGranted, AccessRevoked, RunHeld
from core.flow.events import Held, Released
from core.flow.run import HoldReason, RunStatus
from core.lifecycle import BotKind, Priority
from core.links import bot_link
from services.delivery import speech
from services.delivery.speech import Address, Keyboard
from services.learning import run_lookup
from services.learning.run_context import load_rights
from services.learning.runs import runs
from services.learning.store import runs as store
from services.tenancy.bots import find_bot


async def hold_runs_of_access(uow: UnitOfWork, revoked: AccessRevoked) -> None:
    """Set aside the runs that no access of the person lets them into any more."""
    for stored in await store.list_with_status(
        uow.conn, uow.account_id, revoked.contact_id, (RunStatus.ACTIVE,)
    ):
        run = await run_lookup.load_flow(uow, stored)
        if await load_rights(uow, run.stored) is None:
            await runs.deliver(uow, stored.id, Held(HoldReason.NO_ACCESS))
            uow.publish(RunHeld(stored.id, stored.version))


async def release_runs_of_access(uow: UnitOfWork, granted: AccessGranted) -> None:
    """Let the runs go on that waited for access; what came due meanwhile comes one lesson a day."""
    for stored in await store.list_with_status(
        uow.conn, uow.account_id, granted.contact_id, (RunStatus.HELD,)
    ):
        run = await run_lookup.load_flow(uow, stored)
        if stored.value.held_for != HoldReason.NO_ACCESS or await load_rights(uow, run.stored) is None:
            continue
        key = f"released:{stored.id}:{stored.version}"
        speech.say(uow, stored.address, speech.words("course-released"), key, priority=Priority.INTERACTIVE)
        await runs.deliver(uow, stored.id, Released())


async def tell_held(uow: UnitOfWork, held: RunHeld) -> None:
    """Tell them once that the course has stopped and what to do."""
    run = (await run_lookup.load_run(uow, held.run_id)).stored
    await explain_hold(uow, run.address, f"held:{held.run_id}:{held.version}")


async def explain_hold(uow: UnitOfWork, to: Address, dedupe_key: str) -> None:
    """Say why nothing comes, with the way to the shop."""
    buttons = await shop_buttons(uow)
    speech.say(
        uow, to, speech.words("course-held"), dedupe_key, buttons=buttons, priority=Priority.INTERACTIVE
    )


async def shop_buttons(uow: UnitOfWork) -> Keyboard:
    """The way to the tariffs; none where nothing is sold by a bot."""
    shop = await find_bot(uow, BotKind.SALES)
    return [[speech.link_button(speech.words("button-shop"), bot_link(shop.username))]] if shop else []
