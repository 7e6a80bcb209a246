"""Worker, beat and queue as processes of their own: what the queue forgets stands in the outbox, and the next
beat finds it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.alerts.receivers import HTTPReceiver, Receiver, receiver
from tests.conftest import REPOSITORY
from tests.house.conftest import wait_until

pytestmark = pytest.mark.engines
MESSAGES = 5
CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--skip-checks", "-A", "rectify"]
WORKER = [
    *CELERY,
    "worker",
    "--concurrency",
    "1",
    "--without-gossip",
    "--without-mingle",
    "--loglevel",
    "ERROR",
]


@pytest.fixture
def open_house(house: dict[str, str]) -> dict[str, str]:
    return house | {"OUTBOUND_ALLOW": "127.0.0.1"}


def do(house: dict[str, str], *words: object) -> Any:
    command = [sys.executable, "-m", "tests.alerts.flushed_queue", *map(str, words)]
    done = subprocess.run(command, cwd=REPOSITORY, env=house, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@contextmanager
def running(house: dict[str, str], command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=REPOSITORY, env=house, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def forget(house: dict[str, str], web: Receiver) -> None:
    """Messages in the outbox, their task in the queue, and the queue flushed before any worker ran."""
    assert do(house, "build", web.port, MESSAGES) is True
    assert do(house, "flush") == 1


def judge(house: dict[str, str], web: Receiver) -> None:
    keys = sorted(got.headers["rectify-delivery"] for got in web.got)
    assert len(keys) == MESSAGES
    sent = [[key, "sent"] for key in keys]
    wait_until(lambda: sorted(do(house, "states")) == sent, "each on record as sent")


def test_a_flushed_queue_loses_no_message(open_house: dict[str, str]) -> None:
    with receiver(HTTPReceiver) as web:
        forget(open_house, web)
        with running(open_house, WORKER):
            assert do(open_house, "nudge") is True
            wait_until(lambda: len(web.got) == MESSAGES, "the messages", 60)
            judge(open_house, web)


@pytest.mark.soak
def test_after_a_flush_the_timetable_itself_sends_what_waits(open_house: dict[str, str]) -> None:
    beat = [*CELERY, "beat", "--loglevel", "ERROR", "--pidfile="]
    with receiver(HTTPReceiver) as web:
        forget(open_house, web)
        with running(open_house, WORKER), running(open_house, beat):
            wait_until(lambda: len(web.got) == MESSAGES, "the next beat", 150)
            judge(open_house, web)
