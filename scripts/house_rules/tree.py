"""The tree of the house: which folders and rooms there are, and names that say nothing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from scripts.house_rules.house import Hit, House

FOLDERS = frozenset(
    {
        ".ci",
        "ai",
        "app",
        "bench",
        "bots",
        "content",
        "core",
        "docs",
        "locales",
        "migrations",
        "payment",
        "sandbox",
        "scripts",
        "services",
        "tests",
        "utils",
        "web",
    }
)
# A folder that is not named here may have any subfolders.
ROOMS = {
    "app": frozenset({"backup", "boot", "cli", "demo", "doctor", "rehearsal", "serve"}),
    "bots": frozenset({"admin", "course_bot", "runtime", "sales_bot", "shared"}),
    "core": frozenset({"db", "events", "flow", "rules", "text", "wizard"}),
    "services": frozenset(
        {
            "commerce",
            "content",
            "delivery",
            "insight",
            "learning",
            "messaging",
            "people",
            "reactions",
            "tenancy",
            "workflows",
        }
    ),
    "utils": frozenset[str](),
    "web": frozenset({"api", "hooks", "pages", "panel", "static"}),
}
PAGES = {"services": frozenset({"__init__.py"}), "bots": frozenset({"__init__.py"})}
MOST_MODULES = 12
ROOMY = ("app/*", "bots/*", "services/*")
CONTRACTS = ".importlinter"
NO_FLOOR = frozenset({"migrations", "tests"})
EMPTY_NAMES = frozenset({"common", "helper", "helpers", "misc", "service"})
EMPTY_CLASS = re.compile(r"(Service|Manager|Helper)s?$")


def check_known_folders(house: House) -> Iterator[Hit]:
    """Every folder has a place in the plan; a new one is added there (and here) first."""
    seen: set[str] = set()
    for path in house.files:
        folder = path.split("/")[0]
        is_root_module = "/" not in path and path.endswith(".py")
        if ("/" in path and folder not in FOLDERS and folder not in seen) or is_root_module:
            seen.add(folder)
            yield Hit(path, 1, f"{folder} has no place in the tree: see the folder list of {__name__}")


def check_known_rooms(house: House) -> Iterator[Hit]:
    """A room of a folder is agreed upon; loose modules do not gather beside the rooms."""
    seen: set[tuple[str, str]] = set()
    for source in house.sources:
        folder, *rest = source.path.split("/")
        if folder not in ROOMS or not rest or (folder, rest[0]) in seen:
            continue
        known = ROOMS[folder] if len(rest) > 1 else PAGES.get(folder)
        if known is not None and rest[0] not in known:
            seen.add((folder, rest[0]))
            yield source.hit(1, f"{folder}/{rest[0]} has no place in the tree: put it into one of the rooms")


def check_room_size(house: House) -> Iterator[Hit]:
    """A folder holds one subject: twelve modules at most, then it has rooms of its own."""
    folders = Counter(
        str(PurePosixPath(source.path).parent)
        for source in house.under(*ROOMY)
        if not source.path.endswith("/__init__.py")
    )
    for folder, count in sorted(folders.items()):
        if count > MOST_MODULES:
            yield Hit(
                folder, 1, f"{count} modules: give every subject a folder of its own (≤ {MOST_MODULES})"
            )


def check_listed_packages(house: House) -> Iterator[Hit]:
    """import-linter sees only what is listed: every floor, and every payment provider."""
    contracts = house.root / CONTRACTS
    listed = set(contracts.read_text(encoding="utf-8").split()) if contracts.exists() else set()
    for path in house.files:
        name = _package_to_list(path)
        if name and name not in listed:
            yield Hit(path, 1, f"{name} is not listed in {CONTRACTS}, so nothing watches its imports")


def _package_to_list(path: str) -> str | None:
    match path.split("/"):
        case [floor, "__init__.py"] if floor not in NO_FLOOR:
            return floor
        case ["payment", provider, "__init__.py"]:
            return f"payment.{provider}"
    return None


def check_module_names(house: House) -> Iterator[Hit]:
    """A module's name says what is inside."""
    for source in house.sources:
        path = PurePosixPath(source.path)
        if empty := EMPTY_NAMES.intersection([*path.parts[:-1], path.stem]):
            yield source.hit(1, f"{min(empty)!r} says nothing: name it after what it holds")


def check_class_names(house: House) -> Iterator[Hit]:
    """Use cases are functions; a class is named after the thing it is."""
    for source in house.outside("tests/*"):
        for node in source.of(ast.ClassDef):
            if EMPTY_CLASS.search(node.name):
                yield source.hit(node.lineno, f"class {node.name}: write functions, or name the thing it is")
