"""Background work of the county: ids in, one service call out."""

from __future__ import annotations

from celery import shared_task

from townships.services import seals


@shared_task(name="townships.seal_events")
def seal_events() -> None:
    """Link new audit events into the county chain (every minute)."""
    seals.seal()
