"""People in seats with alerts, and workers that tell them: `python -m bench.telling build PEOPLE ALERTS`,
`… work`, `… told`.

The clock stands at nine on a workday, since nobody is told at night."""

from __future__ import annotations

import json
import sys
import time
from datetime import date, datetime, timedelta
from typing import Any

import django
import time_machine

django.setup()

from alerts.models import Alert, Telling  # noqa: E402
from alerts.rules.ladder import Colour, ItemKind, Level, Subject  # noqa: E402
from alerts.services.digests import make_digests  # noqa: E402
from alerts.services.sending import send_waiting  # noqa: E402
from projects.models import Campaign  # noqa: E402
from rectify.lib.clock import BEIJING  # noqa: E402
from townships.models import Seat, Unit, User  # noqa: E402
from townships.rules.roles import Duty, Role  # noqa: E402

NINE = datetime(2018, 6, 6, 9, tzinfo=BEIJING)
DUTIES = (Duty.HEAD, Duty.STAFF)


def build(people: int, alerts: int) -> Any:
    """Two people in each unit, with an address of their own; the alerts spread evenly over their seats."""
    campaign = Campaign.objects.get()
    units = Unit.objects.bulk_create(
        Unit(code=f"bench-{number}", name=f"{number}局", short_name=f"{number}局", level="department",
             parent=campaign.unit, path=f"{campaign.unit.path}bench-{number}/")
        for number in range(people // len(DUTIES))
    )  # fmt: skip
    seats = [(unit, duty) for unit in units for duty in DUTIES]
    users = User.objects.bulk_create(
        User(username=f"bench-{number}", name=f"人员{number}", role=Role.CADRE.value, unit=unit, password="!",
             email=f"{number}@county.example", must_change_password=False)
        for number, (unit, _) in enumerate(seats)
    )  # fmt: skip
    Seat.objects.bulk_create(
        Seat(unit=unit, duty=duty.value, user=user) for (unit, duty), user in zip(seats, users, strict=True)
    )
    day = date(2018, 6, 5)
    Alert.objects.bulk_create(
        (
            Alert(campaign=campaign, item_kind=ItemKind.ISSUE.value, item_id=number, anchor_on=day,
                  number=f"WT2018-{number:06d}", subject=Subject.DUE.value, height=Level.WARNING.height,
                  unit=unit, duty=duty.value,
                  colour=Colour.RED.value, word="逾期", planned_on=day, made_on=day,
                  made_at=NINE - timedelta(hours=3))
            for number in range(alerts)
            for unit, duty in (seats[number % len(seats)],)
        ),
        batch_size=1_000,
    )  # fmt: skip
    return len(seats)


def work() -> Any:
    """One worker, from the first look to the last message: what it made and sent, and its seconds of both."""
    started = time.perf_counter()
    made = make_digests()
    between = time.perf_counter()
    sent = send_waiting()
    return {"digests": made.daily, "told": made.told, "sent": sent.get("sent", 0),
            "making": between - started, "sending": time.perf_counter() - between}  # fmt: skip


def told() -> Any:
    return Telling.objects.count()


if __name__ == "__main__":
    word, *given = sys.argv[1:]
    with time_machine.travel(NINE, tick=True):
        print(json.dumps({"build": build, "work": work, "told": told}[word](*map(int, given))))
