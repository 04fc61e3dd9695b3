from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.method import Method
from simulator import Manners, Roster, Simulator, simulated
from tests.simulator.pulling import bearer, client_of, get, signed, token_of

METHODS = (Method.OAUTH1_SHA1, Method.OAUTH1_SHA256)


@pytest.fixture
def old(roster: Roster) -> Iterator[Simulator]:
    if roster.version is Version.V1_2:
        roster = Roster(Version.V1_1, roster.collections)
    with simulated(roster) as simulator:
        yield simulator


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "query",
    [
        "",
        "?limit=10&offset=0",
        "?filter=givenName%3D%27Zo%C3%AB%20A%26B%27",
        "?filter=givenName%3D%27O%27%27Brien%27&sort=",
        "?limit=5&limit=5",
    ],
)
def test_both_signatures_are_accepted_whatever_the_query(
    old: Simulator, method: Method, query: str
) -> None:
    answer = get(f"{old.base}/users{query}", auth=signed(old, method))
    assert answer.status_code == (400 if "limit=5&" in query else 200)


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_secret_is_refused(old: Simulator, method: Method) -> None:
    answer = get(f"{old.base}/users", auth=signed(old, method, secret="another"))  # noqa: S106
    assert answer.status_code == 401
    assert answer.json()["statusInfoSet"][0]["imsx_codeMinor"] == "unauthorized"


@pytest.mark.parametrize(("ahead", "status"), [(-6, 401), (-4, 200), (0, 200), (9, 200), (11, 401)])
def test_signatures_are_good_for_ten_minutes_and_five_ahead(
    roster: Roster, ahead: int, status: int
) -> None:
    old = Roster(Version.V1_1, roster.collections)
    with simulated(old, Manners(clock=timedelta(minutes=ahead))) as simulator:
        answer = get(f"{simulator.base}/orgs", auth=signed(simulator))
    assert answer.status_code == status


def test_a_clock_that_is_off_is_told_by_the_date(roster: Roster) -> None:
    with simulated(roster, Manners(clock=timedelta(days=400))) as simulator:
        answer = get(f"{simulator.base}/orgs")
    assert f" {simulator.now.year} " in answer.headers["Date"]


def test_a_signature_is_good_once(old: Simulator) -> None:
    first = get(f"{old.base}/orgs", auth=signed(old))
    headers = {"Authorization": first.request.headers["Authorization"]}
    assert [first.status_code, get(f"{old.base}/orgs", headers=headers).status_code] == [
        200,
        401,
    ]


@pytest.mark.parametrize("given", ["", "OAuth", "OAuth a", 'OAuth oauth_nonce="1"', "Basic x", "x"])
def test_what_is_no_credential_is_refused(simulator: Simulator, given: str) -> None:
    answer = get(f"{simulator.base}/orgs", headers={"Authorization": given})
    assert answer.status_code == 401


def test_version_1_2_takes_no_signatures(roster: Roster) -> None:
    with simulated(Roster(Version.V1_2, roster.collections)) as new:
        answer = get(f"{new.base}/orgs", auth=signed(new))
    assert answer.status_code == 401
    minor = answer.json()["imsx_CodeMinor"]["imsx_codeMinorField"][0]
    assert minor["imsx_codeMinorFieldValue"] == "unauthorisedrequest"


def test_a_token_comes_in_until_it_expires_and_beside_a_newer_one(simulator: Simulator) -> None:
    issued = token_of(simulator).json()
    assert issued["expires_in"] == 3600
    token_of(simulator)
    headers = bearer(issued["access_token"])
    assert get(f"{simulator.base}/orgs", headers=headers).status_code == 200
    simulator.gate.expire()
    assert get(f"{simulator.base}/orgs", headers=headers).status_code == 401


def test_tokens_expire_by_the_clock(roster: Roster) -> None:
    with (
        simulated(roster, Manners(lifetime=timedelta(0))) as simulator,
        client_of(simulator) as client,
    ):
        assert client.get("orgs").status_code == 401


def test_no_token_for_a_wrong_secret(simulator: Simulator) -> None:
    answer = httpx2.post(
        simulator.token_url,
        verify=False,
        auth=(simulator.account.key, "another"),
        data={"grant_type": "client_credentials"},
    )
    assert answer.status_code == 401


def test_version_1_2_asks_for_a_scope(roster: Roster) -> None:
    with simulated(Roster(Version.V1_2, roster.collections)) as new:
        token = token_of(new, scope="roster-demographics").json()["access_token"]
        answer = get(f"{new.base}/orgs", headers=bearer(token))
    assert answer.status_code == 403


def test_the_bearer_comes_in_by_the_proxy_only(simulator: Simulator) -> None:
    headers = bearer(simulator.account.bearer)
    again = simulator.proxy.replace("%", "%25")
    found = [
        get(f"{base}/orgs", headers=headers).status_code
        for base in (simulator.proxy, simulator.base, again)
    ]
    assert found == [200, 401, 404]
