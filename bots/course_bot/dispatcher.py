"""The course bot's handlers, in the order in which they are asked."""

from collections.abc import Mapping, Sequence

from aiogram import Dispatcher, Router

from bots.course_bot import certificates, courses, gates, lessons, modules, pauses, questions, settings, start
from bots.shared import awaited_inputs, dialog, founding, groups, mailings, opening, talks, triggers
from bots.shared.awaited_inputs import Taker
from bots.shared.commands import mail, pay_support, personal
from core.lifecycle import AwaitedKind

OWN_TAKERS: Mapping[AwaitedKind, Taker] = {
    AwaitedKind.QUESTION: questions.take_question,
    AwaitedKind.ZONE: settings.take_zone,
    AwaitedKind.PAY_SUPPORT: pay_support.take_words,
    AwaitedKind.HOUR: settings.take_hour,
}


def build_dispatcher(mounted: Sequence[Router], takers: Mapping[AwaitedKind, Taker]) -> Dispatcher:
    """Commands, then what admins do here (`mounted`; `takers` of what is awaited from them), then the students' commands, buttons and words."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(
        groups.build_router(),
        opening.build_router(start.begin),
        founding.build_router(),
        awaited_inputs.build_router({**OWN_TAKERS, **takers}),
        mailings.build_router(),
        talks.build_router(),
        pay_support.build_router(),
        personal.build_router(),
        mail.build_router(),
        *mounted,
        certificates.build_router(),
        courses.build_router(),
        gates.build_router(),
        lessons.build_router(),
        modules.build_router(),
        settings.build_router(),
        pauses.build_router(),
        questions.build_router(),
        triggers.build_router(),
        dialog.build_router(start.say_where),
    )
    return dispatcher
