"""`/skip` and `/sendback`: a step passed over, a step taken again."""

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message

from bots.admin.permissions import admin_command, admin_router, find_course_run, name_of, read_words
from bots.runtime.context import Context
from services.learning.runs import overrides


def build_router() -> Router:
    """Exceptions for one student."""
    router = admin_router("admin-steps")

    @router.message(admin_command("skip"))
    async def skip(_: Message, command: CommandObject, ctx: Context) -> None:
        found = await find_course_run(ctx, command, "skip-usage")
        if found is None:
            return
        person, run = found
        skipped = await overrides.skip_step(ctx.uow, run.id)
        ctx.say("skip-done" if skipped else "skip-nothing", person=name_of(person))

    @router.message(admin_command("sendback"))
    async def send_back(_: Message, command: CommandObject, ctx: Context) -> None:
        found = await find_course_run(ctx, command, "sendback-usage")
        if found is None:
            return
        (person, run), key = found, read_words(command)[1:]
        sent = bool(key) and await overrides.send_back(ctx.uow, run.id, key[0])
        ctx.say("sendback-done" if sent else "sendback-usage", person=name_of(person), step=" ".join(key))

    return router
