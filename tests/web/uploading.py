"""Uploads as browsers send them: bodies are written by hand, so that names are sent as they are."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT

SEED = Path("examples/seed-district")
#: The name of a file, and what it holds.
Sent = tuple[str, bytes]


def body_of(files: Sequence[Sent], do: str | None = "check", token: str = "") -> bytes:
    """The body of the form: the token, the files, and which button was pressed."""

    def part(about: str, content: bytes) -> bytes:
        head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
        return head.encode() + content + b"\r\n"

    parts = [part('name="csrfmiddlewaretoken"', token.encode())]
    parts += [part(f'name="files"; filename="{name}"', content) for name, content in files]
    if do is not None:
        parts.append(part('name="do"', do.encode()))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(
    client: Client,
    files: Sequence[Sent],
    do: str | None = "check",
    *,
    slug: str = "north",
    token: str = "",
    announced: int | None = None,
) -> tuple[int, str]:
    """Sends files; the code of the answer, and where it leads or what it says."""
    body = body_of(files, do, token)
    answer = client.generic(
        "POST",
        f"/districts/{slug}/upload/",
        **{  # type: ignore[arg-type]
            "wsgi.input": BytesIO(body),  # which ends where it ends, whatever was announced
            "CONTENT_TYPE": MULTIPART_CONTENT,
            "CONTENT_LENGTH": str(len(body) if announced is None else announced),
        },
    )
    return answer.status_code, answer.headers.get("location") or answer.content.decode()


def files_of(folder: Path) -> list[Sent]:
    """The CSV files of a delivery."""
    return [(file.name, file.read_bytes()) for file in sorted(folder.glob("*.csv"))]
