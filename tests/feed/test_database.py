"""The database of a sync is closed to the world, bounded, and leaves nothing behind."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from firstbell.engine.policy import Policy
from firstbell.engine.result import SyncResult
from firstbell.feed.database import count, open_database, quoted, text
from firstbell.feed.package import Limits
from firstbell.feed.refusal import Refused
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from firstbell.reports.check import checked
from firstbell.rules.example import AS_OF, Example, files_of


@pytest.fixture
def work(tmp_path: Path) -> Path:
    path = tmp_path / "O'Neill's work"
    path.mkdir()
    return path


@pytest.fixture
def database(work: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(open_database(work, Limits())) as opened:
        yield opened


def test_files_of_its_own_folder_can_be_read(
    database: duckdb.DuckDBPyConnection, work: Path
) -> None:
    (work / "a.csv").write_text("1\n2\n")
    found = f"SELECT count(*) FROM read_csv({text(str(work / 'a.csv'))}, header = false)"
    assert count(database, found) == 2


def test_files_of_other_folders_named_can_be_read(work: Path, tmp_path: Path) -> None:
    last, other = tmp_path / "last", tmp_path / "other"
    for folder in (last, other):
        folder.mkdir()
        (folder / "a.csv").write_text("1\n2\n")
    found = "SELECT count(*) FROM read_csv({}, header = false)"
    with closing(open_database(work, Limits(), last)) as opened:
        assert count(opened, found.format(text(str(last / "a.csv")))) == 2
        with pytest.raises(duckdb.PermissionException, match="disabled"):
            opened.execute(found.format(text(str(other / "a.csv"))))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv({secret}, header = false)",
        "SELECT * FROM read_text({secret})",
        "SELECT * FROM read_blob({secret})",
        "SELECT * FROM {secret}",
        "SELECT * FROM glob({folder})",
        "CREATE TABLE t AS SELECT 1 AS a; COPY t TO {new}",
        "CREATE TABLE t (a VARCHAR); COPY t FROM {secret}",
        "ATTACH {new} AS other",
        "EXPORT DATABASE {new}",
        "SELECT * FROM read_csv({up}, header = false)",
    ],
)
def test_no_other_file_can_be_read_or_written(
    statement: str, database: duckdb.DuckDBPyConnection, work: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    new = tmp_path / "new"
    names = {
        "secret": text(str(secret)),
        "folder": text(str(tmp_path / "*")),
        "new": text(str(new)),
        "up": text(f"{work}/../secret.csv"),
    }
    with pytest.raises(duckdb.PermissionException, match="disabled"):
        database.execute(statement.format(**names)).fetchall()
    assert not new.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET memory_limit = '100GB'",
        "SET autoload_known_extensions = true",
        "SET lock_configuration = false",
        "RESET memory_limit",
        "PRAGMA temp_directory = '/'",
    ],
)
def test_settings_are_locked(statement: str, database: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match=r"locked|cannot be|Cannot"):
        database.execute(statement)


def test_extensions_neither_install_nor_load_by_themselves(
    database: duckdb.DuckDBPyConnection,
) -> None:
    for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
        found = database.execute("SELECT current_setting(?)", [name]).fetchone()
        assert found == (False,)
    for statement in (
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('https://x.example/a')",
    ):
        with pytest.raises(duckdb.Error):
            database.execute(statement)


def test_it_is_in_memory_and_within_its_limit(database: duckdb.DuckDBPyConnection) -> None:
    assert database.execute(
        "SELECT path FROM duckdb_databases() WHERE NOT internal"
    ).fetchall() == [(None,)]
    assert database.execute("SELECT current_setting('memory_limit')").fetchone() == ("953.6 MiB",)


@pytest.mark.parametrize("value", ["a", 'a"b', "a'b", "a b", "", "ä;--", '"', "'"])
def test_names_and_texts_are_quoted(value: str) -> None:
    with duckdb.connect() as database:
        assert database.execute(f"SELECT {text(value)}").fetchone() == (value,)
        if value:
            found = database.execute(f"SELECT 1 AS {quoted(value)}")
            assert [column[0] for column in found.description or ()] == [value]


@pytest.fixture
def empty_temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for what is temporary."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _delivery(folder: Path, **files: bytes) -> Path:
    path = folder / "delivery"
    path.mkdir()
    for name, content in {**files_of(Example()), **files}.items():
        (path / name).write_bytes(content)
    return path


_BLEMISHED = files_of(Example())["users.csv"] + b'"odd\nrow\n'


def test_the_temporary_folder_is_gone_afterwards(empty_temp: Path, tmp_path: Path) -> None:
    path = _delivery(tmp_path, **{"users.csv": _BLEMISHED})
    with checked(path, Policy(AS_OF)):
        assert len(list(empty_temp.iterdir())) == 1
    assert list(empty_temp.iterdir()) == []


def test_the_temporary_folder_is_gone_after_a_refusal(empty_temp: Path, tmp_path: Path) -> None:
    path = _delivery(tmp_path, **{"users.csv": _BLEMISHED, "enrollments.csv": b"sourcedId\nE1\n"})
    with pytest.raises(Refused), checked(path, Policy(AS_OF)):
        pass
    assert list(empty_temp.iterdir()) == []


def test_the_temporary_folder_is_gone_after_a_crash(empty_temp: Path, tmp_path: Path) -> None:
    """Half-way through the check, and after it."""
    path = _delivery(tmp_path, **{"users.csv": _BLEMISHED})

    def crash(step: str) -> None:
        if step == "Checking records":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), checked(path, Policy(AS_OF), step=crash):
        pass
    assert list(empty_temp.iterdir()) == []
    with pytest.raises(ZeroDivisionError), checked(path, Policy(AS_OF)):
        raise ZeroDivisionError
    assert list(empty_temp.iterdir()) == []


def test_the_temporary_folder_is_gone_when_memory_is_too_small(
    empty_temp: Path, tmp_path: Path
) -> None:
    with (
        pytest.raises(duckdb.OutOfMemoryException),
        checked(_delivery(tmp_path), Policy(AS_OF), Limits(memory="1MB")),
    ):
        pass
    assert list(empty_temp.iterdir()) == []


def _sums(result: SyncResult) -> tuple[object, ...]:
    """Counts, findings by rule and cause, and outcomes, to compare two syncs by."""
    findings = result.database.execute(
        "SELECT code, severity, count(*), count(cause), sum(row), min(cause), max(cause)"
        " FROM findings GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    judged = result.database.execute(
        "SELECT tab, outcome, code, count(*), sum(row) FROM judged GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    return (dict(result.counts), findings, judged, result.said)


@pytest.mark.slow
def test_little_memory_spills_and_gives_the_same(empty_temp: Path, tmp_path: Path) -> None:
    """The least that works depends on the number of processors."""
    district = District(schools=80, students=48_000, errors=0.03, seed=11, version=Version.V1_1)
    generate(district, tmp_path / "district")
    with checked(tmp_path / "district", Policy(AS_OF)) as result:
        with_plenty = _sums(result)
        assert result.counts["enrollments"].read > 300_000
    with_little, spilled = _with_least_memory(tmp_path / "district", empty_temp)
    assert spilled
    assert with_little == with_plenty
    assert list(empty_temp.iterdir()) == []


def _with_least_memory(district: Path, temp: Path) -> tuple[tuple[object, ...], bool]:
    """What comes of a check with as little memory as works, and whether it spilled to disk."""
    for megabytes in (80, 100, 120, 160, 240):
        try:
            with checked(district, Policy(AS_OF), Limits(memory=f"{megabytes}MB")) as result:
                return _sums(result), any(temp.rglob("spill/*"))
        except duckdb.OutOfMemoryException:
            continue
    pytest.fail("240 MB are too little")
