"""What the first run asks to be typed: the school's name, its papers, the credentials of who takes the money."""

from collections.abc import Callable, Mapping
from typing import Any

from core.links import is_web
from core.text.refusal import Refused, Words, words
from core.wizard.forms import Field, Form, pick
from core.wizard.reading import read_name
from core.wizard.screen import Entry, label

PAY = "pay_"
"""How the section of a provider begins."""
PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "yookassa": ("shop_id", "secret_key", "receipt"),
    "robokassa": ("login", "password1", "password2"),
    "prodamus": ("url", "secret_key"),
    "stripe": ("secret_key", "webhook_secret"),
}
"""What each is asked for, by the fields of its settings; all else has a default that fits most."""
SECRETS = frozenset({"secret_key", "password1", "password2", "webhook_secret"})
RECEIPTS = ("none", "email", "contact")
MOST_TYPED = 300
SHOWN = 4  # last letters of a secret


def _address(entry: Entry, former: Any, world: Any) -> str:
    del former, world
    typed = entry.text.strip()
    address = typed if "://" in typed else f"https://{typed}"
    if not (address.startswith("https://") and is_web(address)) or '"' in address:
        raise Refused("refused-page-address", given=label(typed))
    return address


def _plain(entry: Entry, former: Any, world: Any) -> str:
    del former, world
    typed = entry.text.strip()
    if not typed or len(typed) > MOST_TYPED or len(typed.split()) > 1:
        raise Refused("setup-bad-credential")
    return typed


def _secret(entry: Entry, former: Any, world: Any) -> Mapping[str, str]:
    """Sealed at once: what was typed stands nowhere."""
    typed = _plain(entry, former, world)
    return {"sealed": world.seal(typed), "end": typed[-SHOWN:]}


def _show_secret(value: Any, _: Any) -> Words:
    return f"…{value['end']}"


def _ask(name: str) -> Field:
    if name == "receipt":
        return Field(name, None, lambda *_: [pick(_show_receipt(by), by) for by in RECEIPTS], _show_receipt,
                     per_row=1, own_question=True)  # fmt: skip
    if name in SECRETS:
        return Field(name, _secret, show=_show_secret, own_question=True)
    return Field(name, _plain, own_question=True)


def _show_receipt(value: Any, _: Any = None) -> Words:
    return words(f"setup-receipt-{value}")


_READ: Callable[[Entry, Any, Any], str] = read_name
FORMS: Mapping[str, Form] = {
    "school": Form("school", (Field("school", _READ),)),
    "papers": Form(
        "papers", (Field("offer", _address, optional=True), Field("policy", _address, optional=True))
    ),
    **{
        f"{PAY}{name}": Form(f"{PAY}{name}", tuple(_ask(asked) for asked in fields))
        for name, fields in PROVIDERS.items()
    },
}
