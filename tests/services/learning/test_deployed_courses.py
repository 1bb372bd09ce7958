"""What a deployment says counts where it is used: its clock, its door, its cohorts, its first step."""

from datetime import timedelta
from typing import Any

import pytest

from core.db.models.content import enrollment_tokens, participants
from core.db.models.learning import runs
from core.errors import DomainError
from core.lifecycle import Stage
from services.content.deployments import change_settings, deploy_flow, get_deployment, open_to_all
from services.content.entry.cohorts import add_cohort, list_cohorts
from services.content.entry.participants import add_participants, list_participants, remove_participants
from services.content.entry.tokens import issue_token, read_terms
from services.content.schemas import Deployment
from services.insight.figures import count_figures
from tests.bots.admin.desk import ADMIN
from tests.factories.accounts import COURSE_BOT
from tests.factories.persons import ANNA
from tests.services.learning.room import Room, lesson

DECLINED = "This course is open to the people on its list only."


async def deployed(room: Room, *steps: dict[str, Any], **settings: Any) -> tuple[Deployment, str]:
    """A course they have not bought, open to all under these settings; gives its start payload."""
    await room.open(*steps, rights=None)
    async with room.db.unit(1) as uow:
        deployment = await get_deployment(uow, flow_id=1)
        await change_settings(uow, deployment.id, settings)
        return deployment, await open_to_all(uow, deployment)


async def test_its_own_clock_runs(room: Room) -> None:
    _, payload = await deployed(room, lesson(1), lesson(2), course_day_seconds=60)
    assert await room.say(f"/start {payload}") == ["Lesson 1"]  # no zone is asked: hours mean nothing here
    assert (await room.pass_time(seconds=60))[0] == "Lesson 2"


async def test_a_run_begins_where_the_list_says(room: Room) -> None:
    _, payload = await deployed(
        room, lesson(1), lesson(1, key="two", messages=[{"text": "Second"}]), start="two"
    )
    assert (await room.say(f"/start {payload}"))[0] == "Second"


@pytest.mark.parametrize(
    ("listed", "enters"),
    [
        ([str(ANNA)], True),
        ([str(ANNA), "@somebody"], True),
        ([str(ANNA + 1)], False),
        (["@anna_name"], False),  # they have no username
        ([], False),
    ],
)
async def test_a_restricted_course_admits_who_is_listed(room: Room, listed: list[str], enters: bool) -> None:
    deployment, payload = await deployed(room, lesson(1), lesson(2), restricted=True)
    async with room.db.unit(1) as uow:
        await add_participants(uow, deployment, listed)
    (said, *_) = await room.say(f"/start {payload}")
    assert (said == "Lesson 1") is enters
    assert said.startswith(DECLINED) is not enters
    assert len(await room.rows(runs)) == enters
    assert {row.uses for row in await room.rows(enrollment_tokens)} == {int(enters)}


async def test_a_username_counts_only_where_there_is_no_id(room: Room) -> None:
    deployment, payload = await deployed(room, lesson(1), lesson(2), restricted=True)
    person = {
        "id": ANNA,
        "is_bot": False,
        "first_name": "Anna",
        "username": "Anna_Name",
        "language_code": "en",
    }
    taken = {"deployment_id": deployment.id, "telegram_id": 5, "username": "anna_name"}
    async with room.db.unit(1) as uow:
        await uow.conn.execute(participants.insert().values(account_id=1, **taken, added_at=uow.now))
    await room.say("/start", **{"from": person})  # their new name is known from now on
    said = await room.say(f"/start {payload}", **{"from": person})
    assert said[0].startswith(DECLINED)
    async with room.db.unit(1) as uow:
        await uow.conn.execute(participants.delete())
        await add_participants(uow, deployment, ["@ANNA_name"])
    assert (await room.say(f"/start {payload}", **{"from": person}))[0] == "Lesson 1"


