"""Handing out a kept file: it holds persons in clear, so who took it and why is on record."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from issues.models import Import
from issues.services.imports.files import stored_path
from townships.models import User
from townships.services import events


class FileRefused(Exception):
    """The file is not handed out; the message is one Chinese sentence."""


@transaction.atomic
def hand_out(*, import_id: int, by: User, reason: str) -> Path:
    """Where the file lies, once the reason is on record; refuses without one."""
    source = Import.objects.get(pk=import_id)
    if not reason.strip():
        raise FileRefused("原件里有未遮盖的个人信息，请写明下载的理由。")
    path = stored_path(source)
    if not path.is_file():
        raise FileRefused("原件已不在服务器上，不能下载。")
    events.record(
        subject_type="import",
        subject_id=source.pk,
        action="download_file",
        summary=f"下载导入原件《{source.file_name}》，理由：{reason.strip()}",
        by=by,
        facts={"sha256": source.sha256},
    )
    return path
