"""The master keys: given in the environment, or made once in `DATA_DIR/keys`."""

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from app.boot import providers
from app.boot.settings import Settings
from core.db.address import find_password
from utils.sealed import KeyRing, new_master_key


def load_keys(settings: Settings) -> KeyRing:
    """The key ring; outside production it is made at the first start. ValueError says what is wrong with it."""
    secret_value = settings.master_keys.get_secret_value()
    return KeyRing.parse(secret_value or _kept(settings.data_dir / "keys"))


def list_secrets(settings: Settings) -> Iterator[str]:
    """All that must be shown nowhere: what is a secret by its type, each key of the ring, the database's password."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    yield from (secret.get_secret_value() for secret in values if isinstance(secret, SecretStr))
    key_file = settings.data_dir / "keys"
    ring = settings.master_keys.get_secret_value() or (key_file.read_text() if key_file.is_file() else "")
    yield from (key for part in ring.split(",") if (key := part.strip().partition(":")[2]))
    if password := find_password(settings.url):
        yield f":{password}@"
    yield from providers.list_secrets()


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(new_master_key())
    return path.read_text().strip()
