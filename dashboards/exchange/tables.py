"""Tables of figures as sheets of a workbook: titles, heads, numbers as numbers, who took it out and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from dashboards.rules.figures import MONEY
from dashboards.rules.indicators import Indicator
from dashboards.rules.movements import PIECES
from dashboards.rules.sentences import chinese_date
from dashboards.rules.tables import Line, Number, Table
from dashboards.rules.tallies import ISSUES
from dashboards.services.tallies import Reading
from rectify.lib import clock
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut
from townships.models import User

DEMO_MARK = "演示数据，纯属虚构"
BASES = {"claimed": "上报口径", "confirmed": "核实口径"}


def table_sheet(
    table: Table,
    counted_in: str,
    *,
    name: str,
    title: str,
    remark: str,
    notes: Sequence[str],
    group: str = "",
    worst: str = "",
) -> SheetOut:
    """``table`` as a sheet, the total last and bold. ``group``: what stands above the heat cells; ``worst``:
    the head of the column that names the worst place."""
    rows = [list(_values(line, table)) for line in (*table.lines, table.total)]
    return SheetOut(
        name=name,
        columns=_columns(table, counted_in, group, worst),
        rows=rows,
        title=title,
        remarks=[remark],
        notes=list(notes),
        bold_rows=frozenset({len(rows)}),
    )


def remark(reading: Reading, counted_in: str, when: str = "") -> str:
    """计量单位, the day or days, the basis where there are two."""
    basis = f"　　口径：{BASES[reading.query.basis]}" if reading.query.of == ISSUES else ""
    return f"计量单位：{counted_in}　　{when or f'截至{chinese_date(reading.as_of)}'}{basis}"


def exported(reading: Reading, user: User, now: datetime) -> str:
    """Who took it out, when; that it is a demo where it is one."""
    mark = f"{DEMO_MARK}。" if reading.campaign.is_demo else ""
    unit = user.unit.short_name if user.unit else ""
    moment = now.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")
    return f"{mark}导出：{unit}{user.name}　{moment}"


def nothing(reading: Reading, said: str, title: str, user: User, now: datetime) -> SheetOut:
    """The sheet of a question without figures: it says so."""
    return SheetOut(
        name="汇总表",
        columns=[ColumnOut((said,), width=60)],
        rows=[],
        title=title,
        remarks=[f"截至{chinese_date(reading.as_of)}"],
        notes=[exported(reading, user, now)],
    )


def _columns(table: Table, counted_in: str, group: str, worst: str) -> list[ColumnOut]:
    columns = [ColumnOut((table.label,), width=24)]
    columns += [_figure_column(head, counted_in) for head in table.heads]
    kind = ColumnKind.MONEY if counted_in == MONEY else ColumnKind.NUMBER
    columns += [ColumnOut((group, name), width=12, kind=kind) for name in table.columns]
    if table.has_worst:
        columns.append(ColumnOut((worst,), width=34))
    return columns


def _figure_column(head: Indicator, counted_in: str) -> ColumnOut:
    if head.is_rate:
        return ColumnOut((head.name,), width=11, kind=ColumnKind.RATE)
    if f"（{PIECES}）" in head.name:
        return ColumnOut((head.name,), width=12, kind=ColumnKind.NUMBER)
    money = counted_in == MONEY or head.code.startswith("amount")
    name = f"{head.name}（{MONEY}）" if money and counted_in != MONEY else head.name
    return ColumnOut((name,), width=12, kind=ColumnKind.MONEY if money else ColumnKind.NUMBER)


def _values(line: Line, table: Table) -> Iterator[Value]:
    yield line.name
    for head, number in zip(table.heads, line.numbers, strict=True):
        yield _rate(number) if head.is_rate else _number(number)
    for cell in line.cells:
        yield _number(cell)
    if table.has_worst:
        yield line.worst or None


def _number(number: Number) -> Value:
    return Decimal(number.text) if number.text else None


def _rate(number: Number) -> Value:
    return Decimal(number.text.rstrip("%")) / 100 if number.text.endswith("%") else None
