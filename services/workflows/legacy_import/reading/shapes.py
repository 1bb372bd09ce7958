"""The JSON of the older bot's two layouts, as models: numbers may be texts, unknown fields are left out."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from core.rules.moments import parse_moment
from core.text.refusal import MOST_GIVEN, Refused

MOST_HOURS = 24 * 366 * 10
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")
NEVER = "0001-"  # how Go's zero time begins


def _read_moment(value: Any) -> Any:
    """RFC 3339, with any number of decimals; empty and Go's zero time are none."""
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise Refused("refused-no-moment", given=str(value)[:MOST_GIVEN])
    if value.startswith(NEVER):
        return None
    return parse_moment(_LONG_FRACTION.sub(r"\1", value))


def _read_text(value: Any) -> Any:
    return "" if value is None else str(value) if isinstance(value, int | float) else value


def _read_length(value: Any) -> Any:
    """The oldest files say `[hours, minutes]`."""
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 - the two of them
        return {"hours": value[0], "minutes": value[1]}
    return value


def _read_list(value: Any) -> Any:
    """Go writes an empty list as null."""
    return () if value is None else value


def _read_map(value: Any) -> Any:
    return {} if value is None else value


Moment = Annotated[datetime | None, BeforeValidator(_read_moment)]
Text = Annotated[str, BeforeValidator(_read_text), Field(max_length=4096)]
Count = Annotated[float, Field(ge=0, le=MOST_HOURS * 60)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Timing(_Shape):
    """How long after the former message."""

    hours: Count = 0
    minutes: Count = 0

    @property
    def length(self) -> timedelta:
        """To the second."""
        return timedelta(seconds=round(self.hours * 3600 + self.minutes * 60))


class LegacyButton(_Shape):
    """A button that opens a url, or a callback of the older bot's own."""

    type: str = "url"
    text: str = Field(min_length=1, max_length=256)
    url: str | None = None
    callback: str | None = Field(default=None, validation_alias=AliasChoices("callback", "callback_data"))


class ButtonRow(_Shape):
    """One row."""

    buttons: tuple[LegacyButton, ...] = ()


class Keyboard(_Shape):
    """Rows of buttons, or the set that has them."""

    rows: tuple[ButtonRow, ...] = ()
    button_set_ref: str | None = None


class MessageShape(_Shape):
    """A message: its template's file, pictures and keyboard."""

    timing: Annotated[Timing, BeforeValidator(_read_length)] = Timing()
    template_file: str | None = None
    photos: tuple[str, ...] | None = None
    inline_keyboard: Keyboard | None = None
    url_button: tuple[str, str] | None = None  # url and text, in the oldest files

    def keyboard(self) -> Keyboard | None:
        """The keyboard, whichever way it is written."""
        if self.inline_keyboard is not None or self.url_button is None:
            return self.inline_keyboard
        url, text = self.url_button
        return Keyboard(rows=(ButtonRow(buttons=(LegacyButton(text=text, url=url),)),))


class Messages(_Shape):
    """`messages.json`."""

    messages_list: Annotated[tuple[str, ...], BeforeValidator(_read_list)] = ()
    messages: Annotated[dict[str, MessageShape], BeforeValidator(_read_map)] = {}


class Prodamus(_Shape):
    """What a scenario sells."""

    product_name: Text = ""
    product_price: Text = ""
    paid_content: Text = ""
    private_group_id: Text = ""


class Config(_Shape):
    """`config.json` of a scenario."""

    id: str = ""
    name: str = ""
    prodamus: Prodamus | None = None


class Listed(_Shape):
    """A scenario in the registry: its name, or all of it."""

    id: str = ""
    name: str = ""
    is_active: bool = True
    config: Config | None = None
    messages: Messages | None = None
    summary: MessageShape | None = None


class Registry(_Shape):
    """`registry.json` of the scenarios, which are a list, or a map by id."""

    scenarios: tuple[Listed, ...] | dict[str, Listed] = ()
    default_scenario_id: str | None = None

    def listed(self) -> list[Listed]:
        """All of them, each with its id."""
        if isinstance(self.scenarios, dict):
            return [
                scenario.model_copy(update={"id": scenario.id or key})
                for key, scenario in self.scenarios.items()
            ]
        return list(self.scenarios)


class Kept(_Shape):
    """What both layouts keep of somebody's way: when they heard and finished, their money, their place in the group."""

    last_sent_at: Moment = None
    completed_at: Moment = None
    payment_date: Moment = None
    payment_link: Text = ""
    payment_info: dict[str, Any] | None = None
    invite_link: Text = ""
    joined_group: bool = False
    joined_at: Moment = None


class Standing(Kept):
    """How a user stands in a scenario."""

    status: Literal["not_started", "active", "completed", "stopped"]
    current_message_index: int = Field(default=0, ge=0, le=100_000)


class User(Kept):
    """A user; with several scenarios the bot wrote payments and consent at the top all the same.

    The next message of the old queue is its last one.
    """

    user_name: Text = ""
    reg_time: Moment = None
    is_messaging: bool | None = None
    messages_list: tuple[str, ...] | None = None
    scenarios: Annotated[dict[str, Standing], BeforeValidator(_read_map)] = {}
    active_scenario_id: str | None = None

    @property
    def is_written_to(self) -> bool:
        """Whether the older bot sent them anything; where it did not write it down, who is in a scenario was."""
        return bool(self.scenarios) if self.is_messaging is None else self.is_messaging


class Schedule(_Shape):
    """What comes next for somebody, and when."""

    chat_id: Text = Field(default="", validation_alias=AliasChoices("ChatID", "chat_id", "user_id"))
    scenario_id: str | None = Field(default=None, validation_alias=AliasChoices("ScenarioID", "scenario_id"))
    one_past: int | None = Field(
        default=None, ge=0, validation_alias=AliasChoices("MessageIndex", "message_index")
    )
    index: int | None = Field(
        default=None, ge=0, validation_alias=AliasChoices("next_message_index", "current_message_index")
    )
    due: Moment = Field(
        default=None,
        validation_alias=AliasChoices(
            "ScheduledAt",
            "next_message_at",
            "scheduled_at",
            "send_at",
            "next_time",
            "time",
            "due_at",
            "next_send_at",
        ),
    )

    @property
    def place(self) -> int:
        """Where the message stands that is due; the older bot counted it up when it planned it."""
        return self.index or 0 if self.one_past is None else max(self.one_past - 1, 0)


class ButtonSets(_Shape):
    """`buttons/registry.json`."""

    button_sets: dict[str, Keyboard] = {}


class Globals(_Shape):
    """`templates/bot_globals.json`."""

    variables: dict[str, Text] = {}


class Targeting(_Shape):
    """Whom a broadcast is for."""

    conditions: tuple[str, ...] = ()


class KeptBroadcast(MessageShape):
    """A broadcast in the registry."""

    id: str = ""
    name: str = ""
    targeting: Targeting = Targeting()


class Broadcasts(_Shape):
    """`broadcasts/registry.json`."""

    broadcasts: tuple[KeptBroadcast, ...] | dict[str, KeptBroadcast] = ()

    def listed(self) -> list[KeptBroadcast]:
        """All of them."""
        return list(self.broadcasts.values() if isinstance(self.broadcasts, dict) else self.broadcasts)
