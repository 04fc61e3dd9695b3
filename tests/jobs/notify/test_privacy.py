"""No mail names a person, an id, or anything else that stands in a record."""

import csv
import re
from itertools import count
from pathlib import Path
from shutil import copytree
from zipfile import ZipFile

import pytest
from django.db import connection

from firstbell.generate import District as Generated
from firstbell.generate import generate
from firstbell.jobs.matter import matter_of
from firstbell.jobs.notify import tell
from firstbell.jobs.tasks import queue_sync, run_queued
from firstbell.oneroster.dictionary import Version
from firstbell.store.models import About, District, MailChoice, News, Sync, SyncStatus, Trigger
from tests.jobs.notify.conftest import BOTH, chooses
from tests.jobs.notify.post_office import PostOffice, text_of

_PERSONAL = (
    *("givenName", "familyName", "middleName", "phone", "sms", "identifier", "username"),
    *("userIds", "name", "title", "preferredGivenName", "preferredMiddleName"),
    *("preferredFamilyName", "courseCode", "classCode", "location"),
)
_NUMBERS = count(100_000)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A delivery with a secret in each id and each personal cell."""
    folder = tmp_path / "zq" / "delivery"
    generate(Generated(1, 40, errors=0, seed=3, version=Version.V1_1), folder)
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        if path.name != "manifest.csv":
            for row in rows[1:]:
                for place, column in enumerate(rows[0][: len(row)]):
                    row[place] = _hidden(column, row[place])
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


def _hidden(column: str, cell: str) -> str:
    if column.lower().endswith(("sourcedid", "sourcedids")):
        return ",".join(f"zq{item}" for item in cell.split(",") if item)
    if column == "email" and "@" in cell:
        return f"zq{next(_NUMBERS)}@zq.example"
    return f"zq{next(_NUMBERS)}zq" if column in _PERSONAL else cell


def _synced(district: District, delivery: Path) -> Sync:
    sync = queue_sync(district=district, trigger=Trigger.NOW, delivery=delivery)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    run_queued(sync_id=sync.pk)
    sync.refresh_from_db()
    for news in News.objects.filter(sync=sync):
        tell(sync.pk, About(news.about))
    return sync


def _changed(delivery: Path, file: str, old: str, new: str) -> Path:
    """A copy in which something stands in place of something else."""
    changed = copytree(delivery, delivery.with_name(f"{next(_NUMBERS)}"))
    text = (changed / file).read_text(encoding="utf-8")
    assert old in text
    (changed / file).write_text(text.replace(old, new), encoding="utf-8")
    return changed


@pytest.mark.slow
def test_no_mail_says_what_stands_in_a_record(
    maple: District, opened: PostOffice, secret: Path
) -> None:
    chooses(MailChoice.EVERY, *BOTH)
    assert _synced(maple, secret).status == SyncStatus.COMPLETED
    assert len(opened.mails) == 2
    reasons = [
        _synced(maple, delivery).reason or ""
        for delivery in (
            secret.with_name("gone"),
            _without(secret, "classes.csv"),
            _changed(secret, "users.csv", "sourcedId", "zqId"),
            _changed(secret, "users.csv", "familyName", "givenName"),
            _zipped(secret),
            _renamed(secret),
        )
    ]
    reasons.append(_refused_by_the_database(maple, secret))
    assert _synced(maple, _shortened(secret)).held
    for spoilt in (_without_parents, _without_emails, _not_onboarded):
        sync = _synced(maple, spoilt(secret))
        assert sync.status == SyncStatus.WITH_ERRORS
        assert sync.causes
    assert len(opened.mails) == 2 * (len(reasons) + 5)
    assert len({text_of(mail) for mail in opened.mails}) == len(reasons) + 5
    said = "".join(text_of(mail) for mail in opened.mails)
    for title in (
        "User is not in the data (new)",
        "has no email address (new)",
        "School is not onboarded (new)",
    ):
        assert title in said
    for mail in opened.mails:
        said = f"{dict(mail)} {text_of(mail)}"
        assert "zq" not in said, said


def _without_parents(delivery: Path) -> Path:
    """Enrollments name users who are not there, each by an id."""
    less = copytree(delivery, delivery.with_name(f"{next(_NUMBERS)}"))
    lines = (less / "users.csv").read_text(encoding="utf-8").splitlines(True)
    (less / "users.csv").write_text("".join(lines[:-2]), encoding="utf-8")
    return less


def _without_emails(delivery: Path) -> Path:
    """No teacher has one."""
    less = copytree(delivery, delivery.with_name(f"{next(_NUMBERS)}"))
    text = (less / "users.csv").read_text(encoding="utf-8")
    (less / "users.csv").write_text(re.sub(r"zq\d+@zq\.example", "", text), encoding="utf-8")
    return less


def _not_onboarded(delivery: Path) -> Path:
    """The school is not onboarded any more."""
    District.objects.update(onboard_all=False)
    return delivery


def _without(delivery: Path, file: str) -> Path:
    less = copytree(delivery, delivery.with_name(f"{next(_NUMBERS)}"))
    (less / file).unlink()
    return less


def _zipped(delivery: Path) -> Path:
    """An archive that is cut off."""
    path = delivery.with_name("delivery.zip")
    with ZipFile(path, "w") as archive:
        for file in delivery.iterdir():
            archive.write(file, file.name)
    path.write_bytes(path.read_bytes()[:-100])
    return path


def _renamed(delivery: Path) -> Path:
    """All users have other ids: the guard refuses that."""
    users = copytree(delivery, delivery.with_name(f"{next(_NUMBERS)}"))
    for path in users.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("zq", "zqq"), encoding="utf-8")
    return users


def _shortened(delivery: Path) -> Path:
    less = copytree(delivery, delivery.with_name(f"{next(_NUMBERS)}"))
    lines = (less / "enrollments.csv").read_text(encoding="utf-8").splitlines(True)
    (less / "enrollments.csv").write_text("".join(lines[: len(lines) * 2 // 3]), encoding="utf-8")
    return less


def _refused_by_the_database(district: District, delivery: Path) -> str:
    """The database refuses a row, and tells what is in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE users ADD CONSTRAINT small CHECK (length(given_name) < 5) NOT VALID"
        )
        users = (delivery / "users.csv").read_text(encoding="utf-8")
        name = users[users.rindex("zq1") :][:7]  # and with it those of some others
        sync = _synced(district, _changed(delivery, "users.csv", name, f"zq2{name[3:]}"))
        cursor.execute("ALTER TABLE users DROP CONSTRAINT small")
    assert sync.reason == "something went wrong on our side (IntegrityError)"
    return sync.reason


def test_how_an_uploaded_archive_is_called_is_in_no_mail(maple: District) -> None:
    sync = Sync.objects.create(
        district=maple,
        trigger=Trigger.UPLOAD,
        status=SyncStatus.FAILED,
        delivery="/srv/uploads/tmp1/Ann Smith.ZIP",
        reason="the archive Ann Smith.ZIP is encrypted",
    )
    assert matter_of(sync, About.ENDED).reason == "the archive roster.zip is encrypted"
