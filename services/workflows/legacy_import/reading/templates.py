"""`{{variable}}` of the older bot becomes `{{scope.variable}}`."""

import re
from dataclasses import dataclass

from core.text.template import BUILT_IN

BARE = {
    "payment_link": "user.payment_link",
    "invite_link": "user.invite_link",
    "user_name": "user.user_name",
    "reg_date": "user.reg_date",
    "payment_date": "user.payment_date",
    "joined_date": "user.joined_date",
    "payment_price": "scenario.product_price",
    "product_price": "scenario.product_price",
    "product_name": "scenario.product_name",
    "bot_name": "bot.bot_name",
    "support_link": "bot.support_link",
    "company_name": "bot.company_name",
}
_BRACES = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True)
class Variables:
    """What texts of a bot may name: the built-in ones and the bot's own values."""

    own: frozenset[str]

    def convert(self, text: str) -> tuple[str, list[str]]:
        """The text with scopes, and what in it is no variable."""
        unknown: list[str] = []

        def name(braces: re.Match[str]) -> str:
            variable = self._find(braces[1])
            if variable is None:
                unknown.append(braces[0])
                return braces[0]
            return f"{{{{{variable}}}}}"

        converted = _BRACES.sub(name, text)
        if "{{" in _BRACES.sub("", text):
            unknown.append("{{ without }}")
        return converted, unknown

    def _find(self, name: str) -> str | None:
        if name in BUILT_IN or name.removeprefix("bot.") in self.own:
            return name if "." in name else f"bot.{name}"
        return BARE.get(name)
