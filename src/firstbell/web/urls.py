"""The addresses of the pages."""

from django.urls import include, path

from firstbell.web import account_urls, opening, portal

_district = [
    path("sync-reports/", portal.sync_reports, name="sync_reports"),
    path("sync-now/", portal.sync_now, name="sync_now"),
    path("sync-reports/<int:sync>/", portal.sync, name="sync"),
    path("sync-reports/<int:sync>/findings/", portal.findings, name="findings"),
    path("sync-reports/<int:sync>/hold/", portal.hold, name="hold"),
    path("sync-reports/<int:sync>/all.zip", portal.all_reports, name="all_reports"),
    path("sync-reports/<int:sync>/<str:name>", portal.report, name="report"),
]

urlpatterns = [
    path("", portal.home, name="home"),
    path("console/districts/<slug:slug>/open/", opening.open_district, name="open_district"),
    path("", include(account_urls)),
    path("districts/<slug:slug>/", include(_district)),
]
