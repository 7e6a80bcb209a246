"""County and units from the office's own workbook: sheets of 乡镇, 村, 部门, or one list of everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.db.models import Q

from rectify.lib.cn_text import fold
from rectify.lib.sheets.reader import read_book
from rectify.lib.sheets.shape import find_table
from rectify.lib.sheets.types import Sheet, UnreadableFile
from rectify.lib.sheets.unfold import unfold
from rectify.lib.sheets.words import is_note, is_total, written
from rectify.lib.sheets.writer import ColumnOut, SheetOut, write_styled
from townships.models import Unit, UnitName
from townships.rules.county import UnitRow
from townships.rules.county_lines import Line, LineError, lines_of
from townships.rules.county_reading import Reading, read_lines
from townships.rules.county_words import DESCRIBES, field_of, level_of_sheet
from townships.rules.roles import Level

HEADER_WITHIN = 15
ROWS_AT_MOST = 20_000
TEMPLATE_NAME = "单位表模板.xlsx"
_SERIAL = ("序号", "编号", "序", "no", "no.")
_NEEDS = "表头里要有“名称”一列（可以再有 代码、级别、上级、简称、别名、曾用名），或者“乡镇”“村”“部门”各列。"


@dataclass(frozen=True, slots=True)
class Understood:
    """What the workbook brings, and the sheets in which no list of units was found."""

    reading: Reading
    used: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _List:
    """A sheet as a list: the rows below its header, which column says what, the level its name promises."""

    sheet: Sheet
    first: int
    columns: dict[str, int]
    hint: Level | None


def read(path: Path, root: Unit) -> Understood:
    """The workbook over the units there are under ``root`` (a county, or a city above its counties).
    UnreadableFile, in Chinese, where no sheet is a list of units."""
    book = read_book(path)
    lists, unused = [], []
    for sheet in book.sheets:
        found = _list_of(sheet)
        if found is None:
            unused.append(sheet.name)
        else:
            lists.append(found)
    if not lists:
        raise UnreadableFile(f"没有找到单位表。{_NEEDS}")
    if sum(one.sheet.height for one in lists) > ROWS_AT_MOST:
        raise UnreadableFile(f"单位表超过{ROWS_AT_MOST}行，请分成几份载入。")
    lines, problems, order = [], [], list[str]()
    sets: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in lists:
        for at, told in _rows(one):
            order.append(at)
            if "set" in one.columns:
                sets[told.get("set", "")].append((at, told.get("code") or told.get("name", "")))
                continue
            try:
                lines.append((one, list(lines_of(at, told, one.hint))))
            except LineError as error:
                problems.append(f"{at}：{error}。")
    sets.pop("", None)
    flat = list(_with_places(lines))
    if not flat and not problems:
        raise UnreadableFile("单位表的表头下面没有一行写了名称。")
    existing = existing_rows(root)
    codes = {row.code for row in existing}
    foreign = set(Unit.objects.values_list("code", flat=True)) - codes
    reading = read_lines(flat, existing, sets, root=root.code, foreign=foreign)
    places = {at: place for place, at in enumerate(order)}
    problems = sorted((*problems, *reading.problems), key=lambda said: places.get(said.partition("：")[0], 0))
    complete = replace(reading, problems=tuple(problems))
    return Understood(complete, tuple(one.sheet.name for one in lists), tuple(unused))


def _list_of(sheet: Sheet) -> _List | None:
    """The sheet as a list of units, where its header has a column that names them."""
    table = find_table(sheet, lambda text: field_of(text) is not None)
    candidates = [] if table is None else [(max(table.header_rows), _table_names(table.columns))]
    candidates += [
        (number, {column: written(value) for column, value in enumerate(row, 1)})
        for number, row in enumerate(sheet.rows[:HEADER_WITHIN], 1)
    ]
    best: tuple[int, int, dict[str, int]] | None = None
    for number, names in candidates:
        columns = _fields(names)
        if columns and (best is None or len(columns) > best[0]):
            best = (len(columns), number, columns)
    if best is None:
        return None
    title = table.title if table is not None else ""
    return _List(sheet, best[1] + 1, best[2], level_of_sheet(sheet.name) or level_of_sheet(title))


def _table_names(columns: tuple[object, ...]) -> dict[int, str]:
    return {column.number: column.path[-1] for column in columns if column.path}  # type: ignore[attr-defined]


def _fields(names: dict[int, str]) -> dict[str, int]:
    """Field → column; empty where the row is no header of units (a roster or ledger names units too)."""
    told = {column: name for column, name in names.items() if name and fold(name).lower() not in _SERIAL}
    columns: dict[str, int] = {}
    for column, name in told.items():
        field = field_of(name)
        if field is not None:
            columns.setdefault(field, column)
    foreign = any(fold(name) in ("姓名", "人员姓名", "用户名") for name in told.values())
    if foreign or not DESCRIBES & columns.keys() or len(columns) * 2 < len(told):
        return {}
    return columns


def _rows(one: _List) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row as (“村”第12行, field → text); totals, notes and empty rows are passed over."""
    rows = unfold(one.sheet).rows
    for number in range(one.first, one.sheet.height + 1):
        cells = rows[number - 1]
        told = {
            field: _text(written(cells[column - 1]))
            for field, column in one.columns.items()
            if column <= len(cells)
        }
        names = [told[field] for field in DESCRIBES if told.get(field)]
        filled = [text for cell in cells if (text := written(cell))]
        if names and not is_total(names[0]) and not is_note(filled[0]) and not is_total(filled[0]):
            yield f"“{one.sheet.name}”第{number}行", told


