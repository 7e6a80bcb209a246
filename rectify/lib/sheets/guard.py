"""What a file is, by its content, and whether it is safe to parse. Nothing here parses a cell."""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Final

from xlrd.compdoc import CompDoc, CompDocError

from rectify.lib.sheets.types import Kind, Position, UnreadableFile, column_letter

MIB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold and cost. A ledger of 50,000 × 15 stays under a third of each."""

    file_bytes: int = 50 * MIB
    parts: int = 5_000
    unzipped_bytes: int = 400 * MIB
    #: A part of more than `ratio_from` bytes may not be more than `ratio` times its compressed size.
    ratio: int = 200
    ratio_from: int = 16 * MIB
    sheets: int = 256
    rows: int = 200_000
    columns: int = 1_000
    cells: int = 2_000_000  # filled, all sheets together
    merged_cells: int = 5_000_000  # area, each sheet
    answer_bytes: int = 160 * MIB  # what the reading process may send back
    memory_bytes: int = 420 * MIB  # of the reading process
    seconds: float = 9.0  # for everything, on the clock


DEFAULT: Final = Limits()

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: Workbooks older than compound files begin with their first record (BIFF 2, 3, 4, 5).
_BIFF = tuple(bytes.fromhex(start) for start in ("09000400", "09020600", "09040600", "09080800", "09081000"))
_FOREIGN = (
    (b"%PDF", "PDF 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
    (b"SQLite format 3", "数据库文件"),
)
_NOT_TEXT = frozenset(range(0x20)) - frozenset(b"\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f")


def refused(what: str, remedy: str) -> UnreadableFile:
    """The refusal as one sentence: what happened, that nothing was written, what to do."""
    return UnreadableFile(f"{what}，没有写入任何数据；请{remedy}。")


def damaged() -> UnreadableFile:
    """The refusal of a file that is cut short or broken inside."""
    return refused("文件不完整或内容已损坏，无法读取", "用表格软件打开原件确认无误，另存为 .xlsx 后重新上传")


def too_large(what: str) -> UnreadableFile:
    """The refusal of a file that holds more than the limits allow; `what` says of what."""
    return refused(f"文件内容过大（{what}）", "删去多余的空白行列和图片，或拆成几个文件后重新上传")


def out_of_reach(sheet: str, where: Position, limits: Limits) -> UnreadableFile:
    """The refusal of a sheet with a filled cell beyond the limits."""
    cell = f"{column_letter(where[1])}{where[0]}"
    return refused(
        f"工作表“{sheet}”的 {cell} 格里有内容，超出可读取的范围（{limits.rows} 行、{limits.columns} 列）",
        "删去表格以外的内容，或把表拆小后重新上传",
    )


def identify(path: Path, limits: Limits = DEFAULT) -> Kind:
    """What the file is by its content, whatever its name: a workbook that is safe to parse, or text.

    Inflates every part of an .xlsx to count its real bytes. Raises UnreadableFile for everything else.
    """
    size = path.stat().st_size
    if size == 0:
        raise refused("文件是空的，里面没有任何内容", "检查是否选错了文件")
    if size > limits.file_bytes:
        raise too_large(f"文件超过 {limits.file_bytes // MIB} MB")
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_ZIP):
        _check_archive(path, limits)
        return "xlsx"
    if head.startswith(_OLE):
        _check_compound(path.read_bytes())
        return "xls"
    if head.startswith(_BIFF):
        return "xls"
    _refuse_foreign(head)
    return "csv"


def _refuse_foreign(head: bytes) -> None:
    """Refuse what is neither a workbook nor text; the text itself is decoded and judged by `delimited`."""
    for magic, name in _FOREIGN:
        if head.startswith(magic) and (len(magic) > 2 or _is_binary(head)):
            raise _not_a_workbook(name)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body", b"<style")):
        raise _not_a_workbook("网页（HTML）")
    if start.startswith((b"mime-version:", b"from: <saved by")):
        raise _not_a_workbook("网页存档（MHTML）")
    if start.startswith((b"<?xml", b"<workbook")):
        raise _not_a_workbook("XML 文件")
    if _is_binary(head):
        raise refused("文件不是表格，无法识别它的内容", "上传 .xlsx、.xls 或 .csv 表格文件")


def _is_binary(head: bytes) -> bool:
    return not _NOT_TEXT.isdisjoint(head)


def _not_a_workbook(name: str) -> UnreadableFile:
    return refused(f"文件的内容是{name}，不是表格", "用表格软件把数据另存为 .xlsx 后重新上传")


def encrypted() -> UnreadableFile:
    """The refusal of a file that needs a password."""
    return refused("文件设有打开密码，无法读取", "在表格软件里取消密码，保存后重新上传")


def _check_compound(content: bytes) -> None:
    """Refuse an OLE compound file that is not a plain .xls: encrypted, Word, PowerPoint, mail."""
    try:
        document = CompDoc(content, logfile=StringIO())
    except (CompDocError, struct.error, IndexError, AssertionError, ValueError) as error:
        raise damaged() from error
    root = document.dirlist[0]
    streams = {document.dirlist[child].name.lower() for child in root.children}
    if streams & {"encryptedpackage", "encryptioninfo"}:
        raise encrypted()
    if streams & {"workbook", "book"}:
        return
    if "worddocument" in streams:
        raise _not_a_workbook(" Word 文档")
    if "powerpoint document" in streams:
        raise _not_a_workbook(" PowerPoint 演示文稿")
    raise refused("文件不是表格，无法识别它的内容", "上传 .xlsx、.xls 或 .csv 表格文件")


def _check_archive(path: Path, limits: Limits) -> None:
    """Refuse a zip that is not a plain .xlsx, or that holds more than the limits allow once inflated."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > limits.parts:
                raise too_large(f"内含 {len(parts)} 个部件")
            _check_names(archive, parts)
            _check_content(archive, parts, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, OSError) as error:
        raise damaged() from error
    except RuntimeError as error:  # what zipfile raises for a part that needs a password
        raise encrypted() from error


