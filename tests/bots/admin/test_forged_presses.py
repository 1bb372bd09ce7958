"""A press of any kind of button that was not made here for this person, chat and bot is answered, and changes nothing."""

from collections.abc import Iterator
from typing import Any

from core.presses import Press, sign, verify
from core.text.catalog import say
from services.delivery import inbox
from tests.bots.admin.desk import ADMIN, BOTS, Desk
from tests.factories.rows import dump_rows
from tests.factories.shops import Shop
from tests.stories.buttons import list_kinds
from tests.stories.forging import write_over

STRANGER = 5003
TRACES = {
    "inbox",
    "feed",  # that something came
    "messages",
    "chats",
    "contacts",
    "bot_menus",
    "leases",
}  # whoever does anything leaves them


def _forge(key: bytes, bot: int, kind: str) -> Iterator[tuple[str, int, str]]:
    """What is changed, who presses, and the data."""
    genuine = sign(key, bot, ADMIN, str(ADMIN), Press(kind, "1"))
    assert verify((key,), bot, ADMIN, (str(ADMIN),), genuine)
    yield from ((f"{kind} {name}", ADMIN, data) for name, data in write_over(genuine, bot, ADMIN))
    yield f"{kind} by a stranger", STRANGER, genuine


async def test_no_kind_of_button_is_believed_when_forged(desk: Desk, shop: Shop) -> None:
    for bot in BOTS:
        for who in (ADMIN, STRANGER):
            await desk.write("/start", who, bot)
    key = desk.db.env.signing_key
    before = {name: rows for name, rows in (await dump_rows(desk.db)).items() if name not in TRACES}
    kinds = sorted(list_kinds())
    assert len(kinds) > 80
    for bot in BOTS.values():
        mine = [kind for kind_of_bot, kind in kinds if kind_of_bot is bot.kind]
        forged = [one for kind in mine for one in _forge(key, bot.id, kind)]
        desk.alerts.clear()
        await inbox.receive(desk.db, 1, bot.id, [_press(desk, who, data) for _, who, data in forged])
        assert await desk.work_off() == []
        assert dict(zip([name for name, _, _ in forged], desk.alerts, strict=True)) == dict.fromkeys(
            [name for name, _, _ in forged], say("error-button-expired", "en", {})
        )
    after = {name: rows for name, rows in (await dump_rows(desk.db)).items() if name not in TRACES}
    assert after == before


def _press(desk: Desk, who: int, data: str) -> dict[str, Any]:
    message = desk.message(who, text="-")
    query = {"id": "q", "from": message["from"], "message": message, "chat_instance": "c", "data": data}
    return {"update_id": desk.next_number(), "callback_query": query}
