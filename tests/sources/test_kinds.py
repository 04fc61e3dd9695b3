"""A kind of source is its typed settings: what is asked for, and what is refused, follows from them."""

from dataclasses import dataclass
from typing import Annotated

import pytest

from firstbell.sources.kind import (
    Kind,
    Setting,
    Wrong,
    asked_of,
    keeps_secret,
    settings_from,
    values_of,
)
from firstbell.sources.kinds import KINDS
from firstbell.sources.rest.kinds import CLASSLINK

_WHOLE = {
    "address": "https://maple.example",
    "method": "oauth2",
    "key": "k",
    "token_url": "https://maple.example/token",
    "path": "/srv/maple",
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_is_kept_of_settings_gives_the_same_settings(kind: Kind) -> None:
    settings = settings_from(kind, _WHOLE)
    assert settings_from(kind, values_of(settings)) == settings


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_setting_says_how_it_is_asked_for(kind: Kind) -> None:
    assert all(one.setting.label and one.setting.help for one in asked_of(kind))
    assert sum(not one.setting.option for one in asked_of(kind)) == bool(kind.where)


def test_what_is_not_asked_for_beside_the_others_is_left_out() -> None:
    settings = settings_from(CLASSLINK, {**_WHOLE, "method": "bearer"})
    assert (settings.key, settings.token_url) == ("", "")


@pytest.mark.parametrize(
    ("given", "name"),
    [({"key": ""}, "key"), ({"version": "2"}, "version"), ({"address": "maple"}, "address")],
)
def test_the_setting_that_is_wrong_is_named(given: dict[str, str], name: str) -> None:
    with pytest.raises(Wrong) as wrong:
        settings_from(CLASSLINK, {**_WHOLE, **given})
    assert wrong.value.name == name


def test_a_secret_is_kept_as_long_as_it_goes_nowhere_else() -> None:
    assert keeps_secret(CLASSLINK, {**_WHOLE, "key": "other"}, _WHOLE)
    assert not keeps_secret(CLASSLINK, {**_WHOLE, "token_url": "https://oak.example"}, _WHOLE)


def test_another_kind_needs_no_more_than_its_settings() -> None:
    @dataclass(frozen=True, slots=True)
    class Settings:
        host: Annotated[str, Setting("Host", "Where it is.")]
        port: Annotated[str, Setting("Port", "Of it.", "--port")] = "22"

    kind = Kind("sftp", "A server of files", "the server", Settings, None)
    assert [one.name for one in asked_of(kind)] == ["host", "port"]
    assert settings_from(kind, {"host": "sis"}) == Settings("sis", "22")
