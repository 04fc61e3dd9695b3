"""The command called in this process: quicker, for what needs no process of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from firstbell.cli import main
from tests.cli.command import Ran

Call = Callable[..., Ran]


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Calls the command in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)

    def firstbell(*arguments: str | Path) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments)])
        assert isinstance(ended.value.code, int)
        said = capsys.readouterr()
        return Ran(ended.value.code, said.out, said.err)

    return firstbell
