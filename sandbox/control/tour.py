"""A guided tour: what to do next in whose chat, and how far one is, read from the messages of the chats."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from sandbox.control.requests import Json, answer, body_of, find_bot, find_group, find_person, world_of
from sandbox.state.model import Message, Person
from sandbox.state.world import World
from sandbox.wire.errors import ControlError

routes = web.RouteTableDef()
_KINDS = ("says", "hears", "joins")


@routes.post("/sandbox/tour")
async def begin_tour(request: web.Request) -> web.Response:
    """Begin a tour: its `steps` by language. What stands in the chats already counts for nothing.

    `product` is what the page is called then; `names` says by language how bots and chats are called on it.
    """
    world, wish = world_of(request), await body_of(request)
    steps = {
        str(language): [_read_step(world, step) for step in steps_said]
        for language, steps_said in dict(wish.get("steps", {})).items()
    }
    places = {step["place"] for step_list in steps.values() for step in step_list}
    since = {place: _newest(world, place) for place in places}
    world.tour = {
        "steps": steps,
        "since": since,
        "skipped": {language: [] for language in steps},
        "product": str(wish.get("product", "")),
        "names": dict(wish.get("names", {})),
    }
    world.touch()
    return answer(_shown(world, ""))


@routes.get("/sandbox/tour")
async def show_tour(request: web.Request) -> web.Response:
    """Show the steps in the language `lang`, or in another if there are none, and how many are done."""
    return answer(_shown(world_of(request), request.query.get("lang", "")))


@routes.post("/sandbox/tour/skip")
async def skip_step(request: web.Request) -> web.Response:
    """Go on without the step that is next in the language `lang`."""
    world = world_of(request)
    language = _language(world, str((await body_of(request)).get("lang", "")))
    if language:
        world.tour["skipped"][language].append(_shown(world, language)["done"])
        world.touch()
    return answer(_shown(world, language))


def _read_step(world: World, wish: Json) -> Json:
    """Check a step. Its end may be in another person's chat than the place where they act."""
    person, done = find_person(world, wish["person"]), dict(wish["done"])
    witness = find_person(world, done.get("person", person.id))
    kinds = [kind for kind in _KINDS if kind in done]
    if len(kinds) != 1:
        raise ControlError(f"a step is done by one of {', '.join(_KINDS)}")
    texts = [] if kinds == ["joins"] else [str(text) for text in done[kinds[0]]]
    _key(world, person, wish["chat"])
    return {
        "person": person.id,
        "chat": str(wish["chat"]).removeprefix("@"),
        "text": str(wish["text"]),
        "place": _key(world, witness, done.get("chat", wish["chat"])),
        "done": {"kind": kinds[0], "texts": texts, "person": witness.id},
    }


def _key(world: World, person: Person, name: Any) -> str:
    """Name a chat that may not have begun: looking at a tour opens none."""
    if world.names.get(str(name).removeprefix("@").lower()) in world.bots:
        return f"{find_bot(world, name).id}:{person.id}"
    return find_group(world, name).key


def _newest(world: World, place: str) -> int:
    chat = world.chats.get(place)
    return max(chat.messages, default=0) if chat else 0


def _language(world: World, wanted: str) -> str:
    """Return the language asked for if the tour has it, else its first; empty if there is no tour."""
    languages: list[str] = list(world.tour.get("steps", ()))
    return wanted if wanted in languages else next(iter(languages), "")


def _shown(world: World, wanted: str) -> Json:
    language = _language(world, wanted)
    steps: list[Json] = world.tour["steps"][language] if language else []
    names: dict[str, str] = world.tour.get("names", {}).get(language, {})
    return {
        "steps": [_step_json(world, step, names) for step in steps],
        "done": sum(_walk(world, language)),
        "product": world.tour.get("product", ""),
        "names": names,
    }


def _step_json(world: World, step: Json, names: dict[str, str]) -> Json:
    person = world.people[step["person"]]
    bot = world.bots.get(world.names.get(step["chat"].lower(), 0))
    title = bot.name if bot else find_group(world, step["chat"]).title
    return {
        "person": person.id,
        "name": person.first_name,
        "chat": step["chat"],
        "title": names.get(title, title),
        "text": step["text"],
    }


def _walk(world: World, language: str) -> Iterator[bool]:
    """Go through the steps to the first that is not done; in each chat they are done one after another."""
    seen: dict[str, int] = dict(world.tour.get("since", {}))
    for number, step in enumerate(world.tour["steps"][language] if language else ()):
        place = step["place"]
        if number in world.tour["skipped"][language]:
            yield True
            continue
        chat = world.chats.get(place)
        later = [message for message in chat.messages.values() if message.id > seen[place]] if chat else []
        end = next((candidate for candidate in later if _ends(candidate, **step["done"])), None)
        if end is None:
            return
        seen[place] = end.id
        yield True


def _ends(message: Message, *, kind: str, texts: list[str], person: int) -> bool:
    """Tell whether this message is what a step waits for: an own one, one of the others, or coming in."""
    if kind == "joins":
        return person in message.body.get("new_chat_members", ())
    if (message.sender_id == person) != (kind == "says"):
        return False
    text = str(message.body.get("text", message.body.get("caption", "")))
    return any(each_text in text for each_text in texts)
