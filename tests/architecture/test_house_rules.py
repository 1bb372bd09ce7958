"""Each house rule fails when it is broken, and only then."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.check_house_rules import find_broken
from scripts.house_rules.house import open_house
from scripts.house_rules.registry import RULES

Plant = Callable[[str, str], None]
DOC = '"""A module."""\n\n'
LONG = DOC + "def long():\n" + "    x = 1\n" * 60
HANDLER = (
    DOC + "from aiogram.types import Message\n\n\nasync def talk(message: Message):\n" + "    x = 1\n" * 16
)
HANDLER_OF_TEXT = DOC + 'async def press(query: "types.CallbackQuery | None"):\n' + "    x = 1\n" * 16
CLUMSY = DOC + "".join(f"def work_{number}():\n" + "    x = 1\n" * 11 for number in range(10))
UNSCOPED = DOC + "def find(conn):\n    return conn.execute(select(orders))\n"
UNSCOPED_METHOD = DOC + "class Orders:\n    def find(self):\n        return orders.update()\n"
REASON_TOO_FAR = DOC + "# all accounts: written for another function\n\n" + UNSCOPED.removeprefix(DOC)
UNREASONED = DOC + "def find(conn):  # all accounts:\n    return insert(orders)\n"
ONLY_PROSE = DOC + 'def find(conn):\n    """By account_id."""\n    return delete(orders)\n'
LOOSE = DOC + "CLAIM = orders.delete()\n"
UNIQUE_ONLY = DOC + 'notes = Table("notes", metadata, UniqueConstraint("account_id", "id"))\n'
TABLE_CLASS = DOC + 'class Note(Base):\n    __tablename__ = "notes"\n'
OTHERS_SUBJECT = DOC + "from core.db.models.commerce_money import ledger\n\n"
OTHERS = DOC + "from core.db.models.commerce import orders\n\n"
FIRST = DOC + "from core.environment import FIRST_ACCOUNT\n"
REASON = "# all accounts: the process serves every tenant of its bots\n"
KINDS = DOC + 'class PressKind(StrEnum):\n    BUY = "buy"\n    NO = "no"\n'
HOST = "https://" + "py" + "pi.org/simple"
HOME = "see " + "/home" + "/somebody/notes.txt"
SERVER = "in " + "/ro" + "ot/app"

DECLARED = (
    DOC
    + 'async def note(m):\n    """Keep a note."""\n\n\nCOMMANDS = (AdminCommand("note", note, Section.STUDENT),)\n'
)
UNDESCRIBED = DECLARED.replace('    """Keep a note."""', "    pass")
FORGOTTEN = DECLARED.replace("COMMANDS", "OTHERS")
NAMELESS = DECLARED.replace('"note", note', '"notes", note')

BROKEN = [
    ("admin-commands", "bots/admin/notes.py", UNDESCRIBED, 7),
    ("admin-commands", "bots/admin/notes.py", FORGOTTEN, 7),
    ("admin-commands", "bots/admin/notes.py", NAMELESS, 7),
    ("admin-commands", "bots/admin/notes.py", DOC + 'router.message(Command("note"))\n', 3),
    ("sql-in-stores", "services/commerce/orders/orders.py", DOC + "from sqlalchemy import select\n", 3),
    ("sql-in-stores", "web/api/orders.py", DOC + "import sqlalchemy as sa\n", 3),
    ("sql-in-stores", "bots/runtime/intake.py", DOC + "async def f(conn):\n    await conn.execute(1)\n", 4),
    ("sql-in-stores", "app/doctor/report.py", DOC + "async def f(conn):\n    await conn.scalar(1)\n", 4),
    (
        "commit-in-session",
        "services/commerce/store.py",
        DOC + "async def f(conn):\n    await conn.commit()\n",
        4,
    ),
    ("commit-in-session", "app/serve/wiring.py", DOC + "async def f(engine):\n    engine.begin()\n", 4),
    ("account-scope", "services/commerce/store.py", UNSCOPED, 3),
    ("account-scope", "services/commerce/store/orders.py", UNSCOPED_METHOD, 4),
    ("account-scope", "services/people/conditions/paid.py", UNREASONED, 3),
    ("account-scope", "services/people/store.py", REASON_TOO_FAR, 5),
    ("account-scope", "services/people/store.py", ONLY_PROSE, 3),
    ("account-scope", "services/people/store.py", LOOSE, 3),
    (
        "account-column",
        "core/db/models/notes.py",
        DOC + 'notes = Table("notes", metadata, Column("id"))\n',
        3,
    ),
    ("account-column", "core/db/models/notes.py", UNIQUE_ONLY, 3),
    ("account-column", "core/db/models/notes.py", TABLE_CLASS, 3),
    ("first-account", "services/people/notes.py", FIRST, 3),
    ("first-account", "web/hooks/notes.py", DOC + "X = environment.FIRST_ACCOUNT\n", 3),
    ("own-tables", "services/learning/store/polls.py", OTHERS + REASON + "X = update(orders)\n", 6),
    ("own-tables", "services/messaging/notes.py", OTHERS + "uow.append(orders, {})\n", 5),
    ("own-tables", "services/people/notes.py", OTHERS_SUBJECT + "uow.append(ledger, {})\n", 5),
    ("function-size", "services/content/flows.py", LONG, 3),
    ("function-size", "tests/stories/test_long.py", LONG, 3),
    ("file-size", "services/content/flows.py", DOC + "X = 1\n" * 399, 1),
    ("handler-size", "bots/sales_bot/tariffs.py", HANDLER, 6),
    ("handler-size", "bots/admin/reviews/review.py", HANDLER_OF_TEXT, 3),
    ("folder-figures", "utils/clumsy.py", CLUMSY, 1),
    ("known-folders", "plugins/extra.py", DOC, 1),
    ("known-folders", "run_me.py", DOC, 1),
    ("known-rooms", "services/billing/__init__.py", DOC, 1),
    ("known-rooms", "services/orders.py", DOC, 1),
    ("known-rooms", "core/domain/__init__.py", DOC, 1),
    ("room-size", "services/people/thirteenth.py", DOC, 1),
    ("listed-packages", "payment/gold/__init__.py", DOC, 1),
    ("listed-packages", "ai/__init__.py", DOC, 1),
    ("module-names", "bots/shared/helpers.py", DOC, 1),
    ("module-names", "services/people/service.py", DOC, 1),
    ("module-names", "sandbox/common/__init__.py", DOC, 1),
    ("class-names", "services/people/contacts.py", DOC + "class UserService:\n    pass\n", 3),
    ("class-names", "app/serve/wiring.py", DOC + "class BotManager:\n    pass\n", 3),
    (
        "loop-edge",
        "bots/runtime/sending/sender.py",
        DOC + "try:\n    x = 1\nexcept Exception:\n    pass\n",
        5,
    ),
    ("loop-edge", "bots/runtime/sending/sender.py", DOC + "try:\n    x = 1\nexcept:\n    pass\n", 5),
    ("loop-edge", "app/run.py", DOC + "try:\n    x = 1\nexcept (OSError, BaseException):\n    pass\n", 5),
    ("loop-edge", "app/run.py", DOC + "try:\n    x = 1\nexcept Exception:  # loop edge:\n    pass\n", 5),
    ("wall-clock", "services/people/bans.py", DOC + "import datetime as d\nX = datetime.now()\n", 4),
    ("wall-clock", "core/rules/drip.py", DOC + "import datetime\nX = datetime.datetime.utcnow\n", 4),
    ("wall-clock", "web/api/auth.py", DOC + "from datetime import date\nX = date.today()\n", 4),
    ("process-clock", "utils/backoff.py", DOC + "import time\nX = time.time()\n", 4),
    ("process-clock", "app/serve/life_cycle.py", DOC + "from time import time\n", 3),
    ("no-print", "bots/runtime/sending/sender.py", DOC + 'print("sent")\n', 3),
    ("no-print", "app/serve/life_cycle.py", DOC + 'print("ready")\n', 3),
    ("press-kinds", "core/presses.py", KINDS + '    AGREE = "buy"\n', 6),
    ("telling-names", "core/flow/run.py", DOC + "X = [one for one in (1, 2)]\n", 3),
    ("telling-names", "bots/runtime/sending/render.py", DOC + "def show(given: int) -> None: ...\n", 3),
    ("module-docstring", "services/content/messages/media.py", "X = 1\n", 1),
    ("module-docstring", "services/content/__init__.py", "", 1),
    ("docs-pronouns", "docs/page.md", "# Page\n\nThe student does *her* lesson.\n", 3),
    ("docs-pronouns", "README.md", "An author runs it himself.\n", 1),
    ("docs-pronouns", "core/flow/run.py", '"""The run of\na student and her lesson."""\n', 2),
    ("docs-pronouns", "core/flow/run.py", DOC + "X = 1  # once he has paid\n", 3),
    ("forbidden-words", "docs/install.md", f"# Install\n\npip install -i {HOST}\n", 3),
    ("forbidden-words", "content/notes.yaml", f"text: {HOME}\n", 1),
    ("forbidden-words", "app/cli/paths.py", f'{DOC}X = "{SERVER}"\n', 3),
]

ABOUT_FOLDERS = ("folder-figures", "room-size")
KEPT = [
    ("core/presses.py", KINDS),
    ("bots/admin/notes.py", DECLARED),
    ("bots/admin/router.py", DOC + 'router.message(Command("note"))\n'),
    ("services/learning/store/paid.py", OTHERS + REASON + "X = select(orders)\n"),
    ("services/commerce/store/orders.py", OTHERS + REASON + "X = update(orders)\n"),
    ("services/people/store.py", DOC + REASON + "def find(conn):\n    return select(orders)\n"),
    ("services/people/store.py", DOC + REASON + "@cached\ndef find(conn):\n    return select(orders)\n"),
    ("core/db/models/old.py", DOC + REASON + 'old = Table("old", metadata)\n'),
    ("services/commerce/payments/payments.py", DOC + "from sqlalchemy.exc import IntegrityError\n"),
    ("services/commerce/orders/orders.py", DOC + "from sqlalchemy.ext.asyncio import AsyncConnection\n"),
    (
        "tests/stories/test_sale.py",
        "async def test(conn):\n    await conn.execute(1)\n    await conn.commit()\n",
    ),
    ("services/people/store.py", DOC + "def add(values):\n    values.update(x=1)\n"),
    ("core/db/models/old.py", DOC + 'old = Table("old", metadata)  # all accounts: versions of the schema\n'),
    (
        "core/db/models/scoped.py",
        DOC + 'class Note(Base):\n    __tablename__ = "notes"\n    account_id = 1\n',
    ),
    (
        "bots/sales_bot/tariffs.py",
        DOC + 'async def talk(m: Message):\n    """Say it."""\n' + "    x = 1\n" * 15,
    ),
    ("bots/runtime/sending/render.py", HANDLER.replace("Message", "Rendered")),
    ("tests/stories/test_many.py", "X = 1\n" * 500),
    ("migrations/versions/0001_first.py", LONG),
    ("services/learning/runs/runs.py", DOC + "X = func.now()\nY = loop.time()\n"),
    ("docs/install.md", "`.venv/bin/pip`, `docs/how-to/work/`, https://example.org/work/list\n"),
    ("app/doctor/report.py", DOC + 'print("all is well")\n'),
]


@pytest.mark.parametrize(("rule", "path", "text", "line"), BROKEN)
def test_a_broken_rule_is_named_with_its_place(
    skeleton: Path, plant: Plant, rule: str, path: str, text: str, line: int
) -> None:
    if rule == "room-size":
        for number in range(12):
            plant(f"services/people/module_{number}.py", DOC)
    plant(path, text)
    found = list(find_broken(open_house(skeleton)))
    place = path.rpartition("/")[0] if rule in ABOUT_FOLDERS else path
    assert [message.split(": ")[:2] for message in found] == [[f"{place}:{line}", rule]]


@pytest.mark.parametrize(("path", "text"), KEPT)
def test_what_is_allowed_passes(skeleton: Path, plant: Plant, path: str, text: str) -> None:
    plant(path, text)
    assert list(find_broken(open_house(skeleton))) == []


def test_the_skeleton_keeps_all_rules(skeleton: Path) -> None:
    assert list(find_broken(open_house(skeleton))) == []


def test_every_rule_is_shown_failing() -> None:
    assert {rule for rule, *_ in BROKEN} == {rule.name for rule in RULES}


@pytest.mark.parametrize(("planted", "code"), [("", 0), (HOST, 1)])
def test_the_command_ends_with_the_verdict(
    repository: Path, skeleton: Path, plant: Plant, planted: str, code: int
) -> None:
    plant("docs/page.md", planted)
    command = [sys.executable, "-m", "scripts.check_house_rules", str(skeleton)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert ("docs/page.md:1: forbidden-words: " in done.stdout) is bool(planted)
