"""Small pieces: functions, files and the Telegram handlers."""

import ast
import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from scripts.house_rules.house import Function, Hit, House

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LONGEST_HANDLER = 15
MEDIAN_LIMIT = 10
P90_LIMIT = 30
ENOUGH_FUNCTIONS = 10  # below this a median says nothing about a folder

GENERATED = ("migrations/versions/*",)
UNMEASURED = ("tests/*", *GENERATED)
HANDLER_PLACES = ("bots/sales_bot/*", "bots/course_bot/*", "bots/admin/*")
TELEGRAM_EVENTS = frozenset(
    {
        "CallbackQuery",
        "ChatJoinRequest",
        "ChatMemberUpdated",
        "Message",
        "PollAnswer",
        "PreCheckoutQuery",
    }
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The function sizes of one top-level folder, in lines from `def` to the last one."""

    folder: str
    count: int
    median: float
    p90: int
    largest: int

    def __str__(self) -> str:
        """One line for the report."""
        counted = f"{self.count:4} functions"
        return (
            f"{self.folder:<12}{counted}   median {self.median:g}   p90 {self.p90}   largest {self.largest}"
        )


def check_function_size(house: House) -> Iterator[Hit]:
    """No function is longer than a screen."""
    for source in house.outside(*GENERATED):
        for function in source.functions:
            if (lines := _length(function)) > LONGEST_FUNCTION:
                advice = f"{function.name} has {lines} lines of {LONGEST_FUNCTION}: split it"
                yield source.hit(function.lineno, advice)


def check_file_size(house: House) -> Iterator[Hit]:
    """No file is longer than can be read in one sitting."""
    for source in house.outside(*UNMEASURED):
        if (lines := len(source.lines)) > LONGEST_FILE:
            yield source.hit(1, f"{lines} lines of {LONGEST_FILE}: split the file by what it is about")


def check_handler_size(house: House) -> Iterator[Hit]:
    """A handler parses, calls one use case and answers."""
    for source in house.under(*HANDLER_PLACES):
        for function in source.of(ast.AsyncFunctionDef):
            if _is_handler(function) and (lines := _body_length(function)) > LONGEST_HANDLER:
                advice = f"handler {function.name} has {lines} lines of {LONGEST_HANDLER}: move the work to a use case"
                yield source.hit(function.lineno, advice)


def check_folder_figures(house: House) -> Iterator[Hit]:
    """The typical function of every folder is small, not only the average of the house."""
    for figures in measure(house):
        is_large = figures.median > MEDIAN_LIMIT or figures.p90 > P90_LIMIT
        if is_large and figures.count >= ENOUGH_FUNCTIONS:
            advice = f"{figures}: keep the median at {MEDIAN_LIMIT} and p90 at {P90_LIMIT} lines or less"
            yield Hit(figures.folder, 1, advice)


def measure(house: House) -> list[Figures]:
    """The figures of every top-level folder that has functions; tests are not measured."""
    by_folder: dict[str, list[int]] = {}
    for source in house.outside(*UNMEASURED):
        lengths = by_folder.setdefault(source.path.split("/")[0], [])
        lengths.extend(_length(function) for function in source.functions)
    return [_figures(folder, sorted(lengths)) for folder, lengths in sorted(by_folder.items()) if lengths]


def _figures(folder: str, lengths: list[int]) -> Figures:
    p90 = lengths[math.ceil(0.9 * len(lengths)) - 1]
    return Figures(folder, len(lengths), statistics.median(lengths), p90, lengths[-1])


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _body_length(function: Function) -> int:
    """The lines of the body without the docstring."""
    is_described = ast.get_docstring(function, clean=False) is not None
    body = function.body[1:] if is_described else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _is_handler(function: Function) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(_event_names(argument) & TELEGRAM_EVENTS for argument in arguments)


def _event_names(argument: ast.arg) -> set[str]:
    """The names in an annotation, also when it is written as a text or as `types.Message`."""
    if argument.annotation is None:
        return set()
    written = ast.unparse(argument.annotation).strip("'\"")
    return {part.strip().split(".")[-1] for part in written.split("|")}