def _check_names(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    known = set(names)
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted()
    if not any(name.startswith("xl/workbook") and name.endswith(".xml") for name in names):
        raise _not_a_workbook(_archive_name(archive, known))
    if len(known) < len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        # Two parts of one name, or a name that climbs out: no spreadsheet program writes that, and two
        # readers would see two different books in it.
        raise refused("文件的内部结构异常", "用表格软件打开，另存为 .xlsx 后重新上传")


def _archive_name(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return " Excel 二进制工作簿（.xlsb）"
    if any(name.startswith("word/") for name in names):
        return " Word 文档"
    if any(name.startswith("ppt/") for name in names):
        return " PowerPoint 演示文稿"
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        if b"opendocument.spreadsheet" in archive.read("mimetype"):
            return " OpenDocument 表格（.ods）"
        return " OpenDocument 文档"
    return "压缩包"


def _check_content(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Inflate every part in pieces, counting real bytes: the sizes that the archive claims may lie."""
    total = 0
    for part in parts:
        is_xml = part.filename.lower().endswith((".xml", ".rels"))
        size, tail = 0, b""
        with archive.open(part) as stream:
            while piece := stream.read(MIB // 4):
                if is_xml:
                    _check_xml(piece, tail, is_first=size == 0)
                    tail = piece[-9:]
                size += len(piece)
                total += len(piece)
                if total > limits.unzipped_bytes:
                    raise too_large(f"解压后超过 {limits.unzipped_bytes // MIB} MB")
                if size > limits.ratio_from and size > limits.ratio * part.compress_size:
                    raise too_large("压缩比异常")


def _check_xml(piece: bytes, tail: bytes, *, is_first: bool) -> None:
    """Refuse a document type (the only place where entities are declared) and encodings that hide one."""
    if is_first and (piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in piece[:4]):
        raise refused("文件的内部编码异常", "用表格软件打开，另存为 .xlsx 后重新上传")
    if b"<!DOCTYPE" in piece or b"<!DOCTYPE" in tail + piece[:9] or b"<!ENTITY" in piece:
        raise refused("文件里含有不允许的实体定义", "用表格软件打开，另存为 .xlsx 后重新上传")
