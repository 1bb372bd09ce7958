"""Every method the installed aiogram knows is called through aiogram, and the answer is what aiogram expects."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
import pytest_asyncio
from aiogram import Bot, methods
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods.base import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputFile,
    InputTextMessageContent,
    LabeledPrice,
    Message,
    Update,
    WebAppInfo,
)
from pydantic import BaseModel

from sandbox.client.client import Chat, Group, Person, SandboxClient
from sandbox.control.samples import picture

pytestmark = pytest.mark.asyncio(loop_scope="module")
NUMBERS = itertools.count(333_333)
MONTH = 2_592_000  # seconds, the only period of a subscription in Stars
METHODS = {
    one.__api_method__: one
    for one in (getattr(methods, name) for name in methods.__all__)
    if hasattr(one, "__api_method__") and one is not TelegramMethod
}
# Telegram says these things too, though its documents do not.
UNDOCUMENTED = frozenset(
    {
        "all_members_are_administrators",
        "forward_date",
        "forward_from",
        "new_chat_member",
        "new_chat_participant",
    }
)
STARS = [LabeledPrice(label="Course", amount=100)]
Values = dict[str, Any]


@dataclass
class Scene:
    """A place where every method has something to act upon."""

    bot: Bot
    anna: Person
    vera: Person
    chat: Chat
    group: Group
    tasks: list[asyncio.Task[Any]]

    def later(self, act: Coroutine[Any, Any, Any]) -> None:
        """Let a person do something that ends when the bot has answered."""
        self.tasks.append(asyncio.create_task(act))

    def values(self, message: Message) -> Values:
        """What most methods are called with, by the names of their parameters."""
        return {
            "chat_id": self.group.id,
            "from_chat_id": self.group.id,
            "user_id": self.anna.id,
            "message_id": message.message_id,
            "message_ids": [message.message_id],
            "text": "Hi",
            "emoji": "🎲",
            "currency": "XTR",
            "prices": STARS,
        }

    async def update(self, kind: str) -> Any:
        """The next update of a kind; what came before it is confirmed."""
        offset = 0
        while True:
            for update in await self.bot.get_updates(offset=offset, timeout=50):
                offset = update.update_id + 1
                if content := getattr(update, kind):
                    await self.bot.get_updates(offset=offset)
                    return content


async def pressed(scene: Scene) -> Values:
    button = InlineKeyboardButton(text="Buy", callback_data="buy")
    markup = InlineKeyboardMarkup(inline_keyboard=[[button]])
    await scene.bot.send_message(scene.anna.id, "Hi", reply_markup=markup)
    scene.later(scene.chat.press("Buy"))
    return {"callback_query_id": (await scene.update("callback_query")).id}


async def paying(scene: Scene) -> Values:
    await scene.bot.send_invoice(scene.anna.id, "Course", "All of it", "p", "XTR", STARS)
    scene.later(scene.chat.pay(await scene.chat.last()))
    query = await scene.update("pre_checkout_query")
    return {"pre_checkout_query_id": query.id, "ok": True}


async def paid(scene: Scene) -> Values:
    await scene.bot.answer_pre_checkout_query((await paying(scene))["pre_checkout_query_id"], ok=True)
    receipt = (await scene.update("message")).successful_payment
    return {"telegram_payment_charge_id": receipt.telegram_payment_charge_id}


async def subscribed(scene: Scene) -> Values:
    link = await scene.bot.create_invoice_link(
        "Club", "All of it", "p", "XTR", STARS, subscription_period=MONTH
    )
    scene.later(scene.anna.pay(link))
    query = await scene.update("pre_checkout_query")
    await scene.bot.answer_pre_checkout_query(query.id, ok=True)
    receipt = (await scene.update("message")).successful_payment
    return {"telegram_payment_charge_id": receipt.telegram_payment_charge_id}


async def asked_to_join(scene: Scene) -> Values:
    link = await scene.bot.create_chat_invite_link(scene.group.id, creates_join_request=True)
    await scene.vera.join(link.invite_link)
    return {"user_id": scene.vera.id}


async def linked(scene: Scene) -> Values:
    return {"invite_link": (await scene.bot.create_chat_invite_link(scene.group.id)).invite_link}


async def subscription(scene: Scene) -> Values:
    terms = {"subscription_period": 2_592_000, "subscription_price": 100}
    link = await scene.bot.create_chat_subscription_invite_link(scene.group.id, **terms)
    return {"invite_link": link.invite_link, **terms}


async def in_topic(scene: Scene) -> Values:
    return {
        "message_thread_id": (await scene.bot.create_forum_topic(scene.group.id, "Work")).message_thread_id
    }


async def closed_topic(scene: Scene) -> Values:
    topic = await in_topic(scene)
    await scene.bot.close_forum_topic(scene.group.id, **topic)
    return topic


async def closed_general(scene: Scene) -> Values:
    await scene.bot.close_general_forum_topic(scene.group.id)
    return {}


async def hidden_general(scene: Scene) -> Values:
    await scene.bot.hide_general_forum_topic(scene.group.id)
    return {}


async def polled(scene: Scene) -> Values:
    return {"message_id": (await scene.bot.send_poll(scene.group.id, "Why?", ["A", "B"])).message_id}


async def pictured(scene: Scene) -> Values:
    sent = await scene.bot.send_photo(scene.group.id, BufferedInputFile(picture(2), "p.png"), caption="Was")
    return {
        "chat_id": scene.group.id,
        "message_id": sent.message_id,
        "file_id": (sent.photo or [])[-1].file_id,
    }


async def texted(scene: Scene) -> Values:
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="A", callback_data="a")]])
    sent = await scene.bot.send_message(scene.group.id, "Was", reply_markup=markup)
    return {"chat_id": scene.group.id, "message_id": sent.message_id, "text": "Is"}


async def live(scene: Scene) -> Values:
    sent = await scene.bot.send_location(scene.group.id, 55.75, 37.62, live_period=900)
    return {"chat_id": scene.group.id, "message_id": sent.message_id}


async def pinned(scene: Scene) -> Values:
    sent = await scene.bot.send_message(scene.group.id, "Pinned")
    await scene.bot.pin_chat_message(scene.group.id, sent.message_id)
    return {"message_id": sent.message_id}


async def launched(scene: Scene) -> Values:
    app = WebAppInfo(url="https://example.com/app")
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="App", web_app=app)]])
    await scene.bot.send_message(scene.anna.id, "Hi", reply_markup=markup)
    opened = await scene.chat.launch("App")
    content = InputTextMessageContent(message_text="From the app")
    result = InlineQueryResultArticle(id="1", title="A", input_message_content=content)
    return {"web_app_query_id": opened.query_id, "result": result}


async def in_private(scene: Scene) -> Values:
    return {"chat_id": scene.anna.id}


async def promoted(scene: Scene) -> Values:
    await scene.group.set_rank(scene.anna, "administrator")
    return {"user_id": scene.anna.id}


async def refused(_: Scene) -> Values:
    return {"ok": False, "error_message": "Sold out"}


async def with_action(scene: Scene) -> Values:
    return {"action": "typing"}


async def with_score(scene: Scene) -> Values:
    return {**await in_private(scene), "message_id": 1, "score": 1}


async def with_description(scene: Scene) -> Values:
    return {"description": "About us"}


PREPARED: dict[str, Callable[[Scene], Awaitable[Values]]] = {
    "answerCallbackQuery": pressed,
    "answerPreCheckoutQuery": paying,
    "answerWebAppQuery": launched,
    "approveChatJoinRequest": asked_to_join,
    "closeForumTopic": in_topic,
    "createChatSubscriptionInviteLink": subscription,
    "declineChatJoinRequest": asked_to_join,
    "deleteForumTopic": in_topic,
    "editChatInviteLink": linked,
    "editChatSubscriptionInviteLink": subscription,
    "editForumTopic": in_topic,
    "editMessageCaption": pictured,
    "editMessageLiveLocation": live,
    "editMessageMedia": pictured,
    "editMessageReplyMarkup": texted,
    "editMessageText": texted,
    "editUserStarSubscription": subscribed,
    "getFile": pictured,
    "refundStarPayment": paid,
    "reopenForumTopic": closed_topic,
    "reopenGeneralForumTopic": closed_general,
    "revokeChatInviteLink": linked,
    "sendChatAction": with_action,
    "sendMessageDraft": in_private,
    "answerShippingQuery": refused,
    "setChatAdministratorCustomTitle": promoted,
    "setChatDescription": with_description,
    "setChatMenuButton": in_private,
    "setGameScore": with_score,
    "stopMessageLiveLocation": live,
    "stopPoll": polled,
    "unhideGeneralForumTopic": hidden_general,
    "unpinAllForumTopicMessages": in_topic,
    "unpinChatMessage": pinned,
}


def sensible(annotation: Any, name: str) -> Any:
    """A small value of a type."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return sensible(inner[0], name)
    if origin is Literal:
        return inner[0]
    if origin is list:
        return [sensible(inner[0], name)] * 2
    if origin in (Union, UnionType):
        files = [one for one in inner if isinstance(one, type) and issubclass(one, InputFile)]
        return sensible((files or inner)[0], name)
    return _plain(annotation, name)


