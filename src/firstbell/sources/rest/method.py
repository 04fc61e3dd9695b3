"""The ways in which APIs are told who asks."""

from enum import StrEnum


class Method(StrEnum):
    """One of them."""

    OAUTH1_SHA256 = "oauth1-sha256"
    OAUTH1_SHA1 = "oauth1-sha1"
    OAUTH2 = "oauth2"
    BEARER = "bearer"
