"""The step that puts tags on the person and takes them off."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.flow.effects import SetTag
from core.flow.events import Entered, Event
from core.flow.run import View
from core.flow.steps.base import BaseStep, Here, Leave, Stay
from core.text.refusal import Refused

TagName = Annotated[str, Field(min_length=1, max_length=64)]


class TagStep(BaseStep):
    """Takes off the tag `remove`, puts on the tag `add`, goes on."""

    type: Literal["tag"] = "tag"
    add: TagName | None = None
    remove: TagName | None = None

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.add is None and self.remove is None:
            raise Refused("refused-no-tags")
        return self

    def on(self, event: Event, view: View, now: datetime, here: Here) -> Stay | Leave | None:
        """Change the tags at the entry."""
        del view, now, here
        if not isinstance(event, Entered):
            return None
        changes = ((self.remove, False), (self.add, True))
        return Leave(tuple(SetTag(name=name, present=present) for name, present in changes if name))
