"""Pictures of numbers: plain bars, said in Vega-Lite and drawn by its library in a process of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from utils.confined import Limits, call_confined

LIMITS = Limits(seconds=10, megabytes=1_200)  # V8 reserves far more than the 80 MB that it uses
WIDTH = 400  # of the bars, in points; twice as many pixels, which a phone shows whole
ROW, COLUMN = 34, 150  # how high: one lying bar, and the standing ones
INK, FAINT, BAR = "#1f2a44", "#56627a", "#2f7d6d"
MOST_LABEL = 26  # characters beside a lying bar
_FONT = "Liberation Sans, DejaVu Sans, sans-serif"  # the first one comes with the library
_CONFIG = {
    "font": _FONT,
    "background": "white",
    "padding": 18,
    "view": {"stroke": None},
    "axis": {"domain": False, "ticks": False, "grid": False, "labelColor": FAINT, "labelFontSize": 14},
    "title": {"color": INK, "fontSize": 17, "anchor": "start", "offset": 12},
    "concat": {"spacing": 26},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One number with its name and how it is written beside the bar."""

    name: str
    value: float
    shown: str


Chart = Mapping[str, Any]


def lying(title: str, bars: Sequence[Bar]) -> Chart:
    """Bars one below the other, in this order, with their names before them."""
    places = _place(bars)
    row = {"field": "place", "type": "ordinal", "sort": None}
    names = {"labelLimit": 200, "labelExpr": _names(bars), "labelPadding": 8}
    value = {"field": "value", "type": "quantitative", "axis": None}
    bar = {"type": "bar", "color": BAR, "cornerRadiusEnd": 3, "height": {"band": 0.7}}
    told = {"type": "text", "align": "left", "dx": 5, "fontSize": 14, "color": INK}
    own = {"y": {**row, "axis": {**names, "title": None}}, "x": value}
    return _layered(title, places, own, bar, told, height=ROW * max(len(bars), 1))


def standing(title: str, bars: Sequence[Bar]) -> Chart:
    """Bars beside each other, in this order, with their names below; one of nothing has no number."""
    places = _place(bars)
    column = {"field": "place", "type": "ordinal", "sort": None}
    names = {"labelAngle": 0, "labelExpr": _names(bars), "labelOverlap": False, "labelPadding": 8}
    value = {"field": "value", "type": "quantitative", "axis": None}
    bar = {"type": "bar", "color": BAR, "cornerRadiusEnd": 3, "width": {"band": 0.75}}
    told = {"type": "text", "baseline": "bottom", "dy": -4, "fontSize": 13, "color": INK}
    own = {"x": {**column, "axis": {**names, "title": None}}, "y": value}
    return _layered(title, places, own, bar, told, height=COLUMN)


def below(*charts: Chart) -> Chart:
    """Several of them, one below the other."""
    return {"vconcat": list(charts)}


async def draw_chart(chart: Chart) -> bytes:
    """It as PNG; raises LimitReachedError for one that takes too long."""
    return await call_confined(LIMITS, draw, json.dumps({**chart, "config": _CONFIG}, ensure_ascii=False))


def draw(spec: str) -> bytes:
    """The picture of a Vega-Lite chart whose data stand in it; nothing is fetched."""
    import vl_convert  # only the process that draws loads it

    return bytes(vl_convert.vegalite_to_png(spec, scale=2, allowed_base_urls=[]))


def _place(bars: Sequence[Bar]) -> list[Mapping[str, Any]]:
    """The rows of data: names may be equal, so it is their place that tells them apart."""
    return [{"place": place, "value": bar.value, "shown": bar.shown} for place, bar in enumerate(bars)]


def _names(bars: Sequence[Bar]) -> str:
    """What stands at each place."""
    names = [bar.name if len(bar.name) <= MOST_LABEL else f"{bar.name[: MOST_LABEL - 1]}…" for bar in bars]
    return f"{json.dumps(names, ensure_ascii=False)}[datum.value]"


def _layered(
    title: str, rows: Sequence[Any], own: Any, bar: Any, told: Any, *, height: int
) -> Mapping[str, Any]:
    words = {"field": "shown", "type": "nominal"}
    return {
        "title": title,
        "width": WIDTH,
        "height": height,
        "data": {"values": list(rows)},
        "encoding": own,
        "layer": [{"mark": bar}, {"mark": told, "encoding": {"text": words}}],
    }
