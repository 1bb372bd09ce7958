"""The older bot's layout before that: one scenario, and per user what is still to be sent."""

import re
from collections.abc import Mapping
from datetime import datetime

from app.adopting import shapes
from app.adopting.legacy import LegacyScenario, LegacyState, LegacyUser
from app.adopting.parts import Parts

SINGLE = "default"


class SingleScenario(Parts):
    """`messages.json`, `messages/`, `assets/images/`, `users.json` and `schedule_backup.json`."""

    def read(self, env: Mapping[str, str]) -> None:
        """Read all of it; the product stands in the older bot's environment."""
        found = self.folder.model("messages.json", shapes.Messages)
        if found is None:
            return
        name = env.get("PRODAMUS_PRODUCT_NAME") or SINGLE
        messages, product = self.messages(found, ""), self.product_of(env, SINGLE)
        scenario = LegacyScenario(SINGLE, name, messages, product=product, html=True)
        self.legacy.scenarios, self.legacy.default = {SINGLE: scenario}, SINGLE
        self.have_payment_set()
        times = self._times()
        for chat_id, user in self.load_users(shapes.OldUser):
            self._add_old_user(scenario, chat_id, user, times.get(chat_id))

    def _times(self) -> dict[int, datetime]:
        document = self.folder.json("schedule_backup.json")
        if document is None:
            return {}
        times: dict[int, datetime] = {}
        for key, given in document.items() if isinstance(document, dict) else ():
            found = self.folder.fit(f"schedule_backup.json: {key[:40]}", shapes.Schedule, {"time": given})
            if found is not None and found.due is not None and re.fullmatch(r"\d{1,16}", key):
                times[int(key)] = found.due
        if not isinstance(document, dict):
            self.folder.error("schedule_backup.json", "is a map of chat ids to moments")
        return times

    def _add_old_user(
        self, scenario: LegacyScenario, chat_id: int, user: shapes.OldUser, due: datetime | None
    ) -> None:
        left = list(user.messages_list or ())
        agreed = user.is_messaging or not left or user.payment_date is not None
        states: tuple[LegacyState, ...] = ()
        if agreed:
            place = scenario.place_of(left[-1]) if left else len(scenario.messages)
            if place is None:
                self.folder.error("users.json", f"{chat_id}: “{left[-1][:64]}” is no message")
                return
            status = "active" if left else "completed"
            states = (self.filled(scenario.slug, status, place, due if left else None, user),)
        self.legacy.users.append(LegacyUser(chat_id, user.user_name, user.reg_time, agreed, states))
