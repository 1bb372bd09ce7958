"""Authors at a wizard without a database: what the shell would do with a turn is done to a draft in memory."""

from dataclasses import dataclass, field, replace
from typing import Any

from bots.runtime.sending.saying import show_words
from core.errors import DomainError
from core.flow.definition import FlowKind
from core.text.refusal import Refused, words
from core.text.template import BUILT_IN
from core.wizard import flow_screens, flows
from core.wizard.flows import Keep, Preview, Publish
from core.wizard.screen import Entry, Option, Screen, Talk, Turn, read_talk
from core.wizard.sections import FlowWorld, Place

LANGUAGES = ("ru", "en")
GROUPS = (Place(-100, "Club", is_fit=True), Place(-200, "Weak", is_fit=False))


def is_escaped_twice(shown: str) -> bool:
    """Whether what people see has signs of markup; `&lt;3` is typed as it stands by those whom the tests play."""
    return any(sign in shown for sign in ("&amp;", "&gt;", "&lt;J"))


@dataclass
class FlowAuthor:
    """One author who makes or changes a flow."""

    kind: FlowKind = FlowKind.SCENARIO
    world: FlowWorld = field(default_factory=lambda: FlowWorld(
        language="en", variables=BUILT_IN, sets=("pay",), places=GROUPS, find_slug=lambda _: "spring",
    ))  # fmt: skip
    talk: Talk = field(default_factory=lambda: Talk(""))
    published: list[Any] = field(default_factory=list)
    previewed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.talk.kind:
            self.talk = flows.create(self.kind)

    @property
    def screen(self) -> Screen:
        return flow_screens.show(self.talk, self.world)

    @property
    def text(self) -> str:
        return "\n".join(show_words(self.screen.text, language) for language in LANGUAGES)

    @property
    def options(self) -> list[Option]:
        return [one for row in self.screen.rows for one in row]

    def label(self, option: Option) -> str:
        return show_words(option.label, "en")

    def press(self, *labels: str) -> str:
        for label in labels:
            fitting = [one for one in self.options if self.label(one) == label]
            assert fitting, f"{label!r} is none of {[self.label(one) for one in self.options]}"
            self.act(fitting[0].action)
        return self.text

    def act(self, action: str) -> None:
        self._turn(lambda: flows.press(self.talk, action, self.world))

    def write(self, *texts: str) -> str:
        for text in texts:
            self.send(Entry(text, text))
        return self.text

    def send(self, entry: Entry) -> None:
        self._turn(lambda: flows.write(self.talk, entry, self.world))

    def _turn(self, decide: Any) -> None:
        try:
            turn: Turn = decide()
        except (DomainError, Refused) as refusal:
            self.talk = replace(
                self.talk, note=words("wizard-refused", problem=getattr(refusal, "words", refusal.args))
            )
            return
        for wish in turn.wishes:
            self._carry_out(wish)
        self.talk = read_talk(turn.talk.dump())

    def _carry_out(self, wish: Any) -> None:
        match wish:
            case Keep(flow=flow):
                self.world = replace(self.world, flow=flow)
            case Preview(key=key):
                self.previewed.append(key)
            case Publish():
                self.published.append(self.world.flow)
