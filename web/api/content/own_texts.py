"""The sentences that an account may have its bots say in its own words."""

from typing import Annotated

from fastapi import Path
from pydantic import Field

from core.text.catalog import LANGUAGES, say
from core.text.own import name_variables
from services.content.messages import own_texts
from services.content.messages.own_texts import OwnText
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.models import Answer, Body, example
from web.api.policy import Policy
from web.api.routes import Room

CHANGE = Policy(Permission.SETTINGS_CHANGE, if_match=True)
MOST_TYPED = 8000
SentenceKey = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,64}$")]
room = Room("content")
TEXT = {
    "key": "sales-fallback",
    "place": "meeting",
    "place_label": "The first words",
    "variables": [],
    "examples": {"ru": {}, "en": {}},
    "delivered": {"ru": "Здравствуйте", "en": "Hello"},
    "own": {"en": "Hello and welcome"},
    "is_changed": True,
}


class OwnTextItem(Answer):
    """A sentence as delivered, by language, and what is said instead; texts are HTML as Telegram has it, `{name}` a variable.

    `examples` say by language what a variable may become.
    """

    model_config = example(**TEXT)

    key: str
    place: str
    place_label: str
    variables: list[str]
    examples: dict[str, dict[str, str]]
    delivered: dict[str, str]
    own: dict[str, str]
    is_changed: bool


class OwnTexts(Answer):
    """All of them by place; the etag is that of the settings."""

    model_config = example(etag="3", texts=[TEXT])

    etag: str
    texts: list[OwnTextItem]


class OwnTextBody(Body):
    """What is to be said, by language; a language that is left out is said as delivered."""

    model_config = example(own={"en": "Hello and welcome"})

    own: Annotated[dict[str, Annotated[str, Field(max_length=MOST_TYPED)]], Field(min_length=1)]


@room.get("/settings/texts", Policy(Permission.SETTINGS))
async def list_own_texts(call: Call) -> OwnTexts:
    """The sentences that may be said in own words."""
    texts, revision = await own_texts.list_texts(call.uow)
    return OwnTexts(etag=str(revision), texts=[_show(text, call.language) for text in texts])


@room.put("/settings/texts/{sentence}", CHANGE)
async def change_own_text(call: Call, sentence: SentenceKey, body: OwnTextBody) -> OwnTexts:
    """Have the bots say a sentence in own words."""
    await own_texts.change_text(call.uow, sentence, body.own, await _match(call, sentence))
    return await list_own_texts(call)


@room.delete("/settings/texts/{sentence}", CHANGE)
async def reset_own_text(call: Call, sentence: SentenceKey) -> None:
    """Have the bots say a sentence as delivered."""
    await own_texts.reset_text(call.uow, sentence, await _match(call, sentence))


async def _match(call: ApiCall, key: str) -> int:
    known, revision = await own_texts.get_text(call.uow, key)
    call.match(str(revision))
    call.note_change(None, str(dict(known.texts)) if known.texts else None, key)
    return revision


def _show(text: OwnText, language: str) -> OwnTextItem:
    sentence = text.sentence
    return OwnTextItem(
        key=sentence.key,
        place=sentence.place,
        place_label=say(f"text-place-{sentence.place}", language),
        variables=sorted(sentence.variables),
        examples={tongue: name_variables(sentence, tongue) for tongue in LANGUAGES},
        delivered={tongue: sentence.deliver(tongue) for tongue in LANGUAGES},
        own=dict(text.texts),
        is_changed=bool(text.texts),
    )
