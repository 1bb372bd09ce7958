"""What a browser fetches before it shows something: the first page, and what a screen adds to it, packed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from web.api.panel import BUILT

SCREENS = "src/screens/"
HOME, FLOW, NUMBERS = (f"{SCREENS}{name}.tsx" for name in ("home/Home", "flows/Flow", "numbers/Numbers"))
FIRST_PAGE, STYLES = 230_000, 40_000
ADDED = {FLOW: 110_000, NUMBERS: 30_000}
OTHERS = 60_000
pytestmark = pytest.mark.skipif(
    not BUILT.exists(), reason="the panel is not built: `python -m scripts.build_panel`"
)


@pytest.fixture(scope="module")
def built() -> dict[str, Any]:
    return json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _walk(built: dict[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """A part and all that it cannot do without."""
    if name not in seen:
        seen.add(name)
        yield name
        for other in built[name].get("imports", ()):
            yield from _walk(built, other, seen)


def _weigh(built: dict[str, Any], *names: str, but: set[str] | None = None) -> tuple[int, int]:
    """Bytes of scripts and of styles, packed; without what has come before."""
    seen = set(but or ())
    parts = [part for name in names for part in _walk(built, name, seen)]
    styles = {style for part in parts for style in built[part].get("css", ())}
    return sum(_packed(built[part]["file"]) for part in parts), sum(_packed(style) for style in styles)


def _packed(file: str) -> int:
    path = BUILT / file
    packed = path.with_name(path.name + ".gz")
    return (packed if packed.exists() else path).stat().st_size


def _first(built: dict[str, Any]) -> list[str]:
    return ["index.html", HOME, f"{SCREENS}home/en.json"]


def test_the_first_page_is_light(built: dict[str, Any]) -> None:
    scripts, styles = _weigh(built, *_first(built))
    assert 50_000 < scripts <= FIRST_PAGE  # a page of nothing would be a fault of this test
    assert styles <= STYLES


def test_a_screen_adds_little(built: dict[str, Any]) -> None:
    here: set[str] = set()
    for name in _first(built):
        list(_walk(built, name, here))
    screens = [name for name in built if name.startswith(SCREENS) and name.endswith(".tsx")]
    assert len(screens) > len(ADDED)
    heavy = {
        name: weight
        for name in screens
        if (weight := _weigh(built, name, but=here)[0]) > ADDED.get(name, OTHERS)
    }
    assert heavy == {}
