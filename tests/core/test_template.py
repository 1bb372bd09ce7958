import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.catalog import say_words
from core.text.template import (
    BUILT_IN,
    TemplateRenderFailed,
    Variable,
    check_template,
    find_variables,
    make_inert,
    render_demo,
    render_template,
)

NAME = {"user.user_name": "{{user.payment_link}}<b>", "user.payment_link": "https://pay"}


def test_a_name_that_looks_like_a_template_appears_literally() -> None:
    assert render_template("Hi {{user.user_name}}!", NAME) == "Hi {{user.payment_link}}&lt;b&gt;!"
    assert render_template("Hi {{user.user_name}}!", NAME, html=False) == "Hi {{user.payment_link}}<b>!"


def test_a_value_cannot_leave_an_attribute() -> None:
    link = '<a href="{{user.payment_link}}">pay</a>'
    assert '"' not in render_template(link, {"user.payment_link": '" onclick="x'})[9:-9].replace("&quot;", "")


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("{{user.user_name}}{{ user.user_name }}", "AnnAnn"),
        ("a {{user.joined_date}} b", "a  b"),
        ("{ {user.user_name} }}", "{ {user.user_name} }}"),
        ("{{{user.user_name}}", None),
        ("{ {{user.user_name}} }", "{ Ann }"),
        ("no variables", "no variables"),
    ],
)
def test_rendering(text: str, rendered: str | None) -> None:
    if rendered is None:
        with pytest.raises(TemplateRenderFailed):
            render_template(text, {"user.user_name": "Ann"})
    else:
        assert render_template(text, {"user.user_name": "Ann"}) == rendered


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{bot.nothing}}", "unknown variable {{bot.nothing}}"),
        ("{{scenario.product_name}}", "unknown variable {{scenario.product_name}}"),
        ("{{admin.token}}", "unknown variable {{admin.token}}"),
        ("{{payment_link}}", "{{payment_link}} is no variable; write {{scope.name}}"),
        ("{{user.name|upper}}", "{{user.name|upper}} is no variable; write {{scope.name}}"),
        ("{{user.user_name", "{{ without }}"),
        ("{{ {{user.user_name}}", "{{ without }}"),
    ],
)
def test_what_cannot_be_filled_in_never_goes_out(text: str, problem: str) -> None:
    with pytest.raises(TemplateRenderFailed) as caught:
        render_template(text, {"user.user_name": "Ann"})
    assert caught.value.code == "TEMPLATE_RENDER_FAILED"
    assert caught.value.problems == [problem]


def test_checking_lists_every_problem() -> None:
    text = "{{user.user_name}} {{user.shoe}} {{x}} {{bot.bot_name}} {{user.shoe}}"
    assert [say_words(one, "en") for one in check_template(text, BUILT_IN)] == [
        "{{x}} is no variable; write {{scope.name}}",
        "unknown variable {{user.shoe}}",
    ]
    assert check_template("{{user.user_name}}", BUILT_IN) == []


def test_variables_are_found_once_in_order() -> None:
    found = find_variables("{{user.b}} {{bot.a}} {{ user.b }} {{oops}}")
    assert found == (Variable("user", "b"), Variable("bot", "a"))


def test_demo_shows_names() -> None:
    assert render_demo("{{scenario.product_name}} by {{ x }}") == "__scenario.product_name__ by __x__"


@given(st.text())
def test_any_text_made_inert_goes_through_unchanged(text: str) -> None:
    inert = make_inert(text)
    assert render_template(inert, {}) == inert
    assert inert.replace("\N{WORD JOINER}", "") == text.replace("\N{WORD JOINER}", "")


@given(st.text(), st.text())
def test_a_value_is_never_rendered_again(before: str, value: str) -> None:
    text = make_inert(before) + " {{user.user_name}}"
    assert render_template(text, {"user.user_name": value}, html=False) == f"{make_inert(before)} {value}"


@given(st.text(alphabet="{}us.er_ \n", max_size=40))
def test_whatever_is_written_is_either_refused_or_free_of_braces(text: str) -> None:
    if not check_template(text, {"user.us", "user.user"}):
        assert "{{" not in render_template(text, {}).replace("}", " ")
