"""What reading a workbook gives: sheets, columns, rows, problems, decisions; Python values and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from rectify.lib.cn_dates import Deadline
from rectify.lib.cn_dates import as_json as deadline_json
from rectify.lib.masking import mask_card, mask_id, mask_name, mask_phone, mask_text
from rectify.lib.sheets.columns import path_text
from rectify.lib.sheets.shape import Column, Skipped
from rectify.lib.sheets.types import Value, column_letter
from rectify.lib.sheets.words import written

Json = dict[str, Any]


class Kind(StrEnum):
    """What the rows of a sheet are."""

    ISSUES = "issues"
    PROJECTS = "projects"
    LEADS = "leads"
    FUNDS = "funds"
    SKIPPED = "skipped"

    @property
    def label(self) -> str:
        """The word on the page."""
        return _KIND_LABELS[self]


_KIND_LABELS: Final = {
    Kind.ISSUES: "问题",
    Kind.PROJECTS: "项目",
    Kind.LEADS: "线索",
    Kind.FUNDS: "资金",
    Kind.SKIPPED: "跳过",
}
#: Fields of ours behind the contract's names: what they are reported as.
_REPORTED: Final = {
    "deadline_long": "deadline",
    "category_tick": "category",
    "action_due": None,
    "item_key": None,
}
_LETTERS: Final = tuple(map(column_letter, range(1, 257)))
_NAME_COLUMN: Final = re.compile(r"姓名|户主|信访人|举报人|反映人|投诉人|当事人|家庭成员|借款人|被反映人")
_ID_COLUMN: Final = re.compile(r"身份证|证件号")
_PHONE_COLUMN: Final = re.compile(r"电话|手机|联系方式")
_CARD_COLUMN: Final = re.compile(r"账号|帐号|卡号|账户")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """An error or a warning: the row it stands in, the column's letter, its field, what is written, why."""

    row: int
    column: str
    field: str | None
    value: str
    message: str

    def to_json(self) -> Json:
        """As the report shows it, personal values masked."""
        shown: Json = {"row": self.row, "column": self.column, "field": reported(self.field)}
        return shown | {"value": mask_text(self.value), "message": mask_text(self.message)}


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """A column as understood. `reads` is the field it is read as, some of them ours alone."""

    column: Column
    reads: str | None

    @property
    def letter(self) -> str:
        return self.column.letter

    @property
    def name(self) -> str:
        """The column's names joined with " / "."""
        return path_text(self.column)

    @property
    def field(self) -> str | None:
        """The contract's field, None where the column holds none."""
        return reported(self.reads)

    def to_json(self) -> Json:
        return {"letter": self.letter, "path": list(self.column.path), "field": self.field}


@dataclass(slots=True)
class RowReport:
    """One item as its row says it. `fields` are Python values (Decimal, date, Deadline, bool, lists of
    names); `extra` keeps by path what no field took; `hidden` is the item number that an export carries."""

    row: int
    rows: tuple[int, ...]
    fields: dict[str, Any]
    extra: dict[str, str]
    source: list[Value]
    hidden: str = ""

    @property
    def cells(self) -> dict[str, str]:
        """What is written in the row, by column letter: for an export in the layout it came in."""
        return cells_by_letter(self.source)

    def to_json(self) -> Json:
        """As the report shows it: values as JSON, personal ones masked."""
        shown: Json = {"row": self.row}
        if len(self.rows) > 1:
            shown["rows"] = list(self.rows)
        shown["fields"] = {name: as_json(name, value) for name, value in self.fields.items()}
        if self.extra:
            shown["extra"] = {path: mask_extra(path, text) for path, text in self.extra.items()}
        return shown


@dataclass(frozen=True, slots=True)
class Decision:
    """Something a person decides once per written form. `about` is "unit" or "deadline"; `rows` how many rows
    it decides; `nearest` offers names of units; `deadline` is what was read, to be confirmed."""

    about: str
    text: str
    rows: int
    first_row: int
    nearest: tuple[str, ...] = ()
    deadline: Deadline | None = None

    def to_json(self) -> Json:
        shown: Json = {"about": self.about, "text": mask_text(self.text), "rows": self.rows}
        shown["first_row"] = self.first_row
        if self.nearest:
            shown["nearest"] = list(self.nearest)
        if self.deadline is not None:
            shown["deadline"] = as_json("deadline", self.deadline)
        return shown


