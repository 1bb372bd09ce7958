"""A yes-or-no outreach on the local Telegram: under both profiles, and with the process killed in the middle of a talk."""

import asyncio
import csv
import io
import json
import signal
import urllib.request

import pytest

from core.text.catalog import say
from sandbox.client.client import Bot, Chat, Message, Person, SandboxClient
from tests.stories.conftest import OpenSchool
from tests.stories.links import told
from tests.stories.people import all_with, remember, start, wait_for
from tests.stories.school import School

ASK, YES, NO = "A new group of “Clear words” begins soon", "Yes", "No"
NOTED, ONHOLD, THANKS = "your interest is noted", "I am connecting you", "Thank you for the talk!"
NOBODY = "All operators are busy"
TAKE, CLOSE = say("ring-take", "en"), say("talk-close", "en")


class Stage:
    """A school under a profile, people who have started its sales bot, and who of them are operators."""

    def __init__(self, open_school: OpenSchool, telegram: str, profile: str, operators: int) -> None:
        self.telegram = telegram
        made = asyncio.run(self._make_people(operators))
        self.operators, self.people = made[:operators], made[operators:]
        ids = ",".join(str(one.id) for one in self.operators)
        self.school: School = open_school("sqlite", SCENARIO=profile, OPERATOR_IDS=ids)
        told(self.school, "init")
        self.school.start()

    async def _make_people(self, operators: int) -> list[Person]:
        async with SandboxClient(self.telegram) as tg:
            names = [*["Olga", "Oscar"][:operators], "Ann", "Bea", "Cy"]
            return [await tg.person(name, language_code="en") for name in names]

    async def come_in(self, tg: SandboxClient) -> list[Chat]:
        """Everybody has agreed and starts the sales bot; gives their chats."""
        bot: Bot = self.school.sales
        chats = []
        for one in (*self.operators, *self.people):
            async with self.school.opened() as db, db.unit(1) as uow:
                await remember(uow, one)
            chats.append(await start(await tg.find_person(one.id), bot))
        return chats

    def lead(self) -> str:
        """`tandem outreach` for the people and a stranger."""
        path = self.school.folder / "people.csv"
        rows = [f"{one.id},{one.first_name}" for one in self.people]
        path.write_text("\n".join(["telegram_id,name", *rows, "404404,Stranger", ""]))
        done = self.school.command("outreach", str(path))
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    def results(self) -> dict[str, str]:
        """What came of each, by name."""
        rows = csv.DictReader(io.StringIO(self.school.command("results").stdout))
        names = {str(one.id): one.first_name for one in self.people}
        return {names.get(row["contact"], row["contact"]): row["result"] for row in rows}


def read_json(address: str) -> dict[str, object]:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - an address of this test
        return dict(json.loads(answer.read()))


def test_under_salehi_a_yes_is_acknowledged(open_school: OpenSchool, telegram: str) -> None:
    stage = Stage(open_school, telegram, "SALEHI", 1)
    log = stage.school.new_log()
    assert "MarketingScenario initialized with scenario=salehi (transfer_to_operator=False)" in log
    ready = read_json(f"{stage.school.address}/readyz")
    assert (ready["scenario"], ready["flags"]["transfer_to_operator"]) == ("salehi", False)  # type: ignore[index]

    async def play() -> None:
        async with SandboxClient(telegram) as tg:
            olga, ann, bea, _ = await stage.come_in(tg)
            assert "3 of 4 people are asked" in stage.lead()
            await wait_for(ann, ASK)
            await ann.press(YES)
            await wait_for(ann, NOTED)
            await wait_for(bea, ASK)
            await bea.press(NO)
            await wait_for(bea, "we will not bother you")
            assert await all_with(ann, ONHOLD) == await all_with(olga, "wants to talk") == []
            await stage.school.assert_well(tg)

    asyncio.run(play())
    assert stage.results() == {"Ann": "disconnected", "Bea": "not_interested", "Cy": "", "404404": "unknown"}
    assert "0 of" not in stage.lead()  # the same list again asks nobody twice
    assert len(stage.results()) == 4


def test_under_agrad_it_leads_to_an_operator_also_over_a_kill(open_school: OpenSchool, telegram: str) -> None:
    stage = Stage(open_school, telegram, "agrad", 2)
    log = stage.school.new_log()
    assert "MarketingScenario initialized with scenario=agrad (transfer_to_operator=True)" in log
    metrics = urllib.request.urlopen(f"{stage.school.address}/metrics").read().decode()  # noqa: S310
    assert 'scenario="agrad"' in metrics
    assert 'transfer_to_operator="True"' in metrics

    async def play() -> None:
        async with SandboxClient(telegram) as tg:
            olga, oscar, ann, bea, cy = await stage.come_in(tg)
            stage.lead()
            await _connect(ann, olga)
            await _talk_over_a_kill(stage.school, ann, olga)
            await _connect(bea, oscar)
            await wait_for(cy, ASK)
            await cy.press(YES)
            await wait_for(cy, NOBODY)
            await bea.press(say("talk-end", "en"))
            await wait_for(bea, THANKS)
            await olga.press(CLOSE)
            await wait_for(ann, THANKS)
            await stage.school.assert_well(tg)

    asyncio.run(play())
    assert stage.results() == {
        "Ann": "connected_to_operator",
        "Bea": "connected_to_operator",
        "Cy": "disconnected",
        "404404": "unknown",
    }


