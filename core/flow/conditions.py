"""The conditions a run can answer itself, with their parameters; any other is asked of the database by its name.

Some hold for anybody, not only within a run: `services/people/conditions` has those in SQL under the same
names, with the parameters of this module.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from core.flow.run import View
from core.flow.scoring import Score, total_score

Scores = Mapping[str, Score]

_WHOLE = 100


class Params(BaseModel):
    """What a condition is asked with; an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RunCondition(Params):
    """A condition a run answers from what it has loaded."""

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether it holds now."""
        raise NotImplementedError


class Variable(RunCondition):
    """Something is kept under a name; without `value` any will do."""

    name: str
    value: str | None = None

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether it is kept, and is the value where one is given."""
        del scores
        kept = view.variables.get(self.name)
        return kept is not None and self.value in {None, kept}


class Tag(RunCondition):
    """The person has a tag."""

    name: str

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether they have it."""
        del scores
        return self.name in view.tags


class Language(RunCondition):
    """The person is spoken to in a language."""

    code: str

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether it is this one."""
        del scores
        return view.language == self.code


class Right(RunCondition):
    """The person's tariff includes something."""

    name: str

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether it does."""
        del scores
        return self.name in view.rights


class ProfileFlag(RunCondition):
    """The profile the installation runs under has a flag."""

    flag: str

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether it has."""
        del scores
        return view.profile is not None and view.profile.holds(self.flag)


class Scored(RunCondition):
    """A share of the points under a prefix is reached."""

    percent: float = Field(ge=0, le=_WHOLE)
    prefix: str = ""

    def holds(self, view: View, scores: Scores) -> bool:
        """Whether it is; nothing answered reaches nothing."""
        del view
        score = total_score(scores, self.prefix)
        return score.maximum > 0 and _WHOLE - score.mistakes >= self.percent


KNOWN_TO_RUN: Mapping[str, type[RunCondition]] = {
    "variable": Variable,
    "tag": Tag,
    "language": Language,
    "right": Right,
    "profile": ProfileFlag,
    "score": Scored,
}
