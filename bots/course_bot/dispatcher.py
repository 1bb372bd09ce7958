"""The course bot's handlers, in the order in which they are asked."""

from collections.abc import Sequence

from aiogram import Dispatcher, Router

from bots.course_bot import courses, lessons, modules, pauses, questions, settings, start
from bots.shared import dialog, groups, opening, talks, triggers


def build_dispatcher(mounted: Sequence[Router]) -> Dispatcher:
    """Commands, then what admins do here (`mounted`), then the students' commands, buttons and words."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(
        groups.build_router(),
        opening.build_router(start.begin),
        talks.build_router(),
        *mounted,
        courses.build_router(),
        lessons.build_router(),
        modules.build_router(),
        settings.build_router(),
        pauses.build_router(),
        questions.build_router(),
        triggers.build_router(),
        dialog.build_router(start.say_where),
    )
    return dispatcher
