"""What comes of a roster is the same, whatever way it came: from an API, asked as any, or as files."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from firstbell.engine.policy import Policy
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from firstbell.reports.export import export_roster
from firstbell.reports.nightly import compute
from firstbell.reports.order import Order
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.settings import RestSettings
from firstbell.sources.rest.source import Rest
from simulator import Roster, Simulator, simulated, write
from simulator.objects import Object
from simulator.roster import decoded

pytestmark = pytest.mark.slow

_DAY = date(2026, 11, 24)
_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"
_WAYS = {
    Version.V1_1: (Method.OAUTH1_SHA256, Method.OAUTH1_SHA1, Method.BEARER),
    Version.V1_2: (Method.OAUTH2, Method.BEARER),
}
#: What files are warned of, and an API need not tell: of 1.1, and of 1.2.
_NEED_NOT_BE_TOLD = {
    Version.V1_1: {
        "classes.class_type_required",
        "classes.course_sourced_id_required",
        "classes.term_sourced_ids_required",
    },
    Version.V1_2: {"classes.class_type_required"},
}
#: Kinds of defects: a district without them would show little.
_MANY = 40
_NOT_SHARED = "enrollments.class_not_shared"
#: By which rules the same enrollments fail, from an API and from files.
_UNKNOWN_CLASS = {_NOT_SHARED, "enrollments.class_not_found"}


@dataclass(frozen=True)
class _Came:
    """What came of a roster."""

    #: The roster's export and the four reports, by file name.
    files: dict[str, bytes]
    findings: list[dict[str, str]]

    def but_for_what_apis_are_forgiven(self, version: Version) -> list[dict[str, str]]:
        """The findings, alike for files and for APIs."""
        told = [one for one in self.findings if one["code"] not in _NEED_NOT_BE_TOLD[version]]
        alike = dict.fromkeys(("code", "owner", "solution"), "")
        return [one | alike if one["code"] in _UNKNOWN_CLASS else one for one in told]


@pytest.mark.parametrize("version", Version)
def test_a_district_with_defects_comes_to_the_same_from_an_api_as_from_files(
    version: Version, tmp_path: Path
) -> None:
    generate(District(2, 60, 0.5, 3, version), tmp_path / "generated")
    roster = Roster.read(tmp_path / "generated")
    write(roster, tmp_path / "files")
    of_files = _came(tmp_path / "files")
    told = of_files.but_for_what_apis_are_forgiven(version)
    assert len({one["code"] for one in of_files.findings}) > _MANY
    with simulated(roster) as server:
        for method in _WAYS[version]:
            of_api = _came(_pulled(server, method, tmp_path / method))
            assert of_api.files == of_files.files, method
            assert of_api.but_for_what_apis_are_forgiven(version) == told, method
    assert _NOT_SHARED in {one["code"] for one in of_api.findings}


def test_a_district_with_the_same_defects_comes_to_the_same_from_1_1_and_1_2(
    tmp_path: Path,
) -> None:
    came = []
    for version, method in ((Version.V1_1, Method.OAUTH1_SHA256), (Version.V1_2, Method.OAUTH2)):
        generate(District(2, 60, 0.0, 3, version), tmp_path / version)
        with simulated(_damaged(Roster.read(tmp_path / version))) as server:
            came.append(_came(_pulled(server, method, tmp_path / method)))
    assert came[0] == came[1]
    assert {one["code"].partition(".")[0] for one in came[0].findings} == {
        "users",
        "classes",
        "enrollments",
    }


def _damaged(roster: Roster) -> Roster:
    """The roster with defects that mean the same in both versions."""
    teacher, student = _one_of(roster, "teacher"), _one_of(roster, "student")
    one, other = roster.objects("enrollments")[:2]
    first = roster.objects("classes")[0]
    nobody = {"sourcedId": "nobody", "type": "user", "href": "https://sis.example/users/nobody"}
    return (
        roster.put("users", teacher | {"email": ""})
        .put("users", student | {"enabledUser": "yes"})
        .put("classes", first | {"title": ""})
        .put("enrollments", one | {"user": nobody})
        .put("enrollments", other | {"beginDate": "8/27/2026"})
    )


def _one_of(roster: Roster, role: str) -> Object:
    """The first user of that role, which 1.1 and 1.2 tell in other places."""
    mark = f'"role":"{role}"'.encode()
    return decoded(next(record for record in roster.records("users") if mark in record))


def _pulled(server: Simulator, method: Method, into: Path) -> Path:
    account, is_bearer = server.account, method is Method.BEARER
    settings = RestSettings(
        address=f"{server.url}/{account.application}" if is_bearer else server.url,
        version=server.roster.version,
        method=method,
        key="" if is_bearer else account.key,
        token_url=server.token_url if method is Method.OAUTH2 else "",
        scope=_SCOPE if method is Method.OAUTH2 else "",
    )
    into.mkdir()
    return Rest(settings, account.bearer if is_bearer else account.secret).deliver(
        into, lambda part: None
    )


def _came(delivery: Path) -> _Came:
    out = delivery.parent / f"of-{delivery.name}"
    out.mkdir()
    compute(Order(None, delivery, Policy(_DAY, "First Bell"), None, None, None, out))
    export_roster(out / "applied", out / "roster")
    files = [*(out / "roster").iterdir(), *(out / "reports").glob("*_sync_report.csv")]
    return _Came(
        {file.name: file.read_bytes() for file in files},
        list(_findings(out / "reports" / "findings.csv")),
    )


def _findings(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)