async def test_the_authors_own_words_decline_in_her_language(room: Room) -> None:
    texts = {"en": "Not <b>yet</b> & never", "ru": "Нет"}
    _, payload = await deployed(room, lesson(1), restricted=True, decline_text=texts)
    assert await room.say(f"/start {payload}") == ["Not <b>yet</b> &amp; never"]


async def test_who_is_in_stays_in_when_she_is_taken_off_the_list(room: Room) -> None:
    deployment, payload = await deployed(room, lesson(1), lesson(2), restricted=True)
    async with room.db.unit(1) as uow:
        assert await add_participants(uow, deployment, [str(ANNA), "@boris"]) == 2
        assert await add_participants(uow, deployment, [str(ANNA)]) == 0
    await room.say(f"/start {payload}")
    async with room.db.unit(1) as uow:
        assert await remove_participants(uow, deployment, [str(ANNA), "@nobody_here"]) == 1
        assert await list_participants(uow, deployment) == ["@boris"]
    assert (await room.say(f"/start {payload}"))[0].startswith("Welcome back")


async def test_a_list_is_taken_whole_or_not_at_all(room: Room) -> None:
    deployment, _ = await deployed(room, lesson(1), restricted=True)
    with pytest.raises(
        DomainError,
        match="“-3” is neither a Telegram number, like 1002, nor a name, like @anna; nobody was added",
    ):
        async with room.db.unit(1) as uow:
            await add_participants(uow, deployment, [str(ANNA), "-3"])
    assert await room.rows(participants) == []


async def test_a_test_deployment_is_for_admins_and_counts_for_nobody(room: Room) -> None:
    await deployed(room, lesson(1))
    async with room.db.unit(1) as uow:
        trial = await deploy_flow(uow, 1, COURSE_BOT, Stage.TEST)
        payload = await open_to_all(uow, trial)
    assert (await room.say(f"/start {payload}"))[0].startswith(DECLINED)
    assert "Lesson 1" in await room.say(f"/start {payload}", ADMIN)
    async with room.db.unit(1) as uow:
        figures = await count_figures(uow)
    assert (figures.entered, figures.finished) == (0, 0)


async def test_a_cohort_begins_together_and_its_sections_in_their_time(room: Room) -> None:
    section = {"key": "part2", "type": "section", "title": "Part 2"}
    two = lesson(1, key="two", messages=[{"text": "Second"}])
    deployment, _ = await deployed(room, lesson(1), section, two)
    begins = room.clock.now() + timedelta(days=2)
    async with room.db.unit(1) as uow:
        sections = {"part2": (begins + timedelta(days=3)).isoformat()}
        await add_cohort(uow, deployment, "spring", begins.isoformat(), sections)
        made = await issue_token(uow, deployment, read_terms("public", {"cohort": "spring"}, uow.now))
    (said,) = await room.say(f"/start {made.payload}")
    assert said.startswith("You are in. The course begins on")
    assert await room.pass_time(days=1, hours=23) == []
    assert (await room.pass_time(hours=1))[0] == "Lesson 1"
    assert await room.pass_time(days=2, hours=23) == []
    assert (await room.pass_time(hours=1))[0] == "Second"
    assert [row.cohort_id for row in await room.rows(runs)] == [1]


@pytest.mark.parametrize(
    ("code", "starts", "sections"),
    [
        ("Spring!", "2030-02-01", {}),
        ("spring", "soon", {}),
        ("spring", "2030-02-01", {"nowhere": "2030-02-02"}),
    ],
)
async def test_a_cohort_that_makes_no_sense_is_refused(
    room: Room, code: str, starts: str, sections: dict[str, str]
) -> None:
    deployment, _ = await deployed(room, lesson(1))
    with pytest.raises(DomainError, match="COHORT_INVALID"):
        async with room.db.unit(1) as uow:
            await add_cohort(uow, deployment, code, starts, sections)
    async with room.db.unit(1) as uow:
        assert await list_cohorts(uow, deployment) == []
