"""拆分 as it is typed or pasted: one line a detail, in columns; the numbers have to fit what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from issues.rules.history import plain

COLUMNS = ("数量", "乡镇或村", "户主", "问题", "责任单位", "金额")
MOST_ROWS = 500
LONGEST = {"place": 100, "household": 100, "unit": 100, "description": 5000}


@dataclass(frozen=True, slots=True)
class Line:
    """One pasted line; ``amount`` in 万元."""

    quantity: Decimal
    place: str = ""
    household: str = ""
    description: str = ""
    unit: str = ""
    amount: Decimal | None = None


class Unreadable(ValueError):
    """What was pasted cannot be read; ``reasons`` are sentences that name the line."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("".join(reasons))
        self.reasons = list(reasons)


def lines_of(text: str) -> list[Line]:
    """The lines of a pasted table: cells between tabs, or between commas where there are none. Blank lines
    are passed over; Unreadable names every line that makes no sense."""
    found: list[Line] = []
    wrong: list[str] = []
    rows = [(number, row) for number, row in enumerate(text.splitlines(), start=1) if row.strip()]
    for number, row in rows:
        try:
            found.append(_line(_cells(row)))
        except ValueError as error:
            wrong.append(f"第{number}行：{error}")
    if not rows:
        wrong = ["请至少填写一行。"]
    if len(rows) > MOST_ROWS:
        wrong = [f"一次最多拆分{MOST_ROWS}行，这里有{len(rows)}行；请分几次。"]
    if wrong:
        raise Unreadable(wrong[:10])
    return found


def _cells(row: str) -> list[str]:
    mark = "\t" if "\t" in row else ","
    return [cell.strip() for cell in row.replace("，", "," if mark == "," else "，").split(mark)]


def _line(cells: list[str]) -> Line:
    if len(cells) > len(COLUMNS):
        raise ValueError(f"有{len(cells)}列，最多{len(COLUMNS)}列（{'、'.join(COLUMNS)}）。")
    quantity, place, household, description, unit, amount = cells + [""] * (len(COLUMNS) - len(cells))
    made = Line(
        _number(quantity, "数量"),
        place,
        household,
        description,
        unit,
        _number(amount, "金额") if amount else None,
    )
    for name, most in LONGEST.items():
        if len(getattr(made, name)) > most:
            raise ValueError(f"有一格超过{most}个字。")
    if made.quantity <= 0 or (made.amount is not None and made.amount < 0):
        raise ValueError("数量须大于0，金额不能小于0。")
    return made


def _number(text: str, what: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"{what}“{text[:20]}”不是数字。") from error
    if not value.is_finite() or abs(value) >= 10**12 or value != round(value, 6):
        raise ValueError(f"{what}“{text[:20]}”太大，或小数超过六位。")
    return value


def too_much(lines: Sequence[Line], left: Decimal, counted_in: str) -> str:
    """Why the lines together cannot be split off, "" where they can."""
    total = sum((line.quantity for line in lines), Decimal(0))
    if total <= left:
        return ""
    return f"各行合计{plain(total)}{counted_in}，未整改的只有{plain(left)}{counted_in}。"
