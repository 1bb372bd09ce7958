"""Which of our languages and which zone to begin with, from what Telegram says."""

RUSSIAN_READERS = ("ru", "be", "uk", "kk", "ky", "uz", "tg", "hy", "az")
ZONES = {"ru": "Europe/Moscow", "en": "UTC"}


def pick_language(code: str | None, default: str) -> str:
    """`ru` or `en` for a Telegram language code; `default` when Telegram sent none."""
    if not code:
        return default
    return "ru" if code.lower().split("-")[0] in RUSSIAN_READERS else "en"


def guess_zone(language: str) -> str:
    """An IANA zone to begin with until the person says better."""
    return ZONES[language]
