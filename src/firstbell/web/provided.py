"""The OpenID Connect providers of the settings."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from firstbell.store.environment import Provider


def allauth_providers(among: Iterable[Provider]) -> dict[str, Any]:
    """The setting by which django-allauth knows them; each is asked with PKCE."""
    apps = [
        {
            "provider_id": one.id,
            "name": one.name,
            "client_id": one.client_id,
            "secret": one.client_secret,
            "settings": {"server_url": one.issuer},
        }
        for one in among
    ]
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}


def providers() -> tuple[Provider, ...]:
    """Those of the settings, in their order."""
    found: tuple[Provider, ...] = settings.FIRSTBELL_PROVIDERS
    return found


def provider_of(id: str) -> Provider | None:
    """The provider of an id; None when there is none."""
    return next((one for one in providers() if one.id == id), None)


def origins() -> list[str]:
    """Where signing in at them leads a browser to."""
    parts = [urlsplit(one.issuer) for one in providers()]
    return sorted({f"{one.scheme}://{one.netloc}" for one in parts})
