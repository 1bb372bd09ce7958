"""A hand-off and the profile that stands behind it: what is said, rung, asked again, and which way it goes."""

from datetime import timedelta
from typing import Any

import pytest
from flow_scene import Scene, message
from pydantic import ValidationError

from core.flow.effects import HandOff, Say, SetResult, WakeAt
from core.flow.events import (
    OperatorConnected,
    OperatorReleased,
    OperatorUnavailable,
    TimerFired,
)
from core.flow.history import Outcome
from core.flow.run import View
from core.flow.steps.base import TIMEOUT
from core.profile import Profile, choose

AGRAD = Profile(name="agrad", transfer_to_operator=True, max_retries=2, ring_seconds=30)
PROMPTS = {
    "onhold": {"text": "Hold the line", "audio": "media/hold.ogg"},
    "yes": {"audio": "https://e.com/yes.ogg"},
}
LOUD = Profile.model_validate({"name": "loud", "transfer_to_operator": True, "prompts": PROMPTS})


def handoff(**fields: Any) -> dict[str, Any]:
    return {"type": "handoff", **fields}


def scene(*steps: dict[str, Any], profile: Profile | None = AGRAD) -> Scene:
    return Scene(*steps, view=View(profile=profile))


def test_it_says_its_text_and_rings_with_the_profiles_patience() -> None:
    played = scene(handoff(text="One moment"))
    assert played.said == ["One moment"]
    [ring] = played.effects(HandOff)
    assert (ring.ring, ring.silence, ring.idle) == (30, 900, 7200)


def test_without_a_text_the_product_speaks_and_without_a_profile_it_rings_too() -> None:
    played = scene(handoff(), profile=None)
    assert played.said == ["operator-onhold"]
    assert played.effects(HandOff)


def test_the_profiles_prompt_goes_before_its_text_with_its_voice() -> None:
    played = scene(handoff(text="One moment"), profile=LOUD)
    [said] = played.effects(Say)
    assert said.message.text == {"*": "Hold the line"}
    assert [(one.kind.value, one.ref) for one in said.message.media] == [("voice", "media/hold.ogg")]


def test_a_talk_goes_on_in_order_and_its_result_is_known_at_once() -> None:
    played = scene(handoff(unavailable="s3"), message("after"), message("nobody"))
    assert played.send(OperatorConnected(1)) is Outcome.STAYED
    assert [one.code for one in played.effects(SetResult)] == ["connected_to_operator"]
    assert played.send(OperatorUnavailable(1)) is Outcome.STALE
    assert played.send(OperatorReleased(1)) is Outcome.MOVED
    assert played.said[0] == "after"


def test_where_nobody_is_free_it_goes_the_other_way() -> None:
    played = scene(handoff(unavailable="s3"), message("after"), message("nobody"))
    assert played.send(OperatorReleased(1)) is Outcome.STALE
    played.send(OperatorUnavailable(1))
    assert [one.code for one in played.effects(SetResult)] == ["disconnected"]
    assert played.said == ["nobody"]


def test_a_message_says_the_profiles_prompt_with_its_own_buttons() -> None:
    asks = message("Noted", prompt="yes", options=[{"text": "Go"}])
    [said] = scene(asks, profile=LOUD).effects(Say)
    assert (said.message.text, said.message.media[0].ref) == (None, "https://e.com/yes.ogg")
    assert [[one.text["*"] for one in row] for row in said.message.buttons] == [["Go"]]
    assert scene(asks).said == ["Noted"]


@pytest.mark.parametrize(("retries", "times"), [(0, 0), (3, 3), ("profile", 2)])
def test_who_is_silent_is_asked_again_before_the_time_out_counts(retries: int | str, times: int) -> None:
    played = scene(
        message("Well?", options=[{"text": "Yes"}], timeout="1h", retries=retries), message("Silence")
    )
    for _ in range(times):
        played.send(TimerFired(1, TIMEOUT), hours=1)
        assert played.said == ["Well?"]
        [wake] = played.effects(WakeAt)
        assert wake.at == played.now + timedelta(hours=1)
    played.send(TimerFired(1, TIMEOUT), hours=1)
    assert played.said == ["Silence"]


def test_an_answer_after_the_second_asking_counts() -> None:
    played = scene(message("Well?", options=[{"text": "Yes"}], timeout="1h", retries=2), message("Thanks"))
    played.send(TimerFired(1, TIMEOUT), hours=1)
    played.press("1")
    assert played.said == ["Thanks"]
    assert played.send(TimerFired(1, TIMEOUT), hours=5) is Outcome.STALE


@pytest.mark.parametrize(
    ("profile", "way"),
    [(AGRAD, "operator"), (Profile(name="salehi", transfer_to_operator=False), "over"), (None, "over")],
)
def test_a_branch_asks_the_profile(profile: Profile | None, way: str) -> None:
    branch = {
        "type": "branch",
        "cases": [{"when": "profile", "params": {"flag": "transfer_to_operator"}, "goto": "s3"}],
    }
    played = scene(
        branch,
        {"type": "end", "text": "over", "result": "disconnected"},
        {"type": "end", "text": "operator"},
        profile=profile,
    )
    assert played.said == [way]
    assert [one.code for one in played.effects(SetResult)] == (["disconnected"] if way == "over" else [])


def test_flags_of_ones_own_and_names_in_any_case() -> None:
    own = Profile(name="own", transfer_to_operator=False, flags={"evening": True})
    assert (own.holds("evening"), own.holds("morning"), own.holds("transfer_to_operator")) == (
        True,
        False,
        False,
    )
    known = {"own": own, "salehi": AGRAD}
    assert choose(known, " OWN ") is own
    assert choose(known, "") is AGRAD
    with pytest.raises(ValueError, match="SCENARIO=x is no profile; there are: own, salehi"):
        choose(known, "x")


@pytest.mark.parametrize(
    "wrong", [{"retries": 2}, {"retries": "often", "timeout": "1h"}, {"retries": 11, "timeout": "1h"}]
)
def test_wrong_retries_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="retries"):
        scene(message("Well?", button="Yes", **wrong))


def test_a_prompt_says_something() -> None:
    with pytest.raises(ValidationError, match="a prompt has `text`, `audio` or both"):
        Profile.model_validate({"name": "x", "transfer_to_operator": True, "prompts": {"yes": {}}})
