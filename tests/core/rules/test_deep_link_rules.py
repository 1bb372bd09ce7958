import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.deep_link import (
    CourseLink,
    Empty,
    LegacyCourse,
    LinkKind,
    Malformed,
    Payload,
    Plain,
    Prefixed,
    course_link,
    flow_link,
    parse_payload,
    partner_link,
)

BASE62 = string.ascii_letters + string.digits
words = st.text(BASE62 + "_-", min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("payload", "meaning"),
    [
        ("", Empty()),
        ("cd_Ab9_tok_en-1", CourseLink("Ab9", "tok_en-1")),
        ("cd_Ab9__token", CourseLink("Ab9", "_token")),
        ("cd_Ab9", Plain("cd_Ab9")),
        ("cd_Ab9_", Plain("cd_Ab9_")),
        ("cd_a-b_token", Plain("cd_a-b_token")),
        ("p_anna_2", Prefixed(LinkKind.PARTNER, "anna_2")),
        ("s_free-week", Prefixed(LinkKind.FLOW, "free-week")),
        ("p_", Plain("p_")),
        ("python", Plain("python")),
        ("python__utmsvk__utmcmay", LegacyCourse("python", (("utm_source", "vk"), ("utm_campaign", "may")))),
        ("python__utmcmay_day", LegacyCourse("python", (("utm_campaign", "may_day"),))),
        ("python__utms", LegacyCourse("python", ())),
        ("__utmsvk", Plain("__utmsvk")),
        ("cd_a_b__utmsvk", CourseLink("a", "b__utmsvk")),
        ("a b", Malformed()),
        ("курс", Malformed()),
        ("a\n", Malformed()),
        ("a" * 64, Plain("a" * 64)),
        ("a" * 65, Malformed()),
    ],
)
def test_payloads(payload: str, meaning: Payload) -> None:
    assert parse_payload(payload) == meaning


@given(st.text(BASE62, min_size=1, max_size=20), words)
def test_course_links_round_trip(deployment: str, token: str) -> None:
    assert parse_payload(course_link(deployment, token)) == CourseLink(deployment, token)


@given(words)
def test_our_own_links_round_trip(value: str) -> None:
    assert parse_payload(partner_link(value)) == Prefixed(LinkKind.PARTNER, value)
    assert parse_payload(flow_link(value)) == Prefixed(LinkKind.FLOW, value)


@given(st.text())
def test_no_payload_raises(payload: str) -> None:
    parse_payload(payload)


@pytest.mark.parametrize(
    ("deployment", "token"), [("", "t"), ("a_b", "t"), ("a", ""), ("a", "t t"), ("a", "t" * 64)]
)
def test_what_is_no_link_is_not_built(deployment: str, token: str) -> None:
    with pytest.raises(ValueError, match=r"no payload|deployment id"):
        course_link(deployment, token)


@pytest.mark.parametrize("value", ["", "a b", "x" * 63])
def test_own_links_are_checked_too(value: str) -> None:
    with pytest.raises(ValueError, match="no payload"):
        partner_link(value)
