"""When the older bot meant to write to whom next: a file for each person, or one for all, in the forms it has had."""

import re
from collections.abc import Iterator
from typing import Any

from services.workflows.legacy_import.reading import shapes
from services.workflows.legacy_import.reading.files import Folder

FOR_ALL = ("schedules/backup.json", "schedule_backup.json")  # a later one goes before an earlier one
_CHAT = re.compile(r"\d{1,16}")


def read_schedules(folder: Folder) -> dict[int, shapes.Schedule]:
    """What is due by chat id; a person's own file goes before those for all."""
    schedules: dict[int, shapes.Schedule] = {}
    for name in FOR_ALL:
        schedules |= _read_file(folder, name)
    for path in sorted((folder.root / "schedules").glob("*.json")):
        if _CHAT.fullmatch(path.stem):
            name = f"schedules/{path.name}"
            schedule = _read(folder, name, folder.json(name))
            if schedule is not None:
                schedules[int(path.stem)] = schedule
    return schedules


def _read_file(folder: Folder, name: str) -> dict[int, shapes.Schedule]:
    document = folder.json(name)
    if document is None:
        return {}
    if not isinstance(document, dict | list):
        folder.error(name, "older-no-schedule")
        return {}
    return dict(_entries(folder, name, document))


def _entries(folder: Folder, name: str, document: Any) -> Iterator[tuple[int, shapes.Schedule]]:
    """A map by chat id, or a list whose entries say it."""
    named = document.items() if isinstance(document, dict) else enumerate(document)
    for key, entry in named:
        schedule = _read(folder, f"{name}: {str(key)[:40]}", entry)
        chat = str(key) if isinstance(document, dict) else schedule.chat_id if schedule else ""
        if schedule is not None and _CHAT.fullmatch(chat):
            yield int(chat), schedule


def _read(folder: Folder, name: str, document: Any) -> shapes.Schedule | None:
    if document is None:
        return None
    return folder.fit(name, shapes.Schedule, {"time": document} if isinstance(document, str) else document)
