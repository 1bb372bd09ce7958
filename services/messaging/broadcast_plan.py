"""A broadcast as its author defines it: what is said to whom and when, in one document for file, chat and panel."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from core.flow.definition import Slug
from core.flow.steps.base import IntervalField
from core.rules.local_hour import parse_hour
from core.rules.moments import Moment
from core.rules.quiet_hours import Hours
from core.rules.sending_times import SendingTimes
from core.rules.zones import is_zone
from core.text.message import ANY_LANGUAGE, MAX_MEDIA, Localized, Media, are_different, check_rows, localize
from core.text.refusal import (
    InputRefused,
    Refused,
    Words,
    explain_with_place,
    listed,
    placed,
    unplaced,
    words,
)
from core.text.targets import read_link
from core.text.template import check_template
from services.people.conditions.tree import Node, read_tree

INVALID = "BROADCAST_INVALID"
MOST_VARIANTS = 5
MOST_TEXT = 16_000  # signs of a text; what is longer than a message goes out as several
WHOLE = 100
MOST_TAG = 64
MOST_OPTIONS = 12  # of a poll, by Telegram
MOST_OPTION = 100  # signs of one that Telegram shows
CONTENTS = ("text", "media", "poll", "original")  # without all of them nothing is said
SILENT = words("refused-plan-silent")


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _check_tree(document: object) -> object:
    if document is not None:
        read_tree(document)
    return document


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Audience = Annotated[Any, AfterValidator(_check_tree)]
Link = Annotated[str, Field(min_length=1, max_length=2048), AfterValidator(read_link)]


class PlanButton(_Document):
    """A button: a link (its clicks are counted unless `track: no`), a scenario's start, a tag put on, or a share of the bot."""

    text: Localized
    """What stands on it, by language."""
    url: Link | None = None
    """A link it opens; the address may use the same variables as the text."""
    track: bool = True
    """Whether presses of the link are counted; `yes` unless you say `no`."""
    start: Slug | None = None
    """A scenario of the bot that it begins."""
    tag: str | None = Field(default=None, min_length=1, max_length=MOST_TAG)
    """A tag it puts on whoever presses."""
    share: Localized | None = None
    """A text that the reader can send on to friends, with a link to the bot."""

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if sum(action is not None for action in (self.url, self.start, self.tag, self.share)) != 1:
            raise Refused("refused-plan-button")
        return self

    def in_language(self, language: str) -> "PlanButton":
        """The same in one language alone."""
        share = {ANY_LANGUAGE: localize(self.share, language)} if self.share else None
        return self.model_copy(update={"text": {ANY_LANGUAGE: localize(self.text, language)}, "share": share})


ButtonRows = Annotated[tuple[tuple[PlanButton, ...], ...], AfterValidator(check_rows)]


class Original(_Document):
    """A message that an admin sent or forwarded to the bot, repeated as it is; an album's have several numbers."""

    from_chat_id: int
    message_ids: tuple[int, ...] = Field(min_length=1, max_length=MAX_MEDIA)
    album: str | None = None
    caption: Localized | None = None  # instead of its own


class PlanPoll(_Document):
    """A poll below the text, or alone; each person votes in their own chat, and nobody counts the votes."""

    question: Localized
    """What is asked, by language, without markup."""
    options: tuple[Localized, ...] = Field(min_length=2, max_length=MOST_OPTIONS)
    """The answers to choose from, two to twelve."""
    multiple: bool = False
    """Whether several can be chosen; `no` unless you say `yes`."""

    def in_language(self, language: str) -> "PlanPoll":
        """The same in one language alone."""
        options = tuple({ANY_LANGUAGE: localize(option, language)} for option in self.options)
        question = {ANY_LANGUAGE: localize(self.question, language)}
        return self.model_copy(update={"question": question, "options": options})


