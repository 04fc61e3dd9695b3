"""A client in a few lines, which signs by another library than the one that verifies."""

from typing import Any

import httpx2

from firstbell.sources.rest.auth import Credentials, auth_of
from firstbell.sources.rest.method import Method
from simulator import Simulator

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"


def signed(
    simulator: Simulator, method: Method = Method.OAUTH1_SHA256, secret: str = ""
) -> httpx2.Auth:
    """OAuth 1.0a, as our own sources sign."""
    account = simulator.account
    return auth_of(Credentials(method, secret or account.secret, account.key))


def get(url: str, **asked: Any) -> httpx2.Response:
    """The answer to one request; nothing here is encrypted, so no certificates are read."""
    return httpx2.get(url, verify=False, **asked)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def token_of(simulator: Simulator, scope: str = _SCOPE) -> httpx2.Response:
    account = simulator.account
    return httpx2.post(
        simulator.token_url,
        auth=(account.key, account.secret),
        verify=False,
        data={"grant_type": "client_credentials", "scope": scope},
    )


def client_of(simulator: Simulator) -> httpx2.Client:
    """A client with a token."""
    token = token_of(simulator).json()["access_token"]
    return httpx2.Client(base_url=f"{simulator.base}/", headers=bearer(token), verify=False)


def pulled(client: httpx2.Client, collection: str, limit: int, **query: str) -> list[str]:
    """The sourcedIds of all pages, until one is empty."""
    ids: list[str] = []
    while True:
        page = client.get(collection, params={"limit": limit, "offset": len(ids), **query})
        page.raise_for_status()
        (records,) = page.json().values()
        if not records:
            return ids
        ids += [record["sourcedId"] for record in records]
