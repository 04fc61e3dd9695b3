"""`firstbell migrate`, `district` and `school`, as a person types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import firstbell
from tests.cli.conftest import Call


@pytest.fixture
def url(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database)


@pytest.mark.usefixtures("url")
def test_a_district_is_added_listed_and_shown(call: Call) -> None:
    assert call("district", "list").out.startswith("There is no district yet.")
    zone = ("--timezone", "America/New_York")
    assert call("district", "add", "North Valley", *zone).out == "north-valley\n"
    assert call("district", "add", "Süd", "--id", "south", "--onboard-all").out == "south\n"
    assert call("district", "list").out == "north-valley  North Valley\nsouth         Süd\n"
    assert call("district", "show", "north-valley").out.splitlines() == [
        "north-valley: North Valley",
        "Time zone:  America/New_York",
        "Onboarded:  no school; firstbell school onboard north-valley SOURCEDID",
        "Roster:     nothing yet",
    ]


@pytest.mark.usefixtures("url")
def test_schools_are_decided_on_before_a_feed_names_them(call: Call) -> None:
    call("district", "add", "North")
    for command in (
        ("onboard", "north", "S1", "S2", "S3"),
        ("never", "north", "S2"),
        ("reset", "north", "S3"),
    ):
        assert call("school", *command).code == 0
    shown = json.loads(call("district", "show", "north", "--json").out)
    assert shown == {
        "id": "north",
        "name": "North",
        "timezone": "UTC",
        "onboard_all": False,
        "schools": {"onboarded": ["S1"], "never": ["S2"]},
        "roster": dict.fromkeys(shown["roster"], 0),
        "version": 3,
        "last_feed": None,
        "applied_sync": None,
    }
    assert call("school", "onboard", "north", "--all").code == 0
    assert "Onboarded:  all schools\nNever:      S2\n" in call("district", "show", "north").out


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    "command", [("district", "show", "nord"), ("school", "never", "nord", "S1")]
)
def test_a_district_that_is_not_there_is_said_in_one_sentence(
    call: Call, command: tuple[str, ...]
) -> None:
    ran = call(*command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "Failed: there is no district nord; firstbell district list shows them all.\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        ("district", "add"),
        ("district", "add", " "),
        ("school", "onboard", "north"),
        ("school", "onboard", "north", "S1", "--all"),
        ("school", "onboard", "north", ""),
    ],
)
def test_wrong_usage_ends_with_64_before_a_database_is_looked_for(
    call: Call, command: tuple[str, ...]
) -> None:
    assert call(*command).code == 64
    assert not Path("firstbell-data").exists()


def test_a_database_that_is_not_migrated_is_said_and_mended(
    call: Call, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    ran = call("district", "list")
    assert ran.code == 2
    assert ran.err.endswith("is not up to date; run firstbell migrate.\n")
    assert call("migrate").out == "The database is up to date.\n"
    assert call("district", "list").code == 0


def test_without_a_database_url_the_data_folder_is_used(reachable_path: Path) -> None:
    data = reachable_path / "data"
    ran = firstbell("district", "add", "North", "--data-dir", data, folder=reachable_path)
    assert (ran.code, ran.out, ran.err) == (0, "north\n", "")
    ran = firstbell("district", "list", folder=reachable_path, FIRSTBELL_DATA_DIR=str(data))
    assert (ran.code, ran.out, ran.err) == (0, "north  North\n", "")
    assert not (data / "pg" / "postmaster.pid").exists()


def test_a_check_needs_neither_django_nor_a_database(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "seed-district"
    watched = (
        "import sys; from firstbell.cli import main\n"
        f"try: main(['check', {str(example)!r}])\n"
        "finally: print(*sys.modules, file=open('modules', 'w'))"
    )
    done = subprocess.run([sys.executable, "-c", watched], cwd=tmp_path, check=False)
    assert done.returncode in (0, 1)
    loaded = {name.partition(".")[0] for name in (tmp_path / "modules").read_text().split()}
    assert "duckdb" in loaded
    assert not loaded & {"django", "psycopg", "procrastinate", "pydantic_settings"}
