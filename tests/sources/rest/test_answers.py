"""What is said when an API does not answer as it should: each reason, and what is asked again."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from firstbell.feed.refusal import Reason, Refused
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.pull import pull_roster
from simulator import Manners, Roster, Simulator, When, faults, simulated
from tests.sources.rest.opening import opened

_ALWAYS = When("classes", times=faults.ALWAYS)


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Roster:
    folder = tmp_path_factory.mktemp("district")
    generate(District(1, 60, 0.0, 3, Version.V1_1), folder)
    return Roster.read(folder)


#: As most servers of 1.1 want it, and with no patience for one that is slow.
_opened = partial(opened, method=Method.OAUTH1_SHA256, timeout=0.5)


def _refused(server: Simulator, into: Path, *, secret: str = "", base: str = "") -> Refused:
    into.mkdir()
    with _opened(server, secret=secret, base=base) as api, pytest.raises(Refused) as refused:
        pull_roster(api, server.roster.version, into)
    assert not list(into.iterdir())
    return refused.value


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.Refused(403, when=_ALWAYS), Reason.API_FORBIDDEN),
        (faults.Refused(404, when=_ALWAYS), Reason.API_NOT_THERE),
        (faults.Refused(503, when=_ALWAYS), Reason.API_FAILS),
        (faults.Refused(418, when=_ALWAYS), Reason.API_FAILS),
        (faults.Refused(429, 1, when=_ALWAYS), Reason.API_FAILS),
        (faults.Html(200, when=_ALWAYS), Reason.API_UNREADABLE),
        (faults.Truncated(when=_ALWAYS), Reason.API_UNREADABLE),
        (faults.Html(502, when=_ALWAYS), Reason.API_FAILS),
        (faults.Redirect("https://elsewhere.example", when=_ALWAYS), Reason.API_REDIRECTS),
        (faults.Cut(when=_ALWAYS), Reason.API_UNREACHABLE),
        (faults.Slow(2, when=_ALWAYS), Reason.API_UNREACHABLE),
        (faults.IgnoredSort(when=_ALWAYS), Reason.API_RESTLESS),
        (faults.WrongTotal(-3, when=_ALWAYS), Reason.API_RESTLESS),
        (faults.Inserted(when=_ALWAYS), Reason.API_RESTLESS),
    ],
)
def test_each_trouble_that_lasts_has_its_sentence(
    fault: faults.Fault, reason: Reason, roster: Roster, tmp_path: Path
) -> None:
    with simulated(roster, faults=[fault]) as server:
        refused = _refused(server, tmp_path / "pulled")
    assert refused.reason is reason
    assert "ClassLink" in str(refused)


def test_a_wrong_secret_is_told_from_a_wrong_clock(roster: Roster, tmp_path: Path) -> None:
    with simulated(roster) as server:
        refused = _refused(server, tmp_path / "secret", secret="wrong")  # noqa: S106
    assert refused.reason is Reason.API_WRONG_KEY
    with simulated(roster, Manners(clock=timedelta(hours=1))) as server:
        refused = _refused(server, tmp_path / "clock")
    assert str(refused) == "ClassLink answered 401, and its clock and ours are 60 minutes apart"


def test_what_is_at_another_address_is_not_there(roster: Roster, tmp_path: Path) -> None:
    with simulated(roster) as server:
        assert (
            _refused(server, tmp_path / "pulled", base=f"{server.base}/no").reason
            is Reason.API_NOT_THERE
        )


@pytest.mark.parametrize("as_date", [False, True])
def test_a_server_that_is_busy_says_how_long_it_wants_to_be_left_alone(
    as_date: bool, roster: Roster, tmp_path: Path
) -> None:
    waited: list[float] = []
    fault = faults.Refused(429, 30, as_date=as_date, when=When("users"))
    with simulated(roster, faults=[fault]) as server, _opened(server, sleep=waited.append) as api:
        pull_roster(api, Version.V1_1, tmp_path)
        statuses = [status for _, status in server.log]
    assert [round(seconds) for seconds in waited] in ([30], [29])
    assert statuses.count(429) == 1


def test_a_server_that_wants_to_be_left_alone_for_long_is(roster: Roster, tmp_path: Path) -> None:
    waited: list[float] = []
    fault = faults.Refused(429, 3600, when=When("users"))
    with (
        simulated(roster, faults=[fault]) as server,
        _opened(server, sleep=waited.append) as api,
        pytest.raises(Refused) as refused,
    ):
        pull_roster(api, Version.V1_1, tmp_path)
    assert refused.value.reason.retry  # the night tries again later
    assert not waited


def test_pages_become_smaller_until_the_server_can_bear_them(
    roster: Roster, tmp_path: Path
) -> None:
    fault = faults.TooLarge(10, when=When("users", times=faults.ALWAYS))
    with simulated(roster, faults=[fault]) as server, _opened(server) as api:
        pull_roster(api, Version.V1_1, tmp_path)
        limits = [asked.query["limit"] for asked in server.requests("users")]
    of_pages = [limit for limit in limits if limit != "1"]  # one is asked for to count them
    assert of_pages[:2] == ["40", "20"]
    assert of_pages[-1] == "10"


def test_a_redirect_gets_no_credentials(roster: Roster, tmp_path: Path) -> None:
    with simulated(roster) as other, simulated(roster) as server:
        server.faults.append(faults.Redirect(other.url))
        _refused(server, tmp_path / "pulled")
        assert other.log == []
