"""How people learn: their runs, answers, work, questions, certificates."""

from core.db.models import learning
from core.db.personal.declaring import (
    Personal,
    Purpose,
    always,
    by_contact,
    through,
)
from core.flow.run import Run, RunStatus, dump_run_state

NONE, NOBODY = always(None), always(0)
_OF_RUN = through("run_id", learning.runs, by_contact())
_OF_WORK = through("submission_id", learning.submissions, _OF_RUN)
_STOPPED = dump_run_state(Run(status=RunStatus.STOPPED))

OF_LEARNING: tuple[Personal, ...] = (
    Personal(
        learning.dialog_turns,
        Purpose.SERVICE,
        _OF_RUN,
        shown=("role", "text", "at"),
        inner=("run_id",),
        plain=("id", "step", "visit", "turn"),
        goes=True,
    ),
    Personal(
        learning.run_steps,
        Purpose.SERVICE,
        _OF_RUN,
        shown=("step", "event", "answer", "score", "max_score", "at"),
        inner=("run_id",),
        plain=("id", "visit"),
        goes=True,
    ),
    Personal(
        learning.reviews,
        Purpose.SERVICE,
        _OF_WORK,
        shown=("verdict", "at"),
        inner=("submission_id", "reviewer_id", "note"),
        plain=("id",),
        goes=True,
    ),
    Personal(
        learning.submissions,
        Purpose.SERVICE,
        _OF_RUN,
        shown=("title", "text", "status", "handed_in_at", "decided_at"),
        inner=("run_id", "work", "draft", "claimed_by"),
        plain=("id", "step", "visit", "attempt", "claimed_until"),
        goes=True,
    ),
    Personal(
        learning.questions,
        Purpose.SERVICE,
        by_contact(),
        shown=("text", "status", "asked_at", "answered_at"),
        inner=("contact_id", "chat_id", "pieces", "run_id", "answered_by", "claimed_by"),
        plain=("id", "bot_id", "album", "opened_at", "step", "claimed_until"),
        goes=True,
    ),
    Personal(
        learning.review_topics,
        Purpose.SERVICE,
        by_contact(),
        inner=("contact_id", "bot_id", "chat_id", "thread", "lost"),
        plain=("id", "asked_at"),
        goes=True,
    ),
    Personal(
        learning.certificates,
        Purpose.SERVICE,
        by_contact(),
        shown=("number", "name", "course", "score", "max_score", "issued_at", "revoked_at", "reason"),
        inner=("run_id", "contact_id", "pdf"),
        plain=("id", "visit", "language", "zone"),
        goes=True,
    ),
    Personal(
        learning.polls,
        Purpose.SERVICE,
        _OF_RUN,
        inner=("run_id", "poll_id"),
        plain=("id", "bot_id", "visit"),
        goes=True,
    ),
    Personal(
        learning.ai_budgets,
        Purpose.SERVICE,
        _OF_RUN,
        shown=("used", "banned_at"),
        inner=("run_id",),
        plain=("id", "pardoned_at"),
        goes=True,
    ),
    Personal(
        learning.runs,
        Purpose.SERVICE,
        by_contact(),
        shown=("kind", "status", "started_at", "finished_at", "utm"),
        inner=("contact_id", "chat_id", "state", "external_id", "access_id", "token_id"),
        plain=(
            "id",
            "bot_id",
            "flow_version_id",
            "deployment_id",
            "cohort_id",
            "open_all",
            "version",
            "spoke_at",
        ),
        left={
            "chat_id": NOBODY,
            "state": always(_STOPPED),
            "status": always(RunStatus.STOPPED.value),
            "external_id": NONE,
            "utm": NONE,
        },
    ),
)
