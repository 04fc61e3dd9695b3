"""A single record of an API is asked for again, and judged as the next sync would."""

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.again import check_record, queue_record
from firstbell.jobs.fetching import fetched_for
from firstbell.jobs.purge import purge
from firstbell.jobs.run import run_sync
from firstbell.oneroster.dictionary import Version
from firstbell.sources.kind import settings_from, values_of
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.store.models import District, RecordCheck, RecordOutcome, Sync, Trigger, User
from firstbell.store.record_checks import TooOften
from firstbell.store.secret_key import use_kept_key
from firstbell.store.sources import source_set
from firstbell.store.syncs import sync_create
from simulator import Roster, Simulator, When, faults, simulated
from simulator.faults import ALWAYS

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
#: An id as some SIS make them, which would be another path if it were not encoded.
_ODD = "a/b c%2Fd?e&é"
_ODD_ONE = {"sourcedId": _ODD, "username": "odd"}
_ALWAYS = When(times=ALWAYS)


@pytest.fixture
def district(store: str, monkeypatch: pytest.MonkeyPatch) -> District:
    monkeypatch.setattr(settings, "SECRET_KEY", "")
    return District.objects.create(
        slug="north", name="North", timezone="America/New_York", onboard_all=True
    )


def _roster(version: Version, folder: Path) -> Roster:
    """A district in which a teacher, whose id is odd, has no email."""
    generate(Generated(1, 40, 0.0, 3, version), folder)
    roster = Roster.read(folder)
    return roster.put("users", {**_teacher(roster), **_ODD_ONE, "email": ""})


def _teacher(roster: Roster) -> dict[str, object]:
    return next(
        one
        for one in roster.objects("users")
        if "teacher" in str(one.get("roles", one.get("role")))
    )


def _source(server: Simulator, **more: str) -> None:
    values = {"address": server.base, "key": server.account.key, **more}
    values["version"] = server.roster.version
    if server.roster.version is Version.V1_2:
        values |= {"method": "oauth2", "token_url": server.token_url, "scope": _SCOPE}
    use_kept_key()
    source_set(
        district="north",
        kind=CLASSLINK.name,
        settings=values_of(settings_from(CLASSLINK, values)),
        secret=server.account.secret,
        who="Dana",
    )


def _synced(district: District, server: Simulator) -> Sync:
    _source(server)
    sync = sync_create(district=district, trigger=Trigger.NIGHTLY)
    run_sync(sync, fetched_for(sync))
    sync.refresh_from_db()
    return sync


def _queued(sync: Sync, sourced_id: str, table: str = "users") -> RecordCheck:
    return queue_record(
        district=sync.district_id,
        sync=sync.pk,
        table=table,
        sourced_id=sourced_id,
        source="classlink",
        who="Alice",
    )


def _checked(sync: Sync, sourced_id: str = _ODD, table: str = "users") -> RecordCheck:
    RecordCheck.objects.all().delete()  # or the answer would be the last one
    check = _queued(sync, sourced_id, table)
    check_record(check_id=check.pk)
    check.refresh_from_db()
    return check


def _came_to(sync: Sync, server: Simulator, **changed: object) -> tuple[str | None, list[str]]:
    """The outcome and the codes of the odd teacher, who is changed in the source."""
    record = next(one for one in server.roster.objects("users") if one["sourcedId"] == _ODD)
    server.become(server.roster.put("users", {**record, **changed}))
    check = _checked(sync)
    return check.outcome, [one["code"] for one in check.said]


@pytest.mark.parametrize("version", Version)
def test_a_record_is_judged_as_the_next_sync_would_and_nothing_is_applied(
    version: Version, district: District, tmp_path: Path
) -> None:
    with simulated(_roster(version, tmp_path / "delivery")) as server:
        sync = _synced(district, server)
        before = _all_kept(tmp_path)
        asked = len(server.requests("users"))
        assert _came_to(sync, server) == ("failed", ["users.email_required"])
        assert len(server.requests("users")) == asked + 1
        assert _came_to(sync, server, email="odd@maple.example") == ("accepted", [])
        shared = {"username": _teacher(server.roster)["username"]}
        assert _came_to(sync, server, **shared) == ("accepted", ["users.username_shared"])
        assert _came_to(sync, server, email="odd@", enabledUser=False) == ("skipped", [])
        assert "1 user is not enabled" in RecordCheck.objects.get().reason
        assert _came_to(sync, server, status="tobedeleted") == ("removed", [])
        if version is Version.V1_2:
            none = {"status": "active", "enabledUser": True, "roles": []}
            assert _came_to(sync, server, **none)[0] == "failed"
        server.become(server.roster.without("users", _ODD))
        assert _checked(sync).outcome == RecordOutcome.GONE
        assert _all_kept(tmp_path) == before
        assert not User.objects.filter(sourced_id=_ODD).exists()


