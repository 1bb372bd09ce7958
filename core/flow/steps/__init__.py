"""The registry of step types: an import and one line below make a new one known."""

from typing import Annotated

from pydantic import Field

from core.flow.steps.assignment import AssignmentStep
from core.flow.steps.audio import AudioStep
from core.flow.steps.branch import BranchStep
from core.flow.steps.certificate import CertificateStep
from core.flow.steps.delay import DelayStep
from core.flow.steps.dialog import DialogStep
from core.flow.steps.end import EndStep
from core.flow.steps.handoff import HandoffStep
from core.flow.steps.input import InputStep
from core.flow.steps.invite import InviteStep
from core.flow.steps.jump import JumpStep
from core.flow.steps.lesson import LessonStep
from core.flow.steps.message import MessageStep
from core.flow.steps.miniapp import MiniAppStep
from core.flow.steps.multi_choice import MultiChoiceStep
from core.flow.steps.offer import OfferStep
from core.flow.steps.question import QuestionStep
from core.flow.steps.quiz import QuizStep
from core.flow.steps.revision import RevisionStep
from core.flow.steps.section import SectionStep
from core.flow.steps.set import SetStep
from core.flow.steps.subscribe import SubscribeStep
from core.flow.steps.tag import TagStep
from core.flow.steps.test import ResultStep

Step = Annotated[
    AssignmentStep
    | AudioStep
    | BranchStep
    | CertificateStep
    | DelayStep
    | DialogStep
    | EndStep
    | HandoffStep
    | InputStep
    | InviteStep
    | JumpStep
    | LessonStep
    | MessageStep
    | MiniAppStep
    | MultiChoiceStep
    | OfferStep
    | QuestionStep
    | QuizStep
    | RevisionStep
    | SectionStep
    | SetStep
    | SubscribeStep
    | TagStep
    | ResultStep,
    Field(discriminator="type"),
]
"""Any step, told apart by its `type`."""
