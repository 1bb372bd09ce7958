"""Points and totals."""

from collections.abc import Iterable, Mapping

from core.value import value


@value()
class Score:
    """Points reached out of the points possible."""

    points: float
    maximum: float

    @property
    def mistakes(self) -> float:
        """The share missed, in per cent; nothing to reach means nothing missed."""
        return (self.maximum - self.points) / self.maximum * 100 if self.maximum else 0.0


def latest_scores(scores: Iterable[tuple[str, Score | None]]) -> dict[str, Score]:
    """Each element's last score, from (element, score) in the order they were given; None is no score."""
    return {element: score for element, score in scores if score is not None}


def total_score(scores: Mapping[str, Score], prefix: str = "", *, leaving_out: str = "") -> Score:
    """The sum over elements whose key starts with exactly `prefix`, never counting `leaving_out`."""
    counted = [
        score for element, score in scores.items() if element.startswith(prefix) and element != leaving_out
    ]
    return Score(sum(score.points for score in counted), sum(score.maximum for score in counted))
