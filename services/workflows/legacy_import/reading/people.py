"""The older bot's `users.json`: who is where, what each has paid, whom it still wrote to."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from core.money import MINOR
from services.workflows.legacy_import.reading import shapes
from services.workflows.legacy_import.reading.files import Folder
from services.workflows.legacy_import.reading.legacy import (
    Legacy,
    LegacyPayment,
    LegacyScenario,
    LegacyState,
    LegacyUser,
)
from services.workflows.legacy_import.reading.schedules import read_schedules

MOST_PRICE = 10_000_000
MOST_TELEGRAM_ID = 2**52
NUMBERS = ("order_id", "order_num", "payment_id", "id")
States = dict[str, LegacyState]


def read_people(folder: Folder, legacy: Legacy, names: Mapping[str, str]) -> None:
    """Read everybody into `legacy`; `names` are our slugs by the older bot's ids of scenarios."""
    reading = _People(folder, legacy, names, read_schedules(folder))
    for chat_id, user in _load_users(folder):
        legacy.users.append(reading.read(chat_id, user))


class _People:
    def __init__(
        self,
        folder: Folder,
        legacy: Legacy,
        names: Mapping[str, str],
        schedules: Mapping[int, shapes.Schedule],
    ) -> None:
        self.folder = folder
        self.legacy = legacy
        self.names = names
        self.schedules = schedules

    def read(self, chat_id: int, user: shapes.User) -> LegacyUser:
        """One person: what they paid belongs to them, whether it stands at the top or in a scenario."""
        states = self._in_scenarios(chat_id, user)
        self._queue(chat_id, user, states)
        self._money(chat_id, user, states)
        has_paid = any(state.payment for state in states.values()) or user.payment_date is not None
        if not user.is_written_to:
            states = {slug: _silent(state) for slug, state in states.items()}
            if not has_paid:
                states = {slug: state for slug, state in states.items() if _has_begun(state)}
        agreed = user.is_written_to or has_paid
        return LegacyUser(
            chat_id, user.user_name, user.reg_time, agreed, tuple(self._one_active(user, states).values())
        )

    def _in_scenarios(self, chat_id: int, user: shapes.User) -> States:
        states: States = {}
        for given_scenario, standing in user.scenarios.items():
            scenario = self.legacy.scenarios.get(self.names.get(given_scenario, ""))
            if scenario is not None and standing.status != "not_started":
                states[scenario.slug] = self._state(chat_id, scenario, given_scenario, standing)
            elif scenario is None:
                key = "older-gone-paid" if standing.payment_date else "older-gone"
                self.folder.note(f"users.json: {chat_id}", key, given=given_scenario[:64])
        return states

    def _state(
        self, chat_id: int, scenario: LegacyScenario, scenario_id: str, standing: shapes.Standing
    ) -> LegacyState:
        sent, status, due = standing.current_message_index, standing.status, None
        schedule = self.schedules.get(chat_id)
        if schedule is not None and status == "active" and schedule.scenario_id in {None, scenario_id}:
            due, sent = schedule.due, max(sent, schedule.place)
        if sent > len(scenario.messages):
            self.folder.note(f"users.json: {chat_id}", "older-heard-all", slug=scenario.slug, message=sent)
        sent = min(sent, len(scenario.messages))
        if status == "active" and due is None and standing.last_sent_at and sent < len(scenario.messages):
            due = standing.last_sent_at + scenario.messages[sent].after
        return _filled(scenario, status, sent, due, standing)

    def _queue(self, chat_id: int, user: shapes.User, states: States) -> None:
        """The old queue of messages: the last is the next; it may stand beside scenarios."""
        left = user.messages_list or ()
        queued = self._find_queued(left, user)
        if left and queued is None:
            self.folder.note(f"users.json: {chat_id}", "older-lost-queue", given=left[-1][:64])
        if left and queued is not None:
            self._put_in_line(chat_id, user, queued, states)
        elif self._has_heard_all(user) and (home := self._home(user, states)):
            states.setdefault(home.slug, _filled(home, "completed", len(home.messages), None, user))

    def _put_in_line(
        self, chat_id: int, user: shapes.User, next_message: tuple[LegacyScenario, int], states: States
    ) -> None:
        scenario, place = next_message
        known, due = states.get(scenario.slug), self._due(chat_id, scenario)
        if known is None:
            states[scenario.slug] = _filled(scenario, "active", place, due, user)
        elif known.status != "completed" and place > known.sent:
            states[scenario.slug] = replace(known, sent=place, due=due or known.due)

    def _due(self, chat_id: int, scenario: LegacyScenario) -> Any:
        schedule = self.schedules.get(chat_id)
        is_here = (
            schedule is None or self.names.get(schedule.scenario_id or "", scenario.slug) == scenario.slug
        )
        return schedule.due if schedule and is_here else None

    def _find_queued(self, left: tuple[str, ...], user: shapes.User) -> tuple[LegacyScenario, int] | None:
        """The next message of a queue that is there, and its scenario: theirs, the default one, any other."""
        first = (self._current(user), self.legacy.scenarios.get(self.legacy.default or ""))
        for scenario in (*first, *self.legacy.scenarios.values()):
            for name in reversed(left):
                place = scenario.place_of(name) if scenario else None
                if scenario is not None and place is not None:
                    return scenario, place
        return None

    def _has_heard_all(self, user: shapes.User) -> bool:
        """Whether nothing is left of a queue they once had; who paid, and whose place nobody knows, has."""
        if user.scenarios or user.messages_list:
            return False
        return user.payment_date is not None or (user.messages_list is not None and user.is_written_to)

    def _money(self, chat_id: int, user: shapes.User, states: States) -> None:
        """What stands at the top is of their scenario that sells."""
        if not (user.payment_date or user.payment_link or user.invite_link or user.joined_group):
            return
        home = self._home(user, states)
        if home is None:
            return
        known = states.get(home.slug)
        if known is not None:
            states[home.slug] = _with_money(known, user)
        elif user.payment_date is not None:
            states[home.slug] = _filled(home, "completed", len(home.messages), None, user)
        else:
            self.folder.note(f"users.json: {chat_id}", "older-links-alone")

    def _home(self, user: shapes.User, states: States) -> LegacyScenario | None:
        """The scenario that what stands at the top is about: one that sells, theirs before the default one."""
        scenarios = self.legacy.scenarios
        slugs = [home for home in (*states, self.legacy.default) if home is not None]
        homes = [home for home in (self._current(user), *map(scenarios.get, slugs)) if home is not None]
        return next((home for home in homes if home.product), homes[0] if homes else None)

    def _current(self, user: shapes.User) -> LegacyScenario | None:
        return self.legacy.scenarios.get(self.names.get(user.active_scenario_id or "", ""))

    def _one_active(self, user: shapes.User, states: States) -> States:
        """Only one scenario goes on: the one the older bot named, else the first."""
        active = [slug for slug, state in states.items() if state.status == "active"]
        current = self._current(user)
        stays = current.slug if current and current.slug in active else None
        if stays is None and active and not user.active_scenario_id:
            stays = active[0]
        return {slug: state if slug == stays else _silent(state) for slug, state in states.items()}


