"""A whole small school of one account: two bots, a course, a scenario that sells it, two tariffs, a buyer."""

from dataclasses import dataclass

from core.db.session import Database
from core.lifecycle import BotKind
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.content.schemas import Deployment, FlowVersion
from services.delivery.speech import Address
from services.people.schemas import Contact
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_course, make_scenario
from tests.factories.persons import add_chat, add_contact
from tests.factories.sales import add_community, add_tariff

GROUPS = (-1001, -1002)  # of the tariff `club`, in this order
GREETINGS = ({"text": "Welcome"}, {"text": "How it works", "media": [{"kind": "photo", "ref": "a.png"}]})


@dataclass(frozen=True)
class Shop:
    """What a test of selling needs to name; `basic` has no groups, `club` has GROUPS and GREETINGS."""

    course: FlowVersion
    scenario: FlowVersion
    deployment: Deployment
    basic: int
    club: int
    buyer: Contact
    sales_bot: int = SALES_BOT

    @property
    def chat(self) -> Address:
        """The buyer's chat with the sales bot."""
        return Address(self.sales_bot, self.buyer.telegram_id)


async def open_shop(
    db: Database, account_id: int = 1, *, sales_bot: int = SALES_BOT, course_bot: int = COURSE_BOT
) -> Shop:
    """Build and commit it."""
    async with db.unit(account_id) as uow:
        await add_bot(uow, sales_bot, BotKind.SALES)
        await add_bot(uow, course_bot, BotKind.COURSE)
        course = await publish_flow(uow, make_course())
        scenario = await publish_flow(uow, make_scenario())
        await deploy_flow(uow, scenario.flow_id, sales_bot)
        basic = await add_tariff(uow, course.flow_id, "basic")
        club = await add_tariff(uow, course.flow_id, "club", position=1, onboarding=list(GREETINGS))
        for chat_id in GROUPS:
            await add_community(uow, club, chat_id)
        buyer = await add_contact(uow)
        await add_chat(uow, sales_bot, buyer)
        deployment = await deploy_flow(uow, course.flow_id, course_bot)
        return Shop(course, scenario, deployment, basic, club, buyer, sales_bot)
