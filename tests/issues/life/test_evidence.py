"""Evidence: what is taken, how it is kept, who gets it. Rules W-026 (same file), W-084, W-107."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from issues.models import Evidence, Issue, Report
from issues.rules.evidence import FileFormat, NotEvidence, recognise, shown_name, unfit
from issues.rules.records import EvidenceKind
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.life import evidence, reports
from issues.services.workflow import Missing, Refused
from rectify.lib import pictures
from tests.issues.life.conftest import World
from townships.models import Event, Revision

AFTER, DOCUMENT = EvidenceKind.AFTER, EvidenceKind.DOCUMENT


def photo(width: int = 60, height: int = 40, fmt: str = "JPEG", shade: int = 90, **saved: Any) -> bytes:
    target = BytesIO()
    Image.new("RGB", (width, height), (shade, 120, 60)).save(target, fmt, **saved)
    return target.getvalue()


def package(*names: str, types: str = "<Types/>", method: int = zipfile.ZIP_STORED) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in names:
            archive.writestr(name, "<x/>")
    return target.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def given(
    kind: EvidenceKind = AFTER, name: str = "完工.jpg", content: bytes | None = None, **more: Any
) -> Any:
    return evidence.receive(kind, name, BytesIO(photo() if content is None else content), **more)


# --- what a file is -----------------------------------------------------------------------------------------


def named(value: object) -> str:
    """A case's name without its bytes: those of a package hold the time and differ between processes."""
    return "bytes" if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.JPG", photo(), FileFormat.JPEG),
        ("a.jpeg", photo(), FileFormat.JPEG),
        ("a.png", photo(fmt="PNG"), FileFormat.PNG),
        ("a.webp", photo(fmt="WEBP"), FileFormat.WEBP),
        ("a.pdf", PDF, FileFormat.PDF),
        ("a.docx", package("word/document.xml"), FileFormat.DOCX),
        ("a.xlsx", package("xl/workbook.xml"), FileFormat.XLSX),
    ],
    ids=named,
)
def test_a_file_is_known_by_its_bytes(name: str, content: bytes, found: FileFormat) -> None:
    assert recognise(name, content) is found


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", b"", "空的"),
        ("a.jpg", b"\xff\xd8\xff" + b"\0" * (10 * 1024 * 1024), "超过10MB"),
        ("a.exe", b"MZ\x90", "程序或脚本"),
        ("a.jpg", b"MZ\x90", "程序或脚本"),
        ("a.pdf", b"#!/bin/sh", "程序或脚本"),
        ("a.html", b"<html>", "程序或脚本"),
        ("a.svg", b"<svg/>", "程序或脚本"),
        ("a.pdf", photo(), "文件名（.pdf）与内容（.jpg）不符"),
        ("a.jpg", PDF, "文件名（.jpg）与内容（.pdf）不符"),
        ("说明", PDF, "没有扩展名"),
        ("a.xlsx", package("word/document.xml"), "不符"),
        ("a.docx", OLE, "加了密"),
        ("a.doc", OLE, "另存为docx"),
        ("a.pdf", PDF + b"/Encrypt 3 0 R", "加了密"),
        ("a.xlsm", package("xl/workbook.xml"), "带宏"),
        ("a.xlsx", package("xl/workbook.xml", "xl/vbaProject.bin"), "带宏"),
        ("a.docx", package("word/document.xml", types="x.macroEnabled.main+xml"), "带宏"),
        ("a.zip", package("readme.txt"), "压缩包"),
        ("a.docx", package("word/document.xml")[:60], "没有传完整"),
        ("a.txt", "说明".encode(), "这种文件不能作为佐证"),
        ("a.gif", b"GIF89a", "这种文件不能作为佐证"),
    ],
    ids=named,
)
def test_everything_else_is_refused_in_words(name: str, content: bytes, words: str) -> None:
    with pytest.raises(NotEvidence, match=words):
        recognise(name, content)


def test_a_package_that_swells_is_refused_unopened() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(5):
            archive.writestr(f"xl/{number}", b"\0" * (45 * 1024 * 1024))
    with pytest.raises(NotEvidence, match="解开后太大"):
        recognise("a.xlsx", target.getvalue())


def test_a_photo_is_a_picture_not_a_document() -> None:
    """W-084: a paper cannot pass for the state of things."""
    assert "须是照片" in unfit(AFTER, FileFormat.PDF)
    assert unfit(DOCUMENT, FileFormat.PDF) == ""
    assert unfit(DOCUMENT, FileFormat.JPEG) == ""


