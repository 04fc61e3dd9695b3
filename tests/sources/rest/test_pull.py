"""A roster that is pulled is what the server had at one moment, or nothing."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from firstbell.feed.refusal import Refused
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import FEED_TABLES, Version
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.pull import pull_roster
from simulator import Manners, Roster, Simulator, random_faults, simulated
from tests.sources.rest.opening import opened

#: What CSV files of a whole roster leave blank, and what says that a record is active.
_BLANK = {"dateLastModified", "password"}

Rows = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module", params=list(Version))
def district(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("district")
    generate(District(2, 120, 0.0, 3, request.param), folder)
    return folder


def _pulled(server: Simulator, into: Path, method: Method = Method.OAUTH2, base: str = "") -> Rows:
    into.mkdir()
    with opened(server, method, base=base) as api:
        pull_roster(api, server.roster.version, into)
    return _rows(into)


def _rows(folder: Path) -> Rows:
    """By table and in the order of their ids, the cells that are not blank."""
    read = {}
    for table in (*FEED_TABLES, "roles"):
        file = folder / f"{table}.csv"
        if not file.exists():
            continue
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [
                {name: cell for name, cell in row.items() if cell and name not in _BLANK}
                for row in csv.DictReader(lines)
            ]
        if table == "roles":  # REST knows no ids of roles
            rows = [{**row, "sourcedId": ""} for row in rows]
        read[table] = sorted(rows, key=lambda row: sorted(row.items()))
    return read


@pytest.mark.parametrize("method", [*Method])
def test_it_is_what_the_files_of_the_district_are(
    method: Method, district: Path, tmp_path: Path
) -> None:
    roster = Roster.read(district)
    if roster.version is Version.V1_2 and method.startswith("oauth1"):
        method = Method.OAUTH2  # 1.2 has no OAuth 1
    with simulated(roster) as server:
        assert _pulled(server, tmp_path / "pulled", method) == _rows(district)


@pytest.mark.parametrize(
    "manners",
    [
        Manners(tokens=True),
        Manners(tokens=True, total=False),
        Manners(total=False, link=False),
        Manners(most=15),
    ],
    ids=["tokens", "tokens alone", "neither totals nor links", "smaller pages than asked for"],
)
def test_pages_come_however_they_are_named(
    manners: Manners, district: Path, tmp_path: Path
) -> None:
    with simulated(Roster.read(district), manners) as server:
        assert _pulled(server, tmp_path / "pulled") == _rows(district)


@pytest.mark.parametrize("manners", [Manners(), Manners(tokens=True)])
@pytest.mark.parametrize("number", [0, 1, 40])
def test_a_collection_has_an_end_however_small_it_is(
    manners: Manners, number: int, district: Path, tmp_path: Path
) -> None:
    roster = Roster.read(district)
    roster = roster.having("courses", roster.records("courses")[:number])
    with simulated(roster, manners) as server:
        assert len(_pulled(server, tmp_path / "pulled")["courses"]) == number


def test_a_page_on_another_host_is_not_asked_for(district: Path, tmp_path: Path) -> None:
    roster = Roster.read(district)
    with simulated(roster, Manners(tokens=True)) as other:
        with simulated(roster, Manners(tokens=True, total=False)) as server:
            base, server.url = server.proxy, other.url  # which is where its links lead to then
            with pytest.raises(Refused):
                _pulled(server, tmp_path / "pulled", Method.BEARER, base)
        assert other.log == []


@pytest.mark.parametrize("nothing", ["orgs", "users"])
def test_a_roster_without_orgs_or_users_is_none(
    nothing: str, district: Path, tmp_path: Path
) -> None:
    roster = Roster.read(district)
    empty = Roster(roster.version, {**roster.collections, nothing: []})
    refused = pytest.raises(Refused, match=f"^ClassLink shares no {nothing}$")
    with simulated(empty) as server, refused:
        _pulled(server, tmp_path / "pulled")


def _is_of_one_moment(pulled: Rows, server: Simulator, folder: Path) -> bool:
    """Whether it is what the server would have told at one of the moments of the pull."""
    for number, state in enumerate(server.states):
        with simulated(state) as still:
            if pulled == _pulled(still, folder / f"state-{number}"):
                return True
    return False


def _pull_with_faults(seed: int, district: Path, folder: Path) -> str:
    """What came of a pull: `whole`, or why it failed."""
    with simulated(Roster.read(district), faults=random_faults(seed)) as server:
        try:
            pulled = _pulled(server, folder / "pulled")
        except Refused as refused:
            return str(refused)
        assert _is_of_one_moment(pulled, server, folder), (seed, server.faults)
    return "whole"


@pytest.mark.parametrize("seed", range(8))
def test_whatever_goes_wrong_it_is_of_one_moment_or_nothing(
    seed: int, district: Path, tmp_path: Path
) -> None:
    assert _pull_with_faults(seed, district, tmp_path)


def test_booleans_are_read_however_apis_write_them(district: Path, tmp_path: Path) -> None:
    roster = Roster.read(district)
    written = {1: "true", 0: "false", "true": "true", "FALSE": "FALSE", "1": "1", None: None}
    users = roster.objects("users")[: len(written)]
    for told, user in zip(written, users, strict=True):
        roster = roster.put("users", user | {"enabledUser": told})
    roster = roster.put("users", (last := roster.objects("users")[-1]) | {"enabledUser": False})
    with simulated(roster) as server:
        pulled = {
            user["sourcedId"]: user.get("enabledUser")
            for user in _pulled(server, tmp_path / "pulled")["users"]
        }
    assert [pulled[str(user["sourcedId"])] for user in users] == list(written.values())
    assert pulled[str(last["sourcedId"])] == "false"


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8, 208))
def test_whatever_else_goes_wrong(seed: int, district: Path, tmp_path: Path) -> None:
    assert _pull_with_faults(seed, district, tmp_path)


_LEFT_OUT = {
    Version.V1_1: {"classType", "courseSourcedId", "termSourcedIds"},
    Version.V1_2: {"classType"},
}


def test_what_an_api_need_not_tell_is_no_finding(district: Path, tmp_path: Path) -> None:
    roster = Roster.read(district)
    members = {"classType": "classType", "courseSourcedId": "course", "termSourcedIds": "terms"}
    for one in roster.objects("classes"):
        roster = roster.put(
            "classes", {name: value for name, value in one.items() if name not in members.values()}
        )
    with simulated(roster) as server:
        _pulled(server, tmp_path / "pulled")
    out = tmp_path / "report"
    subprocess.run(
        [sys.executable, "-m", "firstbell", "check", tmp_path / "pulled", "--out", out],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=False,
    )
    with (out / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {row["field"] for row in csv.DictReader(file) if row["file"] == "classes.csv"}
    assert found == set(members) - _LEFT_OUT[roster.version]


def test_a_record_that_says_it_was_changed_in_the_future_keeps_nobody_waiting(
    district: Path, tmp_path: Path
) -> None:
    roster = Roster.read(district)
    (first, *_) = roster.objects("users")
    roster = roster.put("users", {**first, "dateLastModified": "2099-01-01T00:00:00.000Z"})
    with simulated(roster) as server:
        assert _pulled(server, tmp_path / "pulled") == _rows(district)
