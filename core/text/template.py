"""`{{scope.name}}` in texts and urls: checked when published, filled in once when said."""

import html as markup
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.errors import DomainError, ErrorKind
from core.text.catalog import say_words
from core.text.refusal import MOST_GIVEN, TERMINAL, Words, words

SCOPES = ("bot", "scenario", "user")
BUILT_IN = frozenset(
    {
        "bot.bot_name",
        "bot.support_link",
        "bot.company_name",
        "scenario.id",
        "scenario.name",
        "scenario.product_name",
        "scenario.product_price",
        "scenario.private_group_id",
        "user.user_name",
        "user.first_name",
        "user.course_link",
        "user.payment_link",
        "user.invite_link",
        "user.reg_date",
        "user.payment_date",
        "user.joined_date",
    }
)
_BRACES = re.compile(r"\{\{(?P<inside>(?:(?!\{\{).)*?)\}\}", re.DOTALL)
_NAME = re.compile(r"\s*(?P<scope>[A-Za-z_]\w*)\.(?P<name>[A-Za-z_]\w*)\s*", re.ASCII)
_DOUBLE = re.compile(r"\{(?=\{)")
_WORD_JOINER = "\N{WORD JOINER}"


class TemplateRenderFailed(DomainError):  # noqa: N818 - it states a fact, as all our errors do
    """A text cannot be filled in; `problems` say what is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(ErrorKind.INVALID, "TEMPLATE_RENDER_FAILED", "; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, order=True)
class Variable:
    """What stands between two pairs of braces."""

    scope: str
    name: str

    def __str__(self) -> str:
        return f"{self.scope}.{self.name}"


def highlight(text: str) -> str:
    """A text whose variables stand as `__scope.name__`, to be seen and not filled in."""
    return _BRACES.sub(lambda braces: f"__{variable}__" if (variable := _read(braces)) else braces[0], text)


def find_variables(text: str) -> tuple[Variable, ...]:
    """The variables of a text, each once, in order of appearance; what is no variable is left out."""
    variables = (_read(braces) for braces in _BRACES.finditer(text))
    return tuple(dict.fromkeys(variable for variable in variables if variable))


def check_template(text: str, allowed: Collection[str]) -> list[Words]:
    """What forbids publishing a text whose variables may be `allowed` (as `scope.name`); [] when fine."""
    unknown = [_unknown(name) for name in find_variables(text) if str(name) not in allowed]
    return _broken_braces(text) + unknown


def render_template(text: str, values: Mapping[str, str], *, html: bool = True) -> str:
    """Fill in `values` (keys `scope.name`) in one pass, escaped for HTML and never rendered again.

    A `user` variable without a value is empty: it is not known yet. Any other missing one, and any
    brace that is no variable, raises TemplateRenderFailed: raw braces never go out.
    """
    unknown = [_unknown(variable) for variable in find_variables(text) if _is_missing(variable, values)]
    problems = _broken_braces(text) + unknown
    if problems:
        raise TemplateRenderFailed([say_words(problem, TERMINAL) for problem in problems])

    def fill(braces: re.Match[str]) -> str:
        value = values.get(str(_read(braces)), "")
        return markup.escape(value) if html else value

    return _BRACES.sub(fill, text)


def render_plainly(text: str, values: Mapping[str, str], *, html: bool = True) -> str:
    """What can be said of a text that `render_template` refuses: what is not known is left out, no braces go out."""

    def fill(braces: re.Match[str]) -> str:
        variable = _read(braces)
        if variable is None:
            return braces["inside"].strip()
        value = values.get(str(variable), "")
        return markup.escape(value) if html else value

    return _BRACES.sub(fill, text).replace("{{", "")


def render_demo(text: str) -> str:
    """The text with names in place of values: `__scenario.product_name__`."""
    return _BRACES.sub(lambda braces: f"__{_read(braces) or braces['inside'].strip()}__", text)


def make_inert(text: str) -> str:
    """A foreign text that may stand inside a template and shows its braces as they are."""
    return _DOUBLE.sub("{" + _WORD_JOINER, text)


def _read(braces: re.Match[str]) -> Variable | None:
    name = _NAME.fullmatch(braces["inside"])
    return Variable(name["scope"], name["name"]) if name else None


def _unknown(variable: Variable) -> Words:
    return words("refused-variable", name=f"{{{{{variable}}}}}")


def _broken_braces(text: str) -> list[Words]:
    wrong = [
        words("refused-braces", given=braces.group()[:MOST_GIVEN])
        for braces in _BRACES.finditer(text)
        if not _read(braces)
    ]
    open_ended = [words("refused-open-braces")] if "{{" in _BRACES.sub(" ", text) else []
    return wrong + open_ended


def _is_missing(variable: Variable, values: Mapping[str, str]) -> bool:
    if variable.scope == "user":
        return False
    return variable.scope not in SCOPES or str(variable) not in values
