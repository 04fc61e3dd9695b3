"""How requests say who asks. Libraries sign them; here is only what they leave open."""

import base64
import hmac
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth1Auth, OAuth2Client
from authlib.oauth1 import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string
from authlib.oauth1.rfc5849.util import escape

from firstbell.sources.rest.method import Method

#: How a server says that a key or secret is wrong.
_REFUSED = frozenset((400, 401, 403))
_SHA1, _SHA256 = "HMAC-SHA1", "HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a vendor gives to whoever may read a district."""

    method: Method
    #: The token itself when it is a bearer's; it is in no text of this object.
    secret: str = field(repr=False)
    key: str = ""
    #: Where OAuth 2 gives tokens, and for which scopes.
    token_url: str = ""
    scope: str = ""


def auth_of(credentials: Credentials, **manners: Any) -> httpx2.Auth:
    """What lets a client say who asks.

    Args:
        credentials: of whom.
        **manners: of the client that fetches tokens, as `httpx2.Client` takes them.
    """
    if credentials.method is Method.BEARER:
        return _Bearer(credentials.secret)
    if credentials.method is Method.OAUTH2:
        return _ClientCredentials(credentials, manners)
    sha1 = credentials.method is Method.OAUTH1_SHA1
    signed: httpx2.Auth = OAuth1Auth(
        credentials.key, credentials.secret, signature_method=_SHA1 if sha1 else _SHA256
    )
    return signed


def _sign_sha256(client: ClientAuth, request: Any) -> str:
    """RFC 5849 §3.4.2 with SHA-256, as OneRoster has it; Authlib knows SHA-1 only."""
    key = f"{escape(client.client_secret or '')}&{escape(client.token_secret or '')}"
    base_string = generate_signature_base_string(request)
    digest = hmac.digest(key.encode(), base_string.encode(), "sha256")
    return base64.b64encode(digest).decode()


ClientAuth.register_signature_method(_SHA256, _sign_sha256)


class _Bearer(httpx2.Auth):
    """A token that is given once and for all."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _ClientCredentials(httpx2.Auth):
    """A token of OAuth 2, fetched when there is none, and anew when it is refused."""

    def __init__(self, credentials: Credentials, manners: Mapping[str, Any]) -> None:
        self._credentials, self._manners, self._token = credentials, manners, ""

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        fresh = not self._token
        self._token = self._token or self._fetched()
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == httpx2.codes.UNAUTHORIZED and not fresh:
            self._token = self._fetched()
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _fetched(self) -> str:
        one = self._credentials
        asking = OAuth2Client(one.key, one.secret, scope=one.scope or None, **self._manners)
        try:
            with asking as client:
                token = client.fetch_token(one.token_url, grant_type="client_credentials")
            return str(token["access_token"])
        except httpx2.HTTPStatusError as error:
            if error.response.status_code in _REFUSED:
                raise OAuthError from None
            raise httpx2.ConnectError("it gives no token") from None
        except KeyError:  # it answers, and there is no token in it
            raise OAuthError from None
        except (ValueError, TypeError, AttributeError):
            raise httpx2.ConnectError("it gives no token") from None
