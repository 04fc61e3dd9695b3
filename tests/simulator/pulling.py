"""A client in a few lines, which signs by another library than the one that verifies."""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Generator
from typing import Any

import httpx2
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape

from tests.simulator import Simulator

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"


def _sign_sha256(client: ClientAuth, request: object) -> str:
    base = generate_signature_base_string(request)
    key = f"{escape(client.client_secret)}&"
    return b64encode(hmac.digest(key.encode(), base.encode(), hashlib.sha256)).decode()


ClientAuth.register_signature_method("HMAC-SHA256", _sign_sha256)


class Signed(httpx2.Auth):
    """OAuth 1.0a."""

    def __init__(self, simulator: Simulator, method: str = "HMAC-SHA256", secret: str = "") -> None:
        self._client = ClientAuth(
            simulator.account.key, secret or simulator.account.secret, signature_method=method
        )

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        _, headers, _ = self._client.prepare(request.method, str(request.url), {}, b"")
        request.headers["Authorization"] = headers["Authorization"]
        yield request


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
