"""A tiny copy of the house in a temporary folder, where rules can be broken without harm."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import payment

ROOT = Path(__file__).resolve().parents[2]

TABLES = '''"""Tables."""

from sqlalchemy import Column, Integer, MetaData, Table

from core.db.base import account_id

metadata = MetaData()
accounts = Table("accounts", metadata, Column("id", Integer))
orders = Table("orders", metadata, Column("id", Integer), account_id())
'''

STORE = '''"""Orders in the database."""

from sqlalchemy import select

from core.db.models.commerce import orders


async def list_orders(conn, account_id):
    """All orders of an account."""
    return await conn.execute(select(orders).where(orders.c.account_id == account_id))


async def claim_orders(conn):  # all accounts: one process serves all tenants of its bots
    """The orders that are due."""
    return await conn.execute(select(orders))
'''

HANDLER = '''"""The first words of the sales bot."""

from aiogram.types import Message


async def start(message: Message):
    """Greet."""
    return message
'''

SESSION = '''"""The unit of work."""


async def unit(conn):
    """Commit what was done."""
    try:
        await conn.commit()
    except BaseException:
        await conn.rollback()
        raise
'''

CLOCK = '''"""The clock."""

import time
from datetime import UTC, datetime


def now():
    """The present."""
    return datetime.now(UTC), time.time()
'''

LOOP = '''"""The process."""


def run(step):
    """Go on for ever."""
    while True:
        try:
            step()
        except Exception:  # loop edge: the next step still has to run
            continue
'''

BASE = '''"""Shared columns."""

from sqlalchemy import Column, Integer


def account_id():
    """The tenant."""
    return Column("account_id", Integer)
'''

PROVIDERS = sorted(one.parent.name for one in Path(payment.__file__).parent.glob("*/__init__.py"))
LISTED = [f"payment.{name}" for name in PROVIDERS]
PACKAGES = (
    "app", "app/boot", "app/cli", "app/serve", "bench", "scripts", "sandbox", "utils", "web",
    "bots", "bots/admin", "bots/course_bot", "bots/runtime", "bots/sales_bot", "bots/shared",
    "core", "core/db", "core/db/models", "core/flow", "core/flow/steps", "core/rules", "core/text", "core/wizard",
    "payment", *(f"payment/{name}" for name in PROVIDERS),
    "services", "services/commerce", "services/commerce/orders", "services/commerce/payments",
    "services/content", "services/delivery", "services/learning", "services/learning/runs",
    "services/messaging", "services/people", "services/people/conditions", "services/reactions",
    "services/tenancy", "services/workflows",
)  # fmt: skip

MODULES = {
    ".importlinter": " ".join(("app bots web services payment core utils sandbox scripts bench", *LISTED)),
    "app/cli/main.py": '"""Commands."""\n\nprint("hello")\n',
    "app/serve/life_cycle.py": LOOP,
    "bots/sales_bot/start.py": HANDLER,
    "core/clock.py": CLOCK,
    "app/boot/settings.py": '"""Settings."""\n',
    "core/db/base.py": BASE,
    "core/db/models/commerce.py": TABLES,
    "core/db/session.py": SESSION,
    "core/lifecycle.py": '"""Allowed moves."""\n',
    "core/text/message.py": '"""A message."""\n',
    "core/text/template.py": '"""A template."""\n',
    "payment/base.py": '"""The protocol."""\n',
    "payment/registry.py": '"""Providers by name."""\n\nimport payment.mock\n',
    "services/commerce/store.py": STORE,
    "services/reactions/tables.py": '"""When this happens, also that."""\n',
    "README.md": "# A house\n",
    "docs/reference/commands.md": "| `/note @anna` | keep a note |\n",
    "locales/en/LC_MESSAGES/tandem.po": 'msgid "menu-note"\nmsgstr "A note"\n\nmsgid "help-note"\nmsgstr "keeps a note"\n',
}


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """The folder of a house in which every rule is kept."""
    for package in PACKAGES:
        write(tmp_path, f"{package}/__init__.py", f'"""The folder {package}."""\n')
    for path, text in MODULES.items():
        write(tmp_path, path, text)
    return tmp_path


@pytest.fixture
def repository() -> Path:
    """The folder of this repository."""
    return ROOT


@pytest.fixture
def plant(skeleton: Path) -> Callable[[str, str], None]:
    """Write a file of the skeleton: `plant(path, text)`."""
    return partial(write, skeleton)


def write(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
