"""`firstbell generate`: a made-up district to try First Bell with."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any
from zipfile import BadZipFile, ZipFile

import typer

from firstbell.cli.exits import Debug, check_folder

if TYPE_CHECKING:
    from firstbell.generate import District

_STEPS = ("Writing the district",)
_USUAL: dict[str, Any] = {
    "schools": 3,
    "students": 1000,
    "errors": 0.02,
    "seed": 1,
    "version": "1.1",
}


def generate(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the district goes.")],
    schools: Annotated[
        int | None, typer.Option(metavar="N", help="How many schools; 3 if left out.")
    ] = None,
    students: Annotated[
        int | None, typer.Option(metavar="N", help="How many students; 1000 if left out.")
    ] = None,
    errors: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE", help="Share of records with a defect, from 0 to 1; 0.02 if left out."
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="S", help="The same seed makes the same district; 1 if left out."),
    ] = None,
    version: Annotated[
        str | None, typer.Option(metavar="1.1|1.2", help="Version of OneRoster; 1.1 if left out.")
    ] = None,
    as_zip: Annotated[
        bool, typer.Option("--zip", help="Write DIR.zip instead of a folder.")
    ] = False,
    after: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the night after this district.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Make up a district to try First Bell with.

    It is realistic, the same each time, and has as many errors as you like.
    """
    given = {
        "schools": schools,
        "students": students,
        "errors": errors,
        "seed": seed,
        "version": version,
    }
    if after is not None:
        named = [f"--{name}" for name, value in given.items() if value is not None]
        if named:
            message = f"the district there is as it is: leave out {', '.join(named)}"
            raise typer.BadParameter(message, param_hint="--after")
        _check_generated(after)
    district = None if after else _district(given)
    target = _target(out, as_zip=as_zip)
    try:
        _write(district, after, target, as_zip=as_zip)
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror or 'it is no path'}"
        raise typer.BadParameter(message, param_hint="--out") from error
    quoted = f'"{target}"' if " " in str(target) else str(target)
    typer.echo(f"The district is in {target}. To check it: firstbell check {quoted}")


def _district(given: dict[str, Any]) -> "District":
    from firstbell.generate import District
    from firstbell.oneroster.dictionary import Version

    values = {name: _USUAL[name] if value is None else value for name, value in given.items()}
    if values["version"] not in list(Version):
        raise typer.BadParameter(
            f"“{values['version']}” is neither 1.1 nor 1.2", param_hint="--version"
        )
    try:
        return District(**values | {"version": Version(values["version"])})
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _check_generated(after: Path) -> None:
    from firstbell.generate.delivery import RECORD

    try:
        if after.is_dir():
            ours = (after / RECORD).is_file()
        else:
            with ZipFile(after) as archive:
                ours = RECORD in archive.namelist()
    except (OSError, BadZipFile):
        ours = False
    if not ours:
        message = f"{after} is no district that firstbell generate has written"
        raise typer.BadParameter(message, param_hint="--after")


def _target(out: Path, *, as_zip: bool) -> Path:
    """Where to write; never over files that are not ours."""
    from firstbell.generate.delivery import RECORD
    from firstbell.oneroster.dictionary import STANDARD_FILES

    if as_zip:
        return out if out.suffix.lower() == ".zip" else out.with_name(f"{out.name}.zip")
    check_folder(out)
    ours = (out / RECORD).is_file()
    if not ours and any((out / f"{name}.csv").exists() for name in STANDARD_FILES):
        message = f"{out} holds OneRoster files that were not generated; choose another folder"
        raise typer.BadParameter(message, param_hint="--out")
    return out


def _write(district: "District | None", after: Path | None, target: Path, *, as_zip: bool) -> None:
    from firstbell import generate as generator
    from firstbell.cli.progress import progress

    def into(folder: Path) -> None:
        with progress(_STEPS) as step:
            step(*_STEPS)
            if district is not None:
                generator.generate(district, folder)
            elif after is not None:
                generator.generate_next(after, folder)

    if not as_zip:
        into(target)
        return
    with TemporaryDirectory(prefix="firstbell-") as work:
        into(Path(work))
        target.parent.mkdir(parents=True, exist_ok=True)
        generator.pack(Path(work), target)
