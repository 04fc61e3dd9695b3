"""The addresses of the pages."""

from django.urls import include, path

from firstbell.web import (
    account_urls,
    again,
    console,
    help,
    looking,
    new_district,
    opening,
    people,
    portal,
    progress,
    schedule,
    schools,
    source,
    upload,
)

_district = [
    path("sync-reports/", portal.sync_reports, name="sync_reports"),
    path("schools/", schools.schools, name="schools"),
    path("schools/decide/", schools.decide_schools, name="decide_schools"),
    path("schools/ask/", schools.ask_for_school, name="ask_for_school"),
    path("people/", people.people, name="people"),
    path("sync-now/", portal.sync_now, name="sync_now"),
    path("sync-reports/<int:sync>/", portal.sync, name="sync"),
    path("sync-reports/<int:sync>/progress/", progress.progress, name="progress"),
    path("sync-reports/<int:sync>/findings/", looking.findings, name="findings"),
    path("sync-reports/<int:sync>/rows/<str:table>/<int:row>/", looking.record, name="record"),
    path("sync-reports/<int:sync>/changes/", looking.changes, name="changes"),
    path("sync-reports/<int:sync>/hold/", portal.hold, name="hold"),
    path("sync-reports/<int:sync>/all.zip", portal.all_reports, name="all_reports"),
    path("record-checks/ask/", again.check_record, name="check_record"),
    path("record-checks/<int:asked>/", again.record_check, name="record_check"),
    path("source/", source.source, name="source"),
    path("source/preview/", source.source_preview, name="source_preview"),
    path("source/check/", source.check_tested, name="check_tested"),
    path("settings/", schedule.settings, name="settings"),
    path("sync-reports/<int:sync>/<str:name>", portal.report, name="report"),
    path("upload/", upload.upload, name="upload"),
    path("upload/check-source/", upload.check_source, name="check_source"),
    path("upload/checks/", upload.checks, name="checks"),
    path("upload/checks/<int:check>/", upload.check, name="check"),
    path("upload/checks/<int:check>/findings/", looking.check_findings, name="check_findings"),
    path("upload/checks/<int:check>/sync/", upload.sync_checked, name="sync_checked"),
    path("upload/checks/<int:check>/all.zip", upload.check_reports, name="check_reports"),
    path("upload/checks/<int:check>/<str:name>", upload.check_report, name="check_report"),
]

_help = [
    path("", help.start, name="help"),
    path("rules/", help.rules, name="rules"),
    path("rules/<str:code>/", help.rule, name="rule"),
]

urlpatterns = [
    path("", portal.home, name="home"),
    path("console/districts/", console.districts, name="console"),
    path("console/requests/", schools.requests, name="requests"),
    path("console/people/", people.specialists_page, name="specialists"),
    path("console/districts/new/", new_district.new_district, name="new_district"),
    path("help/", include(_help)),
    path("console/districts/<slug:slug>/open/", opening.open_district, name="open_district"),
    path("", include(account_urls)),
    path("districts/<slug:slug>/", include(_district)),
]
