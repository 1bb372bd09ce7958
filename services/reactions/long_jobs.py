"""The kinds of work that takes longer than a person waits, by the names their jobs have."""

from collections.abc import Mapping

from services.delivery.long_jobs.steps import LongJob
from services.workflows.many import acting, bringing_in, writing_out

LONG_JOBS: Mapping[str, LongJob] = {
    acting.BULK: acting.JOB,
    writing_out.EXPORT: writing_out.JOB,
    bringing_in.IMPORT: bringing_in.JOB,
    bringing_in.UNDO: bringing_in.UNDO_JOB,
}
