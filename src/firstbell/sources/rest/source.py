"""An API of OneRoster as a source of deliveries."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from firstbell.feed.refusal import Reason, Refused
from firstbell.oneroster.dictionary import Version
from firstbell.sources.kind import Shared
from firstbell.sources.rest.address import leads_nowhere
from firstbell.sources.rest.asking import Api, Attempt
from firstbell.sources.rest.auth import Credentials, auth_of
from firstbell.sources.rest.hurry import Hooks, hurry
from firstbell.sources.rest.profile import GENERIC, Profile
from firstbell.sources.rest.pull import pull_roster
from firstbell.sources.rest.record import pull_record
from firstbell.sources.rest.settings import RestSettings
from firstbell.sources.rest.trial import shared
from firstbell.sources.source import Fetched, Host

_BASES = {Version.V1_1: "/ims/oneroster/v1p1/", Version.V1_2: "/ims/oneroster/rostering/v1p2/"}
#: Seconds: for an answer to begin or go on, and for a connection.
_PATIENCE = httpx2.Timeout(60, connect=10)
#: How often a person waits for the same question, and for how many seconds in between.
_TRIES_FOR_A_PERSON, _LONGEST_FOR_A_PERSON = 3, 3.0


@dataclass(frozen=True, slots=True)
class Rest:
    """An API, with what it knows us by."""

    settings: RestSettings
    #: It is in no text of this object.
    secret: str = field(repr=False)
    profile: Profile = GENERIC

    @property
    def host(self) -> Host:
        """The server of the API, which many districts may share."""
        parts = urlsplit(self.settings.address)
        return Host(f"{parts.hostname}:{parts.port or parts.scheme}", self.profile.at_once)

    def deliver(self, into: Path, tell: Callable[[Fetched], None]) -> Path:
        """Reads the whole roster; see `Source.deliver`."""
        attempts: list[Attempt] = []
        try:
            with self._opened(observe=attempts.append) as api:
                pull_roster(api, self.settings.version, into)
        finally:
            for fetched in _summed(attempts):
                tell(fetched)
        return into

    def shared(self) -> Shared:
        """What the API shows us within seconds; raises Refused when it does not."""
        with self._opened(hurry(), tries=1) as api:
            return shared(api)

    def deliver_record(self, table: str, sourced_id: str, into: Path) -> Path:
        """Reads one record; see `RestRecord`."""
        with self._opened(hurry(), tries=_TRIES_FOR_A_PERSON, longest=_LONGEST_FOR_A_PERSON) as api:
            pull_record(api, self.settings.version, table, sourced_id, into)
        return into

    @contextmanager
    def _opened(self, hooks: Hooks | None = None, **manners: Any) -> Iterator[Api]:
        """The API, with the hooks of a client and what else `Api` is to have."""
        settings = self.settings
        if any(map(leads_nowhere, filter(None, (settings.address, settings.token_url)))):
            raise Refused(Reason.API_UNREACHABLE, source=self.profile.source)
        credentials = Credentials(
            settings.method, self.secret, settings.key, settings.token_url, settings.scope
        )
        with httpx2.Client(
            base_url=settings.address + _BASES[settings.version],
            auth=auth_of(credentials, timeout=_PATIENCE, event_hooks=hooks),
            headers={"Accept": "application/json"},
            timeout=_PATIENCE,
            event_hooks=hooks,
            follow_redirects=False,  # credentials stay with the host
        ) as client:
            yield Api(client, self.profile, time.sleep, **manners)


def _summed(attempts: Sequence[Attempt]) -> Iterator[Fetched]:
    """What each collection took, in the order in which they were asked for."""
    for collection in dict.fromkeys(one.collection for one in attempts):
        its = [one for one in attempts if one.collection == collection]
        yield Fetched(
            collection,
            requests=len(its),
            again=sum(one.again for one in its),
            size=sum(one.size for one in its),
            seconds=sum(one.seconds for one in its),
        )


@dataclass(frozen=True, slots=True)
class RestRecord:
    """A single record of an API, within seconds: somebody waits for it."""

    api: Rest
    #: Of the feed.
    table: str
    sourced_id: str

    @property
    def host(self) -> Host:
        """The server of the API."""
        return self.api.host

    def deliver(self, into: Path, tell: Callable[[Fetched], None]) -> Path:
        """Reads the record, as changes (delta) of what was read before; see `Source.deliver`."""
        return self.api.deliver_record(self.table, self.sourced_id, into)
