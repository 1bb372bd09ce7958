"""The registry of step types: an import and one line below make a new one known."""

from typing import Annotated

from pydantic import Field

from core.flow.steps.assignment import AssignmentStep
from core.flow.steps.delay import DelayStep
from core.flow.steps.end import EndStep
from core.flow.steps.invite import InviteStep
from core.flow.steps.lesson import LessonStep
from core.flow.steps.message import MessageStep
from core.flow.steps.offer import OfferStep

Step = Annotated[
    AssignmentStep | DelayStep | EndStep | InviteStep | LessonStep | MessageStep | OfferStep,
    Field(discriminator="type"),
]
"""Any step, told apart by its `type`."""
