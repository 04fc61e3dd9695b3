from datetime import date

import httpx2
import pytest

from firstbell.oneroster.dictionary import Version
from simulator import Manners, Roster, Simulator, classlink, simulated
from simulator.objects import COLLECTIONS
from simulator.roster import PARTS, id_of
from tests.simulator.pulling import client_of, pulled

PAGED = (*COLLECTIONS, *PARTS)


@pytest.mark.parametrize("collection", PAGED)
def test_pages_give_each_record_once_in_order(
    roster: Roster, client: httpx2.Client, collection: str
) -> None:
    ids = pulled(client, collection, 37)
    assert ids == [id_of(record) for record in roster.records(collection)]
    assert ids == sorted(set(ids))


def test_links_lead_through_all_pages(roster: Roster, client: httpx2.Client) -> None:
    answer = client.get("users", params={"limit": 25, "filter": "status='active'"})
    found = len(answer.json()["users"])
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"])
        found += len(answer.json()["users"])
    assert found == len(roster.records("users")) == int(answer.headers["X-Total-Count"])
    assert {"prev", "first", "last"} == answer.links.keys()


def test_a_server_may_tell_nothing_beside_the_page(roster: Roster) -> None:
    quiet = Manners(page=7, most=20, total=False, link=False)
    with simulated(roster, quiet) as simulator, client_of(simulator) as client:
        first, capped = client.get("users"), client.get("users", params={"limit": 500})
    assert [len(answer.json()["users"]) for answer in (first, capped)] == [7, 20]
    assert not {"X-Total-Count", "x-count", "Link"} & first.headers.keys()


def test_classlink_tells_current_classes_and_counts(roster: Roster) -> None:
    fall = next(s for s in roster.objects("academicSessions") if str(s["sourcedId"]).endswith("S1"))
    ended = roster.objects("classes")[0] | {"terms": [{"sourcedId": fall["sourcedId"]}]}
    with (
        simulated(roster.put("classes", ended), classlink(date(2027, 3, 1))) as simulator,
        client_of(simulator) as client,
    ):
        answer = client.get("classes", params={"orderBy": "asc"})
    assert int(answer.headers["x-total-count"]) == len(roster.records("classes")) - 1
    assert int(answer.headers["x-count"]) == len(answer.json()["classes"])
    assert "Link" not in answer.headers


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("type='district'", {"district"}),
        ("type!='school'", {"district", "department"}),
        ("type='district' OR type='school'", {"district", "school"}),
        ("dateLastModified>'2026-01-01' AND type~'SCH'", {"school"}),
        ("parent.sourcedId='0001' AND type>'e'", {"school"}),
        ("dateLastModified>'2027-01-01T00:00:00.000Z'", set()),
    ],
)
def test_filters_pick_records(client: httpx2.Client, condition: str, wanted: set[str]) -> None:
    orgs = client.get("orgs", params={"filter": condition}).json()["orgs"]
    assert {org["type"] for org in orgs} == wanted


def test_records_can_be_sorted_and_parts_of_them_asked_for(client: httpx2.Client) -> None:
    query = {"sort": "familyName", "orderBy": "desc", "fields": "sourcedId,familyName"}
    users = client.get("users", params=query).json()["users"]
    assert all(user.keys() == {"sourcedId", "familyName"} for user in users)
    names = [user["familyName"] for user in users]
    assert names == sorted(names, reverse=True)


def test_a_field_that_is_not_known_is_a_warning_in_1_1(
    roster: Roster, client: httpx2.Client
) -> None:
    answer = client.get("users", params={"fields": "sourcedId,shoeSize"})
    if roster.version is Version.V1_1:
        assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "invalid_selection_field"
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "offset=-1", "filter=shoeSize%3D'1'", "filter=a", "fields="]
)
def test_what_cannot_be_is_400(client: httpx2.Client, query: str) -> None:
    assert client.get(f"users?{query}").status_code == 400


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_one_object_is_found_by_its_id(
    roster: Roster, client: httpx2.Client, collection: str
) -> None:
    told = roster.objects(collection)[-1]
    found = client.get(f"{collection}/{told['sourcedId']}").json()
    assert found == {COLLECTIONS[collection]: told}


@pytest.mark.parametrize("path", ["users/nobody", "shoes", "orgs/a/b", "../v1p3/orgs"])
def test_what_is_not_there_is_404(client: httpx2.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_district_can_become_another_one(simulator: Simulator, client: httpx2.Client) -> None:
    before = simulator.roster
    gone = id_of(before.records("users")[0])
    simulator.become(before.without("users", gone))
    assert client.get(f"users/{gone}").status_code == 404
    assert simulator.states == [before, simulator.roster]
    assert len(simulator.requests("users")) == 1
