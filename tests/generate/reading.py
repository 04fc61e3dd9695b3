"""Reads what was generated, without the project's own reader."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of one table."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(folder: Path, name: str) -> dict[str, dict[str, str]]:
    """The rows of one table by sourcedId."""
    return {row["sourcedId"]: row for row in table(folder, name)}


def record(folder: Path) -> Mapping[str, Any]:
    """What the generator says about its delivery."""
    parsed: Mapping[str, Any] = json.loads((folder / "generated.json").read_text("utf-8"))
    return parsed


def planted(folder: Path) -> set[tuple[str, str, str]]:
    """File, sourcedId and kind of each defect."""
    return {(one["file"], one["sourcedId"], one["kind"]) for one in record(folder)["planted"]}


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}
