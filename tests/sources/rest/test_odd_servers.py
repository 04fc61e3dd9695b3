"""Servers that no simulator is needed for: what they do is odd, and must end in a sentence."""

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from firstbell.feed.refusal import Reason, Refused
from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.address import address_of, leads_nowhere
from firstbell.sources.rest.asking import Api
from firstbell.sources.rest.profile import Profile
from firstbell.sources.rest.pull import pull_roster
from simulator import Roster, When, faults, simulated
from tests.sources.rest.opening import opened

_PROFILE = Profile("ClassLink", most=40, fewest=5, sorts=True, filters=False, at_once=1)
_HERE = "https://roster.example/ims/oneroster/v1p1/"

Answers = Callable[[httpx2.Request], httpx2.Response]


def _orgs(*ids: str, **headers: str) -> httpx2.Response:
    return httpx2.Response(200, json={"orgs": [{"sourcedId": id} for id in ids]}, headers=headers)


def _refused(answers: Answers, into: Path) -> Refused:
    transport = httpx2.MockTransport(answers)
    with (
        httpx2.Client(base_url=_HERE, transport=transport) as client,
        pytest.raises(Refused) as refused,
    ):
        pull_roster(Api(client, _PROFILE, lambda seconds: None), Version.V1_1, into)
    return refused.value


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (lambda asked: _orgs("A", Link='<?page=2>; rel="next"'), Reason.API_RESTLESS),
        (lambda asked: _orgs("A", "B", "A"), Reason.API_RESTLESS),
        (
            lambda asked: _orgs("A", Link='<http://roster.example/x?page=2>; rel="next"'),
            Reason.API_REDIRECTS,
        ),
        (
            lambda asked: httpx2.Response(
                429, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 -0000"}
            ),
            Reason.API_FAILS,
        ),
    ],
    ids=["a page that leads to itself", "offsets say nothing", "elsewhere", "no zone"],
)
def test_it_ends_in_a_sentence(answers: Answers, reason: Reason, tmp_path: Path) -> None:
    assert _refused(answers, tmp_path).reason is reason


@pytest.mark.parametrize(
    ("status", "reason"), [(503, Reason.API_UNREACHABLE), (403, Reason.API_WRONG_KEY)]
)
def test_where_no_token_is_given_that_is_said(status: int, reason: Reason, tmp_path: Path) -> None:
    broken = faults.Refused(status, when=When("token", times=faults.ALWAYS))
    with (
        simulated(Roster(Version.V1_1, {}), faults=[broken]) as server,
        opened(server) as api,
        pytest.raises(Refused) as refused,
    ):
        pull_roster(api, Version.V1_1, tmp_path)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "address",
    [
        *("https://169.254.169.254", "https://[::ffff:169.254.169.254]", "https://[fd00:ec2::254]"),
        *("https://a..b", "https://[fe80::1]"),
    ],
)
def test_what_a_machine_is_told_of_itself_is_no_api(address: str) -> None:
    assert leads_nowhere(address)


def test_a_port_is_a_number() -> None:
    with pytest.raises(ValueError, match="is a number"):
        address_of("https://roster.example:abc")
