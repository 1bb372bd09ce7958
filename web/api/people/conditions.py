"""The conditions on people: what a form has to know to ask each, so that a new one needs no code in the panel."""

from collections.abc import Mapping
from typing import Any

from core.text.catalog import say
from services.people.conditions.catalogue import CONDITIONS
from services.people.conditions.choices import list_choices
from services.people.conditions.forms import list_fields
from services.tenancy.permissions import Permission
from web.api.calls import Call
from web.api.models import Answer, ChoiceItem, example
from web.api.pages import Listed
from web.api.policy import Policy
from web.api.routes import Room

READ = Policy(Permission.CONTACTS)
room = Room("people")


class ConditionItem(Answer):
    """One condition: its name, what it is called, its arguments as JSON Schema with what each is called.

    `main` is the argument a bare value stands for; `choices` has, by argument, what the account has for it now.
    """

    model_config = example(
        name="tariff",
        label="Access by tariff",
        main="code",
        json_schema={"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
        labels={"code": "which"},
        choices={"code": [{"value": "premium", "label": "Premium"}]},
    )

    name: str
    label: str
    main: str | None
    json_schema: dict[str, Any]
    labels: dict[str, str]
    choices: dict[str, list[ChoiceItem]]


@room.get("/conditions", READ)
async def list_conditions(call: Call) -> Listed[ConditionItem]:
    """Every condition that can be asked about people, with what a form needs."""
    items = [
        _show(name, await list_choices(call.uow, name, call.language), call.language) for name in CONDITIONS
    ]
    return Listed(items=items)


def _show(name: str, choices: Mapping[str, Mapping[str, str]], language: str) -> ConditionItem:
    condition = CONDITIONS[name]
    return ConditionItem(
        name=name,
        label=say(f"condition-{name}", language),
        main=condition.main,
        json_schema=condition.params.model_json_schema(),
        labels={field: say(f"condition-field-{field}", language) for field in list_fields(name)},
        choices={
            argument: [ChoiceItem(value=value, label=label) for value, label in known.items()]
            for argument, known in choices.items()
        },
    )
