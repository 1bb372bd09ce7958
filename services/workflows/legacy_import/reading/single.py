"""The older bot's layout before that: one scenario, and per user what is still to be sent."""

from collections.abc import Mapping

from services.workflows.legacy_import.reading import shapes
from services.workflows.legacy_import.reading.legacy import LegacyScenario
from services.workflows.legacy_import.reading.parts import Parts
from services.workflows.legacy_import.reading.people import read_people

SINGLE = "default"


class SingleScenario(Parts):
    """`messages.json`, `messages/`, `assets/images/`, `users.json` and `schedule_backup.json`."""

    def read(self, env: Mapping[str, str] | None) -> None:
        """Read all of it; the product stands in the older bot's environment."""
        messages = self.folder.model("messages.json", shapes.Messages)
        if messages is None:
            return
        name = (env or {}).get("PRODAMUS_PRODUCT_NAME") or SINGLE
        scenario = LegacyScenario(SINGLE, name, self.messages(messages, ""), html=True)
        self.legacy.scenarios = {SINGLE: self.sell_by(env, scenario)}
        self.legacy.default = SINGLE
        self.note_dead_buttons()
        self.have_payment_set()
        read_people(self.folder, self.legacy, {SINGLE: SINGLE})
