"""Which addresses Telegram takes as links, and how it writes them."""

import ipaddress
import re
from urllib.parse import urlsplit

TELEGRAM_SCHEMES = frozenset({"tg", "ton", "tonsite"})
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_USER_LINK = re.compile(r"^tg:(?://)?user\?id=(\d+)$", re.IGNORECASE)
_HOST = re.compile(r"^[\w.-]+\.[\w-]{1,}$|^\[[0-9a-f:]+\]$", re.IGNORECASE)


def linked_user(url: str) -> int:
    """Return the id in a `tg://user?id=` link, 0 for other links."""
    match = _USER_LINK.match(url.strip())
    return int(match[1]) if match else 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_local(url: str) -> bool:
    """Tell whether the link leads to this machine, where a sandbox takes http for https."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and _is_loopback(parts.hostname or "")


def is_safe(url: str) -> bool:
    """Tell whether the link is https, or leads to this machine."""
    return scheme(url) == "https" or is_local(url)


def scheme(url: str) -> str:
    """Return the scheme of a link in small letters, empty when it has none."""
    match = _SCHEME.match(url.strip())
    return match[1].lower() if match else ""


def checked(url: str) -> str:
    """Return the link as Telegram would keep it, or an empty string when it is none."""
    url = url.strip()
    if not url or any(letter.isspace() for letter in url):
        return ""
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() in TELEGRAM_SCHEMES:
        return url
    if "://" not in url:
        url = f"http://{url}"
    return _checked_http(url)


def _checked_http(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.match(host):
        return ""
    if not parts.path and not parts.query and not parts.fragment:
        return f"{url}/"
    return url