class Window(_Document):
    """From when to when, on each person's own clock, messages may leave."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    begins: Clock = Field(alias="from")
    """The earliest hour on the person’s own clock."""
    ends: Clock = Field(alias="to")
    """The latest."""


class Variant(_Document):
    """What a share of the audience, in percent, gets instead; what it does not say is as in the broadcast."""

    share: int = Field(ge=1, lt=WHOLE)
    """The part of the audience that gets it, in percent."""
    text: Localized | None = None
    """Its text, if it has one of its own."""
    media: tuple[Media, ...] | None = Field(default=None, max_length=MAX_MEDIA)
    """Its files, if it has some of its own."""
    buttons: ButtonRows | None = None
    """Its buttons, if it has some of its own."""


class Winner(_Document):
    """Which variant the others get: the one with the most clicks, payments or completions after a while."""

    by: Literal["clicks", "payment", "completion"]
    """What is counted: `clicks`, `payment` or `completion`."""
    after: IntervalField
    """How long is counted before the others get the better one: `4h`, `1d`."""


class Plan(_Document):
    """A broadcast. `scenario` names the one whose `{{scenario.x}}` the texts use.

    `at` is a moment; `local` an hour on each person's own clock; neither is now. `weekly` repeats it from `at` on,
    on the clock of `zone`.
    """

    bot: str = "sales"
    """Which bot speaks: `sales` (without it), `course`, or the number of a connected one."""
    name: str = Field(min_length=1, max_length=200)
    """What you call it; its readers do not see it."""
    text: Localized | None = None
    """Telegram’s HTML, one text for all or a map by language; a long one goes out as several messages."""
    media: tuple[Media, ...] = Field(default=(), max_length=MAX_MEDIA)
    """One file or address, or up to ten; `{kind: document, ref: …}` where the ending does not say the kind."""
    poll: PlanPoll | None = None
    """A poll that follows the text, or stands alone."""
    original: Original | None = None
    """A message sent to the bot, repeated as it is; the chat fills it in, a file may not have it."""
    buttons: ButtonRows = ()
    """Rows of buttons, eight in a row at most and ninety in all."""
    link_preview: bool = True
    """Whether Telegram shows a preview of a link in the text."""
    scenario: Slug | None = None
    """The scenario whose `{{scenario.x}}` the texts use."""
    audience: Audience = None
    """Whom it is for: conditions, joined by `all`, `any`, `not`; everybody without it."""
    at: Moment | None = None
    """The moment it leaves, with its offset: `2026-12-01T10:00+03:00`."""
    weekly: bool = False
    """Whether it leaves again every week from `at` on."""
    zone: str | None = None
    """Whose clock a weekly one keeps to, as `Europe/Moscow`; without it the offset of `at`."""
    local: Clock | None = None
    """The hour on each person’s own clock at which it leaves, today or tomorrow: `"19:00"`."""
    window: Window | None = None
    """Between which hours of each person’s own clock it may leave."""
    variants: tuple[Variant, ...] = Field(default=(), max_length=MOST_VARIANTS)
    """Up to five other contents, each for a share of the audience."""
    paid: bool = False
    """Whether it leaves at Telegram’s paid pace, for Stars from the bot’s balance; the owner has to allow it."""
    winner: Winner | None = None
    """Which of the variants the rest of the audience gets."""

    @model_validator(mode="before")
    @classmethod
    def _read_bot(cls, bot: object) -> object:
        is_number = isinstance(bot, Mapping) and type(bot.get("bot")) is int
        return {**bot, "bot": str(bot["bot"])} if is_number else bot  # type: ignore[dict-item, index]

    def list_faults(self) -> Iterator[Words]:
        """What does not go together, all of it; each key by itself is right."""
        said = self.text is not None or bool(self.media) or self.poll is not None
        if said is (self.original is not None):
            yield words("refused-plan-two-contents") if said else SILENT
        if self.at is not None and self.local is not None:
            yield words("refused-plan-two-times")
        if self.weekly and self.at is None:
            yield words("refused-plan-weekly")
        if self.zone is not None and not is_zone(self.zone):
            yield words("refused-plan-zone", given=self.zone[:60])
        if sum(variant.share for variant in self.variants) > WHOLE:
            yield words("refused-plan-shares")
        if self.variants and self.original is not None:
            yield words("refused-plan-original-variants")
        if self.winner is not None and len(self.variants) < 2:  # noqa: PLR2004 - one alone wins nothing
            yield words("refused-plan-winner")

    @property
    def times(self) -> SendingTimes:
        """At which hours it leaves for whom."""
        hours = Hours(parse_hour(self.window.begins), parse_hour(self.window.ends)) if self.window else None
        return SendingTimes(parse_hour(self.local) if self.local else None, hours)

    @property
    def tree(self) -> Node | None:
        """Whom it is for; None: everybody."""
        return None if self.audience is None else read_tree(self.audience)

    def as_variant(self, number: int) -> "Plan":
        """What the recipients of a variant get; 0 are all the rest."""
        if number == 0:
            return self
        chosen = self.variants[number - 1]
        changed = {name: getattr(chosen, name) for name in ("text", "media", "buttons")}
        return self.model_copy(update={name: part for name, part in changed.items() if part is not None})

    def in_language(self, language: str) -> "Plan":
        """The same in one language alone."""
        rows = tuple(tuple(button.in_language(language) for button in row) for row in self.buttons)
        text = {ANY_LANGUAGE: localize(self.text, language)} if self.text else None
        poll = self.poll and self.poll.in_language(language)
        return self.model_copy(update={"text": text, "buttons": rows, "poll": poll})

    def dump_with(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """The document of the same with other words, in these languages, wherever it has words."""
        document = self.dump()
        if not texts:
            return document
        if self.original is not None:
            document["original"]["caption"] = _with(self.original.caption, texts)
            return document
        document["text"] = _with(self.text, texts)
        for place, variant in enumerate(self.variants):
            if variant.text is not None:
                document["variants"][place]["text"] = _with(variant.text, texts)
        return document

    def list_texts(self) -> Sequence[tuple[str, str]]:
        """Every text with the key it stands under."""
        placed_texts = []
        for number in range(len(self.variants) + 1):
            plan, place = self.as_variant(number), f"variants.{number - 1}." if number else ""
            placed_texts += [(f"{place}{_key(name)}", text) for name, text in (plan.text or {}).items()]
            for row, buttons in enumerate(plan.buttons):
                for column, button in enumerate(buttons):
                    key = f"{place}buttons.{row}.{column}"
                    texts = [*button.text.values(), *([button.url] if button.url else [])]
                    placed_texts += [(key, text) for text in texts]
        if self.poll is not None:
            asked = [self.poll.question, *self.poll.options]
            placed_texts += [("poll", text) for localized in asked for text in localized.values()]
        return placed_texts

    def dump(self) -> dict[str, Any]:
        """The document that `read_plan` reads."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _key(language: str) -> str:
    """The key of a text; one for everybody stands under no language."""
    return "text" if language == ANY_LANGUAGE else f"text.{language}"


