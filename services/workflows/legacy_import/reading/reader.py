"""From the older bot's folder to values, whichever layout it has."""

from pathlib import Path

from core.text.refusal import words
from services.workflows.legacy_import.reading.files import Folder
from services.workflows.legacy_import.reading.legacy import Findings, Legacy
from services.workflows.legacy_import.reading.many import REGISTRIES, ManyScenarios
from services.workflows.legacy_import.reading.single import SingleScenario

MESSAGES = "messages.json"
SIGNS = (*REGISTRIES, MESSAGES)  # one of these is there


def read_folder(path: Path, env_file: Path | None = None) -> Legacy:
    """Everything of a folder (or of `data` in it); what is wrong is in its `findings`."""
    findings = Findings()
    root = find_root(path)
    legacy = Legacy(findings=findings)
    if root is None:
        findings.error(str(path), words("older-no-folder", several=REGISTRIES[0], single=MESSAGES))
        return legacy
    legacy.root = root
    folder = Folder(root, findings)
    layout = ManyScenarios if any(map(folder.has, REGISTRIES)) else SingleScenario
    layout(folder, legacy).read(folder.environment(env_file))
    return legacy


def find_root(path: Path) -> Path | None:
    """Where in a folder the older bot's data lies; None if it is none of its."""
    return next((place for place in (path, path / "data") if _is_root(place)), None)


def _is_root(root: Path) -> bool:
    return any((root / name).is_file() for name in SIGNS)
