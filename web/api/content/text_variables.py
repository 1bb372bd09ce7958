"""What the texts of an account may hold between braces."""

from core.text.catalog import has_text, say
from services.content.messages.bot_values import know_values
from web.api.calls import Call
from web.api.content.flows import READ
from web.api.models import Answer, example
from web.api.pages import Listed
from web.api.routes import Room

room = Room("content")


class TextVariable(Answer):
    """A variable as texts write it, `{{name}}`, and what stands there for the reader; empty for one of the account's own."""

    model_config = example(name="user.first_name", label="First name")

    name: str
    label: str


@room.get("/text-variables", READ)
async def list_text_variables(call: Call) -> Listed[TextVariable]:
    """All that texts may use."""
    names = sorted((await know_values(call.uow)).variables, reverse=True)
    return Listed(items=[TextVariable(name=name, label=_call(name, call.language)) for name in names])


def _call(name: str, language: str) -> str:
    key = f"variable-{name.replace('.', '-').replace('_', '-')}"
    return say(key, language) if has_text(key, language) else ""
