"""What the tests of feeds share."""

from pathlib import Path

import pytest

from tests.feed.later import Feeds, whole


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    """A district whose first delivery was the smallest district in full."""
    district = Feeds(tmp_path)
    district.take(whole())
    return district
