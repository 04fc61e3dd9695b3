"""The mail server that `FIRSTBELL_MAIL` names."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from firstbell.store.errors import StoreError

_TLS = {
    ("smtp", ""): (25, False),
    ("smtp", "tls=starttls"): (587, False),
    ("smtps", ""): (465, True),
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in, and how."""

    host: str
    port: int
    #: Both empty: nobody signs in there.
    user: str
    password: str
    #: The connection is encrypted from its first byte on.
    tls: bool
    #: It is encrypted by a command, before anybody signs in.
    starttls: bool


def mail_server(url: str) -> MailServer:
    """The mail server of an address; raises StoreError when it is none.

    >>> mail_server("smtp://dana:p%40ss@mail.example?tls=starttls").port
    587
    """
    try:
        parts = urlsplit(url)
        usual_port, tls = _TLS[parts.scheme, parts.query]
        host, port = parts.hostname, parts.port
    except (KeyError, ValueError):
        raise _no_address() from None  # what it says would show the password
    if not host or parts.path not in ("", "/") or parts.fragment:
        raise _no_address()
    return MailServer(
        host=host,
        port=port or usual_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=bool(parts.query),
    )


def _no_address() -> StoreError:
    return StoreError(
        "FIRSTBELL_MAIL is no address of a mail server, such as"
        " smtp://user:password@host:587?tls=starttls or smtps://user:password@host"
    )
