"""Lengths and slices in UTF-16 code units, the unit of all Telegram limits and offsets."""


def length(text: str) -> int:
    """Count UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, size: int) -> str:
    """Take `size` units from `offset` on."""
    if text.isascii():
        return text[offset : offset + size]
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + size)].decode("utf-16-le", "replace")


def byte_offset(text: str, index: int) -> int:
    """Turn a character index into the UTF-8 byte offset that Telegram's parse errors name."""
    return len(text[:index].encode("utf-8", "surrogatepass"))