async def _connect(person: Chat, operator: Chat) -> None:
    await wait_for(person, ASK)
    await person.press(YES)
    await wait_for(person, ONHOLD)
    await wait_for(operator, "wants to talk")
    await operator.press(TAKE)
    await wait_for(person, "You are talking with")


async def _talk_over_a_kill(school: School, ann: Chat, olga: Chat) -> None:
    """Both go on writing while the process is gone; afterwards each has all of the other's, in order."""
    said: list[Message] = []
    for number in range(4):
        said.append(await ann.send(f"question {number}"))
        await olga.send(f"answer {number}")
        if number == 1:
            school.stop(signal.SIGKILL)
    photo = await ann.send_photo("my room")
    said[3] = await ann.edit(said[3], "question 3, changed")
    school.start()
    await wait_for(olga, "question 3, changed")
    await wait_for(olga, "my room")
    await wait_for(ann, "answer 3")
    assert photo.id
    heard = [one.text for one in await olga.messages() if one.text.startswith("question")]
    answers = [one.text for one in await ann.messages() if one.text.startswith("answer")]
    assert list(dict.fromkeys(heard)) == [f"question {n}" for n in range(3)] + ["question 3, changed"]
    assert list(dict.fromkeys(answers)) == [f"answer {n}" for n in range(4)]
    await _change_a_caption(ann, olga, photo)


async def _change_a_caption(ann: Chat, olga: Chat, photo: Message) -> None:
    await ann.edit(photo, "my new room")
    await wait_for(olga, "my new room")


def test_wrong_names_are_refused_in_plain_words(open_school: OpenSchool) -> None:
    school = open_school("sqlite", SCENARIO="agrda")
    done = school.command("run")
    assert done.returncode == 1
    assert "SCENARIO=agrda is no profile; there are: agrad, salehi" in done.stderr


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: sms\ntransfer_to_operator: true\nuse_sms_confirmation: true\n", "there is no SMS here"),
        ("name: sms\n", "transfer_to_operator: is missing"),
        ("name: other\ntransfer_to_operator: true\n", "is not the file's name"),
    ],
)
def test_a_profile_of_ones_own_is_a_file(open_school: OpenSchool, text: str, why: str) -> None:
    school = open_school("sqlite", SCENARIO="sms")
    folder = school.folder / "data/profiles"
    folder.mkdir()
    (folder / "sms.yaml").write_text(text)
    done = school.command("doctor")
    assert done.returncode == 1
    assert why in done.stdout
    (folder / "sms.yaml").write_text("name: sms\ntransfer_to_operator: true\nmax_retries: 2\n")
    told(school, "init")
    assert "\nprofile sms: transfer_to_operator=True" in school.command("doctor").stdout


def test_names_of_the_call_centre_are_understood_with_a_hint(open_school: OpenSchool) -> None:
    names = {
        "OPERATOR_MOBILE_NUMBERS": "09121111111",
        "PANEL_BASE_URL": "x",
        "OUTBOUND_NUMBERS": "02191302954",
    }
    school = open_school("sqlite", SCENARIO="agrad", **names)
    told(school, "init")
    said = school.command("doctor").stdout
    for name in names:
        assert f"{name} is not used:" in said
    assert "nobody takes hand-offs: set OPERATOR_IDS" in said


def test_members_take_hand_offs_where_the_installation_says_so(open_school: OpenSchool) -> None:
    school = open_school("sqlite", SCENARIO="agrad", USE_PANEL_AGENTS="true")
    told(school, "init")
    assert "nobody takes hand-offs" in school.command("operators", "list").stdout
    assert told(school, "operators", "add", "2001") == "2001 takes hand-offs now"
    assert told(school, "operators", "add", "2001") == "2001 takes hand-offs already"
    assert "2001" in school.command("operators", "list").stdout
    assert told(school, "operators", "remove", "2001") == "2001 takes no hand-offs now"


def test_a_list_of_nobody_is_refused(open_school: OpenSchool) -> None:
    school = open_school("sqlite")
    told(school, "init")
    path = school.folder / "people.csv"
    path.write_text("\n\n")
    done = school.command("outreach", str(path))
    assert (done.returncode, "names nobody" in done.stderr) == (1, True)
    assert school.command("outreach", str(school.folder / "none.csv")).returncode == 1
    path.write_text("@somebody\n")
    assert "SCENARIO_NOT_FOUND" in school.command("outreach", str(path), "--flow", "other").stderr
    assert "NO_OUTREACH" in school.command("outreach", str(path), "--flow", "welcome").stderr
    assert "0 of 1 can be reached" in school.command("outreach", str(path), "--dry-run").stdout
    assert "OUTREACH_NOT_FOUND" in school.command("results").stderr
