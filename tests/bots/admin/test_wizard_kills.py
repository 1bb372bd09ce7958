"""An author presses and types at random while the process dies again and again: no dead end, nothing entered is lost."""

import json
from random import Random

import pytest

from core.db.models.content import flows
from core.db.models.content_wizards import wizard_states
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.rows import read_rows
from utils import faultpoints

ACTS = 300
SEEDS = (1, 2)
WORDS = ("1500", "2:30", "{{user.nobody}}", "Read - https://example.com", "3 9:00", "x" * 300)


class Killed(BaseException):
    """The process ended here."""


def _die(_: str) -> None:
    raise Killed


async def _act(desk: Desk, dice: Random, token: str) -> bool:
    """One press or message, which may be the last thing the process sees; says whether it may take away a former answer."""
    screen = _newest(desk)
    form = await _form(desk)
    labels = [label for label, data in screen.buttons.items() if data]
    if dice.random() < 0.4 or not labels:
        answered = form is not None and form["values"].get(form["at"]) is not None
        update = {"message": desk.message(ADMIN, text=token if dice.random() < 0.5 else dice.choice(WORDS))}
    else:
        label = dice.choice(labels)
        answered = form is None or any(
            word in label for word in ("Skip", "Without", "Remove", "☑", "anew", "Club")
        )
        answered = answered or (form is not None and not any(sign in label for sign in "←✖✏✅"))
        message = {**desk.message(ADMIN, text="-"), "message_id": screen.message_id}
        query = {"id": "q", "from": message["from"], "message": message, "chat_instance": "c"}
        update = {"callback_query": {**query, "data": screen.buttons[label]}}
    await desk.receive(screen.bot, update)
    if dice.random() < 0.3:
        faultpoints.arm(dice.randrange(1, 3), _die)
    try:
        await desk.work_off()
    except Killed:
        faultpoints.arm(0)
        await desk.work_off()
    faultpoints.arm(0)
    return answered


def _newest(desk: Desk) -> Call:
    return [call for call in desk.calls if call.chat == ADMIN and call.buttons][-1]


async def _form(desk: Desk) -> dict[str, object] | None:
    (row,) = await read_rows(desk.db, wizard_states, kind="scenario")
    form: dict[str, object] | None = row.state["talk"]["form"]
    return form


async def _everything(desk: Desk) -> str:
    kept = await read_rows(desk.db, wizard_states)
    drafts = await read_rows(desk.db, flows)
    return json.dumps([[row.state for row in kept], [row.draft for row in drafts]], ensure_ascii=False)


@pytest.mark.faults
@pytest.mark.parametrize("seed", SEEDS)
async def test_an_author_under_kills(desk: Desk, seed: int) -> None:
    dice, tokens = Random(seed), set[str]()
    await desk.write("/create_scenario")
    for number in range(ACTS):
        token = f"tok{number:04}"
        may_take_away = await _act(desk, dice, token)
        there = await _everything(desk)
        lost = {one for one in tokens if one not in there}
        assert not lost or may_take_away, (number, lost)
        tokens -= lost
        if token in there:
            tokens.add(token)
        assert _newest(desk).buttons
