"""What there is to buy, shown so that the scenario a person is in goes on with the money."""

from core.db.session import UnitOfWork
from core.flow.run import RunStatus
from services.commerce.catalog import offers
from services.commerce.catalog.tariffs import OfferPlace, prices_button
from services.commerce.orders import purchases
from services.delivery import speech
from services.delivery.speech import Address, Words
from services.learning import run_lookup
from services.people.schemas import Contact


async def show_prices(
    uow: UnitOfWork, contact: Contact, to: Address, text: Words, key: str, promise: Words | None = None
) -> None:
    """Say what there is, below a text; `promise` leads to prices, where some stand below it."""
    await offers.show_all(uow, contact, await _place(uow, contact, to), text, key, promise)


async def say_above_prices(uow: UnitOfWork, contact: Contact, to: Address, text: Words, key: str) -> None:
    """A text above the prices' button; who may ask the curator has the course's, too."""
    bought = await purchases.list_purchases(uow, contact.id)
    is_student = any(run_lookup.QUESTIONS in purchase.rights for purchase in bought)
    course = [[purchases.course_button()]] if is_student else []
    speech.say(uow, to, text, key, buttons=[*course, [prices_button()]])


async def _place(uow: UnitOfWork, contact: Contact, to: Address) -> OfferPlace:
    """The run the person is in, so that it goes on with the money."""
    run = await run_lookup.find_current(uow, contact, to.bot_id)
    if run is None or run.value.status is not RunStatus.ACTIVE:
        return OfferPlace(to)
    return OfferPlace(to, run.id, run.value.visit)
