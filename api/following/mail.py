"""Mails: written to a folder of this machine, or handed to an SMTP server (RFC 5321) that a setting names."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from api.following.errors import BadEmail
from audit.settings import Settings

OUTBOX = "outbox"
PATIENCE = 20.0
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,190}\Z)[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def check_email(text: str) -> str:
    """The address, where it may stand in a header as it is. Raises BadEmail."""
    if not _ADDRESS.fullmatch(text) or ".." in text or "@." in text:
        raise BadEmail
    return text


def is_email(text: str) -> bool:
    try:
        check_email(text)
    except BadEmail:
        return False
    return True


class NotTaken(Exception):  # noqa: N818 - what the other side answers
    """The server does not take the mail; `for_good`: and never will."""

    def __init__(self, for_good: bool) -> None:
        super().__init__("refused")
        self.for_good = for_good


@dataclass(frozen=True)
class Mail:
    """What is sent to one address."""

    id: str
    to: str
    subject: str
    text: str
    stop: str | None
    """Where a POST ends it (RFC 8058)."""


class Post(Protocol):
    def send(self, message: EmailMessage, id_: str) -> None:
        """Hand a mail over. Raises NotTaken, OSError."""


@dataclass(frozen=True)
class Outbox:
    """A folder in which each mail is a file; the same one twice is one file."""

    folder: Path

    def send(self, message: EmailMessage, id_: str) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self.folder / f".{id_}"
        half.write_bytes(message.as_bytes(policy=SMTP))
        half.replace(self.folder / f"{id_}.eml")


@dataclass(frozen=True)
class SmtpServer:
    """`smtps://` speaks TLS from the first byte, `smtp://` begins it (STARTTLS) or sends nothing, `smtp+plain://` never
    does: for a relay on this machine only."""

    url: str

    def send(self, message: EmailMessage, id_: str) -> None:
        parts = urlsplit(self.url)
        host, tls = parts.hostname or "localhost", ssl.create_default_context()
        try:
            if parts.scheme == "smtps":
                server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=tls)
            else:
                server = smtplib.SMTP(host, parts.port or (587 if parts.scheme == "smtp" else 25), timeout=PATIENCE)
            with server:
                if parts.scheme == "smtp":
                    server.starttls(context=tls)
                if parts.username and parts.scheme != "smtp+plain":
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise NotTaken(for_good=all(code >= 500 for code in codes)) from None
        except smtplib.SMTPDataError as refused:
            raise NotTaken(for_good=refused.smtp_code >= 500) from None
        except smtplib.SMTPException:  # such as a password that is wrong: whoever runs this can mend it
            raise NotTaken(for_good=False) from None


def post_of(settings: Settings) -> Post:
    return SmtpServer(settings.smtp) if settings.smtp else Outbox(settings.data / OUTBOX)


def message_of(mail: Mail, sender: str, base_url: str, now: int) -> EmailMessage:
    """now: Unix seconds."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate(now)
    message["Message-ID"] = f"<{mail.id}@{urlsplit(base_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop is not None:
        message["List-Unsubscribe"] = f"<{mail.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    return message
