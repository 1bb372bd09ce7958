"""Control of what people do besides talking: reactions, payments, Mini Apps, topics; what owners set for bots."""

from dataclasses import asdict

from aiohttp import web

from sandbox.actors import launching, links, paying, subscribing, talking
from sandbox.chats import reactions, topics
from sandbox.chats.posting import seen_by_people
from sandbox.control.requests import (
    Json,
    answer,
    body_of,
    find_bot,
    find_message,
    find_person,
    place,
    world_of,
)
from sandbox.state.model import Chat
from sandbox.wire.errors import ControlError

routes = web.RouteTableDef()
HERE = "/sandbox/people/{person}/chats/{chat}"
MAX_CHATTER = 10_000
_ABILITIES = ("topics", "users_create_topics", "mini_apps")


@routes.post(HERE + "/react")
async def react(request: web.Request) -> web.Response:
    """Put reactions to a message in place of one's former ones."""
    world, person, chat = place(request)
    wish = await body_of(request)
    message = find_message(chat, wish)
    if not chat.present(person.id):
        raise ControlError(f"{person.first_name} is not in this chat")
    kinds = [{"type": "emoji", "emoji": str(emoji)} for emoji in wish.get("reactions", [])]
    if unknown := [kind["emoji"] for kind in kinds if kind["emoji"] not in reactions.EMOJI]:
        raise ControlError(f"no such reaction: {unknown[0]}")
    reactions.put(world, chat, message, person.id, kinds)
    return answer(seen_by_people(world, message))


@routes.post(HERE + "/pay")
async def pay(request: web.Request) -> web.Response:
    """Pay the invoice in a message; waits for the bot's yes."""
    world, person, chat = place(request)
    message = find_message(chat, await body_of(request))
    return answer(await paying.pay(world, paying.of_message(world, person, chat, message)))


@routes.get("/sandbox/people/{person}/pay")
async def show_invoice(request: web.Request) -> web.Response:
    """Show what an invoice link asks for."""
    world = world_of(request)
    person = find_person(world, request.match_info["person"])
    purchase = paying.of_link(world, person, links.invoice_slug(request.query.get("url", "")))
    return answer({**purchase.offer, "bot": purchase.bot.username})


@routes.post("/sandbox/people/{person}/pay")
async def pay_link(request: web.Request) -> web.Response:
    """Pay an invoice by its link; the receipt comes into the bot's chat."""
    world, wish = world_of(request), await body_of(request)
    person = find_person(world, request.match_info["person"])
    slug = links.invoice_slug(str(wish.get("url", "")))
    return answer(await paying.pay(world, paying.of_link(world, person, slug)))


@routes.get("/sandbox/people/{person}/subscriptions")
async def list_subscriptions(request: web.Request) -> web.Response:
    """List a person's subscriptions in Stars."""
    world = world_of(request)
    return answer(subscribing.list_of(world, find_person(world, request.match_info["person"])))


@routes.post("/sandbox/people/{person}/subscriptions/{charge}")
async def change_subscription(request: web.Request) -> web.Response:
    """Do what the person does with one: `act` is cancel, resume, empty or fill."""
    world, wish = world_of(request), await body_of(request)
    person = find_person(world, request.match_info["person"])
    return answer(subscribing.act(world, person, request.match_info["charge"], str(wish.get("act", ""))))


@routes.get("/sandbox/payments")
async def list_payments(request: web.Request) -> web.Response:
    """List payments, of one bot if asked."""
    world, name = world_of(request), request.query.get("bot", "")
    wanted = find_bot(world, name).id if name else 0
    return answer([asdict(payment) for payment in world.payments.values() if wanted in (0, payment.bot_id)])


@routes.post(HERE + "/launch")
async def launch(request: web.Request) -> web.Response:
    """Open a Mini App from the menu, from a keyboard `button` or from a message's button."""
    world, person, chat = place(request)
    wish = await body_of(request)
    if wish.get("menu"):
        return answer(launching.from_menu(world, person, chat))
    if "button" in wish:
        return answer(launching.from_keyboard(world, person, chat, str(wish["button"])))
    return answer(launching.from_message(world, person, chat, find_message(chat, wish), wish))


@routes.post("/sandbox/people/{person}/launch")
async def launch_link(request: web.Request) -> web.Response:
    """Open a Mini App by its link."""
    world, wish = world_of(request), await body_of(request)
    person = find_person(world, request.match_info["person"])
    return answer(links.open_link(world, person, str(wish.get("url", ""))))


@routes.post(HERE + "/webapp_data")
async def send_data(request: web.Request) -> web.Response:
    """Send what a keyboard's Mini App gave back."""
    world, person, chat = place(request)
    wish = await body_of(request)
    texts = str(wish.get("button", "")), str(wish.get("data", ""))
    return answer(seen_by_people(world, launching.send_data(world, person, chat, *texts)))


@routes.get(HERE + "/topics")
async def list_topics(request: web.Request) -> web.Response:
    """List a chat's topics."""
    return answer(_listed(place(request)[2]))


def _listed(chat: Chat) -> list[Json]:
    return [topics.as_json(topic) for topic in chat.topics.values()]


@routes.post(HERE + "/topics")
async def open_topic(request: web.Request) -> web.Response:
    """Open a topic."""
    world, person, chat = place(request)
    wish = await body_of(request)
    topics.must_be_allowed(world, chat, person.id)
    name = str(wish.get("name") or "").strip()
    if not name:
        raise ControlError("a topic needs a name")
    topic = topics.open_topic(world, chat, person.id, name, int(wish.get("icon_color") or 0))
    return answer(topics.as_json(topic))


@routes.post(HERE + "/topics/{topic}")
async def close_topic(request: web.Request) -> web.Response:
    """Close or reopen a topic."""
    world, person, chat = place(request)
    wish = await body_of(request)
    topic = chat.topics.get(int(request.match_info["topic"]))
    if topic is None or wish.get("act") not in ("close", "reopen"):
        raise ControlError("there is no such topic, or no such act")
    topics.must_be_allowed(world, chat, person.id)
    topics.close(world, chat, topic, person.id, closed=wish["act"] == "close")
    return answer(_listed(chat))


@routes.post("/sandbox/bots/{bot}/chatter")
async def chatter(request: web.Request) -> web.Response:
    """Let everybody who has started the bot write to it, `count` messages in all: for drills and benches."""
    world, wish = world_of(request), await body_of(request)
    bot = find_bot(world, request.match_info["bot"])
    count = int(wish.get("count", 1))
    if not 0 < count <= MAX_CHATTER:
        raise ControlError(f"count must be 1 to {MAX_CHATTER}")
    return answer({"people": talking.chatter(world, bot.id, count, str(wish.get("text") or "word"))})


@routes.post("/sandbox/bots/{bot}/abilities")
async def set_abilities(request: web.Request) -> web.Response:
    """Set what a bot's owner sets at @BotFather: topics in private chats, Mini Apps by their short names."""
    world, wish = world_of(request), await body_of(request)
    bot = find_bot(world, request.match_info["bot"])
    if unknown := set(wish) - set(_ABILITIES):
        raise ControlError(f"no such ability: {min(unknown)}")
    bot.settings.update(wish)
    world.touch()
    return answer({name: bot.settings.get(name) for name in _ABILITIES})
