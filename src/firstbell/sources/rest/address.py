"""Where an API may be: no credentials go over plain http, or to the machine's own network."""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_STANDARD = "/ims/oneroster"


def address_of(text: str) -> str:
    """An address as it is kept: without what every API of the standard has at its end.

    Args:
        text: as somebody has copied it.

    Raises:
        ValueError: It cannot be used; the text says why, in a sentence.
    """
    return token_address_of(text).partition(_STANDARD)[0].rstrip("/")


def token_address_of(text: str) -> str:
    """An address where tokens are given, as it is kept; for the rest see `address_of`."""
    address = text.strip()
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{address}” is no address; it begins with https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address has no password, question mark or # in it")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError(
            "the address begins with http://, where others can read along; use https://"
        )
    return address


def leads_nowhere(address: str) -> bool:
    """Whether the host of an address is not known, or is a part of the machine's own network.

    Such parts tell cloud machines who they are, and are nobody's roster.
    """
    try:
        found = socket.getaddrinfo(urlsplit(address).hostname, None)
    except OSError:
        return True
    return any(ip_address(place[4][0]).is_link_local for place in found)