def _with(known: Mapping[str, str] | None, texts: Mapping[str, str]) -> dict[str, str]:
    """A text for everybody takes the place of all others."""
    return dict(texts) if ANY_LANGUAGE in texts else {**(known or {}), **texts}


def read_plan(document: object, variables: frozenset[str]) -> Plan:
    """The broadcast a document defines, whose texts may use `variables`; raises BROADCAST_INVALID naming every wrong key."""
    try:
        plan = Plan.model_validate(document)
    except ValidationError as error:
        is_silent = isinstance(document, Mapping) and not any(document.get(name) for name in CONTENTS)
        problems = [*map(explain_with_place, error.errors()), *([SILENT] if is_silent else [])]
        raise PlanRefused(problems) from None
    if problems := [*plan.list_faults(), *_check_texts(plan, variables)]:
        raise PlanRefused(problems)
    return plan


def _check_texts(plan: Plan, variables: frozenset[str]) -> list[Words]:
    allowed = variables if plan.scenario else {name for name in variables if not name.startswith("scenario.")}
    problems: list[Words] = []
    for key, text in plan.list_texts():
        wrong = check_template(text, allowed)
        if len(text) > MOST_TEXT:
            wrong.append(words("refused-long", max_length=MOST_TEXT, given=text[:60]))
        problems += [placed(key, mistake) for mistake in wrong]
    return [*problems, *_check_shared(plan), *(_check_poll(plan.poll) if plan.poll else ())]


def _check_poll(poll: PlanPoll) -> Iterator[Words]:
    """What Telegram refuses of everybody's poll, or of one whose reader lacks a value."""
    if any("{{" in text for option in poll.options for text in option.values()):
        yield placed("poll.options", words("refused-poll-variable"))
    elif not are_different(poll.options, MOST_OPTION):
        yield placed("poll.options", words("refused-poll-same", most=MOST_OPTION))


def _check_shared(plan: Plan) -> Iterator[Words]:
    """What is shared becomes part of an address, where a value that nobody knows beforehand has no place."""
    for row in plan.buttons:
        for button in row:
            for text in (button.share or {}).values():
                yield from (placed("share", mistake) for mistake in check_template(text, ()))


class PlanRefused(InputRefused):
    """A document that defines no broadcast; every wrong key is named."""

    def __init__(self, problems: Sequence[Words]) -> None:
        super().__init__(INVALID, listed(problems))
        self.reasons = listed(unplaced(problem) for problem in problems)
