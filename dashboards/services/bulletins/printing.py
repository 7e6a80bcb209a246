"""A bulletin as files: .docx and PDF, written once at the signature and kept under their hash."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from pathlib import Path

from django.conf import settings

from dashboards.models import Bulletin, BulletinFile
from dashboards.rules.bulletin_paper import head_of, parts_of
from dashboards.services.bulletins.composing import composed
from issues.services.life.evidence import write_whole
from rectify.lib import clock
from rectify.lib.official import write_document, write_pdf

FOLDER = "bulletins"
WRITERS = {"docx": write_document, "pdf": write_pdf}
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_UNFIT = re.compile(r'[\\/:*?"<>|\s]+')


def printed(bulletin: Bulletin, form: str, *, made_at: datetime) -> bytes:
    """The bytes of one format; the same for the same bulletin and instant on the same fonts."""
    made = composed(bulletin)
    return WRITERS[form](
        bulletin.title,
        parts_of(made.facts, made.sections),
        author=made.facts.signed,
        made_at=made_at.astimezone(clock.BEIJING),
        head=head_of(made.facts),
    )


def keep(bulletin: Bulletin, written: list[Path]) -> list[BulletinFile]:
    """Write both formats of a signed bulletin; ``written`` collects the paths, so that a failed act takes
    them away (``issues.services.life.evidence.keeping``)."""
    if bulletin.signed_at is None:
        raise ValueError("only a signed bulletin is kept")
    files = []
    for form in WRITERS:
        content = printed(bulletin, form, made_at=bulletin.signed_at)
        sha256 = hashlib.sha256(content).hexdigest()
        path = f"{FOLDER}/{bulletin.pk}/{sha256}.{form}"
        write_whole(Path(settings.PRIVATE_FILES_DIR) / path, content, written)
        files.append(
            BulletinFile(bulletin=bulletin, format=form, path=path, sha256=sha256, size=len(content))
        )
    return BulletinFile.objects.bulk_create(files)


def content_of(file: BulletinFile) -> bytes | None:
    """The bytes as they were signed; None where they are gone or no longer what was signed."""
    path = Path(settings.PRIVATE_FILES_DIR) / file.path
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None


def file_name(bulletin: Bulletin, form: str) -> str:
    """整通报〔2018〕3号 关于……的通报.pdf; a draft says that it is one."""
    start = bulletin.number or "草稿"
    return f"{start} {_UNFIT.sub('', bulletin.title)}.{form}"
