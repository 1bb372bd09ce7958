"""The numbers: people once each, money exact, periods, and nothing of another account."""

from datetime import timedelta

from bots.runtime.sending.saying import show_words
from core.db.models.delivery import outbox
from core.db.session import Database, UnitOfWork
from core.lifecycle import ChatState, OrderStatus, OutboxState, Priority
from services.insight.figures import count_figures
from services.insight.pages.reports import list_worth
from services.insight.schemas import NoMoney
from services.insight.store import figures as store
from services.insight.students import PAGE, list_students
from services.insight.telling import tell
from tests.factories.accounts import SALES_BOT, add_account
from tests.factories.persons import add_chat, add_contact
from tests.factories.rows import add_row
from tests.factories.sales import (
    PRICE,
    add_access,
    add_ledger_line,
    add_order,
    add_payment,
    add_promo,
    add_promo_use,
)
from tests.factories.shops import Shop, open_shop
from tests.fakes.clock import StillClock


async def sell(db: Database, shop: Shop, people: int) -> None:
    """So many newcomers choose basic, every second one pays."""
    async with db.unit(1) as uow:
        for number in range(people):
            contact = await add_contact(uow, 600 + number)
            await add_chat(uow, SALES_BOT, contact)
            paid = {"status": OrderStatus.PAID, "paid_at": uow.now} if number % 2 else {}
            await add_order(uow, contact, shop.basic, public_id=f"o{number}", **paid)


async def test_from_the_start_to_the_money(db: Database) -> None:
    shop = await open_shop(db)
    await sell(db, shop, 5)
    async with db.unit(1) as uow:
        figures = await count_figures(uow)
    assert (figures.started, figures.chose, figures.paid) == (6, 5, 2)
    basic, club = figures.tariffs
    assert (basic.chosen, basic.paid, basic.sums) == (5, 2, {"RUB": 2 * PRICE})
    assert (club.chosen, club.paid, club.sums) == (0, 0, {})


async def test_somebody_who_buys_twice_is_one_person_and_two_payments(db: Database) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        for tariff_id in (shop.basic, shop.club):
            paid = {"status": OrderStatus.PAID, "paid_at": uow.now}
            await add_order(uow, shop.buyer, tariff_id, **paid)
        figures = await count_figures(uow)
    assert (figures.chose, figures.paid) == (1, 1)
    assert [one.paid for one in figures.tariffs] == [1, 1]


async def test_a_period_counts_what_happened_in_it(db: Database, clock: StillClock) -> None:
    shop = await open_shop(db)
    await sell(db, shop, 4)
    clock.advance(days=8)
    async with db.unit(1) as uow:
        await add_order(uow, shop.buyer, shop.club, status=OrderStatus.PAID, paid_at=uow.now)
        week = await count_figures(uow, uow.now - timedelta(days=7))
        ever = await count_figures(uow)
    assert (week.started, week.chose, week.paid) == (0, 1, 1)
    assert [one.chosen for one in week.tariffs] == [0, 1]
    assert (ever.chose, ever.paid) == (5, 3)


async def test_money_by_the_books_by_source_and_by_code(db: Database, clock: StillClock) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        promo_id = await add_promo(uow)
        for number, utm in enumerate([{"utm_source": "blog"}, {"utm_source": "blog"}, None]):
            contact = await add_contact(uow, 600 + number)
            order = {"public_id": f"o{number}", "status": OrderStatus.PAID, "paid_at": uow.now, "utm": utm}
            order_id = await add_order(uow, contact, shop.basic, **order)
            payment_id = await add_payment(uow, order_id, status="succeeded")
            line = {"order_id": order_id, "entry": f"pay:{payment_id}:paid"}
            await add_ledger_line(uow, payment_id, **line)
            await add_ledger_line(uow, payment_id, **line, book="revenue", amount=-PRICE - 500)
            await add_ledger_line(uow, payment_id, **line, book="discount", amount=500)
            share = {"order_id": order_id, "entry": f"commission:{number}", "book": "revenue", "amount": 70}
            await add_ledger_line(uow, payment_id, **share)
        await add_promo_use(uow, promo_id, order_id, contact.id, state="used")
        back = {"order_id": order_id, "entry": "refund:1", "book": "refund", "amount": 100}
        await add_ledger_line(uow, payment_id, **back)
        money = (await count_figures(uow)).money
        clock.advance(days=1)
        nothing = (await count_figures(uow, uow.now + timedelta(hours=1))).money
    assert (money.revenue, money.refunds, money.fees) == ({"RUB": 3 * PRICE}, {"RUB": 100}, {})
    assert [(one.name, one.paid, one.sums) for one in money.sources] == [
        ("blog", 2, {"RUB": 2 * PRICE}),
        (None, 1, {"RUB": PRICE}),
    ]
    assert [(one.name, one.paid, one.sums) for one in money.promos] == [("SUMMER", 1, {"RUB": PRICE})]
    assert (nothing.revenue, nothing.sources, nothing.promos) == ({}, (), ())


