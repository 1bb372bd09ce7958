"""The types of steps: what a form has to know, so that a new type needs no code in the panel."""

from typing import Any

from core.flow.forms import StepForm, list_forms, names_within
from core.text.catalog import say
from web.api.calls import Call
from web.api.content.flows import READ
from web.api.models import Answer, example
from web.api.pages import Listed
from web.api.routes import Room

room = Room("content")


class FieldItem(Answer):
    """A field of a step, in its place: with what it is edited, whether it has to be there."""

    model_config = example(name="text", widget="text", required=True)

    name: str
    widget: str
    required: bool


class StepType(Answer):
    """A type of steps, its name and what it is for in the caller's language, its fields in their order, what each name is called, the JSON Schema of a step."""

    model_config = example(
        type="section",
        label="Section",
        group="What the bot says",
        fields=[{"name": "title", "widget": "text", "required": True}],
        labels={"title": "Title"},
        json_schema={"type": "object"},
    )

    type: str
    label: str
    group: str
    fields: list[FieldItem]
    labels: dict[str, str]
    json_schema: dict[str, Any]


@room.get("/step-types", READ)
async def list_step_types(call: Call) -> Listed[StepType]:
    """Every type of steps, with what a form needs."""
    return Listed(items=[_show(form, call.language) for form in list_forms()])


def _show(form: StepForm, language: str) -> StepType:
    fields = [
        FieldItem(name=field.name, widget=field.widget, required=field.required) for field in form.fields
    ]
    label = say(f"step-type-{form.type.replace('_', '-')}", language)
    labels = {name: _call(name, language) for name in set(names_within(form.schema))}
    group = say(f"step-group-{form.group}", language)
    told = {"label": label, "group": group, "fields": fields, "labels": labels}
    return StepType(type=form.type, **told, json_schema=dict(form.schema))


def _call(name: str, language: str) -> str:
    return say(f"step-field-{name.replace('_', '-')}", language)
