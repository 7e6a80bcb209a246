"""The server as it runs in an office (gunicorn, two sync workers), a person logged in, what a page costs."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from statistics import median
from urllib.parse import urlencode

from bench import database, processor
from bench.house import REPOSITORY, USER, House

WORKERS = 2
WARM = 12
"""Requests that nobody counts, so that each worker has its templates, its connection and its kept values."""


class PageFailed(Exception):
    """A page did not answer as it should; the text says which and how."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request costs, in milliseconds."""

    cpu: float
    wall: float


@dataclass(slots=True)
class Server:
    """A running server; ``cookies`` make its requests those of the logged-in account."""

    process: subprocess.Popen[bytes]
    port: int
    name: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of a page."""
        return self._request("GET", path, "", headers or {})

    def _request(
        self, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, {"Cookie": cookie, **headers} if cookie else dict(headers))
        answer = connection.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def post(self, path: str, body: str) -> tuple[int, dict[str, str], bytes]:
        """What a form sent to ``path`` is answered."""
        return self._request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def log_in(self, house: House, username: str = USER) -> None:
        """Log in as a person does, through the form."""
        _, _, page = self.get("/accounts/login/")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        form = {
            "csrfmiddlewaretoken": token[1].decode() if token else "",
            "username": username,
            "password": house.password,
        }
        status, _, page = self.post("/accounts/login/", urlencode(form))
        if status != http.client.FOUND:
            raise PageFailed(f"login answered {status}: {page.decode()[:2000]}")

    def cost(
        self, path: str, times: int, headers: Mapping[str, str] | None = None, expect: int = 200
    ) -> Cost:
        """CPU (workers and their backends) and wall time of one request, over ``times`` of them."""
        pids = self.pids()
        spent, started = processor.total_cpu(pids), time.monotonic()
        for _ in range(times):
            status, _, page = self.get(path, headers)
            if status != expect:
                raise PageFailed(f"{path} answered {status}, not {expect}: {page.decode()[:2000]}")
        wall = time.monotonic() - started
        return Cost((processor.total_cpu(pids) - spent) / times * 1000, wall / times * 1000)

    def warm(self, path: str, headers: Mapping[str, str] | None = None, times: int = WARM) -> None:
        """Ask until every worker has seen the page."""
        for _ in range(times):
            self.get(path, headers)

    def pids(self) -> list[int]:
        if not self.name:
            return processor.descendants(self.process.pid)
        with database.connect("postgres") as server:
            return processor.descendants(self.process.pid) + database.backends(server, self.name)


@contextmanager
def serve(
    house: House,
    application: str,
    *,
    settings: str = "bench.settings",
    name: str = "",
    more: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Gunicorn with two sync workers for ``application`` on a free port; gone when the block is left.

    ``more``: what else stands in its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        application,
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(WORKERS),
    ]
    env = house.env(name, DJANGO_SETTINGS_MODULE=settings, **(more or {}))
    process = subprocess.Popen(
        [*command, "--no-control-socket", "--log-level", "warning", "--timeout", "300"],
        cwd=REPOSITORY,
        env=env,
    )
    try:
        server = Server(process, port, name)
        _wait(server)
        yield server
    finally:
        process.terminate()
        process.wait()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with suppress(OSError):
            server.get("/healthz")
            return
        time.sleep(0.2)
    raise PageFailed("the server did not start")


@dataclass(frozen=True, slots=True)
class Pair:
    """A page and its floor, measured in turns: medians of each, and the median of the ratios."""

    page: Cost
    floor: Cost
    ratio: float


def paired(
    server: Server,
    page: tuple[str, Mapping[str, str], int],
    floor: tuple[str, Mapping[str, str], int],
    *,
    rounds: int,
    times: int,
    warm: int = WARM,
) -> Pair:
    """Measure (path, headers, status) of a page and of its floor by turns."""
    pages, floors = [], []
    for path, headers, _ in (page, floor):
        server.warm(path, headers, warm)
    for _ in range(rounds):
        pages.append(server.cost(page[0], times, page[1], page[2]))
        floors.append(server.cost(floor[0], times, floor[1], floor[2]))
    ratios = [one.cpu / other.cpu for one, other in zip(pages, floors, strict=True)]
    return Pair(_middle(pages), _middle(floors), median(ratios))


def _middle(costs: list[Cost]) -> Cost:
    return Cost(median(cost.cpu for cost in costs), median(cost.wall for cost in costs))
