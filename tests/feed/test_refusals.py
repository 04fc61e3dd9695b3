"""Every way in which a sync ends as `Failed`: one plain sentence that names the file and column."""

import errno
import pickle
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from firstbell.engine.policy import Policy
from firstbell.feed.package import Limits
from firstbell.feed.refusal import Reason, Refused, cannot_read
from firstbell.oneroster.dictionary import Version
from firstbell.reports.check import checked
from firstbell.rules.example import AS_OF, Example, files_of
from tests.feed.later import Feeds

FILES = files_of(Example())
FILES_1_2 = files_of(Example(version=Version.V1_2))
_SECRET = b"Zyzzyva-4711"


def check(path: Path, limits: Limits | None = None) -> None:
    with checked(path, Policy(AS_OF), limits):
        pass


def refused(path: Path, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        check(path, limits)
    return caught.value


def deliver(folder: Path, files: Mapping[str, bytes]) -> Path:
    path = folder / "district"
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path


def zipped(folder: Path, files: Mapping[str, bytes], flags: int = 0) -> Path:
    path = folder / "district.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    whole = bytearray(path.read_bytes())
    whole[whole.find(b"PK\x01\x02") + 8] |= flags
    path.write_bytes(whole)
    return path


def with_file(name: str, content: bytes, files: Mapping[str, bytes] = FILES) -> dict[str, bytes]:
    return {**files, name: content}


def without_column(name: str, column: str, files: Mapping[str, bytes] = FILES) -> dict[str, bytes]:
    """A delivery whose file calls a column something else."""
    header, rest = files[name].split(b"\n", 1)
    cells = [cell.replace(column.encode(), b"x") for cell in header.split(b",")]
    assert b",".join(cells) != header
    return {**files, name: b",".join(cells) + b"\n" + rest}


def with_column_twice(name: str, column: str) -> dict[str, bytes]:
    header, rest = FILES[name].split(b"\n", 1)
    return {**FILES, name: header + b"," + column.upper().encode() + b"\n" + rest}


def manifest(*lines: str) -> bytes:
    return "\n".join(("propertyName,value", *lines)).encode()


def header_only(name: str, files: Mapping[str, bytes] = FILES) -> dict[str, bytes]:
    return {**files, name: files[name].split(b"\n")[0] + b"\n\n,,\n"}


def two_folders(folder: Path) -> Path:
    for name in ("a", "b"):
        (folder / "district" / name).mkdir(parents=True)
        (folder / "district" / name / "users.csv").write_bytes(_SECRET)
    return folder / "district"


def no_delivery(folder: Path) -> Path:
    path = folder / "users.csv"
    path.write_bytes(FILES["users.csv"])
    return path


def damaged(folder: Path) -> Path:
    path = folder / "district.zip"
    path.write_bytes(b"PK\x03\x04" + _SECRET)
    return path


Make = Callable[[Path], Path]


def folder_of(files: Mapping[str, bytes]) -> Make:
    return lambda folder: deliver(folder, files)


def zip_of(files: Mapping[str, bytes], flags: int = 0) -> Make:
    return lambda folder: zipped(folder, files, flags)


#: What is delivered, why that is refused, and the sentence; {path} is what was handed over.
CASES: list[tuple[str, Reason, Make, str]] = [
    ("no path", Reason.PATH_MISSING, lambda folder: folder / "nowhere", "nowhere is not there"),
    (
        *("a lone csv file", Reason.NOT_A_DELIVERY, no_delivery),
        "users.csv is neither a folder nor a zip archive",
    ),
    (
        *("no csv file", Reason.NO_FILES, folder_of({"readme.txt": b"x"})),
        "district holds no OneRoster file: orgs.csv, users.csv, classes.csv and enrollments.csv "
        "are needed",
    ),
    (
        *("two spellings", Reason.TWICE_DELIVERED, zip_of(with_file("USERS.csv", _SECRET))),
        "users.csv is there more than once",
    ),
    (
        *("two folders", Reason.TWO_FOLDERS, two_folders),
        "district holds OneRoster files in more than one folder",
    ),
    (
        *("damaged zip", Reason.ARCHIVE_DAMAGED, damaged),
        "the archive district.zip is damaged and cannot be unpacked",
    ),
    (
        *("encrypted zip", Reason.ARCHIVE_ENCRYPTED, zip_of(FILES, flags=1)),
        "the archive district.zip is encrypted",
    ),
    (
        *("escaping zip", Reason.ARCHIVE_ESCAPES, zip_of({**FILES, "../users.csv": b""})),
        "the archive district.zip names a file outside its own folder",
    ),
    (
        *("zip bomb", Reason.ARCHIVE_TOO_LARGE, zip_of(with_file("users.csv", b"a" * 5_000_000))),
        "the archive district.zip unpacks to more than the limit of 200 times its own size",
    ),
    (
        *("unknown version", Reason.VERSION_UNKNOWN),
        folder_of(with_file("manifest.csv", manifest("oneroster.version,2.0"))),
        "manifest.csv names the OneRoster version “2.0”, which is not 1.0, 1.1 or 1.2",
    ),
    (
        *("promised file", Reason.FILE_PROMISED),
        folder_of(
            {name: content for name, content in FILES.items() if name != "courses.csv"}
            | {"manifest.csv": manifest("file.courses,bulk")}
        ),
        "manifest.csv promises courses.csv, but the file is not there",
    ),
    (
        *("promised changes", Reason.FILE_PROMISED),
        folder_of(
            {name: content for name, content in FILES.items() if name != "users.csv"}
            | {"manifest.csv": manifest("file.users,delta")}
        ),
        "manifest.csv promises users.csv, but the file is not there",
    ),
    (
        *("changes first", Reason.DELTA_FIRST),
        folder_of(with_file("manifest.csv", manifest("File.USERS,Delta"))),
        "users.csv holds changes only (delta), and there is no full export before it",
    ),
    *(
        (
            *(f"no {file}", Reason.FILE_MISSING),
            folder_of({name: content for name, content in FILES.items() if name != file}),
            f"{file} is missing",
        )
        for file in ("orgs.csv", "users.csv", "classes.csv", "enrollments.csv")
    ),
    (
        *("no roles.csv", Reason.FILE_MISSING),
        folder_of(with_file("manifest.csv", manifest("oneroster.version,1.2"))),
        "roles.csv is missing",
    ),
    *(
        (
            *(f"no {column} in {file}", Reason.COLUMN_MISSING),
            folder_of(without_column(file, column)),
            f"{file} has no column {column}",
        )
        for file, column in [
            *(("orgs.csv", "sourcedId"), ("orgs.csv", "name"), ("users.csv", "enabledUser")),
            *(("users.csv", "orgSourcedIds"), ("classes.csv", "schoolSourcedId")),
            *(("enrollments.csv", "role"), ("enrollments.csv", "userSourcedId")),
        ]
    ),
    (
        *("no roleType in roles.csv", Reason.COLUMN_MISSING),
        folder_of(without_column("roles.csv", "roleType", FILES_1_2)),
        "roles.csv has no column roleType",
    ),
    (
        *("column twice", Reason.COLUMN_TWICE),
        folder_of(with_column_twice("enrollments.csv", "endDate")),
        "enrollments.csv has the column endDate twice",
    ),
    (
        *("header in trouble", Reason.HEADER_UNREADABLE),
        folder_of(with_file("classes.csv", b'"sourcedId,' + _SECRET)),
        "classes.csv has a header row that cannot be read",
    ),
    *(
        (
            *(f"no rows in {file}", Reason.NO_ROWS),
            folder_of(header_only(file, files)),
            f"{file} has no rows",
        )
        for file, files in [
            *(("orgs.csv", FILES), ("users.csv", FILES), ("roles.csv", FILES_1_2)),
        ]
    ),
    (
        *("too many columns", Reason.TOO_MANY_COLUMNS),
        folder_of(
            with_file(
                "users.csv", FILES["users.csv"].replace(b"\n", b"," * 983 + b"Zyzzyva-4711\n", 1)
            )
        ),
        "users.csv has 1,001 columns, more than the limit of 1,000",
    ),
    (
        *("long line", Reason.LINE_TOO_LONG),
        folder_of(with_file("users.csv", FILES["users.csv"] + _SECRET * 3_000_000)),
        "users.csv has a line of more than 32 MiB",
    ),
]

every_case = pytest.mark.parametrize(
    ("reason", "make", "sentence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)

#: Reasons for which a first delivery, or one on every machine, cannot be made, and the test that
#: raises them.
ELSEWHERE = {
    Reason.LAST_FEED_LOST: "test_changes_of_a_damaged_last_feed_are_refused",
    Reason.DELTA_AFTER_LOST: "test_changes_after_lost_ones_are_refused",
    Reason.FILE_UNREADABLE: "test_a_path_that_cannot_be_is_refused_in_words",
    Reason.DISK_FULL: "test_a_full_disk_is_told_as_such",
}


def test_every_reason_is_raised_by_a_case() -> None:
    raised = {case[1] for case in CASES} | set(ELSEWHERE)
    of_files = {reason for reason in Reason if not reason.name.startswith("API_")}
    assert raised == of_files, "add a case for the new reason, or delete the reason"
    assert set(ELSEWHERE.values()) <= set(globals())


@every_case
def test_it_is_refused_in_one_sentence(
    reason: Reason, make: Make, sentence: str, tmp_path: Path
) -> None:
    path = make(tmp_path)
    error = refused(path)
    assert error.reason is reason
    assert str(error) == sentence.format(path=path)


@every_case
def test_nothing_of_a_cell_is_told(
    reason: Reason, make: Make, sentence: str, tmp_path: Path
) -> None:
    error = refused(make(tmp_path))
    for said in (str(error), error.solution):
        assert _SECRET.decode() not in said
        assert "Lincoln" not in said


@pytest.mark.parametrize("reason", Reason)
def test_it_is_one_plain_sentence_and_something_to_do(reason: Reason) -> None:
    for text in (reason.sentence, reason.solution):
        assert text == text.strip()
        assert "  " not in text
        assert "\n" not in text
    assert not reason.sentence.endswith("."), "whoever shows it puts the full stop"
    assert ". " not in reason.sentence
    assert reason.solution.endswith(".")
    named = set(re.findall(r"\{(\w+)\}", reason.sentence))
    assert set(re.findall(r"\{(\w+)\}", reason.solution)) <= named


@every_case
def test_the_sentence_names_the_file_with_its_ending(
    reason: Reason, make: Make, sentence: str, tmp_path: Path
) -> None:
    said = str(refused(make(tmp_path)))
    if "{file}" in reason.sentence or reason.sentence.startswith("manifest"):
        assert re.search(r"\b\w+\.csv\b", said)
    if "{column}" in reason.sentence:
        assert re.search(r"\bcolumn (\w+)", said)


def test_changes_after_lost_ones_are_refused(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(FILES)
    changes = with_file("manifest.csv", manifest("file.users,delta"))
    feeds.refused(with_file("users.csv", _SECRET, changes))
    error = feeds.refused(changes)
    assert error.reason is Reason.DELTA_AFTER_LOST
    sentence = (
        "users.csv holds changes only (delta), but a change file was lost; send a full export"
    )
    assert str(error) == sentence


@pytest.mark.parametrize("file", ["feed.json", "notes.parquet", "users.parquet"])
@pytest.mark.parametrize("damage", [0.0, 0.5, 0.9, None], ids=["empty", "half", "most", "gone"])
def test_changes_of_a_damaged_last_feed_are_refused(
    tmp_path: Path, file: str, damage: float | None
) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(FILES)
    assert feeds.last is not None
    kept = feeds.last.folder / file
    if damage is None:
        kept.unlink()
    else:
        kept.write_bytes(kept.read_bytes()[: int(damage * kept.stat().st_size)])
    error = feeds.refused(with_file("manifest.csv", manifest("file.users,delta")))
    assert error.reason is Reason.LAST_FEED_LOST
    feeds.take(FILES)  # a full export does without it
    feeds.take(with_file("manifest.csv", manifest("file.enrollments,delta")))


def test_changes_of_a_last_feed_damaged_in_the_middle_are_refused(tmp_path: Path) -> None:
    feeds = Feeds(tmp_path)
    feeds.take(FILES)
    assert feeds.last is not None
    kept = feeds.last.folder / "users.parquet"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:4] + bytes(len(whole) - 8) + whole[-4:])
    error = feeds.refused(with_file("manifest.csv", manifest("file.users,delta")))
    assert error.reason is Reason.LAST_FEED_LOST


def test_a_refusal_gets_from_one_process_to_another_whole() -> None:
    refused = Refused(Reason.COLUMN_MISSING, file="users.csv", column="role")
    received = pickle.loads(pickle.dumps(refused))  # noqa: S301 - our own bytes
    assert (str(received), received.solution) == (str(refused), refused.solution)
    assert received.reason is refused.reason


def test_a_path_that_cannot_be_is_refused_in_words() -> None:
    error = refused(Path("x" * 5000))
    assert error.reason is Reason.FILE_UNREADABLE
    assert str(error).endswith(" cannot be opened: File name too long")


@pytest.mark.parametrize("file", ["users.csv", "manifest.csv"])
def test_a_file_that_the_system_does_not_let_us_read_is_refused_in_words(
    file: str, tmp_path: Path
) -> None:
    memory = Path("/proc/self/mem")
    path = deliver(tmp_path, FILES)
    (path / file).unlink(missing_ok=True)
    (path / file).symlink_to(memory)
    error = refused(path)
    assert error.reason is Reason.FILE_UNREADABLE
    assert str(error).endswith(" cannot be opened: Input/output error")


def test_a_full_disk_is_told_as_such() -> None:
    error = cannot_read("users.csv", OSError(errno.ENOSPC, "No space left on device"))
    assert error.reason is Reason.DISK_FULL
    assert str(error) == "there is not enough room on the disk to read the delivery"
