"""The older bot's layout with several scenarios."""

from collections.abc import Mapping

from services.content.importing.slugs import make_slug
from services.workflows.legacy_import.reading import shapes
from services.workflows.legacy_import.reading.legacy import LegacyBroadcast, LegacyMessage, LegacyScenario
from services.workflows.legacy_import.reading.parts import Parts
from services.workflows.legacy_import.reading.people import read_people
from services.workflows.legacy_import.reading.templates import Variables

REGISTRIES = ("scenarios/registry.json", "registry.json")


class ManyScenarios(Parts):
    """`scenarios/`, `buttons/`, `templates/`, `broadcasts/`, `schedules/` and `users.json`."""

    registry_name = REGISTRIES[0]

    def read(self, env: Mapping[str, str] | None) -> None:
        """Read all of it; what the default scenario sells may still stand in the older bot's environment."""
        bot_globals = self.folder.model("templates/bot_globals.json", shapes.Globals)
        values = {
            name.removeprefix("bot."): value
            for name, value in (bot_globals.variables if bot_globals else {}).items()
        }
        self.legacy.values = {name: value for name, value in values.items() if name != "bot_name" and value}
        self.variables = Variables(frozenset(values))
        self._read_sets()
        self.registry_name = next((name for name in REGISTRIES if self.folder.has(name)), REGISTRIES[0])
        registry = self.folder.model(self.registry_name, shapes.Registry)
        names = self._read_scenarios(registry)
        self._choose_default(registry, names)
        if default := self.legacy.scenarios.get(self.legacy.default or ""):
            self.legacy.scenarios[default.slug] = self.sell_by(env, default)
        self.note_dead_buttons()
        self.have_payment_set()
        self._read_broadcasts()
        read_people(self.folder, self.legacy, names)
        if any((self.folder.root / "wizards").glob("*.json")):
            self.folder.note("wizards", "older-wizards")

    def _read_scenarios(self, registry: shapes.Registry | None) -> dict[str, str]:
        names = {}
        for entry in registry.listed() if registry else ():
            scenario = self._scenario(entry)
            if scenario is not None:
                names[entry.id] = scenario.slug
                if scenario.slug in self.legacy.scenarios:
                    self.folder.error(f"{self.registry_name}: {entry.id}", "older-id-twice")
                self.legacy.scenarios[scenario.slug] = scenario
        return names

    def _choose_default(self, registry: shapes.Registry | None, names: Mapping[str, str]) -> None:
        if registry is None:
            return
        if not names and not self.legacy.findings.errors:
            self.folder.error(self.registry_name, "older-no-scenario")
        chosen = registry.default_scenario_id
        listed = {entry.id for entry in registry.listed()}
        if chosen and chosen not in listed and not self.legacy.findings.errors:
            place = f"{self.registry_name}: default_scenario_id"
            self.folder.error(place, "older-other-default", given=chosen[:64])
        self.legacy.default = names.get(chosen or "") or next(iter(names.values()), None)
        if chosen and chosen in listed and chosen not in names and self.legacy.default:
            self.folder.note(chosen, "older-empty-default", now=self.legacy.default)

    def _read_sets(self) -> None:
        found_registry = self.folder.model("buttons/registry.json", shapes.ButtonSets)
        for name, keyboard in found_registry.button_sets.items() if found_registry else ():
            self.legacy.button_sets[name] = self.rows(keyboard, f"buttons/registry.json: {name}")

    def _scenario(self, listed: shapes.Listed) -> LegacyScenario | None:
        """A scenario whose parts stand in the registry, or in files of its own; None for an empty draft."""
        slug, near = make_slug(listed.id), f"scenarios/{listed.id}"
        if not slug or "/" in listed.id or listed.id in {".", ".."}:
            self.folder.error(self.registry_name, "older-no-id", given=listed.id[:64])
            return None
        config, config_place = self._config(listed, near)
        inside = listed.messages if listed.messages and listed.messages.messages_list else None
        found_inside = inside or self.folder.model(f"{near}/messages.json", shapes.Messages)
        if found_inside is None or not found_inside.messages_list:
            if not self.legacy.findings.errors:
                self.folder.note(listed.id, "older-empty-draft")
            return None
        name = listed.name or (config.name if config else "") or slug
        return LegacyScenario(
            slug=slug,
            name=name,
            messages=self.messages(found_inside, near),
            summary=self._summary(listed, near),
            product=self.product(config.prodamus, name, config_place) if config and config.prodamus else None,
            is_active=listed.is_active,
        )

    def _config(self, listed: shapes.Listed, near: str) -> tuple[shapes.Config | None, str]:
        """What it sells, and where that is written."""
        inside = listed.config
        if inside and inside.prodamus and (inside.prodamus.product_name or inside.prodamus.product_price):
            return inside, f"{self.registry_name}: {listed.id}"
        own = f"{near}/config.json"
        return self.folder.model(own, shapes.Config) or inside, own

    def _summary(self, listed: shapes.Listed, near: str) -> LegacyMessage | None:
        said = self.folder.model(f"{near}/summary.json", shapes.MessageShape) or listed.summary
        if said is None or not said.template_file:
            return None
        if self.folder.find_text(said.template_file, near) is None:
            self.folder.note(listed.id, "older-no-summary", file=said.template_file[:100])
            return None
        return self.message("summary", said, near)

    def _read_broadcasts(self) -> None:
        broadcasts = self.folder.model("broadcasts/registry.json", shapes.Broadcasts)
        for entry in broadcasts.listed() if broadcasts else ():
            message = self.message(entry.id, entry, "broadcasts")
            if message is not None:
                name = entry.name or entry.id
                self.legacy.broadcasts.append(LegacyBroadcast(name, message, entry.targeting.conditions))