async def test_tests_bring_no_money_and_are_named_as_tests(db: Database) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        promo_id = await add_promo(uow)
        for number, is_test in enumerate([True, False, True]):
            contact = await add_contact(uow, 600 + number)
            order = {"public_id": f"o{number}", "status": OrderStatus.PAID, "paid_at": uow.now}
            order_id = await add_order(uow, contact, shop.basic, **order, utm={"utm_source": "blog"})
            made = {"status": "succeeded", "is_test": is_test, "settled_at": uow.now}
            payment_id = await add_payment(uow, order_id, **made)
            line = {"order_id": order_id, "entry": f"pay:{payment_id}:paid"}
            await add_ledger_line(uow, payment_id, **line)
            await add_ledger_line(uow, payment_id, **line, book="revenue", amount=-PRICE)
            await add_promo_use(uow, promo_id, order_id, contact.id, state="used")
        figures = await count_figures(uow)
        income = await store.list_income(uow.conn, 1, uow.now - timedelta(days=1))
        worth = await list_worth(uow, None)
        hour = await store.sum_paid(uow.conn, 1, uow.now, uow.now + timedelta(hours=1))
    money = figures.money
    assert (money.revenue, money.tests) == ({"RUB": PRICE}, NoMoney(2, {"RUB": 2 * PRICE}))
    for sold in (money.sources[0], money.promos[0], figures.tariffs[0]):
        assert (sold.paid, sold.sums, sold.tests) == (1, {"RUB": PRICE}, money.tests)
    assert [row.amount for row in income] == [PRICE]
    assert [(line.came, line.payers.people) for line in worth] == [(PRICE, 1)]
    assert hour == [("RUB", False, 1, PRICE), ("RUB", True, 2, 2 * PRICE)]
    words = {language: show_words(tell(figures, ""), language) for language in ("ru", "en")}
    assert "Тестовые платежи, денег по ним нет: 2 на 3\xa0800" in words["ru"]
    assert "blog: оплат 1 на 1\xa0900\xa0₽, тестовых 2 на 3\xa0800\xa0₽" in words["ru"]
    assert "Test payments, which brought no money: 2," in words["en"]


async def test_a_school_that_has_only_tried_it_out_reads_of_tests_alone(db: Database) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        order_id = await add_order(uow, shop.buyer, shop.basic, status=OrderStatus.PAID, paid_at=uow.now)
        payment_id = await add_payment(uow, order_id, status="succeeded", is_test=True)
        line = {"order_id": order_id, "entry": f"pay:{payment_id}:paid"}
        await add_ledger_line(uow, payment_id, **line, book="revenue", amount=-PRICE)
        figures = await count_figures(uow)
    assert (figures.money.revenue, figures.tariffs[0].paid) == ({}, 0)
    words = show_words(tell(figures, ""), "ru")
    assert "Пришло денег" not in words
    assert "тестовых 1 на" in words


async def test_messages_by_what_became_of_them(db: Database) -> None:
    shop = await open_shop(db)
    states = [*(OutboxState.SENT,) * 3, OutboxState.FAILED, OutboxState.HOLD, OutboxState.PENDING]
    async with db.unit(1) as uow:
        blocker = await add_contact(uow, 700)
        await add_chat(uow, SALES_BOT, blocker, state=ChatState.BLOCKED)
        places = [(shop.buyer.telegram_id, one) for one in states] + [(700, OutboxState.FAILED)]
        for number, (chat_id, state) in enumerate(places):
            await add_call(uow, number, chat_id, state)
        await add_call(uow, 99, 700, OutboxState.SENT, method="editMessageText")
        calls = (await count_figures(uow)).calls
    assert (calls.sent, calls.failed, calls.blocked, calls.held, calls.waiting) == (3, 1, 1, 1, 1)


async def add_call(
    uow: UnitOfWork, number: int, chat_id: int, state: OutboxState, method: str = "sendMessage"
) -> None:
    row = {
        "bot_id": SALES_BOT,
        "chat_id": chat_id,
        "priority": Priority.INTERACTIVE,
        "dedupe_key": f"k{number}",
        "method": method,
        "frozen": True,
        "state": state,
        "not_before": uow.real_now,
        "attempt": 1,
        "possibly_twice": False,
        "created_at": uow.now,
    }
    await add_row(uow, outbox, row, {})


async def test_the_list_of_people_is_cut_into_pages_without_losing_anybody(db: Database) -> None:
    shop = await open_shop(db)
    async with db.unit(1) as uow:
        for number in range(2 * PAGE + 1):
            await add_access(uow, (await add_contact(uow, 600 + number)).id, shop.basic)
        pages = [await list_students(uow, page) for page in range(3)]
        beyond = await list_students(uow, 99)
    found = [one.telegram_id for page in pages for one in page.shown]
    assert sorted(found) == [600 + number for number in range(2 * PAGE + 1)]
    assert beyond == pages[2]


async def test_another_account_sees_nothing(db: Database) -> None:
    shop = await open_shop(db)
    await sell(db, shop, 3)
    async with db.unit(2) as uow:
        await add_account(uow)
        figures = await count_figures(uow)
        people = await list_students(uow, words="Anna")
    assert (figures.started, figures.chose, figures.paid, figures.tariffs) == (0, 0, 0, ())
    assert people.total == 0
