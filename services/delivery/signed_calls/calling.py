"""Calls another system: signed, never led elsewhere, and only at an address of the internet, judged where the connection is made."""

import hashlib
import hmac
import ipaddress
import re
import socket
import unicodedata
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiohttp

from services.delivery.jobs import PermanentFailure

SECONDS = 10
GOOD = range(200, 300)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME = re.compile(r"(?!.*\.\.)[\w-][\w.-]*")
_TRANSLATED = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24")
)
"""Addresses behind which another one stands: NAT64, 6to4, Teredo and its relays."""


def sign(secrets: Sequence[str], timestamp: int, body: str) -> str:
    """The header's value `t=…,v1=…`, a `v1` for each secret: HMAC-SHA256 in hex over `<timestamp>.<body>`."""
    said = f"{timestamp}.{body}".encode()
    digests = (hmac.new(secret.encode(), said, hashlib.sha256).hexdigest() for secret in secrets)
    return ",".join((f"t={timestamp}", *(f"v1={digest}" for digest in digests)))


async def post(url: str, key: str, body: str, signature: str, *, production: bool) -> int:
    """Make the call and give the status of its answer; on this very machine only outside production.

    Raises PermanentFailure for an address that must not be called, and what aiohttp raises where nobody answers.
    """
    local = check_address(url, production=production)
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Tandem-Signature": signature}
    connector = aiohttp.TCPConnector(socket_factory=None if local else _connect_publicly)
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False) as session,
        session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status


def check_address(url: str, *, production: bool) -> bool:
    """Whether the address is this machine; raises PermanentFailure for one that must not be called."""
    host, port, scheme = _split(url)
    if host in LOOPBACK and not production:
        return True
    try:
        public = is_public(host)
    except ValueError:
        public = bool(_NAME.fullmatch(host))  # judged when the connection is made
    if scheme != "https" or port == 0 or not public:
        raise PermanentFailure(f"{url} is no public https address")
    return False


def _split(url: str) -> tuple[str, int | None, str]:
    """Host, port and scheme; raises PermanentFailure for what has none of them, as `https://[x`, and for one with a password."""
    try:
        parts = urlsplit(url)
        host, port = unicodedata.normalize("NFKC", parts.hostname or ""), parts.port
    except ValueError:
        raise PermanentFailure(f"{url} is no address") from None
    if "@" in parts.netloc:
        raise PermanentFailure("an address with a name or a password in it is not called")
    return host, port, parts.scheme


def _connect_publicly(address: aiohttp.AddrInfoType) -> socket.socket:
    """A socket for an address of the internet: judged where the connection is made, however it was written or found."""
    family, kind, protocol, _, where = address
    if not is_public(str(where[0])):
        raise OSError(f"{where[0]} is an address of a private network")
    return socket.socket(family, kind, protocol)


def is_public(address: str) -> bool:
    """Whether an IP address is one host of the internet, and no way round into a private network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    translated = any(ip in network for network in _TRANSLATED if network.version == ip.version)
    return ip.is_global and not ip.is_multicast and not translated
