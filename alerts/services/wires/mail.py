"""One mail by the server that EMAIL_URL names. Until the mail's last dot nothing was sent; after it, nobody
knows what a broken line means."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from alerts.services.wires.outcome import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    NotSent,
    Unclear,
    ended_in_time,
    words_of,
)

DUMMY = "django.core.mail.backends.dummy.EmailBackend"


def is_configured() -> bool:
    """Whether EMAIL_URL names a server."""
    return bool(settings.EMAIL_BACKEND != DUMMY)


def sender() -> str:
    """Whom a mail comes from: ``from`` of EMAIL_URL, else its user, else the host's own."""
    return str(settings.DEFAULT_FROM_EMAIL)


def post(*, to: str, subject: str, text: str, key: str, seconds: float = ANSWER_SECONDS) -> None:
    """Send one mail; ``key`` is its Message-ID. NotSent: the server did not take it. Unclear: it may have."""
    if not is_configured():
        raise NotSent("没有配置邮件服务器（EMAIL_URL）")
    message = EmailMessage(
        subject,
        text,
        sender(),
        [to],
        headers={"Message-ID": f"<{key}@rectify>", "Auto-Submitted": "auto-generated"},
    )
    backend = get_connection(timeout=CONNECT_SECONDS)
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"连接不上邮件服务器：{words_of(error)}", is_final=_is_final(error)) from error
    line = getattr(backend, "connection", None)
    if not isinstance(line, smtplib.SMTP) or line.sock is None:
        backend.send_messages([message])
        return
    line.sock.settimeout(seconds)
    try:
        with suppress(TimeoutError), ended_in_time(line.sock, seconds):
            _envelope(line, to)
            _content(line, message)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            line.close()


def _envelope(line: smtplib.SMTP, to: str) -> None:
    try:
        line.ehlo_or_helo_if_needed()
        for code, words in (line.mail(sender()), line.rcpt(to)):
            if code >= 300:
                raise smtplib.SMTPResponseException(code, words)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"邮件服务器拒收：{words_of(error)}", is_final=_is_final(error)) from error


def _content(line: smtplib.SMTP, message: EmailMessage) -> None:
    content: Any = message.message()
    try:
        code, words = line.data(content.as_bytes(linesep="\r\n"))
    except smtplib.SMTPDataError as error:
        raise NotSent(f"邮件服务器拒收：{words_of(error)}", is_final=_is_final(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unclear(f"发出后没有收到邮件服务器的回答：{words_of(error)}") from error
    if code >= 300:
        refused = smtplib.SMTPResponseException(code, words)
        raise NotSent(f"邮件服务器拒收：{words_of(refused)}", is_final=_is_final(refused))


def _is_final(error: Any) -> bool:
    """5xx: the same mail will never be taken."""
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
