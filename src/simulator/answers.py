"""What is asked of a server, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from firstbell.oneroster.dictionary import Version


@dataclass(frozen=True, slots=True)
class Asked:
    """A request."""

    method: str
    #: Path and query as they stood in the request.
    target: str
    #: By names in lower case.
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """Still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The parameters, decoded; those that are given again are joined by commas."""
        found: dict[str, str] = {}
        for name, value in parse_qsl(self.target.partition("?")[2], keep_blank_values=True):
            found[name] = f"{found[name]},{value}" if name in found else value
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, and what goes wrong while it is sent."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    #: Seconds before the first byte.
    pause: float = 0
    #: The part of the body after which the connection is cut.
    cut_at: float | None = None


#: Codes of both versions by HTTP status.
_CODES = {
    400: ("invalid data", "invaliddata"),
    401: ("unauthorized", "unauthorisedrequest"),
    403: ("forbidden", "forbidden"),
    404: ("unknown object", "unknownobject"),
    429: ("server_busy", "server_busy"),
}


def refusal(
    version: Version, status: int, code: str = "", headers: Mapping[str, str] | None = None
) -> Answer:
    """A refusal in the words of the version; `code` where the status has more than one."""
    old, new = _CODES.get(status, ("internal_server_error", "internal_server_error"))
    body: object
    if version is Version.V1_1:
        body = {"statusInfoSet": [info(code or old, "failure", "error")]}
    else:
        fields = [
            {
                "imsx_codeMinorFieldName": "TargetEndSystem",
                "imsx_codeMinorFieldValue": code or new,
            }
        ]
        body = {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": f"Answered by a simulator: {status}",
            "imsx_CodeMinor": {"imsx_codeMinorField": fields},
        }
    return Answer(status, json.dumps(body).encode(), headers or {})


def info(code: str, major: str, severity: str) -> dict[str, str]:
    """How OneRoster 1.1 says that something is wrong."""
    return {
        "imsx_codeMajor": major,
        "imsx_severity": severity,
        "imsx_codeMinor": code,
        "imsx_description": f"Answered by a simulator: {code}",
    }
