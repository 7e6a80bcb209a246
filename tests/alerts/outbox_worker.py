"""A house whose workers are killed while they make digests and send: `python -m tests.alerts.outbox_worker PEOPLE
KILLS SEED WEB_PORT` prints as JSON what was there in the end; it runs in the house's environment.

Killed at a line: a tracer counts the lines run in one part of delivery and, at a random one, the process sends
itself SIGKILL. It is forked from one that is ready, so that a kill costs a tenth of a second."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from types import FrameType
from typing import Any

import django
import time_machine

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from alerts.models import Alert, Delivery, Digest, Telling  # noqa: E402
from alerts.rules.sending import ChannelKind  # noqa: E402
from alerts.services import digests, outbox, sending  # noqa: E402
from tests import factories  # noqa: E402
from tests.alerts.telling import MORNING, alert, mail_way, sit, way  # noqa: E402
from townships.models import Unit, User  # noqa: E402
from townships.rules.roles import Duty  # noqa: E402

LEASE = timedelta(seconds=0.3)
EACH = 3
"""Messages that a worker sends at most before its time is over anyway."""
PARTS = (
    (("/services/digests.py",), 200),
    (("/services/outbox.py", "/services/sending.py"), 120),
    (("/services/wires/http.py", "/services/wires/mail.py", "/services/wires/outcome.py"), 60),
)
"""Where a worker dies, and of which first so many lines one is its last."""


def build(people: int, web_port: int) -> None:
    """So many people in one department, two alerts for each, a mail server and an SMS gateway."""
    # The tables alone, from the models: the migrations have tests of their own and cost fifteen seconds.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    campaign = factories.campaign(factories.county())
    unit = Unit.objects.get(code="D-A")
    mail_way()
    way(ChannelKind.SMS, f"http://127.0.0.1:{web_port}/sms")
    for number in range(people):
        user = factories.user("cadre", unit, f"cadre{number}")
        User.objects.filter(pk=user.pk).update(email=f"{number}@county.example", phone=f"1380000{number:04d}")
        sit(user, unit, Duty.STAFF)
    for _ in range(2):
        alert(campaign, unit, Duty.STAFF)


class Dying:
    """Kills its own process at the n-th line run in these files."""

    def __init__(self, files: tuple[str, ...], at_line: int) -> None:
        self.files, self.left = files, at_line

    def called(self, frame: FrameType, event: str, _: Any) -> Any:
        return self.stepped if frame.f_code.co_filename.endswith(self.files) else None

    def stepped(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.stepped


def run(most: int) -> None:
    digests.make_digests()
    sending.send_waiting(most=most)


def kill(times: int, chance: random.Random) -> int:
    """Let workers run and die until so many were killed, in each part in turn; then one that is not, until
    nothing is left. Returns how many were killed: fewer where there was too little to do."""
    killed = 0
    for number in range(3 * times):
        files, lines = PARTS[number % len(PARTS)]
        killed += _killed(Dying(files, chance.randint(1, lines)))
        if killed == times:
            break
        time.sleep(LEASE.total_seconds() if chance.random() < 0.3 else 0)
    time.sleep(2 * LEASE.total_seconds())
    run(most=2 * Delivery.objects.count())
    return killed


def _killed(dying: Dying) -> int:
    """1 where the worker died of SIGKILL, 0 where it had done all there was before that line."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        sys.settrace(dying.called)
        run(most=EACH)
        sys.settrace(None)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return int(os.WIFSIGNALED(status))


def check() -> dict[str, Any]:
    """What is there: of every person the digests, the lines told; of every delivery its state."""
    return {
        "alerts": Alert.objects.count(),
        "digests": list(Digest.objects.values_list("user__username", flat=True)),
        "told": list(Telling.objects.values_list("user__username", "alert")),
        "deliveries": {
            str(one.key): [one.digest.user.username if one.digest else "", one.channel.kind, one.state]
            for one in Delivery.objects.select_related("digest__user", "channel")
        },
    }


def main(people: int, kills: int, seed: int, web_port: int) -> dict[str, Any]:
    outbox.LEASE, outbox.PER_MINUTE = LEASE, 10_000
    with time_machine.travel(MORNING, tick=True):
        build(people, web_port)
        killed = kill(kills, random.Random(seed))
        return {"killed": killed, **check()}


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:])), ensure_ascii=False))
