"""What each bot answers or begins by itself."""

from typing import Annotated, Any

from pydantic import Field

from services.messaging import triggers
from services.messaging.triggers import StoredSet
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.ids import BotId, BotRef, TriggerSetId, TriggerSetRef
from web.api.models import Answer, Body, example
from web.api.pages import Listed, ListPage, paged
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CONTENT_READ)
CHANGE = Policy(Permission.CONTENT, if_match=True)
WRITE = Policy(Permission.CONTENT)
MOST_TRIGGERS = 2000
TRIGGER = {"id": "price", "when": {"keyword": ["price"]}, "answer": {"text": "499"}}
SetsPage = Annotated[ListPage, paged(triggers.ORDERS)]
Triggers = Annotated[list[dict[str, Any]], Field(max_length=MOST_TRIGGERS)]
room = Room("messaging")


class TriggerSetItem(Answer):
    """A bot's triggers, as their file has them, in their order."""

    model_config = example(id=f"trg_{'a' * 26}", bot=f"bot_{'a' * 26}", etag="q5ZkX0c2Vd", triggers=[TRIGGER])

    id: TriggerSetId
    bot: BotId
    etag: str
    triggers: list[dict[str, Any]]


class TriggersBody(Body):
    """All triggers the bot is to have from now on."""

    model_config = example(triggers=[TRIGGER])

    triggers: Triggers


class NewSetBody(Body):
    """The triggers of a bot that has none."""

    model_config = example(bot=f"bot_{'a' * 26}", triggers=[TRIGGER])

    bot: BotRef
    triggers: Triggers


def show_set(stored: StoredSet) -> TriggerSetItem:
    """A bot's triggers as the API shows them."""
    return TriggerSetItem(id=stored.id, bot=stored.bot_id, etag=stored.digest, triggers=list(stored.document))


@room.get("/triggers", READ)
async def list_trigger_sets(call: Call, page: SetsPage) -> Listed[TriggerSetItem]:
    """The triggers of each bot that has some."""
    taken = await page.take(lambda part: triggers.list_sets(call.uow, part), show_set)
    return Listed(**taken)


@room.get("/triggers/{trigger_set}", READ)
async def get_trigger_set(call: Call, trigger_set: TriggerSetRef) -> TriggerSetItem:
    """A bot's triggers."""
    return show_set(await triggers.get_set(call.uow, trigger_set))


@room.post("/triggers", WRITE, 201)
async def create_trigger_set(call: Call, body: NewSetBody) -> TriggerSetItem:
    """Give triggers to a bot that has none."""
    return show_set(await triggers.add_set(call.uow, body.bot, body.triggers))


@room.put("/triggers/{trigger_set}", CHANGE)
async def change_trigger_set(call: Call, trigger_set: TriggerSetRef, body: TriggersBody) -> TriggerSetItem:
    """Give a bot these triggers and no others."""
    stored = await triggers.get_set(call.uow, trigger_set)
    call.match(stored.digest)
    await triggers.put_document(call.uow, stored.bot_id, body.triggers)
    return show_set(await triggers.get_set(call.uow, trigger_set))
