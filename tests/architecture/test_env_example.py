"""`.env.example` and the reference name every setting, and nothing that is not one."""

import re
from collections import Counter
from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

ASSIGNMENT = re.compile(r"^#?\s*([A-Z][A-Z0-9_]*)=", re.MULTILINE)
TABLE_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]*)` \|", re.MULTILINE)


def test_env_example_and_settings_name_the_same_variables(repository: Path) -> None:
    written = Counter(ASSIGNMENT.findall((repository / ".env.example").read_text(encoding="utf-8")))
    known = settings_variables()
    assert {name for name, times in written.items() if times > 1} == set(), "written more than once"
    assert known - set(written) == set(), "settings missing in .env.example"
    assert set(written) - known == set(), "in .env.example, but no setting"


def test_the_reference_lists_every_setting_once(repository: Path) -> None:
    page = (repository / "docs/reference/settings.md").read_text(encoding="utf-8")
    assert sorted(TABLE_ROW.findall(page)) == sorted(settings_variables())


def settings_variables() -> set[str]:
    from app.boot.providers import list_variables
    from app.boot.settings import Settings

    prefix = Settings.model_config.get("env_prefix", "")
    own = {variable(prefix, name, field) for name, field in Settings.model_fields.items()}
    return own | set(list_variables())


def variable(prefix: str, name: str, field: FieldInfo) -> str:
    """The environment variable of a field: its alias, otherwise its name."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = next(choice for choice in alias.choices if isinstance(choice, str))
    return alias.upper() if isinstance(alias, str) else f"{prefix}{name}".upper()
