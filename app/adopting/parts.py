"""What both layouts of the older bot have in common: messages, keyboards, products, payments."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.adopting import shapes
from app.adopting.files import PICTURES, Folder
from app.adopting.legacy import (
    Legacy,
    LegacyMessage,
    LegacyPayment,
    LegacyProduct,
    LegacyState,
    Rows,
)
from app.adopting.templates import Variables
from core.message import Button, plain
from core.money import MINOR

SPECIAL = {
    "start": "asks for consent; this bot asks in its own words",
    "group_invite": "comes after the payment; the link comes here with the bot's own words",
    "group_leave_new_link": "comes after leaving; a new link comes here with the bot's own words",
}
MOST_PRICE = 10_000_000
MOST_TELEGRAM_ID = 2**52
PAYMENT_SET = "payment_button"
NUMBERS = ("order_id", "order_num", "payment_id", "id")


class Parts:
    """Reads pieces of a folder into values; what is wrong is noted."""

    def __init__(self, folder: Folder, legacy: Legacy) -> None:
        self.folder = folder
        self.legacy = legacy
        self.variables = Variables(frozenset())

    def messages(self, found: shapes.Messages, near: str) -> tuple[LegacyMessage, ...]:
        """A scenario's messages in their order."""
        messages: list[LegacyMessage] = []
        if not found.messages_list:
            self.folder.error(f"{near}/messages.json".lstrip("/"), "messages_list is empty")
        for name in found.messages_list:
            said = found.messages.get(name)
            if said is None:
                self.folder.error(
                    f"{near}/messages.json".lstrip("/"), f"“{name[:64]}” of messages_list is not in messages"
                )
                continue
            if any(one.name == name for one in messages):
                self.folder.error(
                    f"{near}/messages.json".lstrip("/"), f"“{name[:64]}” is in messages_list twice"
                )
                continue
            message = self.message(name, said, near)
            if message is not None:
                messages.append(message)
        for name in found.messages.keys() - set(found.messages_list):
            what = SPECIAL.get(name, "is in no order of sending and is left out")
            self.folder.note(f"{name}: {what}")
        return tuple(messages)

    def message(self, name: str, said: shapes.Said, near: str) -> LegacyMessage | None:
        """A message with its text, pictures and keyboard; None if its text cannot be read."""
        file = said.template_file or f"{name}.md"
        raw = self.folder.text(f"{near}/messages/{file}".lstrip("/"))
        if raw is None:
            return None
        text = self._convert(raw, f"{near}/messages/{file}".lstrip("/"))
        photos = [self.folder.photo(one, near) for one in said.photos or ()]
        if said.photos is None:
            photos = [path] if (path := self._own_picture(name)) else []
        keyboard = said.inline_keyboard
        where = f"{near}/messages.json: {name}".lstrip("/")
        set_name = keyboard.button_set_ref if keyboard else None
        if set_name and set_name not in self.legacy.button_sets:
            self.folder.error(where, f"the button set “{set_name[:64]}” is not in buttons/registry.json")
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
            (one for one in sorted(folder.iterdir()) if one.stem == name and one.suffix.lower() in PICTURES),
            None,
        )

    def rows(self, keyboard: shapes.Keyboard, where: str) -> Rows:
        """Rows of buttons; what only the older bot answers is left out and noted."""
        rows = []
        for row in keyboard.rows:
            buttons = []
            for one in row.buttons:
                if one.url is None:
                    self.folder.note(
                        f"{where}: the button “{one.text[:40]}” ({one.callback}) is left out: nothing here answers it"
                    )
                    continue
                text, url = self._convert(one.text, where), self._convert(one.url, where)
                try:
                    buttons.append(Button(text=plain(text), url=url))
                except ValidationError as error:
                    self.folder.error(where, f"the button “{one.text[:40]}”: {error.errors()[0]['msg']}")
            if buttons:
                rows.append(tuple(buttons))
        return tuple(rows)

    def _convert(self, text: str, where: str) -> str:
        converted, unknown = self.variables.convert(text)
        for name in unknown:
            self.folder.error(
                where, f"{name[:80]} is no variable; correct it, or put it into bot_globals.json"
            )
        return converted

    def product(self, sold: shapes.Prodamus, name: str, where: str) -> LegacyProduct | None:
        """What a scenario sells; None if it sells nothing."""
        if not (sold.product_name or sold.product_price):
            return None
        price, group = self._price(sold.product_price, where), self._group(sold.private_group_id, where)
        content = self._convert(sold.paid_content, where)
        return LegacyProduct(sold.product_name or name, price, content, group)

    def _price(self, given: str, where: str) -> int:
        try:
            price = Decimal(given.replace(" ", "").replace(",", ".") or "0")
        except InvalidOperation:
            price = Decimal("NaN")
        if not price.is_finite() or not 0 <= price <= MOST_PRICE:
            self.folder.error(where, f"product_price: “{given[:40]}” is no price in rubles")
            return 0
        return int((price * MINOR).to_integral_value())

    def _group(self, given: str, where: str) -> int | None:
        if not given.strip():
            return None
        if not re.fullmatch(r"-\d{1,15}", given.strip()):
            self.folder.error(
                where, f"private_group_id: “{given[:40]}” is no group; it looks like -1001234567890"
            )
            return None
        return int(given)

    def product_of(self, env: Mapping[str, str], name: str) -> LegacyProduct | None:
        """What the older bot's environment sells; None if it says nothing of it."""
        sold = shapes.Prodamus(
            product_name=env.get("PRODAMUS_PRODUCT_NAME", ""),
            product_price=env.get("PRODAMUS_PRODUCT_PRICE", ""),
            paid_content=env.get("PRODAMUS_PRODUCT_PAID_CONTENT", ""),
            private_group_id=env.get("PRIVATE_GROUP_ID") or env.get("PRIVATE_RESOURCE_ID", ""),
        )
        return self.product(sold, name, ".env")

    def have_payment_set(self) -> None:
        """The button that pays, under the name the older bot's own migration gave it."""
        sells = any(one.product for one in self.legacy.scenarios.values())
        if sells and PAYMENT_SET not in self.legacy.button_sets:
            pay = Button(text=plain("Оплатить {{scenario.product_name}}"), url="{{user.payment_link}}")
            self.legacy.button_sets[PAYMENT_SET] = ((pay,),)

    def filled(
        self,
        slug: str,
        status: str,
        sent: int,
        due: datetime | None,
        given: shapes.Kept,
    ) -> LegacyState:
        """How somebody stands, with all that is kept of it."""
        return LegacyState(
            scenario=slug,
            status=status,
            sent=sent,
            due=due,
            last_sent_at=given.last_sent_at,
            completed_at=given.completed_at,
            payment=self._payment(given),
            payment_link=given.payment_link,
            invite_link=given.invite_link,
            has_joined=given.joined_group,
            joined_at=given.joined_at,
        )

    def _payment(self, given: shapes.Kept) -> LegacyPayment | None:
        if given.payment_date is None:
            return None
        info = given.payment_info or {}
        number = next((str(info[name])[:100] for name in NUMBERS if info.get(name)), None)
        return LegacyPayment(given.payment_date, _amount(info.get("sum")), number, info)

    def load_users(self, model: Any) -> list[tuple[int, Any]]:
        """`users.json`, by chat id."""
        document = self.folder.json("users.json")
        if document is None:
            return []
        if not isinstance(document, dict):
            self.folder.error("users.json", "is a map of chat ids to users")
            return []
        found = []
        for key, one in document.items():
            if not re.fullmatch(r"\d{1,16}", key) or not 0 < int(key) < MOST_TELEGRAM_ID:
                self.folder.error("users.json", f"“{key[:40]}” is no chat id of a person")
                continue
            user = self.folder.fit(f"users.json: {key}", model, one)
            if user is not None:
                found.append((int(key), user))
        return found


def _amount(given: Any) -> int | None:
    """A sum in rubles, in minor units; None for what is no sum."""
    try:
        amount = Decimal(str(given).replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return (
        int((amount * MINOR).to_integral_value())
        if amount.is_finite() and 0 <= amount <= MOST_PRICE
        else None
    )
