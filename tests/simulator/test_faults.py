from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2
import pytest

from simulator import Fault, Roster, Simulator, When, random_faults, simulated
from simulator.faults import (
    ALWAYS,
    Changed,
    Cut,
    Deleted,
    ExpiredToken,
    Html,
    IgnoredSort,
    Inserted,
    Redirect,
    Refused,
    RepeatedPage,
    Slow,
    TooLarge,
    Truncated,
    WrongTotal,
)
from simulator.objects import COLLECTIONS
from simulator.roster import id_of
from tests.simulator.pulling import bearer, client_of, get, pulled, token_of

SECOND = When("users", nth=2)


@contextmanager
def failing(roster: Roster, *faults: Fault) -> Iterator[tuple[Simulator, httpx2.Client]]:
    with simulated(roster, faults=faults) as simulator, client_of(simulator) as client:
        yield simulator, client


def ids_of(roster: Roster) -> list[str]:
    return [id_of(record) for record in roster.records("users")]


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_status_comes_at_its_request_and_then_no_more(roster: Roster, status: int) -> None:
    with failing(roster, Refused(status, when=SECOND)) as (simulator, client):
        found = [
            client.get(path).status_code for path in ("users", "orgs", "users", "users", "users")
        ]
    assert found == [200, 200, status, 200, 200]
    assert [status for _, status in simulator.log] == [200, *found]


def test_retry_after_is_seconds_or_a_date(roster: Roster) -> None:
    dated = Refused(429, 90, as_date=True, when=When(nth=2))
    with failing(roster, Refused(429, 90), dated) as (_, client):
        seconds, moment = (client.get("orgs").headers["Retry-After"] for _ in range(2))
    assert seconds == "90"
    wait = parsedate_to_datetime(moment) - datetime.now(UTC)
    assert timedelta(seconds=30) < wait <= timedelta(seconds=90)


def test_the_token_endpoint_can_fail_too(roster: Roster) -> None:
    with simulated(roster, faults=[Refused(503, when=When("token"))]) as simulator:
        assert [token_of(simulator).status_code for _ in range(2)] == [503, 200]


def test_a_limit_can_be_too_large(roster: Roster) -> None:
    with failing(roster, TooLarge(50, when=When(times=ALWAYS))) as (_, client):
        found = [client.get("users", params={"limit": n}).status_code for n in (50, 51, 10)]
    assert found == [200, 413, 200]


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_for_people_comes_instead(roster: Roster, status: int) -> None:
    with failing(roster, Html(status)) as (_, client):
        answer = client.get("orgs")
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (status, "text/html")


def test_a_redirect_leads_to_another_host(roster: Roster) -> None:
    with failing(roster, Redirect("http://127.0.0.1:1")) as (_, client):
        answer = client.get("orgs?limit=1")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("http://127.0.0.1:1/ims/")
    assert answer.headers["Location"].endswith("orgs?limit=1")


def test_a_token_expires_in_the_middle_of_a_pull(roster: Roster) -> None:
    with failing(roster, ExpiredToken(when=SECOND)) as (simulator, client):
        found = [client.get("users").status_code for _ in range(3)]
        with client_of(simulator) as again:
            found.append(again.get("users").status_code)
    assert found == [200, 401, 401, 200]


def test_the_bearer_of_the_proxy_does_not_expire(roster: Roster) -> None:
    with simulated(roster, faults=[ExpiredToken()]) as simulator:
        answer = get(f"{simulator.proxy}/orgs", headers=bearer(simulator.account.bearer))
    assert answer.status_code == 200


def test_a_record_that_goes_before_its_page_takes_another_one_along(roster: Roster) -> None:
    with failing(roster, Deleted(0, when=SECOND)) as (simulator, client):
        ids = pulled(client, "users", 20)
    before, after = map(ids_of, simulator.states)
    assert after == before[1:]
    assert ids == before[:20] + before[21:]


def test_a_record_that_comes_before_its_page_shows_another_one_twice(roster: Roster) -> None:
    with failing(roster, Inserted(0, when=SECOND)) as (simulator, client):
        ids = pulled(client, "users", 20)
    before, after = map(ids_of, simulator.states)
    assert after == [before[0], f"{before[0]}-2", *before[1:]]
    assert ids == before[:20] + before[19:]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_record_changes_and_says_when(roster: Roster, collection: str) -> None:
    with failing(roster, Changed(1, when=When(collection))) as (simulator, client):
        since = {"filter": "dateLastModified>'2026-09-01'"}
        (found,) = client.get(collection, params=since).json()[collection]
    before, after = (state.objects(collection)[-1] for state in simulator.states)
    assert found == after
    assert {name for name in after if before.get(name) != after[name]} > {"dateLastModified"}


@pytest.mark.parametrize("by", [-3, 3])
def test_a_total_can_be_wrong_from_some_request_on(roster: Roster, by: int) -> None:
    fault = WrongTotal(by, when=When("users", nth=2, times=ALWAYS))
    with failing(roster, fault) as (_, client):
        found = [int(client.get("users").headers["X-Total-Count"]) for _ in range(3)]
    total = len(roster.records("users"))
    assert found == [total, total + by, total + by]


def test_a_page_can_come_twice(roster: Roster) -> None:
    with failing(roster, RepeatedPage(when=SECOND)) as (_, client):
        ids = pulled(client, "users", 20)
    assert ids == ids_of(roster)[:20] * 2 + ids_of(roster)[40:]


def test_sort_can_be_ignored(roster: Roster) -> None:
    with failing(roster, IgnoredSort(when=When(times=ALWAYS))) as (_, client):
        pages = [client.get("users?sort=sourcedId&limit=500").json()["users"] for _ in range(2)]
    first, second = ([user["sourcedId"] for user in page] for page in pages)
    assert first != second
    assert sorted(first) == sorted(second) == ids_of(roster)


def test_a_page_can_be_too_slow(roster: Roster) -> None:
    with failing(roster, Slow(60)) as (_, client), pytest.raises(httpx2.ReadTimeout):
        client.get("users", timeout=0.2)


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_connection_can_end_in_the_middle_of_a_page(roster: Roster, coding: str) -> None:
    with failing(roster, Cut()) as (_, client):
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get("users", headers={"Accept-Encoding": coding})
        assert client.get("users").status_code == 200


def test_json_can_end_in_its_middle(roster: Roster) -> None:
    with failing(roster, Truncated()) as (_, client):
        answer = client.get("users", headers={"Accept-Encoding": "identity"})
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.text.startswith('{"users":[{"sourcedId":')
    with pytest.raises(ValueError, match="line 1"):
        answer.json()


def test_mixtures_are_the_same_for_the_same_seed_and_of_all_kinds() -> None:
    kinds = {type(fault) for seed in range(100) for fault in random_faults(seed)}
    assert random_faults(7) == random_faults(7) != random_faults(8)
    assert len(kinds) == 13


@pytest.mark.parametrize("seed", range(20))
def test_a_server_survives_any_mixture(roster: Roster, seed: int) -> None:
    with failing(roster, *random_faults(seed)) as (simulator, client):
        for collection in COLLECTIONS:
            for offset in (0, 30, 60):
                try:
                    client.get(collection, params={"limit": 30, "offset": offset})
                except httpx2.RemoteProtocolError:
                    continue
    assert simulator.states[0] == roster
