"""The API of a simulator, opened as a source opens it; nothing waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2

from firstbell.sources.rest.asking import Api
from firstbell.sources.rest.auth import Credentials, auth_of
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.profile import Profile
from simulator import Simulator

_PROFILE = Profile("ClassLink", most=40, fewest=5, sorts=True, filters=True, at_once=1)
_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"


@contextmanager
def opened(
    server: Simulator,
    method: Method = Method.OAUTH2,
    *,
    base: str = "",
    secret: str = "",
    sleep: Callable[[float], None] = lambda seconds: None,
    timeout: float = 5.0,
) -> Iterator[Api]:
    """An API with small pages.

    Args:
        server: whose.
        method: how it is told who asks.
        base: where it is; empty: where the simulator is, for that method.
        secret: by which it knows us; empty: the right one.
        sleep: is told of the seconds that are to be waited.
        timeout: in seconds.
    """
    account, bearer = server.account, method is Method.BEARER
    secret = secret or (account.bearer if bearer else account.secret)
    credentials = Credentials(method, secret, account.key, server.token_url, _SCOPE)
    base = base or (server.proxy if bearer else server.base)
    with httpx2.Client(base_url=f"{base}/", auth=auth_of(credentials), timeout=timeout) as client:
        yield Api(client, _PROFILE, sleep)
