"""The address of a mail server."""

import pytest

from firstbell.store.errors import StoreError
from firstbell.store.mail_server import MailServer, mail_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", MailServer("localhost", 25, "", "", tls=False, starttls=False)),
        (
            "smtp://dana%40north:p%2Fa%3As%40s@mail.example:2525?tls=starttls",
            MailServer("mail.example", 2525, "dana@north", "p/a:s@s", tls=False, starttls=True),
        ),
        (
            "smtp://mail.example/?tls=starttls",
            MailServer("mail.example", 587, "", "", tls=False, starttls=True),
        ),
        ("smtps://d:p@[::1]", MailServer("::1", 465, "d", "p", tls=True, starttls=False)),
    ],
)
def test_an_address_says_where_the_server_is_and_how_to_talk_to_it(
    url: str, server: MailServer
) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:25",
        "http://dana:secret@mail.example",
        "smtp://",
        "smtp://dana:secret@:25",
        "smtp://dana:secret@mail.example:port",
        "smtp://dana:secret@mail.example:70000",
        "smtp://dana:secret@[mail.example",
        "smtp://dana:sec/ret@mail.example",
        "smtp://dana:secret@mail.example/folder",
        "smtp://dana:secret@mail.example?tls=maybe",
        "smtps://dana:secret@mail.example?tls=starttls",
        "smtp://dana:secret@mail.example#x",
    ],
)
def test_another_address_is_refused_without_saying_it(url: str) -> None:
    with pytest.raises(StoreError, match="FIRSTBELL_MAIL is no address") as refused:
        mail_server(url)
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
