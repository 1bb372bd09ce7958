"""What both layouts of the older bot have in common: messages, keyboards, products."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from core.money import MINOR
from core.text.message import Button, plain
from core.text.refusal import MOST_GIVEN, explain
from services.workflows.legacy_import.reading import shapes
from services.workflows.legacy_import.reading.files import PICTURES, Folder
from services.workflows.legacy_import.reading.legacy import (
    Legacy,
    LegacyMessage,
    LegacyProduct,
    LegacyScenario,
    Rows,
)
from services.workflows.legacy_import.reading.templates import Variables

SPECIAL = {
    "start": "older-consent",
    "group_invite": "older-invite",
    "group_leave_new_link": "older-new-link",
}
MOST_PRICE = 10_000_000
PAYMENT_SET = "payment_button"
PAYMENT_LINK = "user.payment_link"
OLD_PRICE = 500  # rubles, what the older bot asked where nobody had set a price
IN_ENV = {
    "product_name": "PRODAMUS_PRODUCT_NAME",
    "product_price": "PRODAMUS_PRODUCT_PRICE",
    "private_group_id": "PRIVATE_GROUP_ID",
}


class Parts:
    """Reads pieces of a folder into values; what is wrong is noted."""

    def __init__(self, folder: Folder, legacy: Legacy) -> None:
        self.folder = folder
        self.legacy = legacy
        self.variables = Variables(frozenset())

    def messages(self, found_messages: shapes.Messages, near: str) -> tuple[LegacyMessage, ...]:
        """A scenario's messages in their order."""
        messages: list[LegacyMessage] = []
        file = f"{near}/messages.json".lstrip("/")
        if not found_messages.messages_list:
            self.folder.error(file, "older-no-messages")
        for name in found_messages.messages_list:
            said = found_messages.messages.get(name)
            if said is None:
                self.folder.error(file, "older-listed-alone", given=name[:64])
                continue
            if any(message.name == name for message in messages):
                self.folder.error(file, "older-listed-twice", given=name[:64])
                continue
            message = self.message(name, said, near)
            if message is not None:
                messages.append(message)
        for name in found_messages.messages.keys() - set(found_messages.messages_list):
            self.folder.note(name, SPECIAL.get(name, "older-unlisted"))
        return tuple(messages)

    def message(self, name: str, said: shapes.MessageShape, near: str) -> LegacyMessage | None:
        """A message with its text, pictures and keyboard; None if its text cannot be read."""
        file = said.template_file or f"{name}.md"
        raw = self.folder.text(file, near)
        if raw is None:
            return None
        text = self._convert(raw, self.folder.find_text(file, near) or file)
        photos = [self.folder.photo(photo, near) for photo in said.photos or ()]
        if said.photos is None:
            photos = [path] if (path := self._own_picture(name)) else []
        keyboard = said.keyboard()
        where = f"{near}/messages.json: {name}".lstrip("/")
        set_name = keyboard.button_set_ref if keyboard else None
        if set_name and set_name not in self.legacy.button_sets:
            self.folder.error(where, "older-no-set", given=set_name[:64])
        return LegacyMessage(
            name=name,
            after=said.timing.length,
            text=text,
            photos=tuple(path for path in photos if path),
            rows=self.rows(keyboard, where) if keyboard else (),
            set_name=set_name,
        )

    def _own_picture(self, name: str) -> Path | None:
        """The single layout's picture for the message of that name."""
        folder = self.folder.root / "assets/images"
        if not folder.is_dir() or "/" in name:
            return None
        return next(
            (
                entry
                for entry in sorted(folder.iterdir())
                if entry.stem == name and entry.suffix.lower() in PICTURES
            ),
            None,
        )

    def rows(self, keyboard: shapes.Keyboard, where: str) -> Rows:
        """Rows of buttons; what only the older bot answers is left out and noted."""
        rows = []
        for row in keyboard.rows:
            buttons = []
            for button in row.buttons:
                if button.url is None:
                    self.folder.note(
                        where,
                        "older-callback",
                        given=button.text[:40],
                        callback=str(button.callback)[:MOST_GIVEN],
                    )
                    continue
                text, url = self._convert(button.text, where), self._convert(button.url, where)
                try:
                    buttons.append(Button(text=plain(text), url=url))
                except ValidationError as error:
                    self.folder.error(
                        where, "older-button", given=button.text[:40], problem=explain(error.errors()[0])
                    )
            if buttons:
                rows.append(tuple(buttons))
        return tuple(rows)

    def _convert(self, text: str, where: str) -> str:
        converted, unknown = self.variables.convert(text)
        for name in unknown:
            self.folder.error(where, "older-no-variable", given=name[:80])
        return converted

    def product(
        self, sold: shapes.Prodamus, name: str, where: str, names: Mapping[str, str] = MappingProxyType({})
    ) -> LegacyProduct | None:
        """What a scenario sells; None if it sells nothing. `names` are what the settings are called there."""
        if not (sold.product_name or sold.product_price):
            return None
        price_name = names.get("product_price", "product_price")
        if not sold.product_price.strip():
            self.folder.error(where, "older-price-missing", setting=price_name, old=OLD_PRICE)
            return None
        price = self._price(sold.product_price, where, price_name)
        group = self._group(sold.private_group_id, where, names.get("private_group_id", "private_group_id"))
        content = self._convert(sold.paid_content, where)
        return LegacyProduct(sold.product_name or name, price, content, group)

    def _price(self, text: str, where: str, name: str) -> int:
        try:
            price = Decimal(text.replace(" ", "").replace(",", "."))
        except InvalidOperation:
            price = Decimal("NaN")
        if not price.is_finite() or not 0 < price <= MOST_PRICE:
            self.folder.error(f"{where}: {name}", "older-no-price", given=text[:40])
            return 0
        return int((price * MINOR).to_integral_value())

    def _group(self, text: str, where: str, name: str) -> int | None:
        if not text.strip():
            return None
        if not re.fullmatch(r"-\d{1,15}", text.strip()):
            self.folder.error(f"{where}: {name}", "older-no-group", given=text[:40])
            return None
        return int(text)

    def sell_by(self, env: Mapping[str, str] | None, scenario: LegacyScenario) -> LegacyScenario:
        """The scenario with what the older bot's environment sells, if it sells nothing of its own."""
        if scenario.product is not None or env is None:
            return scenario
        sold = shapes.Prodamus(
            product_name=env.get("PRODAMUS_PRODUCT_NAME", ""),
            product_price=env.get("PRODAMUS_PRODUCT_PRICE", ""),
            paid_content=env.get("PRODAMUS_PRODUCT_PAID_CONTENT", ""),
            private_group_id=env.get("PRIVATE_GROUP_ID") or env.get("PRIVATE_RESOURCE_ID", ""),
        )
        product = self.product(sold, scenario.name, ".env", IN_ENV)
        if product is None and not sold.product_name and any(_pays(message) for message in scenario.messages):
            self.folder.error(".env", "older-product-missing", slug=scenario.slug, old=OLD_PRICE)
        return replace(scenario, product=product)

    def note_dead_buttons(self) -> None:
        """Say which messages lose their pay button, because nothing is sold."""
        for scenario in self.legacy.scenarios.values():
            if scenario.product is None and (names := list(_paying(scenario))):
                self.folder.note(scenario.slug, "older-sells-nothing", names=", ".join(names))

    def have_payment_set(self) -> None:
        """The button that pays, under the name the older bot's own migration gave it."""
        sells = any(scenario.product for scenario in self.legacy.scenarios.values())
        if sells and PAYMENT_SET not in self.legacy.button_sets:
            pay = Button(text=plain("Оплатить {{scenario.product_name}}"), url="{{user.payment_link}}")
            self.legacy.button_sets[PAYMENT_SET] = ((pay,),)


def _paying(scenario: LegacyScenario) -> Iterator[str]:
    said = [*scenario.messages, *([scenario.summary] if scenario.summary else [])]
    return (message.name for message in said if _pays(message))


def _pays(message: LegacyMessage) -> bool:
    opens = any(PAYMENT_LINK in (button.url or "") for row in message.rows for button in row)
    return opens or message.set_name == PAYMENT_SET
