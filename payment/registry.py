"""The payment providers by name: every folder beside this file is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

import payment
from core.pay_ways import PayWay
from core.text.message import ANY_LANGUAGE
from core.text.refusal import Words, describe, explain
from payment.base import PaymentProvider
from payment.spec import ProviderSpec, Surroundings
from utils.redaction import hide

_FOLDERS = sorted(module.name for module in iter_modules(payment.__path__) if module.ispkg)
PROVIDERS: Mapping[str, ProviderSpec] = {
    name: import_module(f"{payment.__name__}.{name}").SPEC for name in _FOLDERS
}
UNASKED = frozenset(name for name, spec in PROVIDERS.items() if not spec.can_be_asked)
BACK_BY_HAND = frozenset(name for name, spec in PROVIDERS.items() if not spec.can_give_back)


def get_spec(name: str) -> ProviderSpec:
    """The provider of that name; ValueError lists the known ones."""
    if name not in PROVIDERS:
        raise ValueError(f"PAYMENT_PROVIDER={name!r} is none of: {', '.join(PROVIDERS)}")
    return PROVIDERS[name]


def name_provider(name: str) -> Mapping[str, str]:
    """What people call a provider, by language; one that is none of ours goes by the name it has in the books."""
    spec = PROVIDERS.get(name)
    return (spec.brand if spec else {}) or {ANY_LANGUAGE: name.capitalize() if spec else name}


@dataclass(frozen=True, slots=True)
class SettingField:
    """One thing a provider's settings ask: what it may be where that is a choice, what it is if nobody says it."""

    name: str
    is_secret: bool
    is_required: bool
    choices: tuple[str, ...] = ()
    default: str = ""


def list_fields(name: str) -> list[SettingField]:
    """What a form asks for a provider, what it cannot do without first; ValueError for one that is none."""
    fields = [_read_field(field, info) for field, info in get_spec(name).settings.model_fields.items()]
    return sorted(fields, key=lambda field: not field.is_required)


def _read_field(name: str, info: FieldInfo) -> SettingField:
    kind = info.annotation
    choices = tuple(map(str, kind)) if isinstance(kind, type) and issubclass(kind, StrEnum) else ()
    default = "" if info.is_required() or info.default is None else str(info.default)
    return SettingField(name, kind is SecretStr, info.is_required(), choices, default)


def build_provider(name: str, values: Mapping[str, str], around: Surroundings) -> PaymentProvider:
    """A provider with one account's settings, by field name; ValueError with a line per problem.

    Its secrets are blacked out from now on, whatever this process writes.
    """
    if problems := list_problems(name, values):
        raise ValueError("\n".join(problems))
    spec = get_spec(name)
    settings = spec.settings.model_validate(dict(values))
    hide(*(setting.get_secret_value() for _, setting in settings if isinstance(setting, SecretStr)))
    return spec.build(settings, around)


def describe_way(name: str, values: Mapping[str, str]) -> PayWay:
    """What use cases need to know of payments by a provider with settings that have no problems."""
    spec = get_spec(name)
    return spec.describe(spec.settings.model_validate(dict(values)))


def list_problems(name: str, values: Mapping[str, str]) -> list[str]:
    """What is wrong with a provider's settings, a line each, with the variable of the environment."""
    spec = get_spec(name)
    try:
        spec.settings.model_validate(dict(values))
    except ValidationError as error:
        return [_explain(spec, problem) for problem in error.errors()]
    return []


def list_faults(name: str, values: Mapping[str, str]) -> list[tuple[str, Words]]:
    """The same for who has a form before them: the field (empty: all together), and why."""
    try:
        get_spec(name).settings.model_validate(dict(values))
    except ValidationError as error:
        return [(".".join(map(str, each["loc"])), explain(dict(each))) for each in error.errors()]
    return []


def _explain(spec: ProviderSpec, problem: Mapping[str, Any]) -> str:
    variable = spec.variables().get(str(problem["loc"][0])) if problem["loc"] else None
    return f"{variable or spec.name}: {describe(problem)}"
