"""The job that brings a letter: over SMTP, again while the server is away, given up where it says no for good."""

from collections.abc import Mapping
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from bots.runtime.sending.saying import Listener, say_to
from services.delivery.jobs import Perform, PermanentFailure
from services.people.mail.letters import SEND
from utils.telegram_html import strip_tags

if TYPE_CHECKING:
    from app.boot.settings import Settings

SECONDS = 30
LOOPBACK = ("127.0.0.1", "localhost", "::1")
FOR_GOOD = 500  # from this answer on trying again is useless
PORTS = {"smtp": 587, "smtps": 465}


def build_performers(settings: "Settings") -> Mapping[str, Perform]:
    """Who brings letters; nobody where no server is named."""
    url, sender = settings.smtp_url.get_secret_value(), settings.mail_from
    if not url:
        return {}
    where = read_server(url)

    async def send(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        import aiosmtplib

        try:
            await aiosmtplib.send(write_letter(sender, payload), timeout=SECONDS, **where)
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refusal.code >= FOR_GOOD for refusal in error.recipients):
                raise PermanentFailure("the mailbox refuses letters") from None
            raise
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= FOR_GOOD:
                raise PermanentFailure(f"the mail server says {error.code}") from None
            raise
        return {}

    return {SEND: send}


def read_server(url: str) -> dict[str, Any]:
    """Where the server is and how it is spoken to; a password is never sent in the clear but on this machine."""
    address = urlsplit(url)
    is_here = address.hostname in LOOPBACK
    return {
        "hostname": address.hostname,
        "port": address.port or PORTS[address.scheme],
        "username": unquote(address.username) if address.username else None,
        "password": unquote(address.password) if address.password else None,
        "use_tls": address.scheme == "smtps",
        "start_tls": None if is_here or address.scheme == "smtps" else True,
    }


def write_letter(sender: str, payload: Mapping[str, Any]) -> EmailMessage:
    """The letter: plain text, the way out of all further ones below it and where mail programs look for it.

    Its number is the job's: a server that gets it twice, because its answer was lost, can tell.
    """
    language = payload["language"]
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, payload["to"]
    letter["Subject"] = _show(payload["subject"], language).replace("\n", " ")
    letter["Message-ID"] = (
        f"<{payload['account_id']}.{payload['job_id']}@{sender.rpartition('@')[2].rstrip('>')}>"
    )
    letter["List-Unsubscribe"] = f"<{payload['stop']}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    said = _show(payload["words"], language)
    way_out = _show({"t": "mail-way-out", "v": {"link": payload["stop"]}}, language)
    letter.set_content(f"{said}\n\n-- \n{way_out}\n")
    return letter


def _show(words: Any, language: str) -> str:
    """Words as plain text: what they hold is told apart from the markup of our own sentences before that goes."""
    return strip_tags(say_to(words, Listener(language)))
