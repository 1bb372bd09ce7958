"""Wrong calls are refused with Telegram's codes and words; each row names where they can be read in public."""

from typing import Any

import pytest
from bot_client import BotClient

from sandbox.client.client import SandboxClient

BAD = "Bad Request: "
BUTTON = BAD + "can't parse inline keyboard button: "
ENTITIES = BAD + "can't parse entities: "
MEDIA = BAD + "can't parse InputMedia: "
PRICE = BAD + "can't parse labeled price: "
REACTION = BAD + "can't parse ReactionType: "
MENU = BAD + "can't parse menu button: "
SCOPE = BAD + "can't parse BotCommandScope: "
RESERVED = "is reserved and must be escaped with the preceding '\\'"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SALES, COURSE = 111111, 222222
ANNA, STRANGER, BLOCKER, GONE, OWNER, ADMIN = range(500, 506)
CLUB, FORUM, WEAK, KICKED, LEFT = (-1001700000000 - number for number in range(5))
KICKED_CHANNEL, LEFT_CHANNEL, MUTE_CHANNEL = (-1001700000010 - number for number in range(3))
BASIC, KICKED_BASIC, LEFT_BASIC, UPGRADED = (-1700 - number for number in range(4))

# Where the words stand. The server of the Bot API (tdlib/telegram-bot-api, Client.cpp) is named by its function.
API = "telegram-bot-api Client.cpp "
RM = "tdlib/td ReplyMarkup.cpp get_reply_markup"
HTML = "tdlib/td MessageEntity.cpp parse_html"
MD2 = "tdlib/td MessageEntity.cpp parse_markdown_v2"
TELOXIDE = "teloxide/teloxide crates/teloxide-core/src/errors.rs"
TELEBOX = "Abstract-X/telebox telebox/bot/errors.py"
Row = tuple[str, dict[str, Any], int, str, str]


def keyboard(**button: Any) -> dict[str, Any]:
    return text(reply_markup={"inline_keyboard": [[button]]})


def html(words: str) -> dict[str, Any]:
    return text(text=words, parse_mode="HTML")


def marked(words: str) -> dict[str, Any]:
    return text(text=words, parse_mode="MarkdownV2")


def text(**more: Any) -> dict[str, Any]:
    return {"chat_id": ANNA, "text": "Hi", **more}


def asked(**button: Any) -> dict[str, Any]:
    """A keyboard button that asks for something, in a group."""
    return text(chat_id=CLUB, reply_markup={"keyboard": [[{"text": "A", **button}]]})


def invoice(**more: Any) -> dict[str, Any]:
    price = [{"label": "Course", "amount": 100}]
    wish = {"title": "T", "description": "D", "payload": "p", "currency": "XTR", "prices": price}
    return {name: value for name, value in {"chat_id": ANNA, **wish, **more}.items() if value is not None}


def poll(**more: Any) -> dict[str, Any]:
    return {"chat_id": ANNA, "question": "Why?", "options": ["A", "B"], **more}


def album(*media: Any) -> dict[str, Any]:
    return {"chat_id": ANNA, "media": list(media)}


def react(*kinds: Any, message_id: int = 2) -> dict[str, Any]:
    return {"chat_id": ANNA, "message_id": message_id, "reaction": list(kinds)}


def member(chat_id: int, user_id: int = ANNA, **more: Any) -> dict[str, Any]:
    return {"chat_id": chat_id, "user_id": user_id, **more}


def edit(**more: Any) -> dict[str, Any]:
    return {"chat_id": ANNA, "message_id": 2, **more}


def scope(**wish: Any) -> dict[str, Any]:
    return {"commands": [], "scope": wish}