def test_a_name_is_kept_without_folders_and_with_the_ending_of_what_is_stored() -> None:
    assert shown_name("C:\\照片\\完工.png", FileFormat.PNG) == "完工.jpg"
    assert shown_name("../../x\x00\n.pdf", FileFormat.PDF) == "x.pdf"
    assert shown_name(".pdf", FileFormat.PDF) == ".pdf.pdf"
    assert len(shown_name("长" * 500 + ".pdf", FileFormat.PDF)) == 154


# --- pictures -----------------------------------------------------------------------------------------------


def _with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010F] = "Telefon"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8769)[0x9003] = "2018:05:30 10:00:00"
    return photo(3000, 1500, exif=exif)


def test_a_picture_is_made_anew_upright_smaller_and_without_place_or_device() -> None:
    picture = pictures.redraw(_with_place())
    assert picture.taken_on == date(2018, 5, 30)
    for content, longest in ((picture.content, 2000), (picture.small, 320)):
        with Image.open(BytesIO(content)) as image:
            assert image.format == "JPEG"
            assert (image.width, image.height) == (longest // 2, longest)
            assert not image.getexif()
        assert b"Telefon" not in content
        assert b"Exif" not in content


def test_what_is_transparent_becomes_white() -> None:
    target = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(target, "PNG")
    with Image.open(BytesIO(pictures.redraw(target.getvalue()).content)) as image:
        assert image.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\x00", photo()[:200], b"\x89PNG\r\n\x1a\n" + b"x" * 50])
def test_a_broken_picture_is_refused(content: bytes) -> None:
    with pytest.raises(pictures.NotAPicture):
        pictures.redraw(content)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 2_000)
    with pytest.raises(pictures.NotAPicture, match="像素太多"):
        pictures.redraw(photo())


# --- keeping ------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_evidence_is_kept_under_its_hash_with_who_when_and_kind(world: World, private: Path) -> None:
    issue = world.issue()
    before = dict(Revision.objects.values_list("unit_key", "number"))
    (file,) = evidence.add(world.cadre, issue.pk, [given(note="新房")])
    assert (file.kind, file.unit, file.uploaded_by, file.note) == (
        "after", world.township, world.cadre, "新房",
    )  # fmt: skip
    stored, small = evidence.path_of(file), evidence.path_of(file, small=True)
    assert _files(private) == sorted([stored, small])
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == file.sha256
    assert file.source_sha256 == hashlib.sha256(photo()).hexdigest() != file.sha256
    event = Event.objects.get(subject_id=issue.pk, subject_type="issue", action="add_evidence")
    assert event.summary == "甲镇上传佐证1份（成效照片“完工.jpg”）"
    assert event.facts["sha256"] == [file.sha256]
    assert dict(Revision.objects.values_list("unit_key", "number")) != before


def test_a_documents_bytes_are_kept_as_they_are(world: World) -> None:
    (file,) = evidence.add(world.cadre, world.issue().pk, [given(DOCUMENT, "方案.pdf", PDF)])
    assert evidence.path_of(file).read_bytes() == PDF
    assert file.sha256 == file.source_sha256
    assert file.media_type == "application/pdf"


def test_the_same_file_twice_on_one_issue_is_refused_elsewhere_it_is_not(world: World, private: Path) -> None:
    """W-026: the same photo on two issues is a hint, not a refusal."""
    issue, other = world.issue(), world.issue()
    evidence.add(world.cadre, issue.pk, [given()])
    count = len(_files(private))
    with pytest.raises(Refused, match="已经上传过"):
        evidence.add(world.cadre, issue.pk, [given(content=photo(shade=1)), given(name="再传.jpg")])
    with pytest.raises(Refused, match="已经上传过"):
        evidence.add(world.cadre, other.pk, [given(), given()])
    assert len(_files(private)) == count
    evidence.add(world.cadre, other.pk, [given()])
    assert Evidence.objects.count() == 2


