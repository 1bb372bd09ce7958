"""What is sold without a course: put on sale from a file, paid, given at once, shown again, given as a gift, taken back."""

from pathlib import Path
from typing import Any

import pytest

from app.cli.courses.tariffs import list_tariffs, load_tariffs, read_file
from bots.runtime.sending.saying import show_words
from core.db.models.commerce import accesses, communities
from core.db.models.content import deployments, enrollment_tokens, flows
from core.db.session import Database
from core.errors import DomainError
from core.lifecycle import AccessStatus
from services.commerce.access.manual_access import give_access
from services.commerce.access.onboarding import list_greetings
from services.commerce.catalog import tariffs
from services.commerce.catalog.offers import show_offer
from services.commerce.catalog.tariffs import OfferPlace
from services.commerce.orders import purchases
from services.commerce.orders.gifts import show_gifts
from services.content.flows import list_flows
from services.content.messages.media import find_file, name_kept
from services.content.products import list_products
from services.delivery import speech
from services.workflows.why import gathering
from tests.factories.persons import add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from tests.services.commerce.buying import buy, calls

GROUP = -1001234567890
FILE = f"""\
- code: guide
  product: {{text: "Here it is: https://example.org/guide.pdf", media: [{{kind: document, ref: a.pdf}}]}}
  name: {{ru: Путеводитель, en: A guide}}
  description: {{ru: Тридцать страниц, en: Thirty pages}}
  price: "490.00"
- code: backstage
  product: backstage
  name: Backstage
  price: "990.00"
  period: month
  groups: [{GROUP}]
"""


async def load(db: Database, tmp_path: Path, text: str = FILE) -> list[str]:
    """Load a file that lies beside the one it gives."""
    path = tmp_path / "products.yaml"
    path.write_text(text)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 a guide")
    async with db.unit(1) as uow:
        return await load_tariffs(uow, read_file(path), path)


def texts(sent: list[dict[str, Any]]) -> list[str]:
    said = [one["text"] for one in sent if isinstance(one.get("text"), dict)]
    return [line.get("t") for text in said for line in text.get("lines", [text])]


async def test_it_is_put_on_sale_without_a_course(db: Database, shop: Shop, tmp_path: Path) -> None:
    before = await count_rows(db, deployments)
    assert await load(db, tmp_path) == [
        "guide: “guide” is on sale for ₽490",
        "backstage: “backstage” is on sale for ₽990",
    ]
    await load(db, tmp_path)
    async with db.unit(1) as uow:
        products = await list_products(uow)
        assert sorted(products.values()) == ["backstage", "guide"]
        assert not {one.slug for one in await list_flows(uow)} & {"guide", "product:guide"}
        told = (await list_tariffs(uow, as_json=False))[-2:]
    assert [line.split("\t")[1] for line in told] == ["guide", "backstage"]
    assert await count_rows(db, flows, kind="product") == 2
    assert await count_rows(db, deployments) == before
    assert [row.chat_id for row in await read_rows(db, communities) if row.chat_id == GROUP] == [GROUP]
    async with db.unit(1) as uow:
        text = speech.content({"*": "Look"})
        await show_offer(uow, shop.buyer, OfferPlace(shop.chat), text, (), "catalogue")
    catalogue = (await calls(db))[-1]
    assert texts([catalogue])[-1] == "offer-catalogue-mixed"
    assert len(catalogue["buttons"]) == 3
    async with db.unit(1) as uow:
        await show_gifts(uow, shop.buyer, shop.chat, "gifts")
    labels = [show_words(row[0]["text"], "en").split(" · ")[0] for row in (await calls(db))[-1]["buttons"]]
    assert sorted(labels) == ["A guide", "Course words: Tariff basic", "Course words: Tariff club"], (
        "whose it is"
    )