def _plain(kind: type, name: str) -> Any:
    if issubclass(kind, InputFile):
        return BufferedInputFile(picture(1), "p.png")
    if issubclass(kind, BaseModel):
        needed = {key: one for key, one in kind.model_fields.items() if one.is_required()}
        return kind(**{key: sensible(one.annotation, key) for key, one in needed.items()})
    if kind is str:
        return "https://example.com/" if "url" in name else f"the_{name}"
    return date(2030, 1, 1) if issubclass(kind, date) else kind(1)


def unknown_fields(answer: Any) -> set[str]:
    """Names in the answer that aiogram has no field for."""
    if isinstance(answer, list):
        return {name for one in answer for name in unknown_fields(one)}
    if not isinstance(answer, BaseModel):
        return set()
    found = set(answer.model_extra or ()) - UNDOCUMENTED
    return found.union(*(unknown_fields(getattr(answer, one)) for one in type(answer).model_fields))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram(sandbox_for_all: str) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(sandbox_for_all) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(sandbox_for_all: str) -> AsyncIterator[AiohttpSession]:
    """One for all bots: aiogram waits a quarter of a second whenever one is closed."""
    async with AiohttpSession(api=TelegramAPIServer.from_base(sandbox_for_all)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def scene(telegram: SandboxClient, session: AiohttpSession) -> AsyncIterator[Scene]:
    number = next(NUMBERS)
    account = await telegram.add_bot(f"{number}:CCC-conform", f"bot_{number}", "Conform")
    anna, boris, vera = [await telegram.person(name) for name in ("Anna", "Boris", "Vera")]
    group = await telegram.group("Club", owner=boris, members=[anna], bots=[account], forum=True)
    chat = await anna.start(account)
    made = Scene(Bot(account.token, session=session), anna, vera, chat, group, [])
    yield made
    await asyncio.gather(*made.tasks)


@pytest.mark.parametrize("name", METHODS)
async def test_a_method_is_answered(name: str, scene: Scene) -> None:
    values = scene.values(await scene.bot.send_message(scene.group.id, "Hello"))
    prepared = await PREPARED[name](scene) if name in PREPARED else {}
    values |= prepared
    kind = METHODS[name]
    needed = {key for key, one in kind.model_fields.items() if one.is_required()}
    # These are optional only where an inline message may be named instead.
    needed |= ({"chat_id", "message_id"} | prepared.keys()) & kind.model_fields.keys()
    wish = {
        key: values[key] if key in values else sensible(kind.model_fields[key].annotation, key)
        for key in needed
    }
    assert unknown_fields(await scene.bot(kind(**wish))) == set()


async def test_every_kind_of_update_is_known_to_aiogram(scene: Scene) -> None:
    """Whatever people do becomes an update that aiogram reads to its last field."""
    kinds = sorted(Update.model_fields.keys() - {"update_id"})
    await scene.bot.get_updates(offset=-1, allowed_updates=kinds)
    chat = scene.chat
    await chat.send("/start again")
    await chat.edit(await chat.send_photo("See"), "Seen")
    await chat.react(await chat.last(), "👍")
    poll = await scene.bot.send_poll(scene.anna.id, "Why?", ["A", "B"], is_anonymous=False)
    await chat.vote(await chat.expect(media="poll"), "A")
    assert poll.poll is not None
    await asked_to_join(scene)
    await scene.group.approve(scene.vera)
    await scene.anna.block(scene.chat.name)
    found = await scene.bot.get_updates(timeout=50)
    seen = {name for one in found for name in type(one).model_fields if name in kinds and getattr(one, name)}
    assert seen >= {
        "message", "edited_message", "message_reaction", "poll", "poll_answer", "chat_join_request",
        "chat_member", "my_chat_member",
    }  # fmt: skip
    assert {name for one in found for name in unknown_fields(one)} == set()
