"""Where an API may be: no credentials go over plain http, or to the machine's own network."""

import socket
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Where a machine of Amazon's cloud is told who it is, by IPv6; by IPv4 that is link-local.
_METADATA = ip_address("fd00:ec2::254")
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
        raise ValueError(f"an address begins with https://; “{address}” does not")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("what stands behind the colon of an address is a number") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("an address has no password, question mark or # in it")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("the address begins with http://, which others can read; use https://")
    return address


def leads_nowhere(address: str) -> bool:
    """Whether the host of an address is not known, or is a part of the machine's own network.

    Such parts tell cloud machines who they are, and are nobody's roster.
    """
    try:
        found = socket.getaddrinfo(urlsplit(address).hostname, None)
    except (OSError, ValueError):  # a name that cannot be is a ValueError
        return True
    return any(_is_the_machines(str(place[4][0])) for place in found)


def _is_the_machines(address: str) -> bool:
    found = ip_address(address)
    inner = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (inner or found).is_link_local or found == _METADATA
