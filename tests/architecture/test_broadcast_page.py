"""The page of a broadcast's file says what the definition says, and the shown files are broadcasts."""

import re
from pathlib import Path

from ruamel.yaml import YAML

from core.text.template import BUILT_IN
from scripts.broadcast_reference import PAGE, PARTS, make_page, read_words
from services.messaging.broadcast_plan import read_plan

ROOT = Path(__file__).resolve().parents[2]
HOW = ROOT / "docs/how-to/broadcasts.md"


def test_the_page_is_as_the_definition_is() -> None:
    fields = {(model.__name__, name) for model in PARTS.values() for name in model.model_fields}
    assert fields <= read_words().keys()
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run `python -m scripts.broadcast_reference`"


def test_the_shown_files_are_broadcasts() -> None:
    [shown] = re.findall(r"^```yaml\n(.*?)^```", HOW.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    sample = (ROOT / "content/examples/broadcast.yaml").read_text(encoding="utf-8")
    for text in (shown, sample):
        document = YAML(typ="safe").load(text)
        document["media"] = [{"kind": "photo", "ref": ref} for ref in document["media"]]
        assert read_plan(document, BUILT_IN).audience
