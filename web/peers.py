"""Who a request really comes from: the address at the other end, or what a trusted proxy says of it."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from fastapi import Request


class Proxies:
    """The networks whose `X-Forwarded-For` is believed; none is by itself, this very machine neither."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = [ip_network(name, strict=False) for name in networks]

    def find_peer(self, request: Request) -> str:
        """The rightmost address of the chain that is no trusted proxy; empty if nobody knows."""
        chain = [
            part.strip() for value in request.headers.getlist("x-forwarded-for") for part in value.split(",")
        ]
        chain.append(request.client.host if request.client else "")
        for address in reversed(chain):
            if not self._is_trusted(address):
                return address
        return chain[0]

    def _is_trusted(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address.version == network.version and address in network for network in self._networks)
