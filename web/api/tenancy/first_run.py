"""The way to the first sale: five steps, each with what it still lacks."""

from typing import Literal

from services.tenancy.permissions import Permission
from services.workflows.desk import first_steps
from services.workflows.desk.first_steps import Lack, Step
from web.api.calls import Call
from web.api.ids import FlowId
from web.api.models import Answer, example
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.ADMINISTER)
room = Room("tenancy")


class StepItem(Answer):
    """A step; `lacks` is null where it is done."""

    model_config = example(step="bots", lacks="sales-bot")

    step: Step
    lacks: Lack | None


class FirstRunAnswer(Answer):
    """How far it has come: `link` opens the bot that sells, `flow` is the newest course, `is_free`: no money is taken; `chat_page` is the local Telegram, if there is one."""

    model_config = example(
        steps=[{"step": "bots", "lacks": "sales-bot"}],
        is_over=False,
        link=None,
        flow=None,
        is_free=False,
        chat_page=None,
    )

    steps: list[StepItem]
    is_over: bool
    link: str | None
    flow: FlowId | None
    is_free: bool
    chat_page: str | None


@room.get("/first-run", READ)
async def get_first_run(call: Call) -> FirstRunAnswer:
    """How far the school has come on its way to the first sale."""
    way = await first_steps.look(call.uow)
    steps = [StepItem(step=step, lacks=lack) for step, lack in way.lacks.items()]
    return FirstRunAnswer(
        steps=steps,
        is_over=way.is_over,
        link=way.link,
        flow=way.flow_id,
        is_free=way.is_free,
        chat_page=call.db.env.chat_page or None,
    )


@room.post("/first-run/{step}/done", READ)
async def finish_step(call: Call, step: Literal["rehearse", "link"]) -> FirstRunAnswer:
    """Tick a step of which no row tells that it was taken."""
    call.only_looked = not await first_steps.note_done(call.uow, Step(step))
    return await get_first_run(call)
