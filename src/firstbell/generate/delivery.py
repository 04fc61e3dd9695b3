"""Writes a generated district into a folder: tonight's, or the night after another one's."""

import csv
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from firstbell.generate.damage import Surroundings
from firstbell.generate.district import DISTRICT_ID, District
from firstbell.generate.kinds import kinds
from firstbell.generate.nights import Night, Travellers
from firstbell.generate.people import Person, district_staff, domain
from firstbell.generate.planting import TableFile
from firstbell.generate.rows import Rows, files_of
from firstbell.generate.school import School, Visitors, build
from firstbell.generate.sites import plan
from firstbell.oneroster.dictionary import STANDARD_FILES, Version

#: Beside the tables: what was asked for, and which defects were planted.
RECORD = "generated.json"
#: Share of a night's defects that are cured by the next one.
CURED = 0.25

#: Schools to one that defects may take out of the district.
SCHOOLS_TO_ONE_LOST = 100
#: Files that OneRoster 1.1 does not know.
ONLY_1_2 = frozenset(
    {
        *("roles", "userProfiles", "userResources", "scoreScales"),
        *("lineItemLearningObjectiveIds", "lineItemScoreScales"),
        *("resultLearningObjectiveIds", "resultScoreScales"),
    }
)

#: Kind of defect by sourcedId.
Kept = Mapping[str, str]


def generate(district: District, out: Path) -> None:
    """Write the first delivery of a district into a folder, which is made if need be."""
    _Delivery(district, 0, {}).write(out)


def generate_next(after: Path, out: Path) -> None:
    """Write the night after a generated delivery.

    About one record of a hundred differs, and some defects are cured while others come up.

    Args:
        after: The folder or zip of the earlier delivery.
        out: Where the next one goes; made if need be.
    """
    record = json.loads(_read(after))
    parameters = record["parameters"]
    district = District(**parameters | {"version": Version(parameters["version"])})
    night = record["night"] + 1
    kept: dict[str, dict[str, str]] = {}
    random = district.random("cures", night)
    for plant in record["planted"]:
        if random.random() >= CURED:
            kept.setdefault(plant["file"], {})[plant["sourcedId"]] = plant["kind"]
    _Delivery(district, night, kept).write(out)


def pack(folder: Path, archive: Path) -> None:
    """Put the files of a generated folder into a zip; the same files give the same bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for file in sorted(folder.iterdir()):
            if file.suffix == ".csv" or file.name == RECORD:
                entry = zipfile.ZipInfo(file.name, date_time=(2026, 8, 17, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                with file.open("rb") as source, target.open(entry, "w", force_zip64=True) as inside:
                    shutil.copyfileobj(source, inside, 1 << 20)


def _read(delivery: Path) -> str:
    if delivery.is_dir():
        return (delivery / RECORD).read_text(encoding="utf-8")
    with zipfile.ZipFile(delivery) as archive:
        return archive.read(RECORD).decode()


class _Delivery:
    """One night's folder in the making."""

    def __init__(self, district: District, night: int, kept: Mapping[str, Kept]) -> None:
        """Plan a delivery; `kept` has the defects to repeat, by file."""
        self.district = district
        self.night = night
        self._kept = kept
        self._rows = Rows(district)
        self._sites = plan(district)
        self._mail = domain(district)
        self._world = Surroundings(
            district=DISTRICT_ID,
            schools=tuple(site.id for site in self._sites),
            school_year=district.school_year,
            seed=district.seed,
            losable=district.schools // SCHOOLS_TO_ONE_LOST,
        )
        self._files: dict[str, TableFile] = {}

    def write(self, out: Path) -> None:
        """Write all files; those of an earlier delivery in the folder are replaced."""
        out.mkdir(parents=True, exist_ok=True)
        for name in STANDARD_FILES:
            (out / f"{name}.csv").unlink(missing_ok=True)
        with ExitStack() as stack:
            for table in files_of(self.district.version):
                self._files[table] = stack.enter_context(self._open(out, table))
            self._write_tables()
        _write_manifest(self.district.version, out)
        self._write_record(out)

    def _open(self, out: Path, table: str) -> TableFile:
        return TableFile(
            out,
            table,
            self._rows.columns[table],
            kinds(table, self.district.version),
            share=self.district.errors * (CURED if self.night else 1),
            kept=self._kept.get(f"{table}.csv", {}),
            random=self.district.random("defects", self.night, table),
            world=self._world,
        )

    def _write_tables(self) -> None:
        files, rows = self._files, self._rows
        files["orgs"].write(rows.orgs(self._sites))
        self._write_people(district_staff(self.district, self._mail))
        for school in self._schools():
            self._world.co_taught = frozenset(
                section.id for section in school.sections if len(section.teachers) > 1
            )
            files["academicSessions"].write(rows.sessions(school.site))
            files["courses"].write(rows.courses(school.site, school.courses))
            self._write_people([*school.staff, *school.students])
            files["classes"].write(rows.classes(school))
            files["enrollments"].write(rows.enrollments(school))

    def _write_people(self, people: list[Person]) -> None:
        self._files["users"].write(self._rows.users(people))
        if "roles" in self._files:
            self._files["roles"].write(self._rows.roles(people))

    def _schools(self) -> Iterator[School]:
        """The schools as they are on that night, one in memory at a time."""
        travellers = [Travellers() for _ in range(self.night)]
        visitors = Visitors()
        for site in self._sites:
            last = site is self._sites[-1]
            school = build(self.district, site, self._mail, visitors, last)
            for number, carried in enumerate(travellers, start=1):
                Night(self.district, school, number, self._mail).apply(carried)
            yield school
            visitors = school.visitors()

    def _write_record(self, out: Path) -> None:
        """Note what was asked for, how many records that is undamaged, and a line a defect."""
        planted = [plant for file in self._files.values() for plant in file.planted]
        records = {file.name: file.records for file in self._files.values()}
        with (out / RECORD).open("w", encoding="utf-8", newline="\n") as target:
            target.write(f'{{"parameters": {json.dumps(asdict(self.district))},\n')
            target.write(f'"night": {self.night},\n"records": {json.dumps(records)},\n"planted": [')
            for number, plant in enumerate(planted):
                target.write("," if number else "")
                target.write(f"\n{json.dumps(asdict(plant))}")
            target.write("\n]}\n")


def _write_manifest(version: Version, out: Path) -> None:
    delivered = files_of(version)
    with (out / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("propertyName", "value"))
        writer.writerow(("manifest.version", "1.0"))
        writer.writerow(("oneroster.version", version.value))
        for table in sorted(STANDARD_FILES):
            if table == "manifest" or (version is Version.V1_1 and table in ONLY_1_2):
                continue
            mode = "bulk" if table in delivered else "absent"
            writer.writerow((f"file.{table}", mode))
        writer.writerow(("source.systemName", "First Bell district generator"))
        writer.writerow(("source.systemCode", "firstbell-generate"))
