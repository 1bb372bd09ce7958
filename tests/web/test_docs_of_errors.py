"""The address that a refusal names leads to its line, in the reader's language."""

from core.db.session import Database
from tests.web.api.callers import calling


async def test_a_refusal_names_a_line_that_is_there(db: Database) -> None:
    async with calling(db) as nobody:
        refused = (await nobody.http.get("/api/v1/me", headers={"Accept-Language": "ru"})).json()
        address, _, anchor = refused["type"].partition("#")
        page = await nobody.http.get(address, headers={"Accept-Language": "ru"})
        style = await nobody.http.get("/pages/errors.css")
    assert page.status_code == style.status_code == 200
    assert f'id="{anchor}"' in page.text
    assert refused["detail"] in page.text
    assert 'lang="ru"' in page.text