def test_a_parent_or_a_teacher_that_was_mended_counts(district: District, tmp_path: Path) -> None:
    whole = _roster(Version.V1_2, tmp_path / "delivery")
    of_teacher = next(one for one in whole.objects("enrollments") if one["role"] == "teacher")
    of_student = next(one for one in whole.objects("enrollments") if one["role"] == "student")
    class_, student = _named(of_teacher, "class"), _named(of_student, "user")
    enrollment = str(of_student["sourcedId"])
    roster = whole
    for one in whole.objects("enrollments"):
        if one["role"] == "teacher" and one["class"] == of_teacher["class"]:
            roster = roster.without("enrollments", str(one["sourcedId"]))
    with simulated(roster.without("users", student)) as server:
        sync = _synced(district, server)
        assert _checked(sync, class_, "classes").outcome == RecordOutcome.FAILED
        assert _checked(sync, enrollment, "enrollments").outcome == RecordOutcome.FAILED
        server.become(whole)
        assert _checked(sync, class_, "classes").outcome == RecordOutcome.ACCEPTED
        assert _checked(sync, enrollment, "enrollments").outcome == RecordOutcome.ACCEPTED


def _named(record: dict[str, object], parent: str) -> str:
    return cast("dict[str, str]", record[parent])["sourcedId"]


def _all_kept(folder: Path) -> dict[str, bytes]:
    syncs = (folder / "storage" / "districts").rglob("syncs/**/*")
    return {str(file): file.read_bytes() for file in syncs if file.is_file()}


def test_an_api_that_does_not_answer_is_told_within_seconds(
    district: District, tmp_path: Path
) -> None:
    with simulated(_roster(Version.V1_1, tmp_path / "delivery")) as server:
        sync = _synced(district, server)
        for fault, tries, said in (
            (faults.Refused(503, when=_ALWAYS), 3, "ClassLink answered 503 when asked for users"),
            (faults.Refused(429, 60, when=_ALWAYS), 1, "ClassLink answered 429 when asked"),
            (faults.Refused(401, when=_ALWAYS), 1, "ClassLink answered 401: the key"),
            (faults.Refused(404, when=_ALWAYS), 2, "there are no users at this address"),
            (faults.Html(when=_ALWAYS), 1, "ClassLink answered with something that is not users"),
            (faults.Truncated(when=_ALWAYS), 1, "something that is not users"),
        ):
            server.faults[:], asked = [fault], len(server.log)
            check = _checked(sync)
            assert (check.outcome, len(server.log) - asked) == (RecordOutcome.UNKNOWN, tries), fault
            assert said in check.reason
            assert _ODD not in check.reason + check.solution
            assert check.solution
        server.faults.clear()
        _source(server, key="another")
        assert "read from another source" in _checked(sync).reason


def test_an_api_is_not_asked_the_same_twice_nor_for_too_much(
    north: District, delivery: Path
) -> None:
    sync = sync_create(district=north, trigger=Trigger.NIGHTLY, delivery=delivery)
    first = _queued(sync, "T1")
    assert _queued(sync, "T1").pk == first.pk
    assert ProcrastinateJob.objects.filter(task_name="check_record").count() == 1
    with pytest.raises(TooOften):
        for number in range(50):
            _queued(sync, f"S{number}")
    assert RecordCheck.objects.count() == 20


def test_what_was_asked_is_forgotten_with_the_findings(north: District, delivery: Path) -> None:
    sync = sync_create(district=north, trigger=Trigger.NIGHTLY, delivery=delivery)
    _queued(sync, "T1")
    now = timezone.now()
    purge(now)
    assert RecordCheck.objects.exists()
    purge(now + timedelta(days=settings.FIRSTBELL_KEEP_FINDINGS + 1))
    assert not RecordCheck.objects.exists()