def _text(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _with_places(lines: list[tuple[_List, list[Line]]]) -> Iterator[Line]:
    """The lines, each village with the township last listed above it in its sheet."""
    above: dict[str, str] = {}
    for one, found in lines:
        for line in found:
            if line.level is Level.TOWNSHIP:
                above[one.sheet.name] = line.name
            yield (
                line
                if line.level is not Level.VILLAGE or line.parent
                else _under(line, above.get(one.sheet.name, ""))
            )


def _under(line: Line, township: str) -> Line:
    told = {name: getattr(line, name) for name in Line.__slots__}
    return Line(**{**told, "above": township})


def existing_rows(root: Unit) -> list[UnitRow]:
    """The units above ``root``, it, and everything under it, with their other names."""
    codes = root.path.rstrip("/").split("/")[:-1]
    rows = Unit.objects.filter(Q(path__startswith=root.path) | Q(code__in=codes))
    former: defaultdict[int, list[str]] = defaultdict(list)
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for unit_id, name, role in UnitName.objects.order_by("pk").values_list("unit_id", "name", "role"):
        if role in ("former", "alias"):
            (former if role == "former" else aliases)[unit_id].append(name)
    return [
        UnitRow(
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            level=Level(unit.level),
            kind=unit.kind,
            parent_code=unit.parent.code if unit.parent else "",
            opened_on=unit.opened_on,
            closed_on=unit.closed_on,
            successor_code=unit.successor.code if unit.successor else "",
            aliases=tuple(aliases[unit.pk]),
            note=unit.note,
            former=tuple(former[unit.pk]),
        )
        for unit in rows.select_related("parent", "successor").order_by("path")
    ]


def template() -> bytes:
    """An empty workbook to fill in: 乡镇, 村（社区）, 部门, each with one example to write over."""
    common = (ColumnOut(("简称",), 12), ColumnOut(("别名",), 24), ColumnOut(("曾用名",), 18))
    code = ColumnOut(("代码",), 16)
    remark = ("代码可以不填，由系统编号；别名、曾用名有几个的用分号隔开；第一行是示例，请改成本县的。",)
    return write_styled(
        [
            SheetOut(
                "乡镇",
                (code, ColumnOut(("名称",), 20), ColumnOut(("类型",), 10), *common),
                [("", "示例镇", "镇", "示例", "示例镇人民政府", "示例乡")],
                remarks=remark,
            ),
            SheetOut(
                "村（社区）",
                (code, ColumnOut(("所属乡镇",), 20), ColumnOut(("名称",), 20), *common),
                [("", "示例镇", "示例村", "示例", "示例村委会", "")],
                remarks=remark,
            ),
            SheetOut(
                "部门",
                (code, ColumnOut(("名称",), 30), ColumnOut(("类型",), 10), *common),
                [("", "某县示例局", "政府", "示例局", "县示例局;示例局机关", "")],
                remarks=(*remark, "类型写 党委、政府、群团、企业 等；“县直各部门”指党委、政府和群团。"),
            ),
        ]
    )
