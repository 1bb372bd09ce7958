"""The team as its members see it: a list, and one person with a button for each role."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.presses import PressKind
from core.roles import MemberRole
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people.schemas import Contact
from services.people.team.roles import Member, list_choices

TEAM = PressKind.TEAM  # kind of the buttons: act, then whose, then which role and whether they are to have it
LIST, ADD, SHOW, SURE, SET = "list", "add", "show", "sure", "set"
GRAVE = frozenset({MemberRole.OWNER, MemberRole.ADMIN})  # asked once more before they are given
ROLES_IN_A_ROW = 2


def show_team(team: Sequence[Member], *, may_change: bool) -> tuple[Words, Keyboard]:
    """Everybody with a role, a button each for who may change it."""
    lines = [speech.words("team-member", name=member.name, roles=name_roles(member.roles)) for member in team]
    text = speech.lines(speech.words("team-title", total=len(team)), speech.lines(*lines, gap="\n"))
    if not may_change:
        return text, ()
    rows = [[_button(member.name, f"{SHOW}-{member.telegram_id}")] for member in team]
    return text, [*rows, [_button(speech.words("button-team-add"), ADD)]]


def show_member(member: Member, own: Collection[MemberRole]) -> tuple[Words, Keyboard]:
    """One person: what they are, and what who looks may make of them."""
    roles = name_roles(member.roles) if member.roles else speech.words("team-no-role")
    about = [speech.words(f"role-does-{role}") for role in list_choices(own)]
    text = speech.lines(
        speech.words("team-one", name=member.name, roles=roles), speech.lines(*about, gap="\n")
    )
    buttons = [_role_button(member, role) for role in list_choices(own)]
    rows = [buttons[start : start + ROLES_IN_A_ROW] for start in range(0, len(buttons), ROLES_IN_A_ROW)]
    return text, [*rows, [_button(speech.words("button-team"), LIST)]]


def ask_sure(member: Member, role: MemberRole) -> tuple[Words, Keyboard]:
    """The question before a role with which somebody may do nearly all."""
    values = {"name": member.name, "role": speech.words(f"role-{role}")}
    yes = _button(speech.words("button-team-yes", **values), f"{SET}-{member.telegram_id}-{role}-1")
    no = _button(speech.words("button-no"), f"{SHOW}-{member.telegram_id}")
    return speech.words("team-sure", does=speech.words(f"role-does-{role}"), **values), [[yes], [no]]


def ask_whom(people: Sequence[Contact]) -> tuple[Words, Keyboard]:
    """How somebody new is named, and who wrote to a bot last."""
    rows = [[_button(person.full_name, f"{SHOW}-{person.telegram_id}")] for person in people]
    return speech.words("team-whom"), [*rows, [_button(speech.words("button-team"), LIST)]]


def name_roles(roles: Collection[MemberRole]) -> list[Words]:
    """Roles as words, the highest first."""
    return [speech.words(f"role-{role}") for role in MemberRole if role in roles]


def _role_button(member: Member, role: MemberRole) -> Mapping[str, Any]:
    has = role in member.roles
    text = speech.words("button-role-has" if has else "button-role-give", role=speech.words(f"role-{role}"))
    act = SURE if role in GRAVE and not has else SET
    return _button(text, f"{act}-{member.telegram_id}-{role}-{int(not has)}")


def _button(text: Words, target: str) -> Mapping[str, Any]:
    return speech.button(text, TEAM, target)
