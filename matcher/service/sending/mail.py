"""Mail: composed from Chinese templates, handed to one SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from matcher.service.sending.outcome import InDoubtError, NotSentError
from matcher.service.settings import Settings
from matcher.service.store.deliveries import Delivery
from matcher.service.store.messages import CONFIRMING, FORGOTTEN, MESSAGE_KIND_NAMES

_SECONDS = 30.0
_TEMPLATE_OF = {CONFIRMING: "confirm.txt", FORGOTTEN: "password.txt"}
_TEMPLATES = Path(__file__).parent.parent / "templates" / "mail"


def compose(
    settings: Settings, delivery: Delivery, name: str, address: str, unsubscribe: str
) -> EmailMessage:
    """The mail of a delivery; its Message-ID and Date are the same however often it is made.

    Args:
        name, address: of the account it goes to.
        unsubscribe: the path that ends mails of this kind; empty where they cannot be refused.
    """
    mail = EmailMessage(policy=SMTP.clone(max_line_length=200))
    domain = settings.mail_from.rpartition("@")[2]
    user, _, host = settings.mail_from.rpartition("@")
    mail["From"] = Address(_plain(settings.title), user, host)
    mail["To"] = Address(_plain(name), *address.rsplit("@", 1))
    mail["Subject"] = _plain(f"【{settings.title}】{delivery.title}")
    mail["Date"] = datetime.fromisoformat(delivery.created)
    mail["Message-ID"] = f"<{delivery.message_id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    link = f"{settings.public_address}{unsubscribe}" if unsubscribe else ""
    if link:
        mail["List-Unsubscribe"] = f"<{link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    template = _TEMPLATE_OF.get(delivery.kind, "message.txt")
    written = _environment().get_template(template).render(
        name=name, title=delivery.title, body=delivery.body, site=settings.title,
        link=f"{settings.public_address}{delivery.link}", unsubscribe=link,
        kind=MESSAGE_KIND_NAMES.get(delivery.kind, ""),  # type: ignore[call-overload]
    )  # fmt: skip
    mail.set_content(written, charset="utf-8", cte="base64")
    return mail


def send(settings: Settings, mail: EmailMessage) -> None:
    """Hand a mail to the server.

    Raises:
        NotSentError: the server was not reached, or did not take it.
        InDoubtError: it was handed over whole, and no answer came.
    """
    with _server(settings) as server:
        with _refusals():
            server.ehlo_or_helo_if_needed()
            if settings.mail_security == "starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if settings.mail_user:
                server.login(settings.mail_user, settings.mail_password.get_secret_value())
            _accepted(server.mail(settings.mail_from))
            _accepted(server.rcpt(mail["To"].addresses[0].addr_spec))
        try:
            answer = server.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:  # refused before any of it was sent
            raise NotSentError(_told(error.smtp_code), again=error.smtp_code < 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise InDoubtError("信已交给邮件服务器，没有等到答复") from error
        _accepted(answer)


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    host, port = settings.mail_host, settings.mail_port
    try:
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=ssl.create_default_context())
            if settings.mail_security == "tls"
            else smtplib.SMTP(host, port, timeout=_SECONDS)
        )
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"连不上邮件服务器（{type(error).__name__}）") from error
    try:
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


@contextmanager
def _refusals() -> Iterator[None]:
    """Before the mail itself is sent nothing can be in doubt."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError("邮件服务器不接受账号或密码") from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSentError("邮件服务器不支持加密或登录，核对 mail_security") from error
    except smtplib.SMTPResponseException as error:
        raise NotSentError(_told(error.smtp_code), again=error.smtp_code < 500) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"邮件服务器中断了连接（{type(error).__name__}）") from error


def _accepted(answer: tuple[int, bytes]) -> None:
    code = answer[0]
    if not 200 <= code < 300:
        raise NotSentError(_told(code), again=code < 500)


def _told(code: int) -> str:
    # What the server says beside the code may hold addresses.
    later = "，稍后再试" if code < 500 else "，不再重试"
    return f"邮件服务器没有接受（{code}）{later}"


def _plain(text: str) -> str:
    """A text a header can hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


@cache
def _environment() -> Environment:
    # Plain text: nothing to escape.
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=False,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
