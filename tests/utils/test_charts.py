"""Pictures of numbers: PNG, whatever the names are."""

import pytest

from utils.charts import MOST_LABEL, Bar, Chart, below, draw, draw_chart, lying, standing

ODD = [Bar("\"quoted\" 'twice' \\ {{x}} </b>", 3, "3"), Bar("", 0, ""), Bar("Ж" * 90, 1_000_000, "1 000 000")]


async def test_a_chart_is_drawn_in_a_process_of_its_own() -> None:
    picture = await draw_chart(below(lying("Путь", ODD), standing("Деньги, RUB", ODD * 4)))
    assert picture.startswith(b"\x89PNG")
    width = int.from_bytes(picture[16:20], "big")
    assert 900 <= width <= 1600  # pixels that a phone shows whole


@pytest.mark.parametrize("chart", [lying("one", ODD[:1]), standing("none", [])])
def test_one_bar_and_none(chart: Chart) -> None:
    import json

    assert draw(json.dumps(chart)).startswith(b"\x89PNG")


def test_a_long_name_is_cut() -> None:
    names = lying("x", ODD)["encoding"]["y"]["axis"]["labelExpr"]
    assert f'"{"Ж" * (MOST_LABEL - 1)}…"' in names
