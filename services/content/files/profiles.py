"""Profiles of `SCENARIO`: the shipped ones, and an installation's own beside its data."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from core.profile import Profile
from core.text.refusal import InputRefused, Words, explain_with_place, listed, placed, words
from services.content.files.sample import CONTENT_INVALID, load_yaml

FOLDER = "profiles"


def read_profiles(*roots: Path) -> Mapping[str, Profile]:
    """All profiles below these folders (`profiles/*.yaml`), a later folder's before an earlier one's.

    Raises CONTENT_INVALID naming the file and what is wrong in it.
    """
    profiles: dict[str, Profile] = {}
    for root in roots:
        for path in sorted((root / FOLDER).glob("*.yaml")):
            profile = _read(path)
            profiles[profile.name] = profile
    return profiles


def _read(path: Path) -> Profile:
    try:
        profile = Profile.model_validate(load_yaml(path))
    except ValidationError as error:
        raise _wrong(path, listed(explain_with_place(each_error) for each_error in error.errors())) from error
    if profile.name != path.stem:
        raise _wrong(path, placed("name", words("profile-other-name", given=profile.name)))
    return profile


def _wrong(path: Path, why: Words) -> InputRefused:
    return InputRefused(CONTENT_INVALID, placed(path.name, why))
