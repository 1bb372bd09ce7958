"""Updates that nobody expects, or that somebody made up: each is done with at once, and the next person is served."""

from typing import Any

from core.db.models.delivery import inbox
from core.db.models.learning import runs
from tests.bots.admin.desk import ADMIN, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT
from tests.factories.rows import read_rows
from tests.factories.shops import Shop

CHANNEL = {"id": -1001, "type": "channel", "title": "News"}
GROUP = {"id": -1002, "type": "supergroup", "title": "Chat"}
WHO = {"id": 5001, "is_bot": False, "first_name": "\u202eMallory</b>{{user.user_name}}", "username": "m"}
BOT = {"id": 5002, "is_bot": True, "first_name": "Bot"}
HERE = {"id": 5001, "type": "private", "first_name": "M"}
CRAFTED = "{{user.payment_link}} <b> {x} %s {{ \ud83d\ude00 &#123;&#123;"


def message(**more: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": 1, "chat": HERE, "from": WHO, **more}


def query(data: str, **more: Any) -> dict[str, Any]:
    return {"callback_query": {"id": "1", "from": WHO, "chat_instance": "c", "data": data, **more}}


STRANGE: tuple[dict[str, Any], ...] = (
    {"channel_post": {"message_id": 1, "date": 1, "chat": CHANNEL, "text": "/start"}},
    {"edited_channel_post": {"message_id": 1, "date": 1, "chat": CHANNEL, "edit_date": 2, "text": "/stats"}},
    {"message": {"message_id": 1, "date": 1, "chat": GROUP, "sender_chat": CHANNEL, "text": "/start"}},
    {"message": {"message_id": 1, "date": 1, "chat": HERE, "text": "/start nobody"}},
    {"message": message(chat=GROUP, text="/who")},
    {"message": message(**{"from": BOT}, chat=GROUP, text="/start")},
    {"message": message(text="/start " + "x" * 9000)},
    {"message": message(text="/start cd_" + "a" * 40 + "_" + "b" * 20)},
    {"message": message(text="/start s_../../keys")},
    {"message": message(text="/promo ' OR 1=1 --")},
    {"message": message(text="/" + "a" * 200)},
    {"message": message(text=CRAFTED)},
    {"message": message(text="\0\ufffe\uffff")},
    {"message": message(text="yes", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "Bo"})},
    {"message": message(text="yes", forward_origin={"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 1})},
    {"message": message(text="yes", via_bot=BOT)},
    {"message": message(text="yes", reply_to_message={"message_id": 1, "date": 0, "chat": HERE})},
    {"message": message(text="yes", reply_to_message={"message_id": 2**40, "date": 1, "chat": GROUP})},
    {"message": message(text="yes", entities=[{"type": "bold", "offset": 9000, "length": 9000}])},
    {"message": message(text="yes", entities=[{"type": "text_link", "offset": 0, "length": 3, "url": "javascript:x"}])},
    {"message": message(contact={"phone_number": "+7'); DROP TABLE", "first_name": "=1+1", "user_id": ADMIN})},
    {"message": message(location={"latitude": 1e308, "longitude": -1e308})},
    {"message": message(dice={"emoji": "x", "value": 6})},
    {"message": message(document={"file_id": "F", "file_unique_id": "U", "file_name": "../../keys"}, caption="/edit x")},
    {"message": message(document={"file_id": "F", "file_unique_id": "U", "file_size": 2**50}, caption="/create x")},
    {"message": message(migrate_to_chat_id=-1009)},
    {"message": message(chat=GROUP, migrate_to_chat_id=-1009)},
    {"message": message(chat=GROUP, left_chat_member=BOT)},
    {"message": message(successful_payment={"currency": "XTR", "total_amount": 1, "invoice_payload": "1"})},
    {"message": message(web_app_data={"data": "answer", "button_text": "x"})},
    {"edited_message": message(edit_date=2, text="/start")},
    {"edited_message": message(edit_date=2, chat=GROUP)},
    {"message_reaction": {"chat": HERE, "message_id": 1, "date": 1, "user": WHO, "old_reaction": [], "new_reaction": []}},
    {"inline_query": {"id": "1", "from": WHO, "query": "x", "offset": ""}},
    {"chosen_inline_result": {"result_id": "1", "from": WHO, "query": "x"}},
    {"shipping_query": {"id": "1", "from": WHO, "invoice_payload": "1", "shipping_address": {}}},
    {"pre_checkout_query": {"id": "1", "from": WHO, "currency": "XTR", "total_amount": 1, "invoice_payload": "1"}},
    {"pre_checkout_query": {"id": "1", "from": WHO}},
    query("v1.oy.1.AAAAAAAAAAAA", message=message()),
    query("v1." + "x" * 60, message=message()),
    query("v1.st.1-1-done.\u0661", message=message(chat=GROUP)),
    query("v1.buy.basic.x", inline_message_id="i"),
    query("v1.buy.basic.x", message={"chat": HERE, "message_id": 1, "date": 0}),
    {"callback_query": {"id": "1", "from": WHO, "chat_instance": "c", "game_short_name": "g", "message": message()}},
    {"poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": [], "voter_chat": CHANNEL}},
    {"poll_answer": {"poll_id": "1", "option_ids": [99], "option_persistent_ids": [], "user": WHO}},
    {"chat_join_request": {"chat": GROUP, "from": WHO, "user_chat_id": 5001, "date": 1}},
    {"my_chat_member": {"chat": CHANNEL, "from": WHO, "date": 1}},
    {"message": {"from": WHO}}, {"message": "x"}, {"message": None}, {"message": []}, {"nothing": {}}, {},
    {"message": message(chat={"id": 2**70, "type": "private"}, text="/start")},
    {"message": message(**{"from": {**WHO, "id": -1}}, text="/start")},
    {"message": message(**{"from": {**WHO, "first_name": "x" * 5000}}, text="/start")},
    {"message": message(message_id=2**70, text="/start")},
    {"message": message(date=2**60, text="/start")},
)  # fmt: skip


async def test_each_is_done_with_and_the_next_person_is_served(desk: Desk, shop: Shop) -> None:
    known = len(await read_rows(desk.db, runs))
    for bot in (SALES_BOT, COURSE_BOT):
        for one in STRANGE:
            await desk.receive(bot, one)
    await desk.work_off()
    assert {row.state for row in await read_rows(desk.db, inbox)} == {"done"}
    assert not [one for one in desk.calls if "{{" in one.text or "payment_link" in one.text]
    assert len(await read_rows(desk.db, runs)) == known
    (hello,) = await desk.write("/start", 6001)
    assert "Do you agree?" in hello.text
