"""The addresses of signing in, and of what a person sets for it."""

from allauth.account import views as accounts
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as apps
from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from firstbell.web.second_factor import SetUp

_second_factor = [
    path("", factors.index, name="mfa_index"),
    path("set-up/", non_atomic_requests(SetUp.as_view()), name="mfa_activate_totp"),
    path("remove/", apps.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
]

# Signing in sees no district; its throttling must count also when the attempt fails.
urlpatterns = [
    path("sign-in/", non_atomic_requests(accounts.login), name="account_login"),
    path("sign-in/code/", non_atomic_requests(factors.authenticate), name="mfa_authenticate"),
    path("sign-out/", non_atomic_requests(accounts.logout), name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path(
        "account/confirm/",
        non_atomic_requests(accounts.reauthenticate),
        name="account_reauthenticate",
    ),
    path(
        "account/confirm/code/",
        non_atomic_requests(factors.reauthenticate),
        name="mfa_reauthenticate",
    ),
    path("account/second-factor/", include(_second_factor)),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        login_not_required(accounts.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]
