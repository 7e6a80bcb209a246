"""kill -9 of the web process at random points of reporting, verifying and closing: no half act, ever, and
nothing that was acknowledged is lost (invariant 7)."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from tests.conftest import REPOSITORY
from tests.house.conftest import wait_until

pytestmark = pytest.mark.engines
SHORT, LONG = (12, 60.0), (400, 1200.0)
"""How many kills, and how many seconds a busy machine may take for them."""
CSRF = "x" * 32
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Web:
    """gunicorn as `up` starts it, loaded before it forks, so that a killed worker is back at once."""

    port: int
    master: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        path = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        return [int(pid) for pid in path.read_text().split()]

    def is_up(self) -> bool:
        assert self.master.poll() is None
        try:
            return send(self.port, "GET", "/healthz")[0] == 200
        except BROKEN:
            return False

    def kill(self, chance: random.Random) -> None:
        """One worker is gone, in the middle of whatever it does."""
        if workers := self.workers():
            os.kill(chance.choice(workers), signal.SIGKILL)


@contextmanager
def web(house: dict[str, str], port: int) -> Iterator[Web]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.house.warm_wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--preload",
    ]
    command += ["--no-control-socket", "--log-level", "critical"]
    is_sqlite = not house["DATABASE_URL"]
    command += ["--worker-class", "gthread", "--threads", "8"] if is_sqlite else ["--workers", "2"]
    master = subprocess.Popen(command, cwd=REPOSITORY, env=house)
    running = Web(port, master)
    try:
        wait_until(running.is_up, "the web", 90)
        yield running
    finally:
        master.terminate()
        master.wait(30)


def send(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@dataclass
class People:
    """Those who act while the web dies; what was acknowledged to them."""

    port: int
    made: dict[str, Any]
    over: threading.Event = field(default_factory=threading.Event)
    receipts: dict[str, str] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)
    checked: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def have_all(self) -> bool:
        """Something of every kind was acknowledged."""
        return bool(self.receipts and self.checked and self.closed)

    @property
    def answered(self) -> int:
        return sum(count for word, count in self.outcomes.items() if word != "broken")

    def go_on(self, more: int, until: float) -> None:
        """Wait until so many more requests were answered: the next kill is at a random point of acts."""
        wanted = self.answered + more
        while self.answered < wanted and time.monotonic() < until:
            time.sleep(0.01)

    # --- doors --------------------------------------------------------------------------------------------

    def page(self, who: str, path: str, fields: dict[str, Any]) -> int:
        """The status of a form handed in; 0 where nobody answered."""
        session = self.made["sessions"][who]
        headers = {"Content-Type": MULTIPART_CONTENT, "Cookie": f"sessionid={session}; csrftoken={CSRF}"}
        return self._answer(
            "POST", path, encode_multipart(BOUNDARY, {**fields, "csrfmiddlewaretoken": CSRF}), headers
        )[0]

    def api(self, body: dict[str, Any]) -> tuple[int, str]:
        """Status and receipt; 0 where nobody answered."""
        headers = {"Content-Type": "application/json", "Authorization": f"Token {self.made['token']}"}
        status, answer = self._answer("POST", "/api/v1/reports/", json.dumps(body).encode(), headers)
        return status, json.loads(answer)["receipt"] if status in (200, 201) else ""

    def _answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        try:
            status, answer = send(self.port, method, path, body, headers)
        except BROKEN:
            self.outcomes["broken"] += 1
            return 0, b""
        self.outcomes[f"{path.rstrip('/').rpartition('/')[2]} {status}"] += 1
        if status >= 500 or status in (403, 404, 422):
            self.wrong.append(f"{path} answered {status}: {answer[:300].decode(errors='replace')}")
        return status, answer

    # --- what they do -------------------------------------------------------------------------------------

    def report_by_api(self) -> None:
        """The same report until it is acknowledged, and once more."""
        number = random.choice(self.made["worked"])
        body = {
            "issue": number,
            "client_id": str(uuid4()),
            "quantity": "1",
            "happened_on": self.made["today"],
        }
        self.sent.add(body["client_id"])
        while True:
            receipt = self.api(body)[1]
            if receipt:
                break
            if self.over.is_set():
                return
        self.receipts[body["client_id"]] = receipt
        again, same = self.api(body)
        if again and (again, same) != (200, receipt):
            self.wrong.append(f"sent again: {again}, {same} is not {receipt}")

    def report_by_page(self) -> None:
        """With a photo, as long as the issue takes one more."""
        number, client_id = random.choice(self.made["worked"]), str(uuid4())
        self.sent.add(client_id)
        photo = SimpleUploadedFile("成效.jpg", _photo(), "image/jpeg")
        given = {"client_id": client_id, "quantity": "1", "happened_on": self.made["today"], "kind": "after"}
        status = 0
        while status == 0 and not self.over.is_set():
            photo.seek(0)
            status = self.page("cadre", f"/issues/{number}/report/", {**given, "files": photo})
        if status == 302:
            self.receipts.setdefault(client_id, "")

    def verify(self) -> None:
        """One household, with words of its own; what was not acknowledged is left as it is."""
        words = str(uuid4())
        given = {
            "method": "site", "examined": "1", "found_true": "1", "adds": "on", "words": words,
            "verified_on": self.made["today"],
        }  # fmt: skip
        if self.page("staff", f"/issues/{random.choice(self.made['worked'])}/verify/", given) == 302:
            self.checked.add(words)

    def close(self, number: str) -> None:
        """Through four hands; a step is tried until it is done or somebody says that it was."""
        steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("cadre", "apply_closure", {"statement": "全部完成", "similar": "none"}),
            ("head", "sign_closure", {}),
            ("staff", "review_closure", {"words": "属实"}),
            ("office", "sign_off", {"closed_on": self.made["today"]}),
        )
        for who, verb, given in steps:
            while (status := self.page(who, f"/issues/{number}/{verb}/", given)) not in (302, 409):
                if self.over.is_set():
                    return
        if status == 302:
            self.closed.add(number)

    def close_all(self) -> None:
        for number in self.made["closing"]:
            if self.over.is_set():
                return
            self.close(number)

    def keep(self, act: Callable[[], None]) -> None:
        while not self.over.is_set():
            try:
                act()
            except Exception as error:
                self.wrong.append(repr(error))
                return


def _photo() -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (4, 4), random.randbytes(48)).save(out, "JPEG")
    return out.getvalue()


def acts(house: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.house.acts", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=house, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def play(house: dict[str, str], port: int, kills: int, patience: float) -> None:
    """Act, kill, act on, so many times; then ask what there is."""
    made = acts(house, "build", str(kills))
    people, chance = People(port, made), random.Random()
    with web(house, port) as running:
        jobs = [
            lambda: people.keep(people.report_by_api),
            lambda: people.keep(people.report_by_page),
            lambda: people.keep(people.verify),
            people.close_all,
        ]
        threads = [threading.Thread(target=job) for job in jobs]
        for thread in threads:
            thread.start()
        until = time.monotonic() + patience
        for _ in range(kills):
            people.go_on(chance.randint(1, 6), until)
            time.sleep(chance.uniform(0, 0.3))
            running.kill(chance)
        while not people.have_all and time.monotonic() < until:
            time.sleep(0.1)
        wait_until(running.is_up, "the web after the last kill", 60)
        people.over.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
    print("kills", kills, dict(people.outcomes))
    judge(people, acts(house, "check"))
    assert people.outcomes["broken"]
    assert people.have_all


def judge(people: People, found: dict[str, Any]) -> None:
    """Nothing acknowledged is lost, nothing is there that was not sent, no act is half."""
    assert people.wrong == []
    assert found["half"] == []
    assert people.receipts.keys() <= found["reports"].keys() <= people.sent
    for client_id, receipt in people.receipts.items():
        assert receipt in ("", found["reports"][client_id])
    for words in people.checked:
        assert found["checks"].count(words) == 1
    assert people.closed <= set(found["closed"])


def test_a_killed_web_leaves_no_half_act_and_loses_nothing_acknowledged(
    house: dict[str, str], free_port: int
) -> None:
    play(house, free_port, *SHORT)


@pytest.mark.soak
def test_a_web_killed_for_minutes_leaves_no_half_act(house: dict[str, str], free_port: int) -> None:
    play(house, free_port, *LONG)
