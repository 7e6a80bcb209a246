"""密级 marks (保守国家秘密法第二十二条): what bears one must not enter this system."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from rectify.lib.sheets.types import Sheet

_STARRED: Final = re.compile(r"(绝密|机密|秘密)\s{0,2}[★☆]")
_ALONE: Final = re.compile(r"\s*(?:密\s?级[:：]?\s?)?(绝密|机密|秘密)\s*")
_IN_NAME: Final = re.compile(
    r"[（(【\[〔](绝密|机密|秘密)[^）)】\]〕]{0,6}[）)】\]〕]|^(绝密|机密|秘密)(?=[\s_—\-+·.]|$)"
)
#: Rows above and around the table, where a document bears its mark when it stands alone without a star.
_HEAD_ROWS: Final = 12


def mark_in_name(file_name: str) -> str:
    """The mark that a file's name bears (绝密, 机密, 秘密), or "" for none."""
    found = _STARRED.search(file_name) or _IN_NAME.search(file_name)
    return next(word for word in found.groups() if word) if found else ""


def mark_in_text(text: str) -> str:
    """The mark that typed words bear with its star: 机密★10年."""
    found = _STARRED.search(text)
    return found[1] if found else ""


def mark_in_sheets(sheets: Iterable[Sheet]) -> str:
    """The mark that some cell bears: 机密★10年 anywhere, the word alone in the rows above the table."""
    for sheet in sheets:
        if (found := mark_in_name(sheet.name)) or (found := _mark_in_rows(sheet)):
            return found
    return ""


def _mark_in_rows(sheet: Sheet) -> str:
    for number, row in enumerate(sheet.rows):
        for value in row:
            if not isinstance(value, str) or "密" not in value:
                continue
            found = _STARRED.search(value) or (_ALONE.fullmatch(value) if number < _HEAD_ROWS else None)
            if found:
                return found[1]
    return ""


def refusal(mark: str) -> str:
    """Why the file is not taken, in one sentence."""
    return f"文件带有“{mark}”密级标志，没有接收：本系统不得处理涉密信息，请按保密规定另行处理。"


def words_refusal(*texts: str) -> str:
    """Why the typed words are not taken; "" where they bear no mark."""
    mark = mark_in_text(" ".join(texts))
    if not mark:
        return ""
    return f"内容带有“{mark}”密级标志，没有保存：本系统不得处理涉密信息，请按保密规定另行处理。"
