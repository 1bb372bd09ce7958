"""What stands against publishing a flow: found in all of it, before anybody is in it."""

from collections.abc import Collection, Iterator, Mapping

from core.flow.definition import Flow, Problem, dump_head, dump_step, ways_of
from core.flow.pacing import find_circle, find_rush
from core.flow.steps import Step
from core.flow.steps.asking import AskingStep
from core.flow.steps.input import InputStep
from core.flow.steps.quiz import QuizStep
from core.flow.steps.revision import RevisionStep
from core.flow.steps.set import SetStep
from core.flow.steps.test import ResultStep
from core.flow.walk import MAX_STEPS
from core.text.markup import find_stray_tags
from core.text.message import ParseMode
from core.text.refusal import words
from core.text.template import BUILT_IN, check_template


def check_flow(flow: Flow, variables: Collection[str] = BUILT_IN) -> list[Problem]:
    """What stands against publishing a flow whose texts may use `variables` (`scope.name`); [] when fine.

    An unknown goto is a warning: the run then continues in order. So is a tag that stays open: it is shown as written.
    """
    return [
        *_pace(flow),
        *_lost_targets(flow),
        *_lost_prefixes(flow),
        *_wrong_templates(flow, variables),
        *_stray_tags(flow),
        *_odd_answers(flow),
    ]


def _pace(flow: Flow) -> Iterator[Problem]:
    if not flow.steps:
        yield Problem("steps", words("refused-no-steps"))
    if circle := find_circle(flow):
        first = min(map(flow.place, circle))
        names = ", ".join(circle)
        why = words("refused-circle", keys=names)
        yield Problem(f"steps.{first}", why, code="circle", detail=names)
    if rush := find_rush(flow):
        why = words("refused-rush", number=rush[1], most=MAX_STEPS)
        yield Problem(f"steps.{flow.place(rush[0])}", why, code="rush", detail=str(rush[1]))


def _lost_targets(flow: Flow) -> Iterator[Problem]:
    for place, step in enumerate(flow.steps):
        for target in ways_of(step):
            if flow.step(target) is None:
                yield Problem(
                    f"steps.{place}",
                    words("refused-goto", target=target),
                    warning=True,
                    code="goto",
                    detail=target,
                )


def _lost_prefixes(flow: Flow) -> Iterator[Problem]:
    for place, step in enumerate(flow.steps):
        prefix = step.prefix if isinstance(step, ResultStep | RevisionStep) else ""
        if not any(step.key.startswith(prefix) for step in flow.steps):
            yield Problem(
                f"steps.{place}.prefix",
                words("refused-prefix", prefix=prefix),
                warning=True,
                code="prefix",
                detail=prefix,
            )


def _wrong_templates(flow: Flow, variables: Collection[str]) -> Iterator[Problem]:
    own = {f"user.{name}" for step in flow.steps if (name := _kept_name(step))}
    for place, step in enumerate(flow.steps):
        texts = {name: text for name, text in dump_step(step).items() if name not in step.not_templates}
        yield from _wrong_texts(texts, {*variables, *own}, f"steps.{place}")
    for name, value in dump_head(flow).items():
        yield from _wrong_texts(value, {*variables, *own}, name)


def _kept_name(step: Step) -> str | None:
    """The variable a step sets, if it sets one."""
    match step:
        case SetStep(name=name):
            return name
        case InputStep(variable=name):
            return name
    return None


def _wrong_texts(value: object, variables: Collection[str], path: str) -> Iterator[Problem]:
    if isinstance(value, str):
        yield from (Problem(path, problem) for problem in check_template(value, variables))
    elif isinstance(value, Mapping):
        for name, problem in value.items():
            yield from _wrong_texts(problem, variables, f"{path}.{name}")
    elif isinstance(value, list):
        for place, problem in enumerate(value):
            yield from _wrong_texts(problem, variables, f"{path}.{place}")


_NO_MARKUP = frozenset({"buttons", "button", "title", "question", "prompt", "correct_answer", "actual", "yes_text", "no_text", "name", "cases", "value", "conversation"})  # fmt: skip
"""Fields whose texts are shown as they are written, or are not shown."""
_LABELS = frozenset({"options", "answers"})
"""Lists whose entries' own `text` is a button's or a poll's."""
_MESSAGES = frozenset({"messages", "summary", "paid_content"})
"""Messages with a markup of their own."""


def _stray_tags(flow: Flow) -> Iterator[Problem]:
    for place, step in enumerate(flow.steps):
        yield from _stray(dump_step(step), f"steps.{place}", ParseMode.HTML)
    for name, value in dump_head(flow).items():
        yield from _stray({name: value}, "", ParseMode.HTML)


def _stray(value: object, path: str, mode: str, name: str = "") -> Iterator[Problem]:
    if isinstance(value, str):
        for tag in find_stray_tags(value, markdown=mode == ParseMode.MARKDOWN):
            yield Problem(path, words("refused-half-tag", tag=tag), warning=True, code="tag", detail=tag)  # fmt: skip
    elif isinstance(value, Mapping):
        mode = value.get("parse_mode", ParseMode.HTML if name in _MESSAGES else mode)
        for inner, inside in value.items():
            if inner not in _NO_MARKUP and not (name in _LABELS and inner == "text"):
                yield from _stray(inside, f"{path}.{inner}".lstrip("."), mode, inner)
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            if not (name in _LABELS and isinstance(inside, str)):
                yield from _stray(inside, f"{path}.{place}", mode, name)


def _odd_answers(flow: Flow) -> Iterator[Problem]:
    """Questions that leave no choice, or the same one twice."""
    for place, step in enumerate(flow.steps):
        if not isinstance(step, AskingStep):
            continue
        path = f"steps.{place}.answers"
        if isinstance(step, QuizStep) and len(step.answers) == 1:
            yield Problem(path, words("refused-one-answer"), warning=True, code="one-answer")
        if twice := step.find_twins():
            why = words("refused-twins", answer=twice)
            yield Problem(path, why, warning=True, code="twins", detail=twice)
