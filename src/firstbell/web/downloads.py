"""Reports, handed out as files."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import FileResponse, Http404

_TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


def download(file: Path | None) -> FileResponse:
    """A report, to be kept as a file.

    Raises:
        Http404: There is none, or it has gone.
    """
    if file is None or not file.is_file():
        raise Http404
    return FileResponse(
        file.open("rb"), as_attachment=True, filename=file.name, content_type=_TYPES[file.suffix]
    )


def download_all(files: Iterable[Path], name: str) -> FileResponse:
    """Reports in one archive.

    Args:
        files: those that have gone are left out.
        name: of the archive.

    Raises:
        Http404: None is left.
    """
    there = [file for file in files if file.is_file()]
    if not there:
        raise Http404
    archive = TemporaryFile()  # noqa: SIM115 - closed with the answer
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for file in there:
            packed.write(file, file.name)
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")
