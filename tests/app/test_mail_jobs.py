"""Letters on the wire, to a mail server on this machine that is not ours: what it gets, and what becomes of its refusals."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.boot.settings import Settings
from app.serve.mail.jobs import build_performers, read_server
from services.delivery.jobs import PermanentFailure
from services.people.mail.letters import SEND

STOP = "https://school.example/mail/stop/abc"
PAYLOAD: Mapping[str, Any] = {
    "account_id": 1,
    "job_id": 7,
    "to": "anna@example.org",
    "language": "en",
    "subject": {"t": "mail-subject", "v": {"school": "Clear <words>"}},
    "words": {"t": "mail-named", "v": {"address": "<b>&"}},
    "stop": STOP,
}


class Mailbox:
    """Keeps what comes; `answer` is what it says to it, `to_recipient` to who it is for."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = self.to_recipient = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        read = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(read, EmailMessage)
        self.letters.append(read)
        return self.answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def port(mailbox: Mailbox) -> AsyncIterator[int]:
    """Where it listens, in this test's own loop."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, hostname="mail.example"), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


async def send(port: int) -> None:
    """Bring the letter there."""
    named = {
        "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "School <s@x.org>",
        "public_url": "https://x.org",
    }
    settings = Settings(_env_file=None, **named)
    await build_performers(settings)[SEND](PAYLOAD)


async def test_a_letter_says_the_words_and_how_to_get_no_more(mailbox: Mailbox, port: int) -> None:
    await send(port)
    await send(port)
    first, again = mailbox.letters
    assert (first["From"], first["To"]) == ("School <s@x.org>", "anna@example.org")
    assert first["Subject"] == "Clear <words>: a message for you"
    assert (first["List-Unsubscribe"], first["List-Unsubscribe-Post"]) == (
        f"<{STOP}>",
        "List-Unsubscribe=One-Click",
    )
    assert first["Message-ID"] == again["Message-ID"] == "<1.7@x.org>"
    assert "<b>&" in first.get_content()
    assert STOP in first.get_content()


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such mailbox", PermanentFailure), ("451 later", aiosmtplib.SMTPException)],
)
@pytest.mark.parametrize("asked", ["to_recipient", "answer"])
async def test_a_refusal_for_good_ends_it_and_another_one_is_tried_again(
    mailbox: Mailbox, port: int, asked: str, answer: str, error: type[Exception]
) -> None:
    setattr(mailbox, asked, answer)
    with pytest.raises(error):
        await send(port)


async def test_a_server_that_is_away_is_no_refusal(unused_tcp_port: int) -> None:
    with pytest.raises((aiosmtplib.SMTPException, OSError)):
        await send(unused_tcp_port)


@pytest.mark.parametrize(
    "named",
    [
        {"smtp_url": "https://x.org"},
        {"smtp_url": "smtp://"},
        {"smtp_url": "smtp://x.org", "mail_from": ""},
        {"smtp_url": "smtp://x.org", "mail_from": "s@x.org", "public_url": ""},
    ],
)
def test_settings_that_would_send_nothing_are_refused(named: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"smtp|SMTP"):
        Settings(_env_file=None, **named)  # type: ignore[arg-type]


def test_a_password_goes_to_another_machine_encrypted_alone() -> None:
    assert read_server("smtp://me:p%40ss@mail.example")["start_tls"] is True
    assert read_server("smtps://me:p%40ss@mail.example")["use_tls"] is True
    assert read_server("smtp://127.0.0.1:25")["start_tls"] is None
    assert read_server("smtps://me:p%40ss@mail.example")["password"] == "p@ss"


def test_without_a_server_nobody_brings_letters() -> None:
    assert build_performers(Settings(_env_file=None)) == {}
