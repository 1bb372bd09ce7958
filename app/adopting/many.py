"""The older bot's layout with several scenarios."""

from collections.abc import Mapping
from dataclasses import replace

from app.adopting import shapes
from app.adopting.legacy import LegacyBroadcast, LegacyScenario, LegacyState, LegacyUser
from app.adopting.parts import Parts
from app.adopting.templates import Variables
from services.content.importing.slugs import make_slug


class ManyScenarios(Parts):
    """`scenarios/`, `buttons/`, `templates/`, `broadcasts/`, `schedules/` and `users.json`."""

    def read(self, env: Mapping[str, str]) -> None:
        """Read all of it; what the default scenario sells may still stand in the older bot's environment."""
        found = self.folder.model("templates/bot_globals.json", shapes.Globals)
        values = found.variables if found else {}
        self.legacy.values = {name: value for name, value in values.items() if name != "bot_name" and value}
        self.variables = Variables(frozenset(values))
        self._read_sets()
        registry = self.folder.model("scenarios/registry.json", shapes.Registry)
        names = {}
        for one in registry.listed() if registry else ():
            scenario = self._scenario(one)
            if scenario is not None:
                names[one.id] = scenario.slug
                if scenario.slug in self.legacy.scenarios:
                    self.folder.error("scenarios/registry.json", f"{one.id}: this id is there twice")
                self.legacy.scenarios[scenario.slug] = scenario
        self._choose_default(registry, names)
        self._sell_default(env)
        self.have_payment_set()
        self._read_broadcasts()
        self._read_users(names)
        if any((self.folder.root / "wizards").glob("*.json")):
            self.folder.note("wizards: drafts of the wizard are not taken over")

    def _sell_default(self, env: Mapping[str, str]) -> None:
        default = self.legacy.scenarios.get(self.legacy.default or "")
        if default is not None and default.product is None:
            product = self.product_of(env, default.name)
            self.legacy.scenarios[default.slug] = replace(default, product=product)

    def _choose_default(self, registry: shapes.Registry | None, names: Mapping[str, str]) -> None:
        if registry is None:
            return
        if not names and not self.legacy.findings.errors:
            self.folder.error("scenarios/registry.json", "there is no scenario in it")
        chosen = registry.default_scenario_id
        if chosen and chosen not in names and not self.legacy.findings.errors:
            self.folder.error(
                "scenarios/registry.json", f"default_scenario_id: “{chosen[:64]}” is no scenario"
            )
        self.legacy.default = names.get(chosen or "") or next(iter(names.values()), None)

    def _read_sets(self) -> None:
        found = self.folder.model("buttons/registry.json", shapes.ButtonSets)
        for name, keyboard in found.button_sets.items() if found else ():
            self.legacy.button_sets[name] = self.rows(keyboard, f"buttons/registry.json: {name}")

    def _scenario(self, listed: shapes.Listed) -> LegacyScenario | None:
        slug, near = make_slug(listed.id), f"scenarios/{listed.id}"
        if not slug or "/" in listed.id or listed.id in {".", ".."}:
            self.folder.error("scenarios/registry.json", f"“{listed.id[:64]}” is no id of a scenario")
            return None
        config = self.folder.model(f"{near}/config.json", shapes.Config)
        found = self.folder.model(f"{near}/messages.json", shapes.Messages)
        if found is None:
            if not self.folder.has(f"{near}/messages.json"):
                self.folder.error(f"{near}/messages.json", "is not there")
            return None
        summary = self.folder.model(f"{near}/summary.json", shapes.Said)
        name = listed.name or (config.name if config else "") or slug
        return LegacyScenario(
            slug=slug,
            name=name,
            messages=self.messages(found, near),
            summary=self.message("summary", summary, near) if summary and summary.template_file else None,
            product=self.product(config.prodamus, name, f"{near}/config.json")
            if config and config.prodamus
            else None,
            is_active=listed.is_active,
        )

    def _read_broadcasts(self) -> None:
        found = self.folder.model("broadcasts/registry.json", shapes.Broadcasts)
        for one in found.listed() if found else ():
            message = self.message(one.id, one, "broadcasts")
            if message is not None:
                name = one.name or one.id
                self.legacy.broadcasts.append(LegacyBroadcast(name, message, one.targeting.conditions))

    def _read_users(self, names: Mapping[str, str]) -> None:
        for chat_id, user in self.load_users(shapes.User):
            schedule = self._schedule(chat_id)
            states = []
            for given, standing in user.scenarios.items():
                scenario = self.legacy.scenarios.get(names.get(given, ""))
                if scenario is None:
                    if not self.legacy.findings.errors:
                        self.folder.error("users.json", f"{chat_id}: “{given[:64]}” is no scenario")
                    continue
                is_current = user.active_scenario_id in {given, None}
                state = self._state(chat_id, scenario, standing, schedule, is_current=is_current)
                if state is not None:
                    states.append(state)
            active = [one for one in states if one.status == "active"]
            if len(active) > 1:
                self.folder.error("users.json", f"{chat_id}: is active in several scenarios")
            self.legacy.users.append(LegacyUser(chat_id, user.user_name, user.reg_time, True, tuple(states)))

    def _schedule(self, chat_id: int) -> shapes.Schedule | None:
        name = f"schedules/{chat_id}.json"
        document = self.folder.json(name)
        if isinstance(document, str):
            document = {"time": document}
        return None if document is None else self.folder.fit(name, shapes.Schedule, document)

    def _state(
        self,
        chat_id: int,
        scenario: LegacyScenario,
        standing: shapes.Standing,
        schedule: shapes.Schedule | None,
        *,
        is_current: bool,
    ) -> LegacyState | None:
        if standing.status == "not_started":
            return None
        sent, status, due = standing.current_message_index, standing.status, None
        if status == "active" and not is_current:
            status = "stopped"
        if schedule is not None and schedule.scenario_id in {None, scenario.slug} and status == "active":
            due = schedule.due
            sent = schedule.message_index if schedule.message_index is not None else sent
        if sent > len(scenario.messages):
            self.folder.error("users.json", f"{chat_id}: {scenario.slug} has no message {sent}")
            return None
        if status == "active" and sent == len(scenario.messages):
            status = "completed"
        if status == "active" and due is None and standing.last_sent_at is not None:
            due = standing.last_sent_at + scenario.messages[sent].after
        return self.filled(scenario.slug, status, sent, due, standing)
