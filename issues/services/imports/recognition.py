"""Reading an uploaded file for the wizard: small ones at once, big ones in the worker; the result is kept."""

from __future__ import annotations

import logging
from typing import Final

from issues.models import Import
from issues.services.imports import progress, running
from issues.services.imports.summary import summarise
from rectify.lib import jobs
from rectify.lib.sheets.types import UnreadableFile

logger = logging.getLogger(__name__)

OPEN: Final = ("uploaded", "reading", "ready", "failed")
"""Statuses in which nothing was written yet and a person may still decide."""
READ_HERE_BYTES: Final = 2_000_000
READ_HERE_ROWS: Final = 5_000


def reads_here(source: Import) -> bool:
    """Whether the file is small enough to be read while a person waits for the page."""
    return source.size <= READ_HERE_BYTES and source.report.get("rows", 0) <= READ_HERE_ROWS


def start(import_id: int) -> None:
    """Read the file now, or have the worker read it; the pages show the progress."""
    source = Import.objects.get(pk=import_id)
    if reads_here(source):
        recognise(import_id)
    elif Import.objects.filter(pk=import_id, status__in=OPEN).update(status="reading", message=""):
        progress.report(import_id, "等待识别", 0, 0)
        jobs.enqueue_on_commit("issues.read_import", import_id)


def reread(import_id: int) -> None:
    """After a decision: read a small file again at once; of a big one say that its reading is out of date."""
    source = Import.objects.get(pk=import_id)
    if reads_here(source):
        recognise(import_id)
    else:
        Import.objects.filter(pk=import_id, status__in=OPEN).update(report={**source.report, "stale": True})


def recognise(import_id: int) -> None:
    """Read the file, plan what would be written, keep what the pages show; safe to run twice.

    A file that cannot be read is left 不能读取 with its sentence."""
    source = Import.objects.select_related("campaign", "list", "uploaded_by").get(pk=import_id)
    if source.status not in OPEN or source.campaign is None:
        return
    progress.report(import_id, "识别", 0, 0)
    waiting = Import.objects.filter(pk=import_id, status__in=OPEN)
    try:
        workbook = running.read_source(source)
        outcome = running.preview(
            workbook, campaign=source.campaign, by=source.uploaded_by, issue_list=source.list
        )
        report = summarise(outcome, source.decisions)
    except UnreadableFile:
        return  # its status and sentence are set
    except Exception:
        logger.exception("import %s could not be read", import_id)
        waiting.update(
            status="refused", message="识别时系统出了故障，没有写入任何内容；请把文件交给系统管理员。"
        )
    else:
        waiting.update(report=report, status="ready", message="")
    finally:
        progress.clear(import_id)
