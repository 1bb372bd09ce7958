"""Reading the older bot's files: JSON and texts of bounded size, everything wrong noted by file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import BaseModel, ValidationError

from core.text.refusal import MOST_GIVEN, explain, placed, words
from services.content.importing.mishaps import explain_file, megabytes
from services.content.importing.nodes import has_unfit
from services.workflows.legacy_import.reading.legacy import Findings

MOST_BYTES = 200_000_000
MOST_TEXT_BYTES = 1_000_000
MOST_PHOTO_BYTES = 10_000_000
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
PLACES = ("", "photos", "images", "messages", "assets/images", "assets", "scenarios/photos")
HOME = "data/"  # the older bot named files from the folder above
SCENARIOS = "scenarios/"  # may lie in that folder, too, beside `data`
OF_OLDER_BOT = frozenset(
    {
        "BOT_TOKEN",
        "PRODAMUS_PRODUCT_NAME",
        "PRODAMUS_PRODUCT_PRICE",
        "PRODAMUS_PRODUCT_PAID_CONTENT",
        "PRIVATE_GROUP_ID",
        "PRIVATE_RESOURCE_ID",
    }
)
Model = TypeVar("Model", bound=BaseModel)


class Folder:
    """A folder of the older bot; what cannot be read is noted in `findings`, once."""

    def __init__(self, root: Path, findings: Findings) -> None:
        self.root = root
        self.findings = findings
        above = root.parent if root.name == HOME.rstrip("/") else root
        self._above = above if not (root / SCENARIOS).is_dir() else root

    def _home(self, name: str) -> Path:
        """The folder a file's name counts from."""
        return self._above if name.startswith(SCENARIOS) else self.root

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        try:
            return (self._home(name) / name).is_file()
        except (OSError, ValueError):  # no file can have that name
            return False

    def error(self, name: str, key: str, **values: Any) -> None:
        """Note what is wrong with a file."""
        self.findings.error(name, words(key, **values))

    def note(self, place: str, key: str, **values: Any) -> None:
        """Note what becomes of something."""
        self.findings.note(place, key, **values)

    def json(self, name: str) -> Any:
        """A file's JSON; None if there is none, or it cannot be read."""
        text = self._text(name, MOST_BYTES) if self.has(name) else None
        if text is None:
            return None
        try:
            document = json.loads(text, parse_constant=_refuse)
            is_unfit = has_unfit(json.dumps(document, ensure_ascii=False).replace("\\u0000", "\0"))
        except json.JSONDecodeError as error:
            self.error(name, "older-no-json", line=error.lineno, column=error.colno)
            return None
        except (ValueError, RecursionError):
            self.error(name, "older-odd-json")
            return None
        if is_unfit:
            self.error(name, "refused-unfit")
            return None
        return document

    def model(self, name: str, model: type[Model]) -> Model | None:
        """A file's JSON as a model; None if it cannot be read as one."""
        document = self.json(name)
        return None if document is None else self.fit(name, model, document)

    def fit(self, name: str, model: type[Model], document: Any) -> Model | None:
        """A document as a model; None and a note where it is none."""
        try:
            return model.model_validate(document)
        except ValidationError as error:
            for each_error in error.errors()[:5]:
                place = ".".join(map(str, each_error["loc"]))[:MOST_GIVEN]
                self.findings.error(
                    name, placed(place, explain(each_error)) if place else explain(each_error)
                )
        except RecursionError:
            self.error(name, "older-odd-json")
        return None

    def text(self, file: str, near: str) -> str | None:
        """A template's text, looked for where the older bot kept them; None and a note if it cannot be read."""
        name = self.find_text(file, near)
        if name is None:
            self.error(f"{near}/messages/{file}".lstrip("/"), "older-missing")
            return None
        text = self._text(name, MOST_TEXT_BYTES)
        if text is not None and not text.strip():
            self.error(name, "older-empty")
            return None
        return text

    def find_text(self, file: str, near: str) -> str | None:
        """Where a template lies; None if it is not there."""
        file = file.removeprefix(HOME)
        places = (f"{near}/messages/{file}", f"{near}/{file}", f"messages/{file}", file)
        names = (place.lstrip("/") for place in places)
        return next((name for name in names if self._is_inside(name) and self.has(name)), None)

    def photo(self, name: str, near: str) -> Path | None:
        """A picture by its name, looked for where the older bot kept them; None and a note if it is not there."""
        name = name.removeprefix(HOME)
        for place in (near, *(f"{near}/{place}" for place in PLACES if place), *PLACES):
            file = f"{place}/{name}".lstrip("/")
            if self._is_inside(file) and self.has(file):
                path = self._home(file) / file
                if path.stat().st_size <= MOST_PHOTO_BYTES:
                    return path
                self.error(file, "older-large-picture", limit=megabytes(MOST_PHOTO_BYTES))
                return None
        self.error(name[:100], "older-no-picture", folder=near or ".")
        return None

    def environment(self, env_file: Path | None) -> Mapping[str, str] | None:
        """The older bot's `.env`: the one given, else the one in or above the folder; None if it is not there."""
        if env_file is not None and not env_file.is_file():
            self.error(str(env_file), "older-missing")
        for path in [env_file] if env_file else [self.root / ".env", self.root.parent / ".env"]:
            values = dotenv_values(path) if path.is_file() else {}
            if OF_OLDER_BOT & values.keys():
                return {name: value for name, value in values.items() if value}
        return None

    def _text(self, name: str, limit: int) -> str | None:
        path = self._home(name) / name
        try:
            if path.stat().st_size > limit:
                self.error(name, "refused-large-file", limit=megabytes(limit))
                return None
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            self.findings.error(name, explain_file(error))
            return None
        except ValueError:
            self.error(name, "refused-no-utf8")
            return None

    def _is_inside(self, name: str) -> bool:
        try:
            home = self._home(name)
            return (home / name).resolve().is_relative_to(home.resolve())
        except (OSError, ValueError):
            return False


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")