def _nothing_written() -> Json:
    counted = ("created", "updated", "unchanged", "missing", "conflicts", "pending")
    return {"written": False, **dict.fromkeys(counted, 0)}


@dataclass(slots=True)
class SheetReport:
    """One sheet as understood. `found_on` is the day its issues were found where no column says, `ref_on` the
    day that undated years count from; `outcome` is filled in by the import (list, written, created …)."""

    name: str
    kind: Kind
    why: str = ""
    title: str = ""
    as_of: date | None = None
    found_on: date | None = None
    ref_on: date | None = None
    programme: str = ""
    header_rows: tuple[int, ...] = ()
    first_data_row: int | None = None
    last_data_row: int | None = None
    columns: list[ColumnReport] = field(default_factory=list)
    layout: str = ""
    rows: list[RowReport] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    errors: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    suspects: list[list[int]] = field(default_factory=list)
    source: Sequence[list[Value]] = ()
    outcome: Json = field(default_factory=_nothing_written)

    def cells_of(self, row: int) -> dict[str, str]:
        """What is written in a row, by column letter; merged cells unfolded."""
        return cells_by_letter(self.source[row - 1]) if 1 <= row <= len(self.source) else {}

    def to_json(self) -> Json:
        """The contract's object of a sheet."""
        shown: Json = {"name": self.name, "kind": self.kind.value}
        if self.kind is Kind.SKIPPED:
            shown["why"] = self.why
        if self.title:
            shown["title"] = self.title
        if self.as_of is not None:
            shown["as_of"] = self.as_of.isoformat()
        shown["header_rows"] = list(self.header_rows)
        if self.first_data_row is not None:
            shown |= {"first_data_row": self.first_data_row, "last_data_row": self.last_data_row}
        shown["columns"] = [column.to_json() for column in self.columns]
        shown["rows"] = [row.to_json() for row in self.rows]
        shown["skipped"] = [{"row": skipped.row, "why": skipped.why} for skipped in self.skipped]
        shown["errors"] = [problem.to_json() for problem in self.errors]
        shown["warnings"] = [problem.to_json() for problem in self.warnings]
        return shown | self.outcome


@dataclass(slots=True)
class WorkbookReport:
    """The report of a file."""

    file: str
    sheets: list[SheetReport]

    def to_json(self) -> Json:
        """The contract's report."""
        return {"file": self.file, "sheets": [sheet.to_json() for sheet in self.sheets]}


def reported(name: str | None) -> str | None:
    """The contract's name of a field that a column is read as."""
    return _REPORTED.get(name, name) if name is not None else None


def as_json(name: str, value: object) -> Any:
    """A field's value as JSON: decimals without trailing zeros, dates in ISO form, texts masked."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return mask_name(value) if name == "household" else mask_text(value)
    if isinstance(value, Decimal | int):
        return decimal_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Deadline):
        return deadline_json(value) | {"raw": mask_text(value.raw)}
    if isinstance(value, Mapping):
        return {key: as_json(key, inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [as_json(name, inner) for inner in value]
    raise TypeError(f"no report form for {type(value).__name__}")


def decimal_text(value: Decimal | int) -> str:
    """A number as the report writes it: 0.50 is "0.5", 1E+2 is "100"."""
    text = format(Decimal(value), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def mask_extra(path: str, text: str) -> str:
    """A value that no field took, masked by what its column is called and by what it looks like."""
    for column, mask in ((_ID_COLUMN, mask_id), (_PHONE_COLUMN, mask_phone), (_CARD_COLUMN, mask_card)):
        if column.search(path) and not re.search(r"[\u4e00-\u9fff]", text):
            return mask(text)
    return mask_name(text) if _NAME_COLUMN.search(path) else mask_text(text)


def cells_by_letter(cells: Sequence[Value]) -> dict[str, str]:
    """The filled cells of a row as texts, by column letter."""
    letters = _LETTERS if len(cells) <= len(_LETTERS) else tuple(map(column_letter, range(1, len(cells) + 1)))
    return {
        letter: text
        for letter, value in zip(letters, cells, strict=False)
        if value is not None and (text := value.strip() if type(value) is str else written(value))
    }
