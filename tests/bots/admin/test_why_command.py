"""`/why`: a person's purchases on a phone, found by what an admin knows, mended at a press."""

import pytest
from sqlalchemy import delete, update

from core.db.models.commerce import accesses, memberships, orders, payments
from core.db.models.content import enrollment_tokens
from tests.bots.admin.conftest import SECOND
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.persons import ANNA, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.services.commerce.buying import buy, choose, created, only_order, only_payment


async def broken(desk: Desk, shop: Shop) -> str:
    """They have paid, and got nothing for it; gives the number of the order."""
    await buy(desk.db, shop, "club")
    while await desk.deliver():
        pass
    async with desk.db.unit(1) as uow:
        for table in (enrollment_tokens, memberships, accesses):
            await uow.conn.execute(delete(table))
    return str((await read_rows(desk.db, orders))[0].public_id)


async def test_what_is_missing_is_shown_and_given_at_a_press(desk: Desk, shop: Shop) -> None:
    number = await broken(desk, shop)
    (shown,) = await desk.write(f"/why {number}")
    assert f"Order {number}" in shown.text
    assert "❌ Paid, but access was not given" in shown.text
    assert "▫️ After that: link into the group, coming into the group, lessons" in shown.text
    assert list(shown.buttons) == ["Give what was paid for", "Look again"]
    came = await desk.press("Give what was paid for", holder=shown)
    card = next(one for one in came if one.chat == ADMIN and one.method == "editMessageText")
    assert "What was paid for is open now." in card.text
    again = await desk.press("Look again", holder=shown)
    card = next(one for one in again if one.chat == ADMIN and one.method == "editMessageText")
    assert "✅ Access was given" in card.text
    await desk.press("Give what was paid for", holder=shown)
    assert await count_rows(desk.db, accesses) == 1


async def test_where_nobody_can_be_asked_the_order_is_settled_after_a_question(
    desk: Desk, shop: Shop
) -> None:
    await choose(desk.db, shop)
    await created(desk.db, (await only_payment(desk.db)).id)
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(update(payments).values(provider="prodamus"))
    await desk.deliver()
    number = (await only_order(desk.db)).public_id
    (shown,) = await desk.write(f"/why {number}")
    assert list(shown.buttons) == ["It was paid, settle it", "Look again"]
    (asked,) = await desk.press("It was paid, settle it", holder=shown)
    assert "Have you seen" in asked.text
    await desk.press("Yes, the money is there", holder=asked)
    assert await count_rows(desk.db, accesses) == 1
    (after,) = await desk.write(f"/why {number}")
    assert "It was paid, settle it" not in after.buttons


async def test_it_is_read_in_russian_too(desk: Desk, shop: Shop) -> None:
    number = await broken(desk, shop)
    async with desk.db.unit(1) as uow:
        await add_contact(uow, SECOND, language="ru", language_is_chosen=True)
    (shown,) = await desk.write(f"/why {number}", SECOND)
    assert "Оплачено, но доступ не открыт" in shown.text
    assert list(shown.buttons) == ["Открыть оплаченное", "Посмотреть ещё раз"]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "/why @anna"),
        ("nobody", "Nobody was found by “nobody”"),
        ("<b>", "&lt;b&gt;"),
        (str(ANNA), "Nothing has been ordered yet"),
        ("Anna Lind", "Nothing has been ordered yet"),
        ("999999999999999999999999", "Nobody was found"),
    ],
)
async def test_whom_it_is_about(desk: Desk, words: str, answer: str) -> None:
    (said,) = await desk.write(f"/why {words}".strip())
    assert answer in said.text


async def test_of_several_people_of_a_name_one_is_chosen(desk: Desk, shop: Shop) -> None:
    async with desk.db.unit(1) as uow:
        await add_contact(uow, 500_002, last_name="Berg")
    (which,) = await desk.write("/why Anna")
    assert len(which.buttons) == 2
    (shown,) = await desk.press("Anna Berg", holder=which)
    assert "500002" in shown.text


async def test_a_stranger_does_not_reach_it(desk: Desk, shop: Shop) -> None:
    number = await broken(desk, shop)
    assert not any(number in one.text for one in await desk.write(f"/why {number}", ANNA))
