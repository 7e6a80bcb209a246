"""Tasks of the room: ids in, one service call out; safe to run twice, safe to miss."""

from __future__ import annotations

from celery import shared_task

from issues.models import Import
from issues.services.imports import running


@shared_task(name="issues.run_import")
def run_import(import_id: int) -> None:
    """Write an import that a person confirmed."""
    running.run_queued(import_id)
