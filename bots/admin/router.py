"""Everything admins can do in either bot, as one router."""

from aiogram import Router

from bots.admin import (
    broadcast,
    certificates,
    course_files,
    doors,
    figures,
    lessons,
    manual_access,
    model_budget,
    overview,
    participants,
    pauses,
    receipts,
    scenarios,
    steps,
    tokens,
    who,
)


def build_router() -> Router:
    """The commands, and last the message a broadcast's draft waits for."""
    router = Router(name="admin")
    router.include_routers(
        overview.build_router(),
        who.build_router(),
        figures.build_router(),
        manual_access.build_router(),
        lessons.build_router(),
        model_budget.build_router(),
        receipts.build_router(),
        pauses.build_router(),
        steps.build_router(),
        tokens.build_router(),
        course_files.build_router(),
        doors.build_router(),
        participants.build_router(),
        scenarios.build_router(),
        certificates.build_router(),
        broadcast.build_router(),
    )
    return router
