"""A real mail server, and what has been handed in to it."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class PostOffice:
    """Keeps the mails that it has taken."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    #: Addresses that it takes nothing for.
    refused: set[str] = field(default_factory=set)
    #: For how many seconds it thinks before it takes a mail.
    thinks: float = 0
    #: Who has signed in, and how.
    signed_in: set[tuple[bytes, bytes]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def told(self) -> list[str]:
        """Who got a mail, as often as they did."""
        return sorted(str(mail["To"]) for mail in self.mails)

    async def handle_RCPT(  # noqa: N802, RUF100 - the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 there is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802, RUF100
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        await asyncio.sleep(self.thinks)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        assert envelope.rcpt_tos == [mail["To"]]
        self.mails.append(mail)
        return "250 OK"

    def signs_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.signed_in.add((given.login, given.password))
        return AuthResult(success=True)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Takes mails while the block runs."""
        controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            authenticator=self.signs_in,
            auth_require_tls=False,
        )
        controller.start()
        try:
            yield
        finally:
            controller.stop()


def post_office() -> PostOffice:
    """One that is not open yet, on a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return PostOffice(int(free.getsockname()[1]))


def text_of(mail: EmailMessage) -> str:
    """The text of a mail, as it is read."""
    content = mail.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
