"""Who is where in a flow: runs, their steps, polls and dialogs, work and reviews, questions, certificates."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from core.db.base import account_id, metadata, primary_key, refers
from core.db.types import Id, UtcDateTime

ACTIVE = text("status IN ('active', 'held')")
OPEN = text("status = 'open'")

runs = Table(
    "runs",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    refers("contact_id", "contacts.id", index=True),
    Column("chat_id", Id, nullable=False),
    refers("flow_version_id", "flow_versions.id", index=True),
    refers("deployment_id", "deployments.id", nullable=True),
    Column("access_id", Id, nullable=True),
    Column("token_id", Id, nullable=True),
    Column("cohort_id", Id, nullable=True),
    Column("external_id", String(128), nullable=True),
    Column("utm", JSON, nullable=True),
    Column("open_all", Boolean, nullable=False, server_default=false()),  # no lesson waits for its day
    Column("kind", String(16), nullable=False),  # FlowKind
    Column("status", String(16), nullable=False),  # RunStatus, or `parked` while another one is active
    Column("state", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("spoke_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    # One active course and one active scenario per person and bot.
    Index(
        "uq_runs_active",
        "bot_id",
        "contact_id",
        "kind",
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    ),
)

run_steps = Table(
    "run_steps",
    metadata,
    primary_key(),
    account_id(),
    refers("run_id", "runs.id"),
    Column("step", String(64), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("event", String(32), nullable=False),
    Column("answer", JSON, nullable=True),
    Column("score", Float, nullable=True),
    Column("max_score", Float, nullable=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_run_steps_run", "run_id", "step"),
)

submissions = Table(
    "submissions",
    metadata,
    primary_key(),
    account_id(),
    refers("run_id", "runs.id"),
    Column("step", String(64), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("work", JSON, nullable=False),  # {"pieces": [{"chat_id", "message_id"}]} in the course bot
    Column(
        "draft", JSON(none_as_null=True), nullable=True
    ),  # of an answer, by a model: {"text", "pieces", "asked_at"}
    Column("status", String(16), nullable=False),  # SubmissionStatus
    Column("handed_in_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime, nullable=True),
    Column("claimed_by", Id, nullable=True),  # Telegram user id of the curator who has it before them
    Column("claimed_until", UtcDateTime, nullable=True),
    UniqueConstraint("run_id", "visit", "attempt"),
    Index("ix_submissions_open", "account_id", "status"),
)

reviews = Table(
    "reviews",
    metadata,
    primary_key(),
    account_id(),
    refers("submission_id", "submissions.id", index=True),
    Column("reviewer_id", Id, nullable=False),  # Telegram user id of the admin
    Column("verdict", String(16), nullable=False),
    Column("note", JSON, nullable=True),  # {"chat_id", "message_id"} of the admin's own words
    Column("at", UtcDateTime, nullable=False),
)

questions = Table(
    "questions",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id", index=True),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    refers("run_id", "runs.id", nullable=True),
    Column("text", Text, nullable=False),
    Column("pieces", JSON, nullable=False),  # [{"chat_id", "message_id"}] in the course bot
    Column("album", String(64), nullable=True),  # the media group whose rest belongs to it
    Column("status", String(16), nullable=False),  # QuestionStatus
    Column("answered_by", Id, nullable=True),  # Telegram user id of the first who answered
    Column("opened_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime, nullable=True),
    Column("answered_at", UtcDateTime, nullable=True),
    Column("step", String(64), nullable=True),  # at which they stood; none: asked before that was kept
    Column("claimed_by", Id, nullable=True),
    Column("claimed_until", UtcDateTime, nullable=True),
    # One at a time: the next thing they write is the question.
    Index(
        "uq_questions_open",
        "bot_id",
        "contact_id",
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    ),
    Index("ix_questions_status", "account_id", "status"),
)

review_cards = Table(
    "review_cards",
    metadata,
    primary_key(),
    account_id(),
    Column("kind", String(16), nullable=False),  # CardKind
    Column("subject_id", Id, nullable=False),  # a submission or a question
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("message_id", Id, nullable=True),  # once Telegram has told it
    Column("made_for", String(64), nullable=False),  # what it was shown for, so that it is shown once
    UniqueConstraint("account_id", "kind", "subject_id", "chat_id", "made_for"),
)

# Where in a forum all that is a student's stands.
review_topics = Table(
    "review_topics",
    metadata,
    primary_key(),
    account_id(),
    refers("contact_id", "contacts.id", index=True),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),  # the review group, a forum
    Column("thread", Id, nullable=True),  # Telegram's number of the topic, once it is there
    Column("lost", Id, nullable=True),  # that of the one before it, which was closed or deleted
    Column("asked_at", UtcDateTime, nullable=False),  # when Telegram was last asked to make it
    UniqueConstraint("account_id", "bot_id", "chat_id", "contact_id"),
    Index("ix_review_topics_thread", "bot_id", "chat_id", "thread"),
)

polls = Table(
    "polls",
    metadata,
    primary_key(),
    account_id(),
    Column("bot_id", Id, nullable=False),
    Column("poll_id", String(32), nullable=False),
    refers("run_id", "runs.id", index=True),
    Column("visit", Integer, nullable=False),
    UniqueConstraint("bot_id", "poll_id"),
)

dialog_turns = Table(
    "dialog_turns",
    metadata,
    primary_key(),
    account_id(),
    refers("run_id", "runs.id"),
    Column("step", String(64), nullable=False),
    Column("visit", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("role", String(16), nullable=False),  # user | assistant
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("run_id", "visit", "turn", "role"),
    Index("ix_dialog_turns_step", "run_id", "step", "id"),
)

ai_budgets = Table(
    "ai_budgets",
    metadata,
    primary_key(),
    account_id(),
    refers("run_id", "runs.id"),
    Column("used", Integer, nullable=False),  # messages to the model since the last pardon
    Column("banned_at", UtcDateTime, nullable=True),
    Column("pardoned_at", UtcDateTime, nullable=True),
    UniqueConstraint("run_id"),
)

certificates = Table(
    "certificates",
    metadata,
    primary_key(),
    account_id(),
    Column("number", String(32), nullable=False, unique=True),  # random, shown to everybody
    refers("run_id", "runs.id"),
    refers("contact_id", "contacts.id", index=True),
    Column("visit", Integer, nullable=False),
    Column("name", String(256), nullable=False),
    Column("course", String(256), nullable=False),
    Column("language", String(8), nullable=False),
    Column("zone", String(64), nullable=False),  # whose date `issued_at` is shown as
    Column("score", Float, nullable=False),
    Column("max_score", Float, nullable=False),
    Column("pdf", String(64), nullable=True),  # the kept file, once it is made
    Column("issued_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("reason", Text, nullable=True),
    UniqueConstraint("run_id", "visit"),
)
