"""Reading the older bot's files: JSON and texts of bounded size, everything wrong noted by file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import BaseModel, ValidationError

from app.adopting.legacy import Findings

MOST_BYTES = 200_000_000
MOST_TEXT_BYTES = 1_000_000
MOST_PHOTO_BYTES = 10_000_000
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
PLACES = ("", "photos", "images", "messages", "assets/images")
Model = TypeVar("Model", bound=BaseModel)


class Folder:
    """A folder of the older bot; what cannot be read is noted in `findings`, once."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self.root = root
        self.findings = findings

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        try:
            return (self.root / name).is_file()
        except (OSError, ValueError):  # no file can have that name
            return False

    def error(self, name: str, what: str) -> None:
        """Note what is wrong with a file."""
        self.findings.errors.append(f"{name}: {what}")

    def note(self, what: str) -> None:
        """Note what becomes of something."""
        self.findings.notes.append(what)

    def json(self, name: str) -> Any:
        """A file's JSON; None if there is none, or it cannot be read."""
        text = self._text(name, MOST_BYTES) if self.has(name) else None
        if text is None:
            return None
        try:
            return json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            self.error(name, f"is no JSON: {error}"[:300])
            return None

    def model(self, name: str, model: type[Model]) -> Model | None:
        """A file's JSON as a model; None if it cannot be read as one."""
        document = self.json(name)
        return None if document is None else self.fit(name, model, document)

    def fit(self, name: str, model: type[Model], document: Any) -> Model | None:
        """A document as a model; None and a note where it is none."""
        try:
            return model.model_validate(document)
        except ValidationError as error:
            for one in error.errors()[:5]:
                place = ".".join(map(str, one["loc"])) or "the whole"
                self.error(name, f"{place}: {one['msg'].removeprefix('Value error, ')}"[:300])
        except RecursionError:
            self.error(name, "is nested too deeply")
        return None

    def text(self, name: str) -> str | None:
        """A template's text; None and a note if it cannot be read, or is empty."""
        if not self._is_inside(name) or not self.has(name):
            self.error(name, "is not there")
            return None
        text = self._text(name, MOST_TEXT_BYTES)
        if text is not None and not text.strip():
            self.error(name, "is empty")
            return None
        return text

    def photo(self, name: str, near: str) -> Path | None:
        """A picture by its name, looked for where the older bot kept them; None and a note if it is not there."""
        for place in (near, *(f"{near}/{place}" for place in PLACES if place), *PLACES):
            path = self.root / place / name
            if self._is_inside(f"{place}/{name}") and self.has(f"{place}/{name}"):
                if path.stat().st_size <= MOST_PHOTO_BYTES:
                    return path
                self.error(f"{place}/{name}", "is larger than the 10 MB Telegram takes for a picture")
                return None
        self.error(
            name[:100], f"this picture is not there (looked in {near or 'the folder'} and assets/images)"
        )
        return None

    def environment(self, given: Path | None) -> Mapping[str, str]:
        """The older bot's `.env`: the one given, else the one in or above the folder."""
        for path in [given] if given else [self.root / ".env", self.root.parent / ".env"]:
            if path.is_file():
                return {name: value for name, value in dotenv_values(path).items() if value}
        return {}

    def _text(self, name: str, limit: int) -> str | None:
        path = self.root / name
        try:
            if path.stat().st_size > limit:
                self.error(name, f"is larger than {limit // 1_000_000} MB")
                return None
            return path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            self.error(name, f"cannot be read: {error}"[:300])
            return None

    def _is_inside(self, name: str) -> bool:
        try:
            return (self.root / name).resolve().is_relative_to(self.root.resolve())
        except (OSError, ValueError):
            return False


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")
