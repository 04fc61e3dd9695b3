"""Signing in at an OpenID Connect provider: it makes no account, and an email alone opens none.

The first sign-in of who was invited, with an address that the provider has verified, binds the
provider's issuer and subject to the account. From then on only these count.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.openid_connect import views
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from firstbell.store.environment import Provider
from firstbell.store.invitations import accept_from_provider, known_from_provider
from firstbell.store.models import Person
from firstbell.web.provided import provider_of

_LOG = logging.getLogger(__name__)
_View = Callable[[HttpRequest, str], HttpResponse]


class AtProviders(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it has no type hints
    """Who is let in after a sign-in at a provider, and what is said to others."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds the person who was invited, or was bound before; nobody else is let in."""
        provider = _provider(sociallogin.account.provider)
        person = _person(provider, sociallogin.account.extra_data)
        if person is None:
            page = {"provider": provider}
            raise ImmediateHttpResponse(
                render(request, "socialaccount/not_invited.html", page, status=403)
            )
        sociallogin.user = person

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str = AuthError.UNKNOWN,
        exception: Exception | None = None,
        extra_context: object = None,
    ) -> None:
        """Says that it did not work, in our own words."""
        found = _provider(provider.app.provider_id)
        if exception:
            _log(found.id, exception)
            raise ImmediateHttpResponse(_did_not_work(request, found, "down"))
        cancelled = error == AuthError.CANCELLED
        why = "cancelled" if cancelled else "ended"
        raise ImmediateHttpResponse(_did_not_work(request, found, why))


def _person(provider: Provider, told: dict[str, Any]) -> Person | None:
    """Whom a provider's answer lets in.

    Args:
        provider: has answered.
        told: the claims of its ID token, which django-allauth has checked, and of its userinfo.
    """
    token, info = told.get("id_token") or {}, told.get("userinfo") or {}
    issuer, subject = token.get("iss"), token.get("sub")
    if issuer != provider.issuer or not subject or info.get("sub", subject) != subject:
        return None
    known = known_from_provider(issuer, subject)
    if known is not None:
        return known
    email = _verified_email(token if token.get("email") else info)
    if email is None:
        return None
    return accept_from_provider(provider=provider.id, email=email, issuer=issuer, subject=subject)


def _verified_email(claims: dict[str, Any]) -> str | None:
    """The address that a provider has verified, by the standard's claim or by Microsoft's own."""
    verified = claims.get("email_verified") is True or claims.get("xms_edov") in (True, "1", "true")
    email = claims.get("email")
    return email if verified and isinstance(email, str) else None


def _told_when_down(view: _View) -> _View:
    """Says it in a sentence when a provider does not answer, or not as the standard has it."""

    @wraps(view)
    def told(request: HttpRequest, provider_id: str) -> HttpResponse:
        provider = _provider(provider_id)
        try:
            return view(request, provider_id)
        except (RequestException, KeyError, ValueError) as error:
            _log(provider_id, error)
            return _did_not_work(request, provider, "down")

    return told


@login_not_required
@require_POST
@_told_when_down
def sign_in_at(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leads to the provider, and from there back to the page that was asked for."""
    provider = get_adapter(request).get_provider(request, provider_id)
    answer: HttpResponse = provider.redirect(
        request, AuthProcess.LOGIN, get_next_redirect_url(request)
    )
    return answer


@login_not_required
@require_safe
@_told_when_down
def back_from(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider leads back to."""
    answer: HttpResponse = views.callback(request, provider_id)
    return answer


def _did_not_work(request: HttpRequest, provider: Provider, why: str) -> HttpResponse:
    page = {"provider": provider, "why": why}
    status = 503 if why == "down" else 400
    return render(request, "socialaccount/did_not_work.html", page, status=status)


def _provider(id: str) -> Provider:
    found = provider_of(id)
    if found is None:
        raise Http404
    return found


def _log(id: str, error: Exception) -> None:
    _LOG.warning("signing in at %s did not work: %s", id, type(error).__name__)
