"""What a course asks before it begins: the fields its deployment collects, one after the other, kept as variables."""

from core.db.session import UnitOfWork
from core.flow.events import Replied
from core.flow.run import RunStatus
from core.rules.fields import EMAIL, PHONE, read_field
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.speech import Words
from services.learning.schemas import StoredRun
from services.people import variables

_ASKED = frozenset({"name", EMAIL, PHONE})  # fields that have a question of their own


async def ask_missing(uow: UnitOfWork, run: StoredRun, dedupe_key: str | None = None) -> bool:
    """Ask for the first field that is not known yet; False if there is none, and the run may begin.

    Without a key of the caller's it is asked once a day and once after every change of the run.
    """
    missing = await _find_missing(uow, run)
    if missing is None:
        return False
    key = dedupe_key or f"collect:{run.id}:{run.version}:{missing}:{uow.now.date()}"
    speech.say(uow, run.address, _question(missing), key)
    return True


async def take_answer(uow: UnitOfWork, run: StoredRun, said: Replied, dedupe_key: str) -> bool | None:
    """Keep what they write if a field is asked for; None if none is, False if it cannot be that field: then says so."""
    if run.value.started_at is not None or run.status != RunStatus.ACTIVE:
        return None
    missing = await _find_missing(uow, run)
    if missing is None:
        return None
    answer = read_field(missing, said.text) if said.media is None else None
    if answer is None:
        again = speech.lines(speech.words("collect-refused"), _question(missing))
        speech.say(uow, run.address, again, dedupe_key)
        return False
    await variables.set_variable(uow, run.contact_id, missing, answer)
    return True


async def _find_missing(uow: UnitOfWork, run: StoredRun) -> str | None:
    if run.deployment_id is None:
        return None
    wanted = (await load_course_settings(uow, run.deployment_id)).collect
    known = await variables.load_variables(uow, run.contact_id) if wanted else {}
    return next((name for name in wanted if name not in known), None)


def _question(name: str) -> Words:
    if name in _ASKED:
        return speech.words(f"collect-{name}")
    return speech.words("collect-other", field=name.replace("_", " "))
