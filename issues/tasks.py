"""Tasks of the room: ids in, one service call out; safe to run twice, safe to miss."""

from __future__ import annotations

from celery import shared_task

from issues.exchange import exporting
from issues.services import rescue
from issues.services.imports import recognition, running


@shared_task(name="issues.read_import")
def read_import(import_id: int) -> None:
    """Read an uploaded file that is too big to be read while a person waits."""
    recognition.recognise(import_id)


@shared_task(name="issues.run_import")
def run_import(import_id: int) -> None:
    """Write an import that a person confirmed."""
    running.run_queued(import_id)


@shared_task(name="issues.run_export")
def run_export(export_id: int) -> None:
    """Write the workbook that a person asked for."""
    exporting.run(export_id)


@shared_task(name="issues.requeue_lost")
def requeue_lost() -> None:
    """Queue again what a killed worker left behind."""
    rescue.requeue_lost()
