"""The one way a person's name is shown: on one line, never empty, and turning no line it stands in."""

from utils.visible import is_blank, isolate


def show_name(first_name: str, last_name: str, username: str | None, telegram_id: int) -> str:
    """Both names as Telegram shows them; where nothing of them is seen, `@username`, else the Telegram id."""
    seen = [name for name in (first_name, last_name) if not is_blank(name)]
    if seen:
        return isolate(" ".join(seen))
    return f"@{username}" if username else f"id {telegram_id}"


def show_known(name: str, username: str | None, telegram_id: int) -> str:
    """A shown name with what an admin can look them up by: `Anna Petrova (@anna, 1002)`."""
    known = f"@{username}, {telegram_id}" if username else str(telegram_id)
    return f"{name} ({known})"
