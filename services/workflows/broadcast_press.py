"""An author's button below a broadcast was pressed: a scenario begins, or a tag is put on."""

from core.db.session import UnitOfWork
from services.content.scenarios import find_scenario
from services.delivery.speech import Address
from services.learning.enrollment.scenarios import start_scenario
from services.messaging.broadcast_plan import Plan, PlanButton
from services.messaging.broadcasts.broadcasts import get_broadcast
from services.messaging.broadcasts.contents import mark_of
from services.messaging.responses.links import note_press
from services.messaging.responses.results import find_variant
from services.people import tags
from services.people.schemas import Contact


async def find_button(uow: UnitOfWork, place: str, chat_id: int) -> PlanButton | None:
    """The button of theirs at `broadcast-row-column-mark`, pressed once more; None if it is there no more.

    Those of a former version have no mark.
    """
    broadcast_id, row, column, mark = _read(place)
    whole: Plan | None = (await get_broadcast(uow, broadcast_id)).plan
    plan = whole and whole.as_variant(await find_variant(uow, broadcast_id, chat_id))
    if plan is None or row >= len(plan.buttons) or column >= len(plan.buttons[row]):
        return None
    button = plan.buttons[row][column]
    if mark and mark != mark_of(button):
        return None
    await note_press(uow, broadcast_id, chat_id, f"{row}-{column}-{mark_of(button)}")
    return button


def _read(place: str) -> tuple[int, int, int, str]:
    broadcast_id, row, column, *mark = place.split("-")
    return int(broadcast_id), int(row), int(column), mark[0] if mark else ""


async def do_press(uow: UnitOfWork, person: Contact, to: Address, button: PlanButton) -> bool:
    """Do what a button says; False for a scenario that has gone since."""
    if button.tag is not None:
        await tags.add_tag(uow, person.id, button.tag)
        return True
    chosen = button.start and await find_scenario(uow, to.bot_id, button.start)
    if not chosen:
        return False
    await start_scenario(uow, person, to, chosen)
    return True
