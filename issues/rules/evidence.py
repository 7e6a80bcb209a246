"""What a file really is, by its bytes; which are taken as evidence and which are refused in words."""

from __future__ import annotations

import zipfile
from enum import Enum
from io import BytesIO
from pathlib import PurePath
from typing import Final

from issues.rules.records import EvidenceKind

MAX_MB: Final = 10
MAX_BYTES: Final = MAX_MB * 1024 * 1024
MAX_FILES: Final = 20
"""Standing files an issue."""
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_PARTS: Final = 2_000
PHOTOS: Final = frozenset({EvidenceKind.BEFORE, EvidenceKind.AFTER})
TAKEN: Final = "照片（jpg、png、webp）、pdf、docx、xlsx"

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."


class FileFormat(Enum):
    """A format that is taken: extensions, media type as served, whether it is a picture."""

    JPEG = ((".jpg", ".jpeg"), "image/jpeg", True)
    PNG = ((".png",), "image/png", True)
    WEBP = ((".webp",), "image/webp", True)
    PDF = ((".pdf",), "application/pdf", False)
    DOCX = ((".docx",), f"{_OFFICE}wordprocessingml.document", False)
    XLSX = ((".xlsx",), f"{_OFFICE}spreadsheetml.sheet", False)

    def __init__(self, extensions: tuple[str, ...], media_type: str, is_picture: bool) -> None:
        self.extensions = extensions
        self.media_type = media_type
        self.is_picture = is_picture


class NotEvidence(Exception):
    """The file is not taken; the message is one Chinese sentence that says why."""


PROGRAMS: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
PROGRAM_ENDINGS: Final = frozenset(
    {".exe", ".com", ".bat", ".cmd", ".msi", ".scr", ".js", ".vbs", ".ps1", ".sh", ".jar", ".apk", ".dll"}
    | {".lnk", ".hta", ".php", ".py", ".html", ".htm", ".svg"}
)
MACRO_ENDINGS: Final = frozenset({".docm", ".xlsm", ".dotm", ".xltm", ".xlsb"})
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS: Final = {FileFormat.DOCX: "word/document.xml", FileFormat.XLSX: "xl/workbook.xml"}


def recognise(name: str, content: bytes) -> FileFormat:
    """The format of a file by its bytes, where it is one that is taken and its name says the same."""
    ending = PurePath(name).suffix.lower()
    if not content:
        raise NotEvidence("文件是空的，请重新选择。")
    if len(content) > MAX_BYTES:
        raise NotEvidence(f"文件超过{MAX_MB}MB，没有接收；请压缩或拆分后再传。")
    if ending in PROGRAM_ENDINGS or content.startswith(PROGRAMS):
        raise NotEvidence("这是程序或脚本文件，不能作为佐证。")
    if ending in MACRO_ENDINGS:
        raise NotEvidence("带宏的文件不能接收，请另存为docx或xlsx后再传。")
    found = _by_bytes(content, ending)
    if ending not in found.extensions:
        said = ending or "没有扩展名"
        raise NotEvidence(f"文件名（{said}）与内容（{found.extensions[0]}）不符，请核对后用原文件再传。")
    return found


def unfit(kind: EvidenceKind, found: FileFormat) -> str:
    """Why a file of this format cannot be of that kind, "" where it can: a photo is a picture (W-084)."""
    if kind in PHOTOS and not found.is_picture:
        return (
            f"“{kind.label}”须是照片，这是{found.extensions[0]}文件；请改选“{EvidenceKind.DOCUMENT.label}”。"
        )
    return ""


def _by_bytes(content: bytes, ending: str) -> FileFormat:
    if content.startswith(b"\xff\xd8\xff"):
        return FileFormat.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileFormat.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileFormat.WEBP
    if b"%PDF-" in content[:1024]:
        return _pdf(content)
    if content.startswith(_OLE):
        raise NotEvidence(_ole(ending))
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    raise NotEvidence(f"这种文件不能作为佐证；可以传{TAKEN}。")


def _pdf(content: bytes) -> FileFormat:
    if b"/Encrypt" in content:
        raise NotEvidence("这份pdf加了密，请去掉密码后再传。")
    return FileFormat.PDF


def _ole(ending: str) -> str:
    if ending in (".docx", ".xlsx"):
        return "这份文件加了密，请去掉密码后再传。"
    return "旧格式的Office文件（doc、xls、wps、et）不能接收，请另存为docx或xlsx后再传。"


def _package(content: bytes) -> FileFormat:
    """A docx or xlsx, whole, without macros, not swollen."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise NotEvidence("文件解开后太大，没有接收。")
            if any(part.flag_bits & 1 for part in parts):
                raise NotEvidence("这份文件加了密，请去掉密码后再传。")
            types = package.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError) as error:
        raise NotEvidence("文件打不开，可能没有传完整，请重新选择。") from error
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroenabled" in types.lower():
        raise NotEvidence("带宏的文件不能接收，请另存为docx或xlsx后再传。")
    for found, part in _PARTS.items():
        if types and part in names:
            return found
    raise NotEvidence(f"压缩包不能作为佐证，请解开后逐个上传；可以传{TAKEN}。")


def shown_name(name: str, found: FileFormat) -> str:
    """The name as kept: no folders, no control characters, with the ending of what is stored."""
    plain = "".join(letter for letter in name.replace("\\", "/") if letter.isprintable())
    stem = PurePath(plain).stem.strip()[:150] or "未命名"
    return stem + (".jpg" if found.is_picture else found.extensions[0])
