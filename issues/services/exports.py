"""Asking for an export, and its file: a reason is on record before a row leaves; only its owner gets it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from issues.models import Export
from rectify.lib import clock, jobs
from townships.models import User
from townships.services import events

FOLDER = "exports"


class ExportRefused(Exception):
    """Nothing was exported; the message is one Chinese sentence."""


@transaction.atomic
def ask(*, by: User, query: str, reason: str, rows: int, of: str = "issues") -> Export:
    """Queue an export of the ``rows`` issues (or projects: ``of``) that ``query`` (canonical) finds.

    ExportRefused for an empty reason."""
    reason = reason.strip()[:200]
    if not reason:
        raise ExportRefused("请写明导出的用途。")
    asked = Export.objects.create(
        of=of, owner=by, query=query[:2000], reason=reason, rows=rows, asked_at=clock.real_now()
    )
    events.record(
        subject_type="export",
        subject_id=asked.pk,
        action="export",
        summary=f"导出{asked.get_of_display()}{rows}项，用途：{reason}",
        by=by,
        facts={"of": of, "query": query},
    )
    jobs.enqueue_on_commit("issues.run_export", asked.pk)
    return asked


@transaction.atomic
def record_document(*, by: User, name: str, reason: str, rows: int, query: str) -> None:
    """Put on record that a document of ``rows`` issues left the house; the file itself is not kept."""
    if not reason:
        raise ExportRefused("请写明用途。")
    events.record(
        subject_type="export",
        subject_id=0,
        action="export",
        summary=f"生成《{name}》，问题{rows}项，用途：{reason}",
        by=by,
        facts={"query": query},
    )


def begin(export_id: int) -> Export | None:
    """The export to write now; None where another worker has it or it is done."""
    if not Export.objects.filter(pk=export_id, status="queued").update(status="writing"):
        return None
    return Export.objects.select_related("owner__unit").get(pk=export_id)


def finish(export: Export, *, content: bytes, file_name: str, rows: int) -> None:
    """Keep the file and say that it is there."""
    stored_as = f"{FOLDER}/{export.pk}{Path(file_name).suffix}"
    path = Path(settings.PRIVATE_FILES_DIR) / stored_as
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    Export.objects.filter(pk=export.pk).update(
        status="done", stored_as=stored_as, file_name=file_name[:255], rows=rows, finished_at=clock.real_now()
    )


def fail(export_id: int) -> None:
    """Say that the file will not come."""
    Export.objects.filter(pk=export_id, status="writing").update(
        status="failed",
        message="生成时出错，请再导出一次；仍不行时告诉管理员。",
        finished_at=clock.real_now(),
    )


def path_of(export: Export) -> Path:
    """Where the file lies; ExportRefused where it is gone."""
    path = Path(settings.PRIVATE_FILES_DIR) / export.stored_as
    if export.status != "done" or not path.is_file():
        raise ExportRefused("文件还没有生成，或已被清理；请再导出一次。")
    return path
