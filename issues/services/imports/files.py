"""Receiving a file: kept under its hash, so that every item can show where it came from."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from issues.models import Import, IssueList
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.sheets.types import UnreadableFile
from townships.models import User


class ClassifiedFile(UnreadableFile):
    """The file bears a 密级 mark: it is not kept."""


MAX_BYTES = 50 * 1024 * 1024
FOLDER = "imports"


def stored_path(source: Import) -> Path:
    """Where the file of an import lies."""
    return Path(settings.PRIVATE_FILES_DIR) / source.stored_as


@transaction.atomic
def receive(
    *,
    stream: BinaryIO,
    file_name: str,
    by: User,
    campaign: Campaign | None = None,
    issue_list: IssueList | None = None,
    options: dict[str, Any] | None = None,
    reason: str = "",
) -> Import:
    """Keep the file and note who brought it; refuses more than 50 MB (UnreadableFile)."""
    folder = Path(settings.PRIVATE_FILES_DIR) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as copy:
        try:
            while chunk := stream.read(1 << 20):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UnreadableFile("文件超过50MB，没有导入；请拆分后再传。")
                digest.update(chunk)
                copy.write(chunk)
        except UnreadableFile:
            Path(copy.name).unlink()
            raise
    sha256 = digest.hexdigest()
    stored_as = f"{FOLDER}/{sha256[:2]}/{sha256}{Path(file_name).suffix.lower()[:8]}"
    target = Path(settings.PRIVATE_FILES_DIR) / stored_as
    target.parent.mkdir(exist_ok=True)
    shutil.move(copy.name, target)
    return Import.objects.create(
        campaign=campaign,
        list=issue_list,
        file_name=Path(file_name).name[:255],
        stored_as=stored_as,
        sha256=sha256,
        size=size,
        options=options or {},
        reason=reason[:300],
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


def refuse(source: Import, error: UnreadableFile) -> None:
    """Note why the file cannot be read; one that bears a 密级 mark is deleted, whoever else brought it."""
    Import.objects.filter(pk=source.pk).exclude(status__in=["done", "withdrawn"]).update(
        status="refused", message=str(error)[:500], report={}
    )
    if isinstance(error, ClassifiedFile):
        stored_path(source).unlink(missing_ok=True)