WRONG: list[Row] = [
    # The call as a whole.
    ("noSuchMethod", {}, 404, "Not Found: method not found", API + "on_cmd"),
    ("sendMessage", {"text": "Hi"}, 400, BAD + "chat_id is empty", API + "check_chat"),
    ("sendMessage", text(chat_id=404), 400, BAD + "chat not found", TELOXIDE),
    ("sendMessage", text(chat_id=-404), 400, BAD + "chat not found", TELOXIDE),
    ("sendMessage", text(chat_id="@nobody_here"), 400, BAD + "chat not found", TELOXIDE),
    ("sendMessage", text(chat_id=COURSE), 403, "Forbidden: bot can't send messages to bots", TELEBOX),
    ("sendMessage", text(chat_id=STRANGER), 403, "Forbidden: bot can't initiate conversation with a user", TELEBOX),
    ("sendMessage", text(chat_id=BLOCKER), 403, "Forbidden: bot was blocked by the user", API + "fail_query_with_error"),
    ("sendMessage", text(chat_id=GONE), 403, "Forbidden: user is deactivated", API + "check_chat_access"),
    ("sendMessage", text(chat_id=KICKED), 403, "Forbidden: bot was kicked from the supergroup chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=LEFT), 403, "Forbidden: bot is not a member of the supergroup chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=KICKED_CHANNEL), 403, "Forbidden: bot was kicked from the channel chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=LEFT_CHANNEL), 403, "Forbidden: bot is not a member of the channel chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=KICKED_BASIC), 403, "Forbidden: bot was kicked from the group chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=LEFT_BASIC), 403, "Forbidden: bot is not a member of the group chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=UPGRADED), 400, BAD + "group chat was upgraded to a supergroup chat", API + "check_chat_access"),
    ("sendMessage", text(chat_id=MUTE_CHANNEL), 400, BAD + "need administrator rights in the channel chat", TELOXIDE),
    # Texts and their formatting.
    ("sendMessage", {"chat_id": ANNA}, 400, BAD + "message text is empty", API + "get_input_message_text"),
    ("sendMessage", text(text="x" * 4097), 400, BAD + "message is too long", TELOXIDE),
    ("sendMessage", text(text="😀" * 2049), 400, BAD + "message is too long", TELOXIDE),
    ("sendMessage", text(text="x" * 32769), 400, BAD + "text is too long", API + "get_formatted_text"),
    ("sendMessage", text(parse_mode="RTF"), 400, BAD + "unsupported parse_mode", API + "get_formatted_text"),
    ("sendMessage", text(entities=[1]), 400, BAD + "can't parse MessageEntity: expected an Object", API + "get_formatted_text"),
    ("sendMessage", text(link_preview_options="{"), 400, BAD + "can't parse link preview options JSON object", API + "get_link_preview_options"),
    ("sendMessage", text(link_preview_options=[]), 400, BAD + "object expected as link preview options", API + "get_link_preview_options"),
    ("sendMessage", html("<b>Hi"), 400, ENTITIES + 'Can\'t find end tag corresponding to start tag "b"', HTML),
    ("sendMessage", html("Я <x>"), 400, ENTITIES + 'Unsupported start tag "x" at byte offset 3', HTML),
    ("sendMessage", html("1 < 2"), 400, ENTITIES + 'Unsupported start tag "" at byte offset 2', HTML),
    ("sendMessage", html("<b>a</i>"), 400, ENTITIES + 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"', HTML),
    ("sendMessage", html("a</b>"), 400, ENTITIES + "Unexpected end tag at byte offset 1", HTML),
    ("sendMessage", html("a <b"), 400, ENTITIES + "Unclosed start tag at byte offset 2", HTML),
    ("sendMessage", html("<b>a</b"), 400, ENTITIES + "Unclosed end tag at byte offset 4", HTML),
    ("sendMessage", html('<a ="x">a</a>'), 400, ENTITIES + 'Empty attribute name in the tag "a" at byte offset 0', HTML),
    ("sendMessage", html("<a href"), 400, ENTITIES + 'Unclosed start tag "a" at byte offset 0', HTML),
    ("sendMessage", html("<a href=x_y>a</a>"), 400, ENTITIES + "Unexpected end of name token at byte offset 8", HTML),
    ("sendMessage", html('<span class="x">a</span>'), 400, ENTITIES + 'Tag "span" must have class "tg-spoiler" at byte offset 0', HTML),
    ("sendMessage", html("<tg-emoji>a</tg-emoji>"), 400, ENTITIES + "Invalid custom emoji identifier specified", HTML),
    ("sendMessage", marked("Hi."), 400, f"{ENTITIES}Character '.' {RESERVED}", MD2),
    ("sendMessage", marked("a|b"), 400, f"{ENTITIES}Character '|' {RESERVED}", MD2),
    ("sendMessage", marked("Hi!"), 400, f"{ENTITIES}Character '!' {RESERVED}", MD2),
    ("sendMessage", marked("a>b"), 400, f"{ENTITIES}Character '>' {RESERVED}", MD2),
    ("sendMessage", marked("я *b"), 400, ENTITIES + "Can't find end of Bold entity at byte offset 3", MD2),
    ("sendMessage", marked("[a](http"), 400, ENTITIES + "Can't find end of a URL at byte offset 4", MD2),
    ("sendMessage", marked("![a]b"), 400, ENTITIES + "Custom emoji entity must contain a tg://emoji URL", MD2),
    ("sendMessage", marked("![a](tg"), 400, ENTITIES + "Can't find end of a custom emoji URL at byte offset 5", MD2),
    # Keyboards.
    ("sendMessage", text(reply_markup="{"), 400, BAD + "can't parse reply keyboard markup JSON object", API + "get_reply_markup"),
    ("sendMessage", text(reply_markup=[]), 400, BAD + "object expected as reply markup", API + "get_reply_markup"),
    ("sendMessage", text(reply_markup={"keyboard": ["A"]}), 400, BAD + 'field "keyboard" must be an Array of Arrays', API + "get_reply_markup"),
    ("sendMessage", text(reply_markup={"inline_keyboard": [{}]}), 400, BAD + 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays', API + "get_reply_markup"),
    ("sendMessage", text(reply_markup={"keyboard": [[1]]}), 400, BAD + "can't parse keyboard button: KeyboardButton must be a String or an Object", API + "get_keyboard_button"),
    ("sendMessage", text(reply_markup={"inline_keyboard": [[1]]}), 400, BUTTON + "InlineKeyboardButton must be an Object", API + "get_inline_keyboard_button"),
    ("sendMessage", keyboard(text="A"), 400, BUTTON + "Text buttons are unallowed in the inline keyboard", API + "get_inline_keyboard_button"),
    ("sendMessage", keyboard(text="A", url=1), 400, BUTTON + 'Field "url" must be of type String', "github.com/nexor/telega/issues/29"),
    ("sendMessage", keyboard(text="A", callback_data="я" * 33), 400, BAD + "BUTTON_DATA_INVALID", TELOXIDE),
    ("sendMessage", keyboard(text="A", url="happ://add"), 400, BAD + "inline keyboard button URL 'happ://add' is invalid: Unsupported URL protocol", "github.com/BEDOLAGA-DEV/remnawave-bedolaga-telegram-bot/issues/1564"),
    ("sendMessage", keyboard(text="A", login_url={"url": "tg://user?id=500"}), 400, BAD + "link to a user can't be used in login URL buttons", RM),
    ("sendMessage", keyboard(text="A", login_url={"url": "https://a.com", "bot_username": "@a-b"}), 400, BUTTON + "LoginUrl bot username is invalid", API + "get_inline_keyboard_button"),
    ("sendMessage", keyboard(text="A", web_app={"url": "tg://user?id=500"}), 400, BAD + "link to a user can't be used in Web App URL buttons", RM),
    ("sendMessage", asked(request_contact=True), 400, BAD + "phone number can be requested in private chats only", RM),
    ("sendMessage", asked(request_location=True), 400, BAD + "location can be requested in private chats only", RM),
    ("sendMessage", asked(request_poll={}), 400, BAD + "poll can be requested in private chats only", RM),
    ("sendMessage", asked(web_app={"url": "https://a.com"}), 400, BAD + "web App buttons can be used in private chats only", RM),
    ("sendMessage", asked(request_users={"request_id": 1}), 400, BAD + "users can be requested in private chats only", RM),
    ("sendMessage", asked(request_chat={"request_id": 1, "chat_is_channel": False}), 400, BAD + "chats can be requested in private chats only", RM),
    ("editMessageReplyMarkup", edit(reply_markup={"keyboard": [["A"]]}), 400, BAD + "inline keyboard expected", RM),
    # Replies and topics.
    ("sendMessage", text(reply_parameters="{"), 400, BAD + "can't parse reply parameters JSON object", API + "get_reply_parameters"),
    ("sendMessage", text(reply_parameters=[]), 400, BAD + "object expected as reply parameters", API + "get_reply_parameters"),
    ("sendMessage", text(reply_parameters={"message_id": 999}), 400, BAD + "message to be replied not found", API + "check_reply_parameters"),
    ("sendMessage", text(chat_id=FORUM, message_thread_id=999), 400, BAD + "message thread not found", "github.com/ruitunion-org/feedback-bot/issues/1"),
    ("sendMessage", text(chat_id=FORUM, message_thread_id=2), 400, BAD + "TOPIC_CLOSED", "github.com/rteixeirax/qbittorrent_telegram_notification/issues/12"),
    # Files and albums.
    ("sendPhoto", {"chat_id": ANNA}, 400, BAD + "there is no photo in the request", API + "process_send_photo_query"),
    ("sendAudio", {"chat_id": ANNA}, 400, BAD + "there is no audio in the request", API + "process_send_audio_query"),
    ("sendDocument", {"chat_id": ANNA}, 400, BAD + "there is no document in the request", API + "process_send_document_query"),
    ("sendVideo", {"chat_id": ANNA}, 400, BAD + "there is no video in the request", API + "process_send_video_query"),
    ("sendAnimation", {"chat_id": ANNA}, 400, BAD + "there is no animation in the request", API + "process_send_animation_query"),
    ("sendVoice", {"chat_id": ANNA}, 400, BAD + "there is no voice in the request", API + "process_send_voice_query"),
    ("sendVideoNote", {"chat_id": ANNA}, 400, BAD + "there is no video note in the request", API + "process_send_video_note_query"),
    ("sendSticker", {"chat_id": ANNA}, 400, BAD + "there is no sticker in the request", API + "process_send_sticker_query"),
    ("sendPhoto", {"chat_id": ANNA, "photo": "nonsense"}, 400, BAD + "wrong file identifier/HTTP URL specified", TELOXIDE),
    ("sendPhoto", {"chat_id": ANNA, "photo": "http://127.0.0.1:9/a.png"}, 400, BAD + "failed to get HTTP URL content", API + "fail_query_with_error"),
    ("sendMediaGroup", {"chat_id": ANNA}, 400, BAD + 'parameter "media" is required', API + "get_required_string_arg"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": "["}, 400, BAD + "can't parse media JSON object", API + "get_input_message_contents"),
    ("sendMediaGroup", {"chat_id": ANNA, "media": {}}, 400, BAD + "expected an Array of InputMedia", API + "get_input_message_contents"),
    ("sendMediaGroup", album("x"), 400, MEDIA + "expected an Object", API + "get_input_media"),
    ("sendMediaGroup", album({"type": "photo"}), 400, MEDIA + "media not found", API + "get_input_media"),
    ("sendMediaGroup", album({"type": "photo", "media": "attach://lost"}), 400, MEDIA + "media not found", API + "get_input_media"),
    ("sendMediaGroup", album({"type": "animation", "media": "x"}), 400, MEDIA + 'type "animation" can\'t be used in sendMediaGroup', API + "get_input_media"),
    ("sendMediaGroup", album({"type": "song", "media": "x"}), 400, MEDIA + 'type "song" is unsupported', API + "get_input_media"),
    ("editMessageMedia", edit(), 400, BAD + 'parameter "media" is required', API + "get_required_string_arg"),
    ("editMessageMedia", edit(media="{"), 400, BAD + "can't parse input media JSON object", API + "get_input_media"),
    ("editMessageMedia", edit(media=[]), 400, MEDIA + "expected an Object", API + "get_input_media"),
    ("getFile", {}, 400, BAD + "file_id not specified", API + "check_remote_file_id"),
    ("getFile", {"file_id": "nonsense"}, 400, BAD + "wrong file_id or the file is temporarily unavailable", API + "on_update_file"),
    # Contacts, places, polls, dice, games.
    ("sendContact", {"chat_id": ANNA, "first_name": "A"}, 400, BAD + 'parameter "phone_number" is required', API + "process_send_contact_query"),
    ("sendContact", {"chat_id": ANNA, "phone_number": "1"}, 400, BAD + 'parameter "first_name" is required', API + "process_send_contact_query"),
    ("sendLocation", {"chat_id": ANNA, "longitude": 1}, 400, BAD + "latitude is empty", API + "get_location"),
    ("sendLocation", {"chat_id": ANNA, "latitude": 1}, 400, BAD + "longitude is empty", API + "get_location"),
    ("sendVenue", {"chat_id": ANNA, "title": "A", "address": "B"}, 400, BAD + "latitude is empty", API + "get_location"),
    ("sendGame", {"chat_id": ANNA}, 400, BAD + 'parameter "game_short_name" is required', API + "process_send_game_query"),
    ("sendPoll", poll(options="["), 400, BAD + "can't parse options JSON object", API + "get_poll_options"),
    ("sendPoll", poll(options={}), 400, BAD + "expected an Array of String as options", API + "get_poll_options"),
    ("sendPoll", poll(options=[1, 2]), 400, BAD + "expected an option to be of type String", API + "get_poll_options"),
    ("sendPoll", poll(type="riddle"), 400, BAD + "unsupported poll type specified", API + "process_send_poll_query"),
    ("sendPoll", poll(question=" "), 400, BAD + "poll question must be non-empty", TELOXIDE),
    ("sendPoll", poll(options=["A", " "]), 400, BAD + "poll options must be non-empty", TELOXIDE),
    ("sendPoll", poll(options=["A", "x" * 101]), 400, BAD + "poll options length must not exceed 100", TELOXIDE),
    ("stopPoll", edit(message_id=99), 400, BAD + "message with poll to stop not found", API + "process_stop_poll_query"),
    ("stopPoll", edit(), 400, BAD + "message is not a poll", TELOXIDE),
    ("stopPoll", edit(message_id=3), 400, BAD + "poll has already been closed", TELOXIDE),
    ("sendChatAction", {"chat_id": ANNA, "action": "dancing"}, 400, BAD + "wrong parameter action in request", API + "process_send_chat_action_query"),
    # Editing, deleting, copying, pinning.
    ("editMessageText", edit(text="Hello"), 400, BAD + NOT_MODIFIED, API + "fail_query_with_error"),
    ("editMessageText", edit(message_id=99, text="Hi"), 400, BAD + "message to edit not found", API + "process_edit_message_text_query"),
    ("editMessageText", {"chat_id": ANNA, "text": "Hi"}, 400, BAD + "message to edit not found", API + "check_message"),
    ("editMessageText", {"text": "Hi"}, 400, BAD + "message identifier is not specified", TELOXIDE),
    ("editMessageText", edit(message_id=1, text="Hi"), 400, BAD + "message can't be edited", TELOXIDE),
    ("editMessageText", edit(), 400, BAD + "message text is empty", API + "get_input_message_text"),
    ("deleteMessage", {"message_id": 2}, 400, BAD + "chat identifier is not specified", API + "process_delete_message_query"),
    ("deleteMessage", {"chat_id": ANNA}, 400, BAD + "message identifier is not specified", API + "process_delete_message_query"),
    ("deleteMessage", edit(message_id=99), 400, BAD + "message to delete not found", API + "process_delete_message_query"),
    ("deleteMessages", {"chat_id": ANNA}, 400, BAD + "message identifiers are not specified", API + "get_message_ids"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": []}, 400, BAD + "message identifiers are not specified", API + "process_delete_messages_query"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": "["}, 400, BAD + "can't parse message_ids JSON object", API + "get_message_ids"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": {}}, 400, BAD + "expected an Array of message identifiers", API + "get_message_ids"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": [{}]}, 400, BAD + "message identifier must be a Number", API + "get_message_ids"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": ["x"]}, 400, BAD + "can't parse message identifier as Number", API + "get_message_ids"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": [0]}, 400, BAD + "invalid message identifier specified", API + "get_message_ids"),
    ("deleteMessages", {"chat_id": ANNA, "message_ids": list(range(1, 102))}, 400, BAD + "too many message identifiers specified", API + "get_message_ids"),
    ("copyMessage", {"chat_id": ANNA, "message_id": 2}, 400, BAD + 'parameter "from_chat_id" is required', API + "process_copy_message_query"),
    ("copyMessage", edit(from_chat_id=ANNA, message_id=99), 400, BAD + "message to copy not found", API + "process_copy_message_query"),
    ("copyMessage", {"chat_id": ANNA, "from_chat_id": ANNA}, 400, BAD + "message to copy not found", API + "check_message"),
    ("forwardMessage", {"chat_id": ANNA, "message_id": 2}, 400, BAD + 'parameter "from_chat_id" is required', API + "process_forward_message_query"),
    ("forwardMessage", edit(from_chat_id=ANNA, message_id=99), 400, BAD + "message to forward not found", API + "process_forward_message_query"),
    ("copyMessages", {"chat_id": ANNA, "from_chat_id": ANNA}, 400, BAD + "message identifiers are not specified", API + "get_message_ids"),
    ("pinChatMessage", edit(message_id=99), 400, BAD + "message to pin not found", API + "process_pin_chat_message_query"),
    ("unpinChatMessage", edit(message_id=99), 400, BAD + "message to unpin not found", API + "process_unpin_chat_message_query"),
    ("pinChatMessage", {"chat_id": WEAK, "message_id": 1}, 400, BAD + "not enough rights to manage pinned messages in the chat", TELOXIDE),
    # Reactions and callback queries.
    ("setMessageReaction", edit(reaction="["), 400, BAD + "can't parse reaction types JSON object", API + "get_reaction_types"),
    ("setMessageReaction", edit(reaction={}), 400, BAD + "expected an Array of ReactionType", API + "get_reaction_types"),
    ("setMessageReaction", react(1), 400, REACTION + "expected an Object", API + "get_reaction_types"),
    ("setMessageReaction", react({"type": "tear"}), 400, REACTION + "invalid reaction type specified", API + "get_reaction_type"),
    ("setMessageReaction", react(message_id=99), 400, BAD + "message to react not found", API + "process_set_message_reaction_query"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, 400, BAD + TOO_OLD, API + "fail_query_with_error"),
    # Payments.
    ("sendInvoice", invoice(title=None), 400, BAD + 'parameter "title" is required', API + "get_input_message_invoice"),
    ("sendInvoice", invoice(description=None), 400, BAD + 'parameter "description" is required', API + "get_input_message_invoice"),
    ("sendInvoice", invoice(payload=None), 400, BAD + 'parameter "payload" is required', API + "get_input_message_invoice"),
    ("sendInvoice", invoice(currency=None), 400, BAD + 'parameter "currency" is required', API + "get_input_message_invoice"),
    ("sendInvoice", invoice(prices=None), 400, BAD + 'parameter "prices" is required', API + "get_input_message_invoice"),
    ("sendInvoice", invoice(prices="["), 400, BAD + "can't parse prices JSON object", API + "get_input_message_invoice"),
    ("sendInvoice", invoice(prices={}), 400, BAD + "expected an Array of labeled prices", API + "get_labeled_price_parts"),
    ("sendInvoice", invoice(prices=[]), 400, BAD + "there must be at least one price", API + "get_labeled_price_parts"),
    ("sendInvoice", invoice(prices=[1]), 400, PRICE + "LabeledPrice must be an Object", API + "get_labeled_price_part"),
    ("sendInvoice", invoice(prices=[{"label": "", "amount": 1}]), 400, PRICE + "LabeledPrice label must be non-empty", API + "get_labeled_price_part"),
    ("sendInvoice", invoice(max_tip_amount="much"), 400, BAD + 'can\'t parse "max_tip_amount" as Number', API + "get_input_message_invoice"),
    ("sendInvoice", invoice(suggested_tip_amounts="["), 400, BAD + "can't parse suggested_tip_amounts JSON object", API + "get_input_message_invoice"),
    ("sendInvoice", invoice(suggested_tip_amounts={}), 400, BAD + "expected an Array of suggested tip amounts", API + "get_suggested_tip_amounts"),
    ("sendInvoice", invoice(suggested_tip_amounts=[{}]), 400, BAD + "suggested tip amount must be of type Number or String", API + "get_suggested_tip_amounts"),
    ("sendInvoice", invoice(suggested_tip_amounts=["much"]), 400, BAD + "can't parse suggested tip amount as Number", API + "get_suggested_tip_amounts"),
    ("sendInvoice", invoice(currency="XXX"), 400, BAD + "CURRENCY_INVALID", "github.com/eternnoir/pyTelegramBotAPI/issues/1505"),
    ("sendInvoice", invoice(currency="EUR"), 400, BAD + "PAYMENT_PROVIDER_INVALID", "github.com/eternnoir/pyTelegramBotAPI/issues/348"),
    ("createInvoiceLink", invoice(prices=[{"label": "A", "amount": 0}]), 400, BAD + "CURRENCY_TOTAL_AMOUNT_INVALID", "github.com/TelegramBot/Api/issues/136"),
    ("answerPreCheckoutQuery", {"pre_checkout_query_id": "1", "ok": False}, 400, BAD + 'parameter "error_message" is required', API + "process_answer_pre_checkout_query_query"),
    ("answerPreCheckoutQuery", {"pre_checkout_query_id": "1", "ok": True}, 400, BAD + TOO_OLD, API + "fail_query_with_error"),
    ("answerShippingQuery", {"shipping_query_id": "1", "ok": True}, 400, BAD + 'parameter "shipping_options" is required', API + "get_shipping_options"),
    ("answerShippingQuery", {"shipping_query_id": "1", "ok": True, "shipping_options": "["}, 400, BAD + "can't parse shipping options JSON object", API + "get_shipping_options"),
    ("answerShippingQuery", {"shipping_query_id": "1", "ok": True, "shipping_options": {}}, 400, BAD + "expected an Array of shipping options", API + "get_shipping_options"),
    ("answerShippingQuery", {"shipping_query_id": "1", "ok": False}, 400, BAD + 'parameter "error_message" is required', API + "process_answer_shipping_query_query"),
    ("refundStarPayment", {"user_id": ANNA}, 400, BAD + 'parameter "telegram_payment_charge_id" is required', API + "process_refund_star_payment_query"),
    # Members and groups.
    ("getChatMember", {"chat_id": CLUB}, 400, BAD + "invalid user_id specified", API + "get_user_id"),
    ("getChatMember", member(ANNA, 404), 400, BAD + "user not found", TELOXIDE),
    ("getChatAdministrators", {"chat_id": ANNA}, 400, BAD + "there are no administrators in the private chat", API + "process_get_chat_administrators_query"),
    ("banChatMember", member(CLUB, SALES), 400, BAD + "can't restrict self", TELOXIDE),
    ("banChatMember", member(CLUB, ADMIN), 400, BAD + "user is an administrator of the chat", API + "fail_query_with_error"),
    ("banChatMember", member(WEAK), 400, BAD + "not enough rights to restrict/unrestrict chat member", TELOXIDE),
    ("restrictChatMember", member(BASIC, permissions={}), 400, BAD + "method is available only for supergroups", API + "process_restrict_chat_member_query"),
    ("restrictChatMember", member(CLUB, permissions="{"), 400, BAD + "can't parse permissions JSON object", API + "get_chat_permissions"),
    ("restrictChatMember", member(CLUB, permissions=[]), 400, BAD + "object expected as permissions", API + "get_chat_permissions"),
    ("setChatPermissions", {"chat_id": CLUB, "permissions": []}, 400, BAD + "object expected as permissions", API + "get_chat_permissions"),
    ("promoteChatMember", member(BASIC), 400, BAD + "method is available for supergroup and channel chats only", API + "process_promote_chat_member_query"),
    ("setChatAdministratorCustomTitle", member(BASIC, custom_title="A"), 400, BAD + "method is available only for supergroups", API + "process_set_chat_administrator_custom_title_query"),
    ("setChatAdministratorCustomTitle", member(CLUB, OWNER, custom_title="A"), 400, BAD + "only creator can edit their custom title", API + "process_set_chat_administrator_custom_title_query"),
    ("setChatAdministratorCustomTitle", member(CLUB, custom_title="A"), 400, BAD + "user is not an administrator", API + "process_set_chat_administrator_custom_title_query"),
    ("setChatPhoto", {"chat_id": CLUB}, 400, BAD + "there is no photo in the request", API + "process_set_chat_photo_query"),
    ("setChatPhoto", {"chat_id": CLUB, "photo": "x"}, 400, BAD + "photo must be uploaded as an InputFile", API + "process_set_chat_photo_query"),
    ("setChatStickerSet", {"chat_id": BASIC, "sticker_set_name": "A"}, 400, BAD + "method is available only for supergroups", API + "process_set_chat_sticker_set_query"),
    ("setChatStickerSet", {"chat_id": CLUB}, 400, BAD + "sticker_set_name is empty", API + "resolve_sticker_set"),
    ("deleteChatStickerSet", {"chat_id": BASIC}, 400, BAD + "method is available only for supergroups", API + "process_delete_chat_sticker_set_query"),
    ("setChatDescription", {"chat_id": CLUB, "description": ""}, 400, BAD + "chat description is not modified", API + "fail_query_with_error"),
    ("banChatSenderChat", {"chat_id": CLUB}, 400, BAD + "sender_chat_id is empty", API + "check_chat_no_fail"),
    ("banChatSenderChat", {"chat_id": CLUB, "sender_chat_id": "me"}, 400, BAD + "sender_chat_id is not a valid Integer", API + "check_chat_no_fail"),
    # What a bot says of itself.
    ("setMyCommands", {"commands": "["}, 400, BAD + "can't parse commands JSON object", API + "get_bot_commands"),
    ("setMyCommands", {"commands": {}}, 400, BAD + "expected an Array of BotCommand", API + "get_bot_commands"),
    ("setMyCommands", {"commands": [1]}, 400, BAD + "can't parse BotCommand: expected an Object", API + "get_bot_commands"),
    ("setMyCommands", {"commands": [], "scope": "{"}, 400, BAD + "can't parse BotCommandScope JSON object", API + "get_bot_command_scope"),
    ("setMyCommands", {"commands": [], "scope": []}, 400, SCOPE + "BotCommandScope must be an Object", API + "get_bot_command_scope"),
    ("setMyCommands", scope(type="world"), 400, SCOPE + "Unsupported type specified", API + "get_bot_command_scope"),
    ("setMyCommands", scope(type="chat", chat_id=""), 400, SCOPE + "Empty chat_id specified", API + "get_bot_command_scope"),
    ("setMyCommands", scope(type="chat_member", chat_id=CLUB, user_id=0), 400, SCOPE + "Invalid user_id specified", API + "get_bot_command_scope"),
    ("setChatMenuButton", {"menu_button": "{"}, 400, BAD + "can't parse menu button JSON object", API + "get_bot_menu_button"),
    ("setChatMenuButton", {"menu_button": []}, 400, MENU + "MenuButton must be an Object", API + "get_bot_menu_button"),
    ("setChatMenuButton", {"menu_button": {"type": "door"}}, 400, MENU + "MenuButton has unsupported type", API + "get_bot_menu_button"),
    ("setChatMenuButton", {"chat_id": "me"}, 400, BAD + "invalid chat_id specified", API + "get_user_id"),
    ("setMyDefaultAdministratorRights", {"rights": "{"}, 400, BAD + "can't parse ChatAdministratorRights JSON object", API + "get_chat_administrator_rights"),
    ("setMyDefaultAdministratorRights", {"rights": []}, 400, BAD + "can't parse ChatAdministratorRights: ChatAdministratorRights must be an Object", API + "get_chat_administrator_rights"),
    ("getCustomEmojiStickers", {"custom_emoji_ids": "["}, 400, BAD + "can't parse custom emoji identifiers JSON object", API + "process_get_custom_emoji_stickers_query"),
    ("getCustomEmojiStickers", {"custom_emoji_ids": {}}, 400, BAD + "expected an Array of custom emoji identifiers", API + "process_get_custom_emoji_stickers_query"),
    ("setPassportDataErrors", {"user_id": ANNA, "errors": {}}, 400, BAD + "expected an Array of PassportElementError", API + "get_passport_element_errors"),
    ("setWebhook", {"url": "https://example.com", "secret_token": "x" * 257}, 400, BAD + "secret token is too long", API + "do_set_webhook"),
    ("setWebhook", {"url": "https://example.com", "secret_token": "no spaces"}, 400, BAD + "secret token contains unallowed characters", API + "do_set_webhook"),
]  # fmt: skip


@pytest.fixture
async def town(tg: SandboxClient, bot: BotClient) -> None:
    """Everybody and every place the table speaks of."""
    anna, _, blocker, gone, owner, admin = [
        await tg.person(name, id=number) for number, name in enumerate("ABCDEF", ANNA)
    ]
    # The table counts on these numbers: 1 is Anna's /start, 2 and 3 are the bot's.
    await anna.start("sales_bot")
    await bot.ok("sendMessage", chat_id=ANNA, text="Hello")
    await bot.ok("sendPoll", **poll(), is_closed=True)
    await blocker.start("sales_bot")
    await blocker.block("sales_bot")
    await gone.start("sales_bot")
    await gone.delete_account()
    club = await tg.group("Club", id=CLUB, owner=owner, members=[anna, admin], bots=["sales_bot"])
    await club.set_rank(admin, "administrator")
    weak = await tg.group("Weak", id=WEAK, owner=owner, members=[anna], bots=["sales_bot"])
    await weak.set_bot("sales_bot", "administrator", {"can_manage_chat": True})
    forum = await tg.group("Forum", id=FORUM, owner=owner, bots=["sales_bot"], forum=True)
    topic = await owner.chat(forum).open_topic("Closed")
    assert topic.id == 2
    await bot.ok("closeForumTopic", chat_id=FORUM, message_thread_id=2)
    await forum.set_bot("sales_bot", "administrator", {"can_manage_chat": True})
    mute = await tg.group("Mute", id=MUTE_CHANNEL, type="channel", owner=owner, bots=["sales_bot"])
    await mute.set_bot("sales_bot", "administrator", {"can_manage_chat": True})
    await tg.group("Basic", id=BASIC, type="group", owner=owner, members=[anna], bots=["sales_bot"])
    await (await tg.group("Old", id=UPGRADED, type="group", owner=owner, bots=["sales_bot"])).upgrade()
    for status, places in {
        "kicked": ((KICKED, "supergroup"), (KICKED_CHANNEL, "channel"), (KICKED_BASIC, "group")),
        "left": ((LEFT, "supergroup"), (LEFT_CHANNEL, "channel"), (LEFT_BASIC, "group")),
    }.items():
        for number, kind in places:
            place = await tg.group("Was", id=number, type=kind, owner=owner, bots=["sales_bot"])
            await place.set_bot("sales_bot", status)


@pytest.mark.usefixtures("town")
async def test_refusals(bot: BotClient) -> None:
    assert len(WRONG) >= 120
    assert all(source for *_, source in WRONG)
    odd = [
        (method, params, told, (code, description))
        for method, params, code, description, _ in WRONG
        if (told := await bot.fails(method, **params)) != (code, description)
    ]
    assert not odd, "\n".join(map(str, odd))


async def test_tokens(bot: BotClient, tg: SandboxClient) -> None:
    bot.token = "111111:wrong"
    assert await bot.fails("getMe") == (401, "Unauthorized")
    bot.token = "nonsense"
    assert await bot.fails("getMe") == (404, "Not Found")


async def test_who_may_be_written_to(tg: SandboxClient, bot: BotClient) -> None:
    anna = await tg.person("Anna")
    message = {"chat_id": anna.id, "text": "Hi"}
    stranger = (403, "Forbidden: bot can't initiate conversation with a user")
    assert await bot.fails("sendMessage", **message) == stranger
    chat = await anna.start("sales_bot")
    await bot.ok("sendMessage", **message)
    await anna.block("sales_bot")
    assert await bot.fails("sendMessage", **message) == (403, "Forbidden: bot was blocked by the user")
    await anna.unblock("sales_bot")
    await bot.ok("sendMessage", **message)
    states = [one["new_chat_member"]["status"] for one in await bot.drain("my_chat_member")]
    assert states == ["member", "kicked", "member"]
    await anna.delete_account()
    assert await bot.fails("sendMessage", **message) == (403, "Forbidden: user is deactivated")
    assert (await chat.info())["blocked"] is False


async def test_groups_refuse_outsiders_and_the_voiceless(tg: SandboxClient, bot: BotClient) -> None:
    boris = await tg.person("Boris")
    group = await tg.group("Club", owner=boris, bots=["sales_bot"])
    message = {"chat_id": group.id, "text": "Hi"}
    await bot.ok("sendMessage", **message)
    await group.set_bot("sales_bot", "member")
    await group.permissions(can_send_messages=False)
    assert await bot.fails("sendMessage", **message) == (
        400,
        "Bad Request: not enough rights to send text messages to the chat",
    )
    refusal = (400, "Bad Request: not enough rights to manage chat invite link")
    assert await bot.fails("createChatInviteLink", chat_id=group.id) == refusal
    await group.set_bot("sales_bot", "kicked")
    assert await bot.fails("sendMessage", **message) == (
        403,
        "Forbidden: bot was kicked from the supergroup chat",
    )
    await group.set_bot("sales_bot", "left")
    assert await bot.fails("sendMessage", **message) == (
        403,
        "Forbidden: bot is not a member of the supergroup chat",
    )


async def test_an_upgraded_group_names_its_heir(tg: SandboxClient, bot: BotClient) -> None:
    boris = await tg.person("Boris")
    group = await tg.group("Club", type="group", owner=boris, bots=["sales_bot"])
    assert -1_000_000_000 < group.id < 0
    heir = await group.upgrade()
    status, body = await bot.ask("sendMessage", chat_id=group.id, text="Hi")
    assert (status, body["description"]) == (400, "Bad Request: group chat was upgraded to a supergroup chat")
    assert body["parameters"] == {"migrate_to_chat_id": heir.id}
    assert str(heir.id).startswith("-100")
    await bot.ok("sendMessage", chat_id=heir.id, text="Hi")
