"""The page of profiles says what the profiles say, and the files to begin with name profiles there are."""

import re

from core.profile import Profile
from scripts.profiles_reference import PAGE, ROOT, make_page
from services.content.files.profiles import read_profiles


def test_the_page_is_as_the_profiles_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m scripts.profiles_reference`"


def test_the_shipped_profiles_are_agrad_and_salehi() -> None:
    profiles = read_profiles(ROOT / "content")
    assert {name: one.transfer_to_operator for name, one in profiles.items()} == {
        "agrad": True,
        "salehi": False,
    }
    assert str(profiles["agrad"]) == "scenario=agrad (transfer_to_operator=True)"


def test_each_profile_has_a_file_to_begin_with() -> None:
    profiles = read_profiles(ROOT / "content")
    known = {
        name.upper() for name in re.findall(r"^#?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    }
    for name in profiles:
        text = (ROOT / f".env.{name}.example").read_text()
        assert f"SCENARIO={name}\n" in text
        assert set(re.findall(r"^#?(\w+)=", text, re.MULTILINE)) <= known


def test_what_differs_stands_apart_from_what_is_alike() -> None:
    differing, _, alike = make_page().partition("## What is alike")
    for name in Profile.model_fields.keys() - {"name", "flags", "prompts"}:
        values = {getattr(one, name) for one in read_profiles(ROOT / "content").values()}
        assert f"`{name}`" in (differing if len(values) > 1 else alike)
