"""What there is to say of an API, beside its secret."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.address import address_of
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.profile import CLASSLINK, GENERIC, Profile


class Vendor(StrEnum):
    """Whose API it is."""

    CLASSLINK = "classlink"
    ONEROSTER = "oneroster"

    @property
    def profile(self) -> Profile:
        """How it is asked."""
        return CLASSLINK if self is Vendor.CLASSLINK else GENERIC


@dataclass(frozen=True, slots=True)
class RestSettings:
    """An API of OneRoster."""

    #: Up to /ims/oneroster, for ClassLink's proxy with the application id as it comes.
    address: Annotated[str, AfterValidator(address_of)]
    vendor: Vendor = Vendor.ONEROSTER
    version: Version = Version.V1_1
    method: Method = Method.OAUTH1_SHA256
    #: Whom it knows us by; a bearer has none.
    key: str = ""
    #: Where OAuth 2 gives tokens, and for which scopes.
    token_url: str = ""
    scope: str = ""


_SETTINGS = TypeAdapter(RestSettings)


def settings_of(values: object) -> RestSettings:
    """Settings from what is kept of them, or was given; raises pydantic.ValidationError."""
    return _SETTINGS.validate_python(values)


def values_of(settings: RestSettings) -> dict[str, str]:
    """What is kept of settings, for `settings_of`."""
    values: dict[str, str] = _SETTINGS.dump_python(settings, mode="json")
    return values
