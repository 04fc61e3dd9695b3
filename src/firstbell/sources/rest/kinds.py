"""APIs of OneRoster as kinds of sources."""

from functools import partial

from firstbell.sources.kind import Kind, Shared
from firstbell.sources.rest.profile import CLASSLINK as OF_CLASSLINK
from firstbell.sources.rest.profile import GENERIC, Profile
from firstbell.sources.rest.settings import RestSettings
from firstbell.sources.source import Source


def _opened(profile: Profile, settings: RestSettings, secret: str) -> Source:
    from firstbell.sources.rest.source import Rest  # its libraries are for those who ask an API

    return Rest(settings, secret, profile)


def _tried(profile: Profile, settings: RestSettings, secret: str) -> Shared:
    from firstbell.sources.rest.source import Rest

    return Rest(settings, secret, profile).shared()


def _opened_at(
    profile: Profile, settings: RestSettings, secret: str, table: str, sourced_id: str
) -> Source:
    from firstbell.sources.rest.source import Rest, RestRecord

    return RestRecord(Rest(settings, secret, profile), table, sourced_id)


def _kind(name: str, label: str, profile: Profile) -> Kind:
    return Kind(
        name,
        label,
        profile.source,
        RestSettings,
        partial(_opened, profile),
        partial(_tried, profile),
        secret="Secret",  # noqa: S106 - what it is called
        opened_at=partial(_opened_at, profile),
    )


CLASSLINK = _kind("classlink", "ClassLink Roster Server", OF_CLASSLINK)
ONEROSTER = _kind("oneroster", "Another API of OneRoster", GENERIC)
