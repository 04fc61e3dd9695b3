"""A district of the engine over many nights, its state in files, in the words of the naive reading."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import rmtree

from firstbell.engine.applied import write_applied
from firstbell.engine.night import Night, night
from firstbell.engine.policy import GuardLimits, Policy
from firstbell.feed.database import open_database
from firstbell.feed.last import LastFeed
from firstbell.feed.package import Limits, open_package
from firstbell.feed.read import Reading, changes_in, read, read_again
from firstbell.feed.refusal import Refused
from firstbell.feed.snapshot import write_feed
from firstbell.reports.export import export_roster
from firstbell.reports.held_removals import write_held_removals
from tests.ours import Ours, told


@dataclass(frozen=True)
class OurNight:
    """What one night comes to."""

    ours: Ours
    status: str
    #: Why the guard refused it; empty when it did not.
    refused: str = ""
    changes: dict[str, dict[str, int]] = field(default_factory=dict)
    reports: dict[str, bytes] = field(default_factory=dict)


@dataclass
class District:
    """A district whose roster is applied to files instead of PostgreSQL."""

    folder: Path
    limits: GuardLimits = field(default_factory=GuardLimits)
    last: LastFeed | None = None
    applied: Path | None = None
    nights: int = 0

    def night(self, files: Mapping[str, bytes], policy: Policy) -> OurNight:
        """Syncs a delivery given as file name → content, and applies it unless it is refused."""
        delivery = self._folder("delivery")
        for name, content in files.items():
            (delivery / name).write_bytes(content)
        work = self._folder("work")
        package = open_package(delivery, work, Limits())
        try:
            with closing(open_database(work, Limits(), self.folder)) as database:
                return self._apply(read(package, database, work, self.last), policy, self.limits)
        except Refused as refused:
            lost = changes_in(package, work)
            if self.last and lost:
                self.last = LastFeed(self.last.folder, self.last.lost | lost)
            return OurNight(Ours("Failed", refused.reason), "Failed")

    def apply_anyway(self, policy: Policy) -> OurNight:
        """Syncs the last feed once more, without the guard."""
        assert self.last is not None
        with closing(open_database(self._folder("work"), Limits(), self.folder)) as database:
            return self._apply(read_again(self.last, database), policy, None)

    def export(self) -> dict[str, bytes]:
        """The files of `firstbell roster export`."""
        paths = export_roster(self.applied, self._folder("export"))
        return {path.name: path.read_bytes() for path in paths}

    def _folder(self, name: str) -> Path:
        self.nights += 1
        folder = self.folder / f"{name}{self.nights}"
        folder.mkdir()
        return folder

    def _apply(self, reading: Reading, policy: Policy, limits: GuardLimits | None) -> OurNight:
        feed = self._folder("feed")
        write_feed(reading, feed)
        self.last = LastFeed(feed, reading.lost)
        tonight = night(reading, policy, self.applied, limits)
        out = self._folder("out")
        ours = told(tonight.result, out)
        if tonight.refused:
            return OurNight(ours, "Failed", tonight.refused)
        following = self._folder("applied")
        write_applied(reading.database, reading.files.keys(), following)
        if self.applied:
            rmtree(self.applied)
        self.applied = following
        return _told(tonight, ours, out)


def _told(tonight: Night, ours: Ours, out: Path) -> OurNight:
    held = {one.path.name: one.path.read_bytes() for one in write_held_removals(tonight, out)}
    changes = {table: asdict(one) for table, one in tonight.changes.items()}
    return OurNight(ours, tonight.status, "", changes, ours.reports | held)
