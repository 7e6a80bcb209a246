"""What a try can come to besides success, and the clock that ends one."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, IncompleteRead

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
"""From the open connection to the end of the answer, however slowly it drips; well under a lease."""


KINDS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "超过时间"),
    (ConnectionRefusedError, "对方没有开放这个端口"),
    (socket.gaierror, "找不到这个主机"),
    (ssl.SSLCertVerificationError, "对方的证书没有通过验证"),
    (ConnectionError, "对方中断了连接"),
    (IncompleteRead, "回答没有传完"),
    (HTTPException, "回答不是 HTTP 格式"),
    (smtplib.SMTPServerDisconnected, "对方中断了连接"),
)


def words_of(error: Exception) -> str:
    """What went wrong, by its kind: an error's own text may quote an address with its key."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"代码 {error.smtp_code}"
    return next((words for kind, words in KINDS if isinstance(error, kind)), type(error).__name__)


class NotSent(Exception):
    """The other side did not take it; ``str(error)`` says why. ``is_final``: again would change nothing."""

    def __init__(self, words: str, *, is_final: bool = False) -> None:
        super().__init__(words)
        self.is_final = is_final


class Unclear(Exception):
    """Something has left and no answer says whether it was taken: a person has to find out."""


@contextmanager
def ended_in_time(line: socket.socket, seconds: float = ANSWER_SECONDS) -> Iterator[None]:
    """Cut the line after so many seconds: a timeout of a socket begins anew with every byte. TimeoutError at
    the end where it was cut, for a reader may take a cut line for the end of the answer."""
    is_cut = threading.Event()
    timer = threading.Timer(seconds, _cut, (line, is_cut))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    if is_cut.is_set():
        raise TimeoutError


def _cut(line: socket.socket, is_cut: threading.Event) -> None:
    is_cut.set()
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
