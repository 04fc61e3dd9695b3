"""Who may come in: OAuth 1.0a verified by oauthlib, OAuth 2 client credentials, a fixed bearer."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import parse_qs

from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849 import signature

from firstbell.oneroster.dictionary import Version
from simulator.answers import Answer, Asked

_PAST, _FUTURE = timedelta(minutes=10), timedelta(minutes=5)
_SCOPES = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
_READS = frozenset({f"{_SCOPES}roster-core.readonly", f"{_SCOPES}roster.readonly"})
_SIGNS: dict[str, Callable[[str, Client], str]] = {
    "HMAC-SHA1": signature.sign_hmac_sha1_with_client,
    "HMAC-SHA256": signature.sign_hmac_sha256_with_client,
}


@dataclass(frozen=True, slots=True)
class Account:
    """What a district was given to come in with."""

    key: str = "district-key"
    secret: str = "district&secret+/= ~"  # noqa: S105
    bearer: str = "0e1d4a5b-7f3c-4a43-9d7e-2f6b8c1d9a10"
    #: Of ClassLink's proxy: it stands in paths as it is here, percent-encoded already.
    application: str = "ims%2Fone%3D42"


@dataclass(frozen=True, slots=True)
class _Token:
    expires: datetime
    scopes: frozenset[str]


class Gate:
    """Lets requests in; issued tokens stay valid beside newer ones until they expire."""

    def __init__(self, account: Account, version: Version, lifetime: timedelta) -> None:
        """`lifetime` is that of tokens."""
        self._account = account
        self._version = version
        self._lifetime = lifetime
        self._client = Client(account.key, client_secret=account.secret)
        self._nonces: set[str] = set()
        self._tokens: dict[str, _Token] = {}

    def status(self, asked: Asked, now: datetime, proxied: bool) -> int:
        """200, 401 or 403: whether a request may come in."""
        kind, _, value = asked.headers.get("authorization", "").partition(" ")
        if proxied:
            return 200 if kind == "Bearer" and _same(value, self._account.bearer) else 401
        if kind == "Bearer":
            return self._status_of(value, now)
        if kind == "OAuth" and self._version is Version.V1_1 and self._is_signed(asked, now):
            return 200
        return 401

    def token(self, asked: Asked, now: datetime) -> Answer:
        """The answer of the token endpoint."""
        pair = f"{self._account.key}:{self._account.secret}".encode()
        given = asked.headers.get("authorization", "")
        if not _same(given, f"Basic {b64encode(pair).decode()}"):
            return _of_token(401, {"error": "invalid_client"})
        form = parse_qs(asked.body.decode())
        if asked.method != "POST" or form.get("grant_type") != ["client_credentials"]:
            return _of_token(400, {"error": "unsupported_grant_type"})
        scopes = form.get("scope", [""])[0]
        token = token_urlsafe(24)
        self._tokens[token] = _Token(now + self._lifetime, frozenset(scopes.split()))
        seconds = int(self._lifetime.total_seconds())
        content = {"access_token": token, "token_type": "bearer", "expires_in": seconds}
        return _of_token(200, content | ({"scope": scopes} if scopes else {}))

    def knows_token(self, asked: Asked) -> bool:
        """Whether a request has a token that was issued here."""
        return asked.headers.get("authorization", "").removeprefix("Bearer ") in self._tokens

    def expire(self) -> None:
        """All tokens are worth nothing from now on."""
        self._tokens.clear()

    def _status_of(self, token: str, now: datetime) -> int:
        known = self._tokens.get(token)
        if known is None or known.expires <= now:
            return 401
        allowed = self._version is Version.V1_1 or known.scopes & _READS
        return 200 if allowed else 403

    def _is_signed(self, asked: Asked, now: datetime) -> bool:
        url = f"http://{asked.headers['host']}{asked.path}"
        try:
            parameters = signature.collect_parameters(
                uri_query=asked.target.partition("?")[2],
                headers={"Authorization": asked.headers["authorization"]},
                exclude_oauth_signature=False,
            )
            given = dict(parameters)
            sign = _SIGNS[given["oauth_signature_method"]]
            signed = given["oauth_signature"]
            base = signature.signature_base_string(
                asked.method,
                signature.base_string_uri(url),
                signature.normalize_parameters(
                    [pair for pair in parameters if pair[0] != "oauth_signature"]
                ),
            )
            age = now.timestamp() - int(given["oauth_timestamp"])
            nonce = f"{given['oauth_timestamp']} {given['oauth_nonce']}"
        except (KeyError, ValueError):
            return False
        in_time = -_FUTURE.total_seconds() <= age <= _PAST.total_seconds()
        is_new = nonce not in self._nonces
        self._nonces.add(nonce)
        ours = _same(given.get("oauth_consumer_key", ""), self._account.key)
        return ours and in_time and is_new and _same(signed, sign(base, self._client))


def _same(given: str, known: str) -> bool:
    return compare_digest(given.encode(), known.encode())


def _of_token(status: int, content: dict[str, object]) -> Answer:
    return Answer(status, json.dumps(content).encode(), {"Cache-Control": "no-store"})
