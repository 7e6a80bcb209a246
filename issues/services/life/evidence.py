"""Evidence (佐证): files kept privately under their hash, pictures made anew; never deleted, only struck."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from issues.models import Evidence, Issue, Report
from issues.rules.evidence import MAX_BYTES, MAX_FILES, NotEvidence, recognise, shown_name, unfit
from issues.rules.history import cn_day
from issues.rules.records import EvidenceKind
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.workflow import Refused, begin, finish
from rectify.lib import clock
from rectify.lib.masking import mask_text
from rectify.lib.pictures import NotAPicture, redraw
from rectify.lib.secrecy import mark_in_name, refusal
from townships.models import Unit, User

FOLDER = "evidence"
SMALL = ".small.jpg"


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was sent, recognised and made anew, not yet kept. ``small``: a picture's small copy."""

    kind: EvidenceKind
    name: str
    media_type: str
    content: bytes
    small: bytes
    source_sha256: str
    taken_on: date | None = None
    note: str = ""

    @property
    def ending(self) -> str:
        return Path(self.name).suffix


def receive(
    kind: EvidenceKind, name: str, stream: BinaryIO, *, taken_on: date | None = None, note: str = ""
) -> Given:
    """Read a file that was sent; before any row is held, since pictures take time.

    ``taken_on``: the day it shows; a picture's own where none is given. Refused ("evidence") where the file
    is too big, empty, no evidence or not what its name says."""
    content = stream.read(MAX_BYTES + 1)
    try:
        if mark := mark_in_name(name):
            raise NotEvidence(refusal(mark))
        found = recognise(name, content)
        if reason := unfit(kind, found):
            raise NotEvidence(reason)
        picture = redraw(content) if found.is_picture else None
    except (NotEvidence, NotAPicture) as error:
        raise Refused(f"“{mask_text(_short(name))}”：{error}", "evidence") from error
    today = clock.today()
    if taken_on and taken_on > today:
        raise Refused(f"拍摄或成文日期{cn_day(taken_on)}晚于今天。", "evidence")
    if picture and taken_on is None and picture.taken_on and picture.taken_on <= today:
        taken_on = picture.taken_on
    return Given(
        kind=kind,
        name=mask_text(shown_name(name, found)),
        media_type="image/jpeg" if picture else found.media_type,
        content=picture.content if picture else content,
        small=picture.small if picture else b"",
        source_sha256=hashlib.sha256(content).hexdigest(),
        taken_on=taken_on,
        note=note.replace("\x00", "").strip()[:200],
    )


@transaction.atomic
def add(user: User, pk: int, given: Sequence[Given], *, version: int | None = None) -> list[Evidence]:
    """Keep files of the issue ``pk`` as evidence; all or none. Raises Missing, Stale or Refused."""
    issue = begin(pk, Verb.ADD_EVIDENCE, user, version=version)
    with keeping() as kept:
        files = keep(issue, user, given, kept)
        finish(issue, Verb.ADD_EVIDENCE, user, f"{_unit(user)}上传{told(given)}", facts=facts(files))
    return files


@transaction.atomic
def strike(user: User, pk: int, evidence_id: int, reason: str, *, version: int | None = None) -> Evidence:
    """Declare a file of the own unit void, with the reason; it stays where it was, greyed."""
    issue = begin(pk, Verb.ADD_EVIDENCE, user, version=version)
    file = Evidence.objects.filter(issue=issue, pk=evidence_id, unit=user.unit_id).first()
    reason = reason.replace("\x00", "").strip()[:200]
    if file is None:
        raise Refused("只能作废本单位上传的佐证。")
    if file.struck_at is not None:
        raise Refused("这份佐证已经作废。")
    if State(issue.state) is State.CLOSING:
        raise Refused("申请销号期间不能作废佐证，请先撤回销号申请。")
    if not reason:
        raise Refused("请写明作废的原因。")
    file.struck_by, file.struck_at, file.struck_reason = user, clock.now(), reason
    file.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    summary = f"{_unit(user)}作废佐证“{file.name}”：{reason}"
    finish(issue, Verb.ADD_EVIDENCE, user, summary, facts={"struck": file.pk})
    return file


@contextmanager
def keeping() -> Iterator[list[Path]]:
    """Collects the files written inside; takes them away where the act fails, its issue still held."""
    written: list[Path] = []
    try:
        yield written
    except BaseException:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise


def keep(
    issue: Issue, user: User, given: Sequence[Given], written: list[Path], report: Report | None = None
) -> list[Evidence]:
    """Rows and files of ``given`` for an issue that is held; who calls it writes the event."""
    standing = set(
        Evidence.objects.filter(issue=issue, struck_at__isnull=True).values_list("source_sha256", flat=True)
    )
    if len(standing) + len(given) > MAX_FILES:
        raise Refused(f"一个问题最多{MAX_FILES}份佐证，已有{len(standing)}份。", "evidence")
    if user.unit is None:
        raise Refused("您的账号没有设单位，不能上传。")
    files = []
    for one in given:
        if one.source_sha256 in standing:
            raise Refused(f"“{one.name}”已经上传过，同一份文件在一个问题里只收一次。", "evidence")
        standing.add(one.source_sha256)
        files.append(_row(issue, user, user.unit, one, report))
    Evidence.objects.bulk_create(files)
    for file, one in zip(files, given, strict=True):
        write_whole(path_of(file), one.content, written)
        if one.small:
            write_whole(path_of(file, small=True), one.small, written)
    return files


def _row(issue: Issue, user: User, unit: Unit, one: Given, report: Report | None) -> Evidence:
    sha256 = hashlib.sha256(one.content).hexdigest()
    return Evidence(
        issue=issue,
        report=report,
        kind=one.kind.value,
        name=one.name,
        path=f"{FOLDER}/{issue.pk}/{sha256}{one.ending}",
        media_type=one.media_type,
        size=len(one.content),
        sha256=sha256,
        source_sha256=one.source_sha256,
        taken_on=one.taken_on,
        note=one.note,
        unit=unit,
        uploaded_by=user,
        uploaded_at=clock.now(),
    )


def path_of(file: Evidence, *, small: bool = False) -> Path:
    """Where the file, or a picture's small copy, lies."""
    path = Path(settings.PRIVATE_FILES_DIR) / file.path
    return path.with_suffix(SMALL) if small else path


def write_whole(path: Path, content: bytes, written: list[Path]) -> None:
    """Write a whole file or none; one that lies there already has the same bytes."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        written.append(Path(draft.name))
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).rename(path)
    written[-1] = path


def told(given: Sequence[Given]) -> str:
    """佐证2份（成效照片“a.jpg”、验收单“b.pdf”）."""
    names = "、".join(f"{one.kind.label}“{one.name}”" for one in given)
    return f"佐证{len(given)}份（{names}）"


def facts(files: Sequence[Evidence]) -> dict[str, list[str]]:
    """What the event keeps: the hashes of the files as they lie there."""
    return {"sha256": [file.sha256 for file in files]}


def _unit(user: User) -> str:
    return user.unit.name if user.unit else ""


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:40]}…{name[-12:]}"


__all__ = [
    "Given",
    "add",
    "facts",
    "keep",
    "keeping",
    "path_of",
    "receive",
    "strike",
    "told",
    "write_whole",
]
