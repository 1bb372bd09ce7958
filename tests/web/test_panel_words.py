"""What the panel says of permissions and of deeds: each has its words, in both languages."""

import json

import pytest
from fastapi.routing import APIRoute

from services.tenancy.permissions import Permission
from web.api.panel import BUILT
from web.api.policy import Scope, policy_of
from web.api.rooms import ROOMS

PANEL = BUILT.with_name("panel")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_permission_has_words(language: str) -> None:
    path = PANEL / f"src/screens/settings/{language}.json"
    may = json.loads(path.read_text(encoding="utf-8"))["settings"]["may"]
    said = {f"{room}.{verb}": text for room, verbs in may.items() for verb, text in verbs.items()}
    assert said.keys() == {str(each) for each in Permission}
    assert len(set(said.values())) == len(said)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_deed_of_the_record_has_words(language: str) -> None:
    path = PANEL / f"src/screens/settings/{language}.json"
    said = json.loads(path.read_text(encoding="utf-8"))["settings"]["record"]["act"]
    assert list_deeds() <= said.keys()
    assert len(set(said.values())) == len(said)


def list_deeds() -> set[str]:
    """The operations that a member's record may name."""
    found = set()
    for route in (route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)):
        policy = policy_of(route.endpoint)
        if policy.scope is Scope.ACCOUNT and not policy.looks and route.methods != {"GET"}:
            found.add(str(route.operation_id))
    assert len(found) > 80
    return found
