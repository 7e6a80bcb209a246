"""kill -9 of workers at random lines between the first look and the last word of a delivery: nothing is lost,
nothing is sent twice, and what nobody can know is listed for a person."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from tests.alerts.receivers import HTTPReceiver, SMTPReceiver, keys_of_mails, keys_of_posts, receiver
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.engines
SHORT, LONG = (8, 12), (120, 160)
"""How many kills, and of how many people the messages are."""


def play(house: dict[str, str], kills: int, people: int) -> None:
    seed = random.randrange(10**6)
    with receiver(SMTPReceiver) as post_office, receiver(HTTPReceiver) as web:
        env = house | {"EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}", "OUTBOUND_ALLOW": "127.0.0.1"}
        given = map(str, (people, kills, seed, web.port))
        command = [sys.executable, "-m", "tests.alerts.outbox_worker", *given]
        done = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"seed {seed}: {done.stderr[-3000:]}"
        arrived = Counter(keys_of_mails(post_office) + keys_of_posts(web))
    found = json.loads(done.stdout)
    states = Counter(state for _, _, state in found["deliveries"].values())
    print("seed", seed, "killed", found["killed"], dict(states), "arrived", len(arrived))
    assert found["killed"] == kills, f"seed {seed}"
    judge(found, arrived, people)
    assert 1 <= states["uncertain"] <= kills, "some died on the wire, none of those is taken for sent"


def judge(found: dict[str, Any], arrived: Counter[str], people: int) -> None:
    """Everybody has one digest with every alert, each way one message; what arrived is what is on record."""
    everybody = [f"cadre{number}" for number in range(people)]
    assert sorted(found["digests"]) == sorted(everybody)
    told = Counter(tuple(line) for line in found["told"])
    assert len(told) == people * found["alerts"]
    assert set(told.values()) == {1}
    rows = found["deliveries"]
    ways = Counter((user, kind) for user, kind, _ in rows.values())
    assert ways == {(user, kind): 1 for user in everybody for kind in ("email", "sms")}
    assert {state for _, _, state in rows.values()} <= {"sent", "uncertain"}
    assert set(arrived.values()) <= {1}, "sent twice"
    assert arrived.keys() <= rows.keys()
    sent = {key for key, (_, _, state) in rows.items() if state == "sent"}
    assert sent <= arrived.keys(), "on record as sent and never arrived"


def test_workers_killed_at_random_lines_lose_nothing_and_send_nothing_twice(house: dict[str, str]) -> None:
    play(house, *SHORT)


@pytest.mark.soak
def test_a_hundred_and_twenty_kills_lose_nothing_and_send_nothing_twice(house: dict[str, str]) -> None:
    play(house, *LONG)
