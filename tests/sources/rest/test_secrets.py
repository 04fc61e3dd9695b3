"""What a server knows us by stands in no log and in no error."""

import logging
import re
import traceback
from pathlib import Path

import pytest

from firstbell.feed.refusal import Refused
from firstbell.generate import District, generate
from firstbell.oneroster.dictionary import Version
from firstbell.sources.kind import settings_from
from firstbell.sources.rest.kinds import CLASSLINK
from firstbell.sources.rest.method import Method
from firstbell.sources.rest.source import Rest
from simulator import Roster, Simulator, When, faults, simulated


@pytest.fixture(scope="module")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Roster:
    folder = tmp_path_factory.mktemp("district")
    generate(District(1, 60, 0.0, 3, Version.V1_1), folder)
    return Roster.read(folder)


def _source(server: Simulator, method: Method) -> Rest:
    bearer = method is Method.BEARER
    values = {
        "address": server.proxy if bearer else server.base,
        "method": method,
        "key": server.account.key,
        "token_url": server.token_url,
        "scope": "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly",
    }
    secret = server.account.bearer if bearer else server.account.secret
    assert CLASSLINK.opened
    source = CLASSLINK.opened(settings_from(CLASSLINK, values), secret)
    assert isinstance(source, Rest)
    return source


def _secrets(server: Simulator) -> set[str]:
    """All that let somebody in: the secret, and each signature and token of the run."""
    given = [asked.headers.get("authorization", "") for asked, _ in server.log]
    found = {server.account.secret, server.account.bearer}
    for value in given:
        found.update(re.findall(r'oauth_signature="([^"]+)"|(?:Bearer|Basic) (\S+)', value)[0])
    return found - {""}


@pytest.mark.parametrize("method", [*Method])
def test_no_secret_signature_or_token_is_told(
    method: Method, roster: Roster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    troubles = [faults.Refused(500, when=When("users")), faults.Refused(403, when=When("classes"))]
    with simulated(roster, faults=troubles) as server:
        source = _source(server, method)
        with pytest.raises(Refused) as refused:
            source.deliver(tmp_path, lambda part: None)
        secrets = _secrets(server)
    told = f"{caplog.text}{source!r}" + "".join(traceback.format_exception(refused.value))
    assert len(secrets) > (method is not Method.BEARER) + 1
    assert "users" in caplog.text
    assert not [secret for secret in secrets if secret in told]
