"""`/panel`: a link for a browser; over https also a button that opens it within Telegram."""

from dataclasses import replace

import pytest

from tests.bots.admin.desk import Desk


@pytest.mark.parametrize(
    ("address", "kinds"),
    [("https://school.example", ["web_app", "url"]), ("http://127.0.0.1:1", ["url"])],
)
async def test_who_works_here_is_led_in(desk: Desk, address: str, kinds: list[str]) -> None:
    desk.db.env = replace(desk.db.env, public_url=address)
    (said,) = await desk.write("/panel")
    rows = said.fields["reply_markup"]["inline_keyboard"]
    assert [next(kind for kind in row[0] if kind != "text") for row in rows] == kinds
    if "web_app" in kinds:
        assert rows[0][0]["web_app"] == {"url": f"{address}/panel/login"}
