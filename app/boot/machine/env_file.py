"""`.env`: which file is read, which names in it nobody reads, and that it never sends secrets of the environment elsewhere."""

import os
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from loguru import logger
from pydantic import SecretStr, ValidationError

from app.boot.settings import Settings
from core.text.refusal import describe

# Where a secret is sent. A file in whatever folder one stands in must not say that of a secret it does not hold.
DESTINATIONS: Mapping[str, str] = {
    "SALES_BOT_TOKEN": "TELEGRAM_API_URL",
    "COURSE_BOT_TOKEN": "TELEGRAM_API_URL",
    "AI_API_KEY": "AI_BASE_URL",
    "YOOKASSA_SECRET_KEY": "YOOKASSA_API_URL",
    "PRODAMUS_SECRET_KEY": "PRODAMUS_URL",
    "STRIPE_SECRET_KEY": "STRIPE_API_URL",
}
SECRETS = frozenset(
    name.upper() for name, field in Settings.model_fields.items() if field.annotation is SecretStr
) | {"DATABASE_URL"}


def find_file() -> Path | None:
    """The `.env` that is read, by its whole path; None without one."""
    path = Path(str(Settings.model_config["env_file"]))
    return path.absolute() if path.is_file() else None


def tell_file() -> None:
    """Say in the log where the settings come from."""
    logger.bind(event="settings.read").info("settings: {}", describe_source())


def describe_source() -> str:
    """Where the settings come from, in words."""
    path = find_file()
    return f"the environment and {path}" if path else "the environment; there is no .env in this folder"


def describe_problems(error: ValidationError) -> list[str]:
    """A line for each setting that is wrong."""
    problems = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]).upper()
        text = describe(problem)
        problems.append(f"{name}: {text}" if name else text)
    return problems


def read_settings() -> Mapping[str, str]:
    """All that is set, by name in capitals: the environment goes before `.env`."""
    return {**_read_file(), **_by_name(os.environ)}


def list_redirections() -> list[str]:
    """A sentence for each secret of the environment that `.env` would send somewhere else."""
    exported = _by_name(os.environ)
    written = _read_file()
    return [*_redirections(exported, written), *_borrowings(exported, written)]


def _borrowings(exported: Mapping[str, str], written: Mapping[str, str]) -> Iterator[str]:
    """`${NAME}` within a value: a secret must not become a part of an address, a title or another secret."""
    for secret in SECRETS & exported.keys():
        for name, value in written.items():
            if name != secret and exported[secret] in value:
                yield (
                    f"{secret} comes from the environment, but {find_file()} puts it into {name}. "
                    f"Write {name} without it"
                )


def _redirections(exported: Mapping[str, str], written: Mapping[str, str]) -> Iterator[str]:
    for secret, place in DESTINATIONS.items():
        is_foreign = secret in exported and exported[secret] != written.get(secret)
        if is_foreign and place in written and place not in exported:
            yield (
                f"{secret} comes from the environment, but {find_file()} says where it goes ({place}). "
                f"Export {place} too, or write {secret} into that file instead"
            )


def list_unknown(known: Collection[str] = ()) -> list[str]:
    """A sentence for each name in `.env` that is no setting, nor `known` for something else."""
    names = [name.upper() for name in Settings.model_fields]
    written = _read_file(empty=True)
    return [_describe(name, names) for name in written if name not in names and name not in known]


def _describe(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"{find_file()}: {name} is no setting and is not read{meant}"


def _read_file(*, empty: bool = False) -> Mapping[str, str]:
    path = find_file()
    return _by_name(dotenv_values(path) if path else {}, empty=empty)


def _by_name(values: Mapping[str, str | None], *, empty: bool = False) -> Mapping[str, str]:
    """By names in capitals, as settings are found; without those that say nothing, unless they are wanted."""
    return {name.upper(): value or "" for name, value in values.items() if value or empty}
