"""What counts for a deployed course: the most specific layer that speaks, and nothing that is not on the list."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.environment import Environment
from core.errors import DomainError
from core.rules.quiet_hours import parse_hours
from services.content.settings import AI_LIMIT, Overrides, check_settings, read_words, resolve

LAYERS = 3  # deployment, version, account
VALUES: dict[str, tuple[Any, Any]] = {  # by setting: what a layer says, what then counts
    "start": ("Two", "Two"),
    "course_day_seconds": (60, timedelta(minutes=1)),
    "review_chat_id": (-7, -7),
    "review": (False, False),
    "ai_model": ("small", "small"),
    "ai_limit": (3, 3),
    "restricted": (True, True),
    "decline_text": ("No", {"*": "No"}),
    "ban_enabled": (False, False),
    "ban_text": ("Enough", {"*": "Enough"}),
    "collect": (["email"], ("email",)),
    "webhook_url": ("https://example.com/in", "https://example.com/in"),
    "quiet_hours": ("22:00-9:00", parse_hours("22:00-09:00")),
    "reminder_days": (2, 2),
    "review_topics": (True, True),
    "variables": ({"goal": "x"}, {"goal": "x"}),
    "groups": ({"club": [-5]}, {"club": (-5,)}),
}
FIELD = {"course_day_seconds": "day"}


def test_every_setting_is_in_the_table() -> None:
    assert VALUES.keys() == Overrides.model_fields.keys()


@pytest.mark.parametrize("layer", range(LAYERS))
@pytest.mark.parametrize("name", VALUES)
def test_each_layer_speaks_for_itself(env: Environment, name: str, layer: int) -> None:
    given, expected = VALUES[name]
    layers = [Overrides()] * LAYERS
    layers[layer] = check_settings({name: given})
    assert getattr(resolve(env, *layers), FIELD.get(name, name)) == expected


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ((1, 2, 3), 1),
        ((None, 2, 3), 2),
        ((None, None, 3), 3),
        ((None, None, None), AI_LIMIT),
        ((0, 2, 3), 0),
    ],
)
def test_the_most_specific_layer_wins(env: Environment, said: tuple[int | None, ...], counts: int) -> None:
    assert resolve(env, *(Overrides(ai_limit=one) for one in said)).ai_limit == counts


def test_where_nobody_speaks_the_installation_does(env: Environment) -> None:
    env = replace(env, course_day=timedelta(hours=1), review_chat_id=-9, community_chats={"club": (-1,)})
    found = resolve(env)
    assert (found.day, found.review_chat_id, found.groups) == (timedelta(hours=1), -9, {"club": (-1,)})
    assert (found.restricted, found.ban_enabled) == (False, True)


def test_variables_and_groups_add_up_by_name(env: Environment) -> None:
    env = replace(env, community_chats={"club": (-1,), "basic": (-2,)})
    found = resolve(
        env,
        Overrides(variables={"goal": "own"}, groups={"club": (-5,)}),
        Overrides(variables={"goal": "general", "town": "Riga"}),
    )
    assert found.variables == {"goal": "own", "town": "Riga"}
    assert found.groups == {"club": (-5,), "basic": (-2,)}


@pytest.mark.parametrize(
    "given",
    [
        {"steps": []},
        {"colour": "red"},
        {"course_day_seconds": 0},
        {"course_day_seconds": "soon"},
        {"ai_limit": -1},
        {"decline_text": " "},
        {"variables": {"A b": "x"}},
        {"collect": ["e mail"]},
    ],
)
def test_what_is_not_on_the_list_is_refused_by_name(given: dict[str, Any]) -> None:
    with pytest.raises(DomainError, match="SETTINGS_INVALID") as refused:
        check_settings(given)
    assert next(iter(given)) in refused.value.detail
    assert "course_day_seconds" in refused.value.detail


@pytest.mark.parametrize("given", [["name", "email"], "name,email", "name, email"])
def test_fields_to_collect_are_a_list_or_a_line(given: Any) -> None:
    assert check_settings({"collect": given}).collect == ("name", "email")


def test_settings_are_written_as_words() -> None:
    words = {
        "ai_limit": "3",
        "restricted": "yes",
        "ban_enabled": "no",
        "decline_text": "Not you",
        "collect": '["email"]',
    }
    assert read_words(words) == {
        "ai_limit": 3,
        "restricted": True,
        "ban_enabled": False,
        "decline_text": "Not you",
        "collect": ["email"],
    }
