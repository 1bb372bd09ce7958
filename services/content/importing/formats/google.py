"""Links to Google Sheets: the address their CSV comes from. Only this host and this form of link, only over https."""

import re
from urllib.parse import parse_qs, urlsplit

GOOGLE = "https://docs.google.com"
_SHEET = re.compile(r"/spreadsheets/(?:u/\d+/)?d/(?P<id>[\w-]{10,})(?:/.*)?")


def export_link(link: str, base: str = GOOGLE) -> str | None:
    """The CSV of the sheet a link shows, fetched from `base`; None for any other link."""
    try:
        address = urlsplit(link.strip())
        port = address.port
    except ValueError:
        return None
    match = _SHEET.fullmatch(address.path)
    if address.scheme != "https" or address.hostname != "docs.google.com" or port is not None or not match:
        return None
    given_sheet = {**parse_qs(address.query), **parse_qs(address.fragment)}.get("gid", [""])[0]
    sheet = f"&gid={given_sheet}" if given_sheet.isdecimal() else ""
    return f"{base}/spreadsheets/d/{match['id']}/export?format=csv{sheet}"


def is_fetchable(address: str) -> bool:
    """Whether an address is one of Google's that an export may come from."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_ours = host == "docs.google.com" or host.endswith(".googleusercontent.com")
    return parts.scheme == "https" and port is None and is_ours
