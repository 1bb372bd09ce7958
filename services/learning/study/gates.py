"""Gates of flows: Telegram is asked whether a person is in a group, and its answer goes to the visit that waits."""

from collections.abc import Collection, Mapping
from typing import Any

from core.db.session import UnitOfWork
from core.events import CallAnswered, MemberAsked
from core.flow.events import MemberTold
from core.flow.steps.subscribe import SubscribeStep
from core.lifecycle import BotKind, Priority
from core.refs import RefKind, write_ref
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing
from services.learning import run_lookup
from services.learning.runs import runs
from services.learning.schemas import PollPlace
from services.learning.store import polls as store
from services.learning.study.polls import read_place
from services.people.contacts import get_contact
from services.people.schemas import Contact
from services.tenancy import groups
from services.tenancy.bots import find_bot

TOLD = "gate"  # name under which Telegram's answer comes back; its ref is the question's number
INSIDE = ("member", "administrator", "creator")


async def ask(uow: UnitOfWork, asked: MemberAsked) -> None:
    """Have Telegram asked, by the bot whose flow it is."""
    run = (await run_lookup.load_run(uow, asked.run_id)).stored
    person = await get_contact(uow, asked.contact_id)
    (chat_id,) = await groups.resolve(uow, [asked.chat_id])
    fields = {"chat_id": chat_id, "user_id": person.telegram_id}
    key = f"gate:{asked.run_id}:{asked.visit}:{asked.question}:{uow.real_now.timestamp():.3f}"
    ref, told = write_ref(RefKind.RUN, asked.run_id, asked.visit), {"name": TOLD, "ref": asked.question}
    call = Outgoing(
        run.bot_id, chat_id, "getChatMember", fields, key, Priority.INTERACTIVE, ref=ref, on_result=told
    )
    enqueue(uow, call)


async def find_asked(uow: UnitOfWork, answer: CallAnswered) -> tuple[PollPlace, int] | None:
    """The visit that asked, and the chat it asked about."""
    call = await store.find_call(uow.conn, uow.account_id, answer.outbox_id)
    return (read_place(call.ref), call.chat_id) if call else None


def is_inside(member: Mapping[str, Any]) -> bool:
    """What a ChatMember of Telegram's says; who is restricted there may have left it."""
    return bool(member["status"] in INSIDE or (member["status"] == "restricted" and member.get("is_member")))


async def open_for(uow: UnitOfWork, person: Contact, chat_ids: Collection[int]) -> None:
    """Let somebody on who waits at a gate of this group, in either bot."""
    for kind in BotKind:
        bot = await find_bot(uow, kind)
        active = await run_lookup.find_active(uow, person, bot.id) if bot else None
        here = active.value.here if active else None
        if active is None or here is None:
            continue
        step = (await run_lookup.load_run(uow, active.id)).flow.step(here.step)
        if isinstance(step, SubscribeStep) and step.chat in chat_ids:
            await runs.deliver(uow, active.id, MemberTold(here.visit, inside=True))
