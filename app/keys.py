"""The master keys: given in the environment, or made once in `DATA_DIR/keys`."""

import os
from pathlib import Path

from core.config import Settings
from utils.sealed import KeyRing, new_master_key


def load_keys(settings: Settings) -> KeyRing:
    """The key ring; outside production it is made at the first start. ValueError says what is wrong with it."""
    given = settings.master_keys.get_secret_value()
    return KeyRing.parse(given or _kept(settings.data_dir / "keys"))


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(new_master_key())
    return path.read_text().strip()
