"""Those who receive: a mail server and web servers on loopback, which behave as a test asks. All real sockets."""

from __future__ import annotations

import json
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """``acts``: how the next ones are answered, the last for all that follow."""

    port: int = 0
    acts: list[str] = field(default_factory=lambda: ["ok"])
    got: list[Got] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def act(self) -> str:
        with self.lock:
            return self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what these tests are about."""


@contextmanager
def receiver(handler: type[socketserver.StreamRequestHandler]) -> Iterator[Receiver]:
    kept = Receiver()
    with _Server(("127.0.0.1", 0), type("Handler", (handler,), {"kept": kept})) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join(10)


# --- HTTP ---------------------------------------------------------------------------------------------------
class HTTPReceiver(socketserver.StreamRequestHandler):
    """Takes one POST; ``act`` says what it answers."""

    kept: Receiver

    def handle(self) -> None:
        act = self.kept.act()
        if act == "hang_up_first":
            return
        first = self.rfile.readline().decode().split()
        if not first:
            return
        headers: dict[str, str] = {}
        while line := self.rfile.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        with self.kept.lock:
            self.kept.got.append(Got(first[1], headers, body))
        answer = getattr(self, f"_{act}")
        answer()

    def _answer(self, status: str, body: bytes = b"{}", more: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def _ok(self) -> None:
        self._answer("200 OK", b'{"errcode": 0, "code": 0}')

    def _broken(self) -> None:
        self._answer("500 Internal Server Error")

    def _missing(self) -> None:
        self._answer("404 Not Found")

    def _busy(self) -> None:
        self._answer("429 Too Many Requests")

    def _refused_inside(self) -> None:
        self._answer("200 OK", b'{"errcode": 93000, "code": 19024, "errmsg": "invalid webhook url"}')

    def _elsewhere(self) -> None:
        self._answer("302 Found", more="Location: http://127.0.0.1:9/\r\n")

    def _hang_up(self) -> None:
        """Taken, and gone without a word."""

    def _hang_up_midway(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")

    def _twice(self) -> None:
        self._ok()
        self._ok()

    def _garbage(self) -> None:
        self.wfile.write(b"\x00\x01 not http at all\r\n\r\n")

    def _drip(self) -> None:
        """A byte now and then: every read comes back in time, the whole never does."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(200):
            time.sleep(0.05)
            self.wfile.write(f"X-{number}: 1\r\n".encode())
            self.wfile.flush()


# --- SMTP ---------------------------------------------------------------------------------------------------
class SMTPReceiver(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs; ``act`` says where it misbehaves."""

    kept: Receiver

    def handle(self) -> None:
        act = self.kept.act()
        if act == "closed":
            self._say("554 no service")
            return
        self._say("220 receiver ready")
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()
            if verb.startswith(("EHLO", "HELO")):
                self._say("250 receiver")
            elif verb.startswith("RCPT") and act in ("no_such_box", "box_busy"):
                self._say("550 no such box" if act == "no_such_box" else "451 later")
            elif verb == "DATA":
                if not self._data(act):
                    return
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _data(self, act: str) -> bool:
        """Whether the talk goes on."""
        if act == "no_data":
            self._say("452 no room")
            return True
        self._say("354 go on")
        if act == "hang_up_in_data":
            return False
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if line == b"":
            return False  # the client died before the last dot: this is no mail
        if act == "refused_content":
            self._say("554 no")
            return True
        with self.kept.lock:
            self.kept.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        if act == "hang_up_after":
            return False
        if act == "silent":
            time.sleep(5)
            return False
        self._say("250 taken")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


def keys_of_mails(kept: Receiver) -> list[str]:
    """The deliveries that came as mails."""
    return [re.sub(r"[<>]|@rectify", "", mail["Message-ID"]) for mail in kept.mails]


def keys_of_posts(kept: Receiver) -> list[str]:
    """The deliveries that came to the SMS gateway."""
    return [str(got.json["key"]) for got in kept.got]
