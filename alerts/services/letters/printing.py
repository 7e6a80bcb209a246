"""A letter's paper as files: .docx and PDF, written once at the signature and kept under their hash."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings

from alerts.models import Letter, LetterFile
from alerts.rules.letter_paper import CENTRED, Grid, Paper
from issues.services.life.evidence import write_whole
from rectify.lib import clock
from rectify.lib.official import (
    Appendix,
    Attachments,
    Issued,
    Letterhead,
    Paragraph,
    Part,
    TableOut,
    write_document,
    write_pdf,
)

FOLDER = "letters"
WRITERS = {"docx": write_document, "pdf": write_pdf}
HANDS = (("签发单位", 39), ("签字、日期", 39), ("接收单位", 39), ("签字、日期", 39))
RECEIPT = (("事项", 39), ("填写", 39), ("事项", 39), ("填写", 39))
BOX = 14
"""Millimetres of a cell that a hand fills in."""


def printed(paper: Paper, *, made_at: datetime) -> dict[str, bytes]:
    """Format → the bytes; the same for the same paper and instant on the same fonts."""
    copies = () if paper.has_receipt else paper.copies  # the last page goes back to the office
    head = Letterhead(organ=paper.organ, number=paper.number, is_letter=paper.is_letter, copied_to=copies)
    parts = parts_of(paper)
    at = made_at.astimezone(clock.BEIJING)  # a .docx is dated by the hand of the clock
    return {
        form: write(paper.title, parts, author=paper.organ, made_at=at, head=head)
        for form, write in WRITERS.items()
    }


def keep(letter: Letter, edition: str, paper: Paper, written: list[Path]) -> list[LetterFile]:
    """Write both formats of one edition; ``written`` collects the paths, so that a failed act takes them
    away (``issues.services.life.evidence.keeping``)."""
    if letter.signed_at is None:
        raise ValueError("only a signed letter is kept")
    files = []
    for form, content in printed(paper, made_at=letter.signed_at).items():
        sha256 = hashlib.sha256(content).hexdigest()
        path = f"{FOLDER}/{letter.pk}/{sha256}.{form}"
        write_whole(Path(settings.PRIVATE_FILES_DIR) / path, content, written)
        files.append(
            LetterFile(
                letter=letter, edition=edition, format=form, path=path, sha256=sha256, size=len(content)
            )
        )
    return LetterFile.objects.bulk_create(files)


def content_of(file: LetterFile) -> bytes | None:
    """The bytes as they were signed; None where they are gone or no longer what was signed."""
    path = Path(settings.PRIVATE_FILES_DIR) / file.path
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None


def parts_of(paper: Paper) -> list[Part]:
    """The paper in reading order: to whom, the text with its table, the signature, what hands fill in, the
    attached table on a page of its own."""
    parts: list[Part] = [Paragraph(f"{paper.addressee}：", is_addressed=True)]
    parts += [Paragraph(line) for line in paper.body]
    if paper.table:
        parts.append(_table(paper.table))
    parts += [Paragraph(line) for line in paper.demands]
    if paper.attached:
        parts.append(Attachments([paper.attached.caption]))
    parts.append(Issued(paper.organ, paper.day or "　　年　　月　　日"))
    if paper.contact:
        parts.append(Paragraph(f"（联系人：{paper.contact}）"))
    if paper.attached:
        parts += [Appendix(paper.attached.caption, "附件"), _table(paper.attached)]
    return parts + (_receipt(paper) if paper.has_receipt else [])


def _table(grid: Grid) -> TableOut:
    return TableOut(grid.columns, grid.rows, centred=CENTRED, flows=True)


def _receipt(paper: Paper) -> list[Part]:
    """Boxes for both hands, and the 回执 that the unit fills in and sends back."""
    sent = (
        f"你单位{paper.number or '　　　　'}{paper.title}已收悉，所列问题和整改任务已经明确，将按要求整改。"
    )
    copies = [Paragraph(f"抄送：{'，'.join(paper.copies)}。", is_small=True)] if paper.copies else []
    return [
        Paragraph("", is_small=True),
        TableOut(HANDS, [["负责人", "", "负责人", ""], ["经办人", "", "经办人", ""]], frozenset({0, 2}), BOX),
        *copies,
        Appendix(f"{paper.title}回执"),
        Paragraph(f"{paper.organ}：", is_addressed=True),
        Paragraph(sent),
        TableOut(
            RECEIPT,
            [
                ["接收单位（盖章）", paper.addressee, "签收时间", ""],
                ["主要负责人（签字）", "", "经办人（签字）", ""],
                ["方案报送日期", "", "联系电话", ""],
            ],
            frozenset({0, 2}),
            BOX,
        ),
    ]
