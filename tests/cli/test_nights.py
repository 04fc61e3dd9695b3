"""`firstbell district schedule` and its like, `source` and `status`, as a person types them."""

import json

import pytest

from tests.cli.conftest import Call


@pytest.fixture
def north(database: str, monkeypatch: pytest.MonkeyPatch, call: Call) -> str:
    monkeypatch.setenv("DATABASE_URL", database)
    return call("district", "add", "North", "--timezone", "America/New_York").out.strip()


def test_a_night_is_scheduled(call: Call, north: str) -> None:
    assert call("district", "schedule", north).out.splitlines() == [
        "Starts:    01:00 to 04:00 (America/New_York)",
        "Ready by:  06:00",
    ]
    times = ("--from", "22:30", "--until", "02:00", "--ready-by", "05:30")
    assert call("district", "schedule", north, *times).out.splitlines() == [
        "Starts:    22:30 to 02:00 (America/New_York)",
        "Ready by:  05:30",
    ]
    ran = call("district", "schedule", north, "--ready-by", "23:00")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Failed: a sync that starts between 22:30 and 02:00 cannot be ready")


def test_a_district_is_paused_resumed_and_blacked_out(call: Call, north: str) -> None:
    assert call("district", "pause", north, "--until", "2126-01-02").code == 0
    assert "Paused:    until 2126-01-02\n" in call("district", "schedule", north).out
    assert call("district", "resume", north).out == "Resumed, from the next night on.\n"
    days = call("district", "blackout", north, "2126-12-26", "2126-12-25").out
    assert days.endswith("Blackout:  2126-12-25, 2126-12-26\n")
    days = call("district", "blackout", north, "2126-12-26", "--remove").out
    assert days.endswith("Blackout:  2126-12-25\n")


@pytest.mark.parametrize(
    "command",
    [
        ("district", "schedule", "north", "--from", "25:00"),
        ("district", "schedule", "north", "--until", "1:00"),
        ("district", "pause", "north", "--until", "tomorrow"),
        ("district", "blackout", "north"),
        ("district", "blackout", "north", "20261225"),
        ("source", "set", "north", "sftp", "here"),
        ("source", "set", "north", "folder"),
        ("source", "set", "north", "upload", "here"),
    ],
)
def test_what_is_no_time_or_day_is_wrong_usage(call: Call, command: tuple[str, ...]) -> None:
    assert call(*command).code == 64


def test_a_source_is_set_and_its_district_stands_in_the_status(call: Call, north: str) -> None:
    assert call("status").out == (
        "no source  north  firstbell source set north folder PATH gives it one\n"
    )
    assert call("source", "show", north).code == 2
    assert call("source", "set", north, "folder", "/sis/north").out == "folder /sis/north\n"
    assert call("source", "show", north).out == "folder /sis/north\n"
    assert call("status").out == "ready      north  it has no roster yet\n"
    assert json.loads(call("status", "--json").out) == [
        {"id": "north", "status": "ready", "detail": "it has no roster yet", "applied_at": None}
    ]


def test_uploads_are_a_source_without_nights(call: Call, north: str) -> None:
    call("source", "set", north, "folder", "/sis/north")
    assert call("source", "set", north, "upload").out == "upload\n"
    assert call("source", "show", north).out == "upload\n"
    assert call("status").out == (
        "ready      north  it has no roster yet; its people upload its files\n"
    )
    ran = call("sync", north)
    assert ran.code == 2
    assert "are uploaded; name the delivery with --from PATH" in ran.err
