"""The addresses of the pages."""

from allauth.account import views as accounts
from django.contrib.auth.decorators import login_not_required
from django.db.transaction import non_atomic_requests
from django.urls import include, path, re_path

from firstbell.web import help, looking, opening, portal, progress

# Signing in sees no district; its throttling must count also when the attempt fails.
_accounts = [
    path("sign-in/", non_atomic_requests(accounts.login), name="account_login"),
    path("sign-out/", non_atomic_requests(accounts.logout), name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        login_not_required(accounts.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
]

_district = [
    path("sync-reports/", portal.sync_reports, name="sync_reports"),
    path("sync-now/", portal.sync_now, name="sync_now"),
    path("sync-reports/<int:sync>/", portal.sync, name="sync"),
    path("sync-reports/<int:sync>/progress/", progress.progress, name="progress"),
    path("sync-reports/<int:sync>/findings/", looking.findings, name="findings"),
    path("sync-reports/<int:sync>/rows/<str:table>/<int:row>/", looking.record, name="record"),
    path("sync-reports/<int:sync>/changes/", looking.changes, name="changes"),
    path("sync-reports/<int:sync>/hold/", portal.hold, name="hold"),
    path("sync-reports/<int:sync>/all.zip", portal.all_reports, name="all_reports"),
    path("sync-reports/<int:sync>/<str:name>", portal.report, name="report"),
]

_help = [
    path("", help.start, name="help"),
    path("rules/", help.rules, name="rules"),
    path("rules/<str:code>/", help.rule, name="rule"),
]

urlpatterns = [
    path("", portal.home, name="home"),
    path("help/", include(_help)),
    path("console/districts/<slug:slug>/open/", opening.open_district, name="open_district"),
    path("", include(_accounts)),
    path("districts/<slug:slug>/", include(_district)),
]
