"""What can be said to an import besides the paths."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What was said besides the paths; each kind takes its own."""

    dry_run: bool = False
    deploy: bool = False
    draft: bool = False
    public: bool = False
    names: Sequence[str] = ()
    env_file: Path | None = None
