"""The conditions on the run itself, which it answers; any other is about the person, and asked of the database by its name.

Those have one meaning, the SQL of `services/people/conditions`, for one person as for many.
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
    "right": Right,
    "profile": ProfileFlag,
    "score": Scored,
}
