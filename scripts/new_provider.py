"""`python -m scripts.new_provider NAME`: a payment provider in all its places, refusing every payment until it is written.

`--settings` after it writes the variables of its settings into `.env.example` and the reference, again whenever they change.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from payment.registry import PROVIDERS
from payment.spec import ProviderSpec

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[a-z][a-z0-9]{1,15}")
PACKAGE = '''"""{title}: who it is for, in a sentence."""

from payment.{name}.provider import {title}Provider
from payment.{name}.settings import {title}Settings
from payment.spec import ProviderSpec

SPEC = ProviderSpec(
    "{name}",
    {title}Settings,
    {title}Provider,
    {{"ru": "{title}", "en": "{title}"}},
    frozenset({{"RUB"}}),
)
'''
SETTINGS = '''"""What an account of {title} needs to be known by."""

from pydantic import Field, SecretStr, field_validator

from payment.spec import ProviderSettings, require_https


class {title}Settings(ProviderSettings):
    """One account of {title}."""

    secret_key: SecretStr = Field(min_length=1, description="the secret key")
    url: str = Field("https://{name}.example", description="where {title} is")

    @field_validator("url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        return require_https(value).rstrip("/")
'''
PROVIDER = '''"""One account of {title}."""

from typing_extensions import override

from payment.base import AccountFacts, PaymentFacts, PaymentProvider, PaymentRequest, RefusedError
from payment.http import HttpClient
from payment.spec import Surroundings
from payment.{name}.settings import {title}Settings


class {title}Provider(PaymentProvider):
    """What it can do stands in `abilities`; all else refuses by itself."""

    name = "{name}"

    def __init__(self, settings: {title}Settings, around: Surroundings) -> None:
        self._settings = settings
        self._http = HttpClient(settings.url, around.timeout)

    @override
    async def create_payment(self, request: PaymentRequest) -> PaymentFacts:
        raise RefusedError(f"{name} is not written yet ({{request.order}})")

    @override
    async def check_account(self) -> AccountFacts:
        return AccountFacts("{title}", is_test=False)

    @override
    async def aclose(self) -> None:
        await self._http.aclose()
'''
README = """# {title}

What its API answers and what we found out the hard way: the facts that the code follows, each with where it is from.
"""
STAND_IN = '''"""A {title} of this machine: `/{name}/…` as its API answers."""

from aiohttp import web

from sandbox.state.desk import Deal, Desk, StandIn

KEY = "{name}_test_key"
routes = web.RouteTableDef()


async def tell(desk: Desk, deal: Deal) -> None:
    """Send the notification of a payment that is final."""
    del desk, deal


STAND_IN = StandIn("{name}", routes, tell, lambda base: {{"secret_key": KEY, "url": f"{{base}}/{name}"}})
'''
TEST = '''"""{title}: what is its own; what all providers keep to is in test_contract.py."""

from payment.registry import PROVIDERS


def test_it_is_known_by_its_name() -> None:
    assert PROVIDERS["{name}"].name == "{name}"
'''
FILES = {
    "payment/{name}/__init__.py": PACKAGE,
    "payment/{name}/settings.py": SETTINGS,
    "payment/{name}/provider.py": PROVIDER,
    "payment/{name}/README.md": README,
    "sandbox/providers/{name}.py": STAND_IN,
    "tests/payment/test_{name}.py": TEST,
}


def main() -> int:
    """Make the provider, or write its settings; 2 for a name that cannot be one."""
    name, *options = sys.argv[1:] or [""]
    if not NAME.fullmatch(name) or options not in ([], ["--settings"]):
        sys.stderr.write(
            "usage: python -m scripts.new_provider NAME [--settings] (small letters and digits)\n"
        )
        return 2
    changed = _write_settings(name) if options else _make(name)
    if not changed:
        sys.stderr.write(f"there is {'no' if options else 'a'} provider {name}\n")
        return 2
    for path in changed:
        sys.stdout.write(f"changed {path}\n")
    return 0


def _make(name: str) -> list[str]:
    if (ROOT / f"payment/{name}").exists():
        return []
    made = []
    for path, template in FILES.items():
        made.append(path.format(name=name))
        file = ROOT / made[-1]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template.format(name=name, title=name.capitalize()), encoding="utf-8")
    for tool in (("check", "--fix", "-q"), ("format", "-q")):  # where imports stand depends on the name
        python = [path for path in made if path.endswith(".py")]
        subprocess.run([sys.executable, "-m", "ruff", *tool, *python], cwd=ROOT, check=True)  # noqa: S603 - our own files
    file = ROOT / ".importlinter"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("    payment.stripe\n", f"    payment.stripe\n    payment.{name}\n"), encoding="utf-8"
    )
    return [*made, ".importlinter"]


def _write_settings(name: str) -> list[str]:
    """The variables of its settings, behind those of the other providers."""
    spec = PROVIDERS.get(name)
    if spec is None:
        return []
    pages = {
        ".env.example": ("#{}=", list(_list_examples(spec))),
        "docs/reference/settings.md": ("| `{}` |", list(_list_rows(spec))),
    }
    for path, (mark, lines) in pages.items():
        _put(ROOT / path, name, mark, lines)
    return list(pages)


def _put(file: Path, name: str, mark: str, lines: list[str]) -> None:
    own = mark.partition("{}")[0] + f"{name}_".upper()
    kept_lines = [
        line
        for line in file.read_text(encoding="utf-8").splitlines()
        if not line.startswith(own) and line != lines[0]
    ]
    others = [mark.format(line) for spec in PROVIDERS.values() for line in spec.variables().values()]
    last = max(number for number, line in enumerate(kept_lines) if line.startswith(tuple(others)))
    file.write_text(
        "\n".join([*kept_lines[: last + 1], *lines, *kept_lines[last + 1 :]]) + "\n", encoding="utf-8"
    )


def _list_examples(spec: ProviderSpec) -> Iterator[str]:
    yield f"# {spec.name.capitalize()}; docs/reference/settings.md says what each is."
    for field, variable in spec.variables().items():
        yield f"#{variable}={_default(spec, field)}"


def _list_rows(spec: ProviderSpec) -> Iterator[str]:
    for field, variable in spec.variables().items():
        default = _default(spec, field)
        yield f"| `{variable}` | {f'`{default}`' if default else '–'} | {spec.settings.model_fields[field].description} |"


def _default(spec: ProviderSpec, field: str) -> str:
    info = spec.settings.model_fields[field]
    plain = info.default
    return "" if info.is_required() or plain is None or "Secret" in type(plain).__name__ else str(plain)


if __name__ == "__main__":
    sys.exit(main())
