"""资金明细 as a sheet: people, standard, due, issued, paid, too much, in the order of the page."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from dashboards.exchange.tables import DEMO_MARK
from dashboards.rules.sentences import chinese_date
from dashboards.services.funds import FundLine, FundList
from rectify.lib import clock
from rectify.lib.masking import mask_text
from rectify.lib.sheets.types import Value
from rectify.lib.sheets.writer import ColumnKind, ColumnOut, SheetOut, write_styled
from townships.models import User

MONEY = ColumnKind.MONEY


def funds_workbook(listed: FundList, *, user: User, now: datetime) -> bytes:
    """An .xlsx with exactly the lines of the page, the total last."""
    people = (
        [ColumnOut(("人数",), width=10, kind=ColumnKind.NUMBER), ColumnOut(("标准（万元/人）",), width=14)]
        if listed.has_people
        else []
    )
    moved = (
        [ColumnOut((f"{listed.moved_label}（万元）",), width=16, kind=MONEY)] if listed.moved_label else []
    )
    names = ("应下达", "已下达", "已拨付", "超额")
    rows = [_values(line, listed) for line in (*listed.lines, listed.total)]
    sheet = SheetOut(
        name="资金明细",
        title=f"{listed.campaign.name}资金下达核对表",
        remarks=[f"单位：万元　　截至{chinese_date(listed.as_of)}"],
        columns=[
            ColumnOut(("编号",), width=16),
            ColumnOut(("专项",), width=24),
            ColumnOut(("乡镇",), width=12),
            ColumnOut(("说明",), width=24),
            *people,
            *moved,
            *(ColumnOut((f"{name}（万元）",), width=14, kind=MONEY) for name in names),
        ],
        rows=rows,
        notes=[note for note in (listed.sentence, _exported(listed, user, now)) if note],
        bold_rows=frozenset({len(rows)}),
    )
    return write_styled([sheet])


def funds_name(listed: FundList) -> str:
    return f"{listed.campaign.name}资金下达核对表（截至{listed.as_of.isoformat()}）.xlsx"


def _values(line: FundLine, listed: FundList) -> list[Value]:
    standard = line.standard
    people: list[Value] = (
        [line.people, None if standard is None else f"{standard.quantize(Decimal('0.0001')).normalize():f}"]
        if listed.has_people
        else []
    )
    moved: list[Value] = [line.moved] if listed.moved_label else []
    told = [line.number, line.programme, line.township, mask_text(line.name)]
    return [*told, *people, *moved, line.due, line.funded, line.paid, line.over]


def _exported(listed: FundList, user: User, now: datetime) -> str:
    mark = f"{DEMO_MARK}。" if listed.campaign.is_demo else ""
    unit = user.unit.short_name if user.unit else ""
    return f"{mark}导出：{unit}{user.name}　{now.astimezone(clock.BEIJING):%Y-%m-%d %H:%M}"
