"""What `SCENARIO` selects: how an installation meets who says yes, as data."""

from collections.abc import Collection, Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from core.text.message import Localized, Media, MediaKind, MediaRef, Message
from core.text.refusal import Refused

DEFAULT = "salehi"
"""The profile of an installation that names none."""
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Prompt(BaseModel):
    """Something said on the way: a text, a voice message (`audio`, a file or a link), or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: Localized | None = None
    audio: MediaRef | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.audio is None:
            raise Refused("refused-empty-prompt")
        return self

    @property
    def message(self) -> Message:
        """It as a message; the text is the caption of the voice."""
        voice = (Media(kind=MediaKind.VOICE, ref=self.audio),) if self.audio else ()
        return Message(text=self.text, media=voice)


class Profile(BaseModel):
    """A profile: whether a yes leads to an operator, how often a silent person is asked again, further `flags`.

    `ring_seconds`: how long an operator may take to answer a ring; `silence_seconds`: how long a person may wait
    for an operator's next word before another one is rung; `idle_seconds`: when a talk nobody speaks in is over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code
    transfer_to_operator: bool
    use_sms_confirmation: bool = False
    max_retries: int = Field(default=1, ge=0, le=10)
    ring_seconds: float = Field(default=60, gt=0)
    silence_seconds: float = Field(default=900, gt=0)
    idle_seconds: float = Field(default=7_200, gt=0)
    flags: dict[Code, bool] = {}
    prompts: dict[Code, Prompt] = {}

    @field_validator("use_sms_confirmation")
    @classmethod
    def _no_sms(cls, value: bool) -> bool:
        if value:
            raise Refused("refused-no-sms")
        return value

    def holds(self, flag: str) -> bool:
        """Whether a flag is set; one that nobody has set is not."""
        if flag == "transfer_to_operator":
            return self.transfer_to_operator
        return self.flags.get(flag, False)

    def listed_flags(self) -> Mapping[str, bool | int]:
        """Its flags and numbers, for a log or a page."""
        return {
            "transfer_to_operator": self.transfer_to_operator,
            "use_sms_confirmation": self.use_sms_confirmation,
            "max_retries": self.max_retries,
            **self.flags,
        }

    def __str__(self) -> str:
        return f"scenario={self.name} (transfer_to_operator={self.transfer_to_operator})"


def choose(profiles: Mapping[str, Profile], name: str) -> Profile:
    """The profile of a name, however it is written; the default for none. ValueError lists those there are."""
    profile = profiles.get(name.strip().lower() or DEFAULT)
    if profile is None:
        raise ValueError(f"SCENARIO={name} is no profile; there are: {list_names(profiles)}")
    return profile


def list_names(profiles: Collection[str]) -> str:
    """Names for a message."""
    return ", ".join(sorted(profiles))
