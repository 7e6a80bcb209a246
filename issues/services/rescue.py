"""What a killed worker or a lost message left behind is queued again: a task may be missed, the row not."""

from __future__ import annotations

from datetime import timedelta

from issues.models import Export, Import
from issues.services.imports import progress, running
from rectify.lib import clock, jobs

SILENT_SECONDS = 120.0
"""A job that said nothing for so long is taken for lost; run twice it does no harm."""
EXPORT_MINUTES = 15


def requeue_lost() -> int:
    """Queue lost readings, imports and exports again; returns how many."""
    lost = 0
    for pk, status in Import.objects.filter(status__in=["reading", "queued", "writing"]).values_list(
        "pk", "status"
    ):
        silence = progress.age(pk)
        if silence is not None and silence < SILENT_SECONDS:
            continue
        if status == "reading":
            progress.report(pk, "等待识别", 0, 0)
            lost += jobs.enqueue("issues.read_import", pk)
        else:
            lost += running.requeue(import_id=pk)
    return lost + _requeue_exports()


def _requeue_exports() -> int:
    since = clock.real_now() - timedelta(minutes=EXPORT_MINUTES)
    Export.objects.filter(status="writing", asked_at__lt=since).update(status="queued")
    waiting = Export.objects.filter(
        status="queued", asked_at__lt=clock.real_now() - timedelta(seconds=SILENT_SECONDS)
    )
    return sum(jobs.enqueue("issues.run_export", pk) for pk in waiting.values_list("pk", flat=True))
