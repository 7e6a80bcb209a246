"""Dates and reckonings as sentences."""

from __future__ import annotations

from datetime import date

from rectify.lib.cn_dates.reckoning import Reckoning, Stretch

Line = tuple[str, str]
"""Label and sentence."""


def cn_day(day: date) -> str:
    """2018年6月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def counting(reckoned: Reckoning | None) -> list[Line]:
    """How a deadline was counted; nothing where its text names the day itself."""
    if reckoned is None:
        return []
    anchor, due_on = cn_day(reckoned.anchor), cn_day(reckoned.due_on)
    if not reckoned.workdays:
        return [("起算", f"自{anchor}起算，到{due_on}。")]
    lines = [("起算", f"自{anchor}的次日起数{reckoned.workdays}个工作日，到{due_on}。")]
    for label, stretches in (("跳过的日子", reckoned.skipped), ("调休上班", reckoned.made_up)):
        if stretches:
            lines.append((label, "；".join(_told(one) for one in stretches)))
    if reckoned.is_provisional:
        lines.append(("暂定", "其中有年份还没有公布节假日安排，公布以后可能变动。"))
    return lines


def _told(one: Stretch) -> str:
    span = cn_day(one.first) if one.days == 1 else f"{cn_day(one.first)}至{cn_day(one.last)}"
    return f"{one.name}{span}{f'（{one.document}）' if one.document else ''}"
