"""The words of the page: the same in both languages, in all the forms each needs, and none of them left over."""

import re
from pathlib import Path

import pytest

from sandbox.client.client import SandboxClient
from tests.browser.conftest import OpenScreen

pytestmark = pytest.mark.asyncio(loop_scope="session")
STATIC = Path(__file__).parents[2] / "sandbox" / "static"
FORMS = {"en": {"one", "other"}, "ru": {"one", "few", "other"}}
GAPS = re.compile(r"{\w+}")
ASKED = re.compile(r"\bt\(\s*\"(\w+)\"")
# Keys put together from a beginning and a value, such as `fault_${name}`.
MADE = re.compile(r"^(fault|theme|rank)_|^share(Phone|Location)Ask$")
SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in STATIC.rglob("*.js") if not path.name.startswith("words_")
)
Words = dict[str, str | dict[str, str]]


async def test_both_languages_have_the_same_words_in_their_forms(
    tg: SandboxClient, sandbox: str, open_screen: OpenScreen
) -> None:
    await tg.person("Anna", username="anna")
    screen = await open_screen(sandbox, person="anna")
    found: dict[str, Words] = {
        name: await screen.page.evaluate(f"import('/static/base/words_{name}.js').then((all) => all.{name})")
        for name in FORMS
    }
    assert found["en"].keys() == found["ru"].keys()
    assert {key for key in found["en"] if _gaps(found["en"][key]) != _gaps(found["ru"][key])} == set()
    for language, words in found.items():
        counted = {key: set(text) for key, text in words.items() if isinstance(text, dict)}
        assert {key: forms for key, forms in counted.items() if forms != FORMS[language]} == {}
    assert set(ASKED.findall(SOURCES)) <= found["en"].keys()
    assert [key for key in found["en"] if not MADE.search(key) and not _is_used(key)] == []


def _gaps(text: str | dict[str, str]) -> set[str]:
    return set(GAPS.findall(text if isinstance(text, str) else text["other"]))


def _is_used(key: str) -> bool:
    return f'"{key}"' in SOURCES
