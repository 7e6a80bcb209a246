"""Tasks of the room: woken by the timetable; safe to run twice, safe to miss."""

from __future__ import annotations

from celery import shared_task

from alerts.services import digests, rounds, scan, sending


@shared_task(name="alerts.scan_deadlines")
def scan_deadlines() -> None:
    """Tell whoever has to be told, once a day and again an hour later (asked every ten minutes)."""
    scan.scan_if_due()


@shared_task(name="alerts.keep_rounds")
def keep_rounds() -> None:
    """Open the rounds that have begun, settle those whose door has closed."""
    rounds.keep()


@shared_task(name="alerts.make_digests")
def make_digests() -> None:
    """Make the messages of the day, and those of urgent rungs at once (every minute)."""
    digests.make_digests()


@shared_task(name="alerts.send_deliveries")
def send_deliveries() -> None:
    """Send what waits in the outbox (every minute, and as soon as something was put there)."""
    sending.send_waiting()
