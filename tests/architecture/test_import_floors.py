"""Each import contract of .importlinter fails when it is broken, and only then."""

import configparser
import json
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

# contract → imports that break it: (the file that imports, the module it must not import)
PLANTED = {
    "floors": [
        ("core/clock.py", "services.people"),
        ("utils/pages.py", "core.clock"),
        ("payment/base.py", "services.commerce"),
        ("services/people/contacts.py", "bots.shared"),
        ("web/server.py", "bots.shared"),
        ("bots/runtime/pool.py", "app.serve.life_cycle"),
        ("app/serve/wiring.py", "bench"),
    ],
    "services": [
        ("services/learning/runs/runs.py", "services.commerce"),
        ("services/messaging/triggers.py", "services.learning"),
        ("services/delivery/outbox.py", "services.tenancy"),
        ("services/commerce/orders/orders.py", "services.reactions"),
        ("services/billing/__init__.py", ""),
    ],
    "bots": [
        ("bots/sales_bot/checkout.py", "bots.course_bot"),
        ("bots/runtime/client.py", "bots.admin"),
        ("bots/quiz_bot/__init__.py", ""),
    ],
    "engine": [
        ("core/flow/engine.py", "core.db.session"),
        ("core/rules/pricing.py", "random"),
        ("core/flow/steps/delay.py", "time"),
        ("core/text/template.py", "app.boot.settings"),
        ("core/lifecycle.py", "sqlalchemy"),
    ],
    "telegram": [("services/delivery/outbox.py", "aiogram"), ("web/server.py", "aiogram.types")],
    "http": [("services/people/contacts.py", "fastapi"), ("bots/shared/hooks.py", "starlette.requests")],
    "sandbox-blind": [("sandbox/server.py", "core.clock"), ("sandbox/server.py", "utils")],
    "sandbox-guest": [("services/people/contacts.py", "sandbox"), ("web/server.py", "sandbox")],
    "providers": [
        ("services/commerce/payments/payments.py", "payment.mock"),
        ("app/serve/wiring.py", "payment.mock"),
    ],
    "apart": [
        ("payment/stars/provider.py", "payment.yookassa"),
        ("payment/mock/provider.py", "payment.stripe"),
    ],
    "config": [
        ("services/people/contacts.py", "app.boot.settings"),
        ("scripts/chore.py", "app.boot.settings"),
    ],
    "stores": [
        ("app/cli/running.py", "services.learning.store.runs"),
        ("app/serve/wiring.py", "services.commerce.store"),
    ],
    "acyclic": [
        ("core/db/session.py", "core.errors"),
        ("app/boot/process.py", "app.serve.wiring"),
    ],
}
KEPT = [
    ("app/serve/wiring.py", "app.boot.settings"),
    ("app/demo.py", "sandbox"),
    ("bench/sending.py", "sandbox"),
    ("bots/runtime/pool.py", "aiogram"),
    ("web/server.py", "fastapi"),
    ("services/reactions/tables.py", "services.learning"),
    ("services/insight/__init__.py", ""),
]

# Builds one graph per planted import, in one process: the planted file is put back afterwards.
DRIVER = """
import json, sys
from pathlib import Path
from importlinter import configuration
from importlinter.application import use_cases

configuration.configure()
sys.path.insert(0, ".")

def broken():
    options = use_cases.read_user_options(".importlinter")
    use_cases._register_contract_types(options)
    report = use_cases.create_report(options, (), None, False, False)
    assert not report.could_not_run, report.invalid_contract_options
    return [contract.name for contract, check in report.get_contracts_and_checks() if not check.kept]

def broken_with(path, module):
    file = Path(path)
    before = file.read_text() if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_text((before or "") + (f"import {module}\\n" if module else ""))
    try:
        return broken()
    finally:
        file.unlink() if before is None else file.write_text(before)
        if not any(file.parent.iterdir()):
            file.parent.rmdir()

answer = {"": broken()}
for path, module in json.load(sys.stdin):
    answer[f"{path} {module}"] = broken_with(path, module)
print("ANSWER" + json.dumps(answer))
"""


@pytest.fixture
def contracts(repository: Path) -> dict[str, str]:
    """The contracts' names by their key."""
    parser = configparser.ConfigParser()
    parser.read(repository / ".importlinter", encoding="utf-8")
    keys = [section for section in parser.sections() if section.startswith("importlinter:contract:")]
    return {key.rpartition(":")[2]: parser[key]["name"] for key in keys}


def test_every_contract_is_shown_failing(contracts: dict[str, str]) -> None:
    assert set(PLANTED) == set(contracts)


def test_planted_imports_break_their_contract(
    repository: Path, skeleton: Path, contracts: dict[str, str]
) -> None:
    prepare(repository, skeleton)
    verdicts = lint(skeleton, [*chain.from_iterable(PLANTED.values()), *KEPT])

    assert verdicts[""] == [], "the skeleton itself keeps all contracts"
    for key, imports in PLANTED.items():
        for path, module in imports:
            assert contracts[key] in verdicts[f"{path} {module}"], f"{path} imports {module}"
    for path, module in KEPT:
        assert verdicts[f"{path} {module}"] == [], f"{path} may import {module}"


def prepare(repository: Path, skeleton: Path) -> None:
    (skeleton / "app/serve/start.py").write_text("import app.boot\n")
    store = skeleton / "services/learning/store"
    store.mkdir()
    for name in ("__init__", "runs"):
        (store / f"{name}.py").write_text("")
    (skeleton / ".importlinter").write_text((repository / ".importlinter").read_text(encoding="utf-8"))
    (skeleton / "core/errors.py").write_text("import core.db\n")


def lint(skeleton: Path, imports: list[tuple[str, str]]) -> dict[str, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        cwd=skeleton,
        input=json.dumps(imports),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, list[str]] = json.loads(done.stdout.partition("ANSWER")[2])
    return answer
