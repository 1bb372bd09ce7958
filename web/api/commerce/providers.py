"""Who takes money for the account: a form for each provider, credentials asked about before they are kept, and let go."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import Field

from core.errors import DomainError, ErrorKind
from core.text.catalog import say
from core.text.message import localize
from payment.registry import PROVIDERS, SettingField, list_fields, name_provider
from services.commerce.payments import accounts
from services.tenancy.permissions import Permission
from web.api.calls import ApiCall, Call
from web.api.models import Answer, Body, ChoiceItem, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.problems import Problem
from web.api.routes import Room

READ = Policy(Permission.ADMINISTER, no_keys=True)
CHANGE = Policy(Permission.ADMINISTER, no_keys=True, apart=True)
DROP = Policy(Permission.ADMINISTER, no_keys=True)
MOST_NAME, MOST_VALUE, MOST_FIELDS, SHOWN = 32, 500, 30, 4
HTTPS = "https://"
Name = Annotated[str, Path(max_length=MOST_NAME)]
Value = Annotated[str, Field(max_length=MOST_VALUE)]
room = Room("commerce")
FIELD = {
    "name": "shop_id",
    "label": "Shop number",
    "is_secret": False,
    "is_required": True,
    "choices": [],
    "value": "123456",
    "is_set": True,
}


class ProviderField(Answer):
    """What a form asks; of a secret `value` shows the last letters only."""

    model_config = example(**FIELD)

    name: str
    label: str
    is_secret: bool
    is_required: bool
    choices: list[ChoiceItem]
    value: str
    is_set: bool


class ProviderItem(Answer):
    """Somebody who can take money; `taken_by` says who has set it up: the account, the server's settings, or nobody. `hook` is where it reports."""

    model_config = example(
        name="yookassa",
        title="YooKassa",
        taken_by="account",
        is_default=True,
        is_test=False,
        hook="https://school.example/payments/yookassa",
        fields=[FIELD],
        says=[],
    )

    name: str
    title: str
    taken_by: Literal["account", "server"] | None
    is_default: bool
    is_test: bool
    hook: str | None
    fields: list[ProviderField]
    says: list[str]


class ProviderBody(Body):
    """What the provider gave the school, by the names of its fields; a secret that is not named stays."""

    model_config = example(values={"shop_id": "123456", "secret_key": "test_key"})

    values: Annotated[dict[str, Value], Field(max_length=MOST_FIELDS, default_factory=dict)]


@room.get("/providers", READ)
async def list_providers(call: Call) -> Listed[ProviderItem]:
    """Everybody who can take money here, those who do first."""
    own, others = await accounts.list_takers(call.uow)
    ways = [*own, *others]
    offered = [name for name in PROVIDERS if name != accounts.MOCK or accounts.may_give_away(call.uow)]
    ranked = sorted(offered, key=lambda name: ways.index(name) if name in ways else len(ways))
    return Listed(items=[await _show(call, name) for name in ranked])


async def _show(call: ApiCall, name: str, said: Mapping[str, Any] | None = None) -> ProviderItem:
    own, others = await accounts.list_takers(call.uow)
    values = await accounts.find_values(call.uow, name)
    said = said or {}
    return ProviderItem(
        name=name,
        title=say("pay-mock", call.language)
        if name == accounts.MOCK
        else localize(name_provider(name), call.language),
        taken_by="account" if name in own else "server" if name in others else None,
        is_default=[*own, *others][:1] == [name],
        is_test=name == accounts.MOCK or bool(said.get("is_test")),
        hook=_find_hook(call, name),
        fields=[_show_field(name, field, values, call.language) for field in list_fields(name)],
        says=[str(said["away"])] if "away" in said else [str(each) for each in said.get("problems", ())],
    )


def _find_hook(call: ApiCall, name: str) -> str | None:
    """Where its notifications go; nobody outside reaches a machine without a public address."""
    if not call.db.env.public_url.startswith(HTTPS) or not PROVIDERS[name].variables():
        return None
    return call.db.env.payment_hook(name, call.account_id, call.account.public_id)


def _show_field(
    provider: str, field: SettingField, values: Mapping[str, str], language: str
) -> ProviderField:
    known = values.get(field.name, "")
    shown = (f"…{known[-SHOWN:]}" if known else "") if field.is_secret else known or field.default
    choices = [
        ChoiceItem(value=each, label=say(f"pay-choice-{field.name}-{each}", language))
        for each in field.choices
    ]
    return ProviderField(
        name=field.name,
        label=say(f"pay-field-{provider}-{field.name.replace('_', '-')}", language),
        is_secret=field.is_secret,
        is_required=field.is_required,
        choices=choices,
        value=shown,
        is_set=bool(known),
    )


@room.put("/providers/{provider}", CHANGE)
async def connect_provider(call: Call, provider: Name, body: ProviderBody) -> ProviderItem:
    """Take new payments by it from now on: it is asked first whether it knows the credentials, and not kept if not."""
    _require_known(provider)
    async with call.read() as uow:
        typed = {name: text for name, text in body.values.items() if text}
        values = {**await accounts.find_values(uow, provider), **typed}
        await accounts.check(uow, provider, values)
    said = await _ask(call, provider, values)
    async with call.write() as uow:
        await accounts.set_in_place_of_test(uow, provider, values)
        call.note_change(None, None, provider)
        call.enter(uow)
        return await _show(call, provider, said)


async def _ask(call: ApiCall, provider: str, values: Mapping[str, str]) -> Mapping[str, Any]:
    if call.outside.surround is None:
        raise DomainError(ErrorKind.CONFLICT, "PROVIDER_AWAY", provider)
    return await accounts.refuse_unknown(provider, values, call.outside.surround(call.account_id))


@room.post("/providers/{provider}/test", CHANGE)
async def test_provider(call: Call, provider: Name) -> ProviderItem:
    """Ask it how it is with the account: what is wrong stands in `says`."""
    _require_known(provider)
    async with call.read() as uow:
        values = await accounts.find_values(uow, provider)
    said = await _ask(call, provider, values)
    async with call.read() as uow:
        call.enter(uow)
        return await _show(call, provider, said)


@room.delete("/providers/{provider}", DROP)
async def disconnect_provider(call: Call, provider: Name) -> None:
    """Take no new payments by it, and forget its credentials; what was begun is still asked about by who has them."""
    _require_known(provider)
    call.only_looked = not await accounts.drop_account(call.uow, provider)
    call.note_change(None, provider, None)


def _require_known(provider: str) -> None:
    if provider not in PROVIDERS:
        raise Problem(404)