def test_where_the_act_fails_no_file_stays(
    world: World, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(evidence, "finish", broken)
    with pytest.raises(RuntimeError):
        evidence.add(world.cadre, world.issue().pk, [given(), given(DOCUMENT, "a.pdf", PDF)])
    assert _files(private) == []
    assert not Evidence.objects.exists()


def test_more_than_twenty_files_an_issue_are_refused(world: World) -> None:
    issue = world.issue()
    many = [given(DOCUMENT, f"{number}.pdf", PDF + str(number).encode()) for number in range(21)]
    with pytest.raises(Refused, match="最多20份"):
        evidence.add(world.cadre, issue.pk, many)
    evidence.add(world.cadre, issue.pk, many[:20])
    with pytest.raises(Refused, match="已有20份"):
        evidence.add(world.cadre, issue.pk, many[20:])


def test_a_files_name_is_masked_and_a_classified_one_refused(world: World) -> None:
    assert given(DOCUMENT, "510524199001011234张某.pdf", PDF).name.startswith("510524********1234")
    with pytest.raises(Refused, match="密级"):
        given(DOCUMENT, "【机密】方案.pdf", PDF)
    with pytest.raises(Refused, match="：文件是空的"):
        given(DOCUMENT, "a.pdf", b"")
    with pytest.raises(Refused, match="晚于今天"):
        given(taken_on=date(2018, 6, 7))


def test_the_day_a_camera_wrote_counts_where_none_is_given(world: World) -> None:
    assert given(content=_with_place()).taken_on == date(2018, 5, 30)
    assert given(content=_with_place(), taken_on=date(2018, 6, 1)).taken_on == date(2018, 6, 1)


def test_who_does_not_answer_adds_nothing(world: World) -> None:
    issue = world.issue()
    with pytest.raises(Missing):
        evidence.add(world.neighbour, issue.pk, [given()])
    with pytest.raises(Refused):
        evidence.add(world.staff, issue.pk, [given()])
    with pytest.raises(Refused):
        evidence.add(world.head, issue.pk, [given()])


def test_evidence_is_struck_with_a_reason_never_deleted(world: World) -> None:
    issue = world.issue(units=[world.township, world.other])
    (file,) = evidence.add(world.cadre, issue.pk, [given()])
    with pytest.raises(Refused, match="原因"):
        evidence.strike(world.cadre, issue.pk, file.pk, " ")
    with pytest.raises(Refused, match="本单位"):
        evidence.strike(world.neighbour, issue.pk, file.pk, "不是这户")
    evidence.strike(world.cadre, issue.pk, file.pk, "不是这户")
    file.refresh_from_db()
    assert (file.struck_by, file.struck_reason) == (world.cadre, "不是这户")
    assert evidence.path_of(file).exists()
    with pytest.raises(Refused, match="已经作废"):
        evidence.strike(world.cadre, issue.pk, file.pk, "再次")
    evidence.add(world.cadre, issue.pk, [given()])
    assert Event.objects.filter(subject_id=issue.pk, summary="甲镇作废佐证“完工.jpg”：不是这户").exists()


def test_while_closing_is_applied_for_no_evidence_is_struck(world: World) -> None:
    issue = world.issue()
    (file,) = evidence.add(world.cadre, issue.pk, [given()])
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSING)
    with pytest.raises(Refused, match="先撤回"):
        evidence.strike(world.cadre, issue.pk, file.pk, "不是这户")


# --- with a report ------------------------------------------------------------------------------------------


def _report(world: World, issue: Issue, files: list[Any], **more: Any) -> reports.Submitted:
    facts = {"client_id": uuid4(), "quantity": Decimal(1), "happened_on": date(2018, 6, 5), **more}
    return reports.submit(world.cadre, issue.number, files=files, **facts)


def test_files_sent_with_a_report_are_its_evidence_once(world: World, private: Path) -> None:
    issue, client_id = world.issue(), uuid4()
    first = _report(world, issue, [given()], client_id=client_id)
    assert not _report(world, issue, [given()], client_id=client_id).is_new
    assert [file.report for file in Evidence.objects.all()] == [first.report]
    event = Event.objects.get(subject_id=issue.pk, subject_type="issue", action=Verb.REPORT.value)
    assert event.summary == "甲镇填报2018年6月5日完成1户，附佐证1份"
    with pytest.raises(reports.ClientIdTaken):
        _report(world, issue, [], client_id=client_id)


def test_a_file_that_is_refused_takes_the_report_with_it(world: World, private: Path) -> None:
    issue = world.issue()
    evidence.add(world.cadre, issue.pk, [given()])
    count = len(_files(private))
    with pytest.raises(Refused, match="已经上传过"):
        _report(world, issue, [given(content=photo(shade=3)), given()])
    assert not Report.objects.exists()
    assert len(_files(private)) == count
