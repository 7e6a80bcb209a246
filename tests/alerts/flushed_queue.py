"""A house whose queue forgets: `python -m tests.alerts.flushed_queue build WEB_PORT MESSAGES` puts messages in the outbox
and the task that sends them in the queue; `… flush` empties the queue; `… nudge` queues the task as the
timetable does; `… states` prints what became of the rows. They run in the house's environment."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from alerts.models import Delivery  # noqa: E402
from alerts.rules.sending import ChannelKind  # noqa: E402
from rectify.celery import app  # noqa: E402
from rectify.lib import clock, jobs  # noqa: E402
from tests import factories  # noqa: E402
from tests.alerts.telling import way  # noqa: E402

TASK = str(app.conf.beat_schedule["send-deliveries"]["task"])


def build(web_port: int, messages: int) -> Any:
    """Sent by hand, so that the hour of the day does not matter to real processes."""
    settings.MIGRATION_MODULES = {one.label: None for one in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    hook = way(ChannelKind.WEBHOOK, f"http://127.0.0.1:{web_port}/hook", factories.county())
    now = clock.real_now()
    for day in range(1, messages + 1):
        Delivery.objects.create(
            channel=hook, for_on=date(2018, 6, day), counts={"total": day}, is_by_hand=True, made_at=now, due_at=now
        )  # fmt: skip
    return jobs.enqueue(TASK)


def flush() -> Any:
    """How many messages the queue held; it holds none now."""
    return app.control.purge()


def nudge() -> Any:
    return jobs.enqueue(TASK)


def states() -> Any:
    return [(str(one.key), one.state) for one in Delivery.objects.order_by("pk")]


if __name__ == "__main__":
    word, *given = sys.argv[1:]
    print(
        json.dumps({"build": build, "flush": flush, "nudge": nudge, "states": states}[word](*map(int, given)))
    )
