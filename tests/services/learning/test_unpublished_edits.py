"""Any order of edits, publications and answers: what a run says is of the version it is pinned to, never of a draft."""

import random
import re
from typing import Any

import pytest

from core.db.models.content import flow_versions
from core.db.models.learning import runs
from core.flow.versions import MoveChoice
from services.content.drafts import get_draft, save_draft
from services.learning.runs import version_migration
from tests.factories.flows import make_course
from tests.factories.persons import ANNA
from tests.services.learning.room import Room

ACTIONS = 40
STEPS = 4
EDIT = re.compile(r"Text \d of edit (\d+)")


def steps_of(number: int) -> list[dict[str, Any]]:
    """The course as an author has it after so many edits; every text says which edit it is of."""
    return [
        {"key": f"s{place}", "type": "message", "text": f"Text {place} of edit {number}", "button": "Next"}
        for place in range(STEPS)
    ]


async def act(room: Room, lot: random.Random, number: int, published: set[int]) -> int:
    """Something happens: most often to the draft or to the student. Gives the number of the latest edit."""
    match lot.choice(["edit", "edit", "press", "press", "press", "publish", "restart", "write"]):
        case "edit":
            async with room.db.unit(1) as uow:
                await save_draft(uow, make_course(steps=steps_of(number + 1)))
            return number + 1
        case "publish" if number not in published:
            async with room.db.unit(1) as uow:
                await version_migration.publish(uow, await get_draft(uow, "words"), MoveChoice.STAY)
            published.add(number)
        case "restart":
            await room.say("/restart")
            await room.press("Begin anew")
        case "write":
            await room.say("/start")
        case "press" if any("Next" in one.buttons for one in room.seen(ANNA)):
            await room.press("Next")
    return number


@pytest.mark.parametrize("seed", range(2))
async def test_unpublished_edits_never_reach_a_run(room: Room, seed: int) -> None:
    await room.open(*steps_of(0))
    lot, number, published = random.Random(seed), 0, {0}
    for _ in range(ACTIONS):
        known = len(room.desk.calls)
        number = await act(room, lot, number, published)
        said = {int(found) for one in room.desk.calls[known:] for found in EDIT.findall(one.text)}
        assert said <= published, f"{said - published} were never published"
        pinned = (await room.rows(runs))[-1].flow_version_id
        document = str((await room.rows(flow_versions, id=pinned))[0].document)
        assert said <= {int(found) for found in EDIT.findall(document)}
    assert number > len(published) > 2