async def test_it_is_given_once_when_it_is_paid_and_again_at_a_press(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    await load(db, tmp_path)
    tokens = await count_rows(db, enrollment_tokens)
    await buy(db, shop, "guide")
    said = await calls(db)
    greeted = [one for one in said if "guide.pdf" in str(one)]
    assert len(greeted) == 1
    assert "order-paid" in texts(said)
    assert "purchase" not in texts(said), "there are no lessons to be opened"
    assert await count_rows(db, enrollment_tokens) == tokens
    (access,) = await read_rows(db, accesses)
    async with db.unit(1) as uow:
        await purchases.show_purchases(uow, shop.buyer, shop.chat, "shown")
    shown = (await calls(db))[-1]
    assert texts([shown]) == ["purchase-product"]
    assert [button["press"] for row in shown["buttons"] for button in row] == [f"pa.{access.id}"]
    async with db.unit(1) as uow:
        await purchases.give_again(uow, shop.buyer, shop.chat, access.id, "again")
    assert len([one for one in await calls(db) if "guide.pdf" in str(one)]) == 2


async def test_nobody_else_gets_it_by_a_press(db: Database, shop: Shop, tmp_path: Path) -> None:
    await load(db, tmp_path)
    await buy(db, shop, "guide")
    (access,) = await read_rows(db, accesses)
    async with db.unit(1) as uow:
        stranger = await add_contact(uow, 666)
    with pytest.raises(DomainError, match="ACCESS_NOT_FOUND"):
        async with db.unit(1) as uow:
            await purchases.give_again(uow, stranger, shop.chat, access.id, "theirs")


async def test_given_by_hand_it_is_said_in_the_shop_with_all_it_is(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    await load(db, tmp_path)
    async with db.unit(1) as uow:
        guide = await tariffs.get_tariff(uow, "guide")
        assert await give_access(uow, shop.buyer, guide, 1001)
    said = await calls(db)
    assert texts(said) == ["access-given-product"]
    assert len([one for one in said if "guide.pdf" in str(one)]) == 1


async def test_a_paid_group_without_a_course_is_a_subscription_of_its_own(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    await load(db, tmp_path)
    await buy(db, shop, "backstage")
    said = await calls(db)
    assert "purchase-product" in texts(said)
    assert any(one.get("chat_id") == GROUP for one in said), "a link into the group is asked for"
    assert "sub-begun-hand" in texts(said)
    (access,) = await read_rows(db, accesses)
    assert access.status == AccessStatus.ACTIVE


async def test_why_knows_no_lesson_of_it(db: Database, shop: Shop, tmp_path: Path) -> None:
    await load(db, tmp_path)
    await buy(db, shop, "guide")
    async with db.unit(1) as uow:
        (chain,) = await gathering.load_chains(uow, shop.buyer)
    assert [link.kind.value for link in chain.links] == ["order", "payment", "notice", "access"]


async def test_files_are_kept_with_us_and_a_missing_one_is_named(
    db: Database, shop: Shop, tmp_path: Path
) -> None:
    await load(db, tmp_path)
    async with db.unit(1) as uow:
        guide = await tariffs.get_tariff(uow, "guide")
        (greeting,) = await list_greetings(uow, guide.id)
    assert greeting["media"][0]["ref"] == name_kept(b"%PDF-1.4 a guide", ".pdf")
    assert find_file(db.env, greeting["media"][0]["ref"]).read_bytes() == b"%PDF-1.4 a guide"
    with pytest.raises(DomainError, match=r"“guide”, product\.media\.0\.ref: “b\.pdf” is no link") as refusal:
        await load(db, tmp_path, FILE.replace("a.pdf", "b.pdf"))
    assert len(refusal.value.detail.splitlines()) == 1


async def test_a_code_of_a_course_is_no_product(db: Database, shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="“club”"):
        await load(db, tmp_path, FILE.replace("code: guide", "code: club"))
    async with db.unit(1) as uow:
        assert (await tariffs.get_tariff(uow, "club")).flow_id == shop.course.flow_id
        assert await list_products(uow) == {}