def _silent(state: LegacyState) -> LegacyState:
    return replace(state, status="stopped", due=None) if state.status == "active" else state


def _has_begun(state: LegacyState) -> bool:
    return state.status == "completed" or state.sent > 0


def _filled(scenario: LegacyScenario, status: str, sent: int, due: Any, user: shapes.Kept) -> LegacyState:
    """How somebody stands, with all that is kept of it."""
    if status == "active" and sent == len(scenario.messages):
        status, due = "completed", None
    state = LegacyState(
        scenario=scenario.slug,
        status=status,
        sent=sent,
        due=due,
        last_sent_at=user.last_sent_at,
        completed_at=user.completed_at,
    )
    return _with_money(state, user)


def _with_money(state: LegacyState, user: shapes.Kept) -> LegacyState:
    """The state with what was paid and given; what is there already stays."""
    return replace(
        state,
        payment=state.payment or _payment(user),
        payment_link=state.payment_link or user.payment_link,
        invite_link=state.invite_link or user.invite_link,
        has_joined=state.has_joined or user.joined_group,
        joined_at=state.joined_at or user.joined_at,
    )


def _payment(user: shapes.Kept) -> LegacyPayment | None:
    if user.payment_date is None:
        return None
    info = user.payment_info or {}
    number = next((str(info[name])[:100] for name in NUMBERS if info.get(name)), None)
    return LegacyPayment(user.payment_date, _amount(info.get("sum")), number, info)


def _amount(paid: Any) -> int | None:
    """A sum in rubles, in minor units; None for what is no sum that was paid."""
    try:
        amount = Decimal(str(paid).replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    is_sum = amount.is_finite() and 0 < amount <= MOST_PRICE
    return int((amount * MINOR).to_integral_value()) if is_sum else None


def _load_users(folder: Folder) -> list[tuple[int, shapes.User]]:
    """`users.json`, by chat id; groups in which somebody pressed Start are left out."""
    document = folder.json("users.json")
    if document is None:
        return []
    if not isinstance(document, dict):
        folder.error("users.json", "older-no-users")
        return []
    users = []
    for key, each_user in document.items():
        if re.fullmatch(r"-[0-9]{1,16}", key):
            folder.note(f"users.json: {key}", "older-group")
            continue
        if not re.fullmatch(r"[0-9]{1,16}", key) or not 0 < int(key) < MOST_TELEGRAM_ID:
            folder.error("users.json", "older-no-person", given=key[:40])
            continue
        user = folder.fit(f"users.json: {key}", shapes.User, each_user)
        if user is not None:
            users.append((int(key), user))
    return users
