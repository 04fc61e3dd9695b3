"""What there is to say of an API, beside its secret."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from firstbell.oneroster.dictionary import Version
from firstbell.sources.kind import Setting
from firstbell.sources.rest.address import address_of, token_address_of
from firstbell.sources.rest.method import Method

_CALLED = {
    Method.OAUTH1_SHA256: "OAuth 1.0a with HMAC-SHA256",
    Method.OAUTH1_SHA1: "OAuth 1.0a with HMAC-SHA1",
    Method.OAUTH2: "OAuth 2 client credentials",
    Method.BEARER: "A token as it is (ClassLink’s proxy)",
}
_OF_OAUTH2 = ("method", (Method.OAUTH2,))


@dataclass(frozen=True, slots=True)
class RestSettings:
    """An API of OneRoster."""

    address: Annotated[
        str,
        AfterValidator(address_of),
        Setting(
            "Address",
            "The address of the API, up to /ims/oneroster. For ClassLink’s proxy it includes the"
            " application id, unchanged.",
            takes_secret=True,
        ),
    ]
    version: Annotated[
        Version, Setting("Version", "The version of OneRoster that the API speaks.", "--version")
    ] = Version.V1_1
    method: Annotated[
        Method, Setting("Method", "How we prove to the API who we are.", "--auth", _CALLED)
    ] = Method.OAUTH1_SHA256
    key: Annotated[
        str,
        Setting(
            "Key",
            "The key that the API knows us by. A token needs none.",
            "--key",
            only_for=("method", (Method.OAUTH1_SHA256, Method.OAUTH1_SHA1, Method.OAUTH2)),
        ),
    ] = ""
    token_url: Annotated[
        str,
        AfterValidator(token_address_of),
        Setting(
            "Address for tokens",
            "For OAuth 2 only: the address that gives tokens.",
            "--token-url",
            only_for=_OF_OAUTH2,
            takes_secret=True,
        ),
    ] = ""
    scope: Annotated[
        str,
        Setting(
            "Scopes",
            "For OAuth 2 only: what we ask to read, separated by spaces.",
            "--scope",
            only_for=_OF_OAUTH2,
            is_needed=False,
        ),
    ] = ""
