"""Where a row of any room came from: the file, the sheet, the row's cells as they stood there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from issues.models import ImportSheet
from rectify.lib.masking import mask_name, mask_text


@dataclass(frozen=True, slots=True)
class Cell:
    letter: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Origin:
    """``row`` is the row's number in the sheet; cells in the order of its columns, empty ones left out."""

    import_id: int
    file_name: str
    sheet: str
    row: int | None
    cells: list[Cell]


def origin_of(
    sheet: ImportSheet, row: int | None, cells: Mapping[str, Any], *, sees_household: bool
) -> Origin:
    """The origin as this viewer may read it: identity and phone numbers masked, names where they must be."""
    shown = []
    for column in sheet.columns:
        text = str(cells.get(column["letter"]) or "").strip()
        if text:
            hides_name = column.get("field") == "household" and not sees_household
            masked = mask_name(text) if hides_name else mask_text(text)
            shown.append(Cell(column["letter"], mask_text(" / ".join(column.get("path") or [])), masked))
    file, name = mask_text(sheet.source.file_name), mask_text(sheet.name)
    return Origin(sheet.source_id, file, name, row, shown)


def origin_by_key(sheet_key: int | None, row: int | None, cells: Mapping[str, Any]) -> Origin | None:
    """The origin of a row of another room, which keeps the sheet's key; names stay masked. One query."""
    if sheet_key is None:
        return None
    sheet = ImportSheet.objects.select_related("source").filter(pk=sheet_key).first()
    return None if sheet is None else origin_of(sheet, row, cells, sees_household=False)
