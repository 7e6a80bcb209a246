"""What the ladder's page may be narrowed by; what each finds is in alerts.queries.ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from alerts.rules.ladder import LADDER, Subject
from rectify.lib.criteria import Criteria, criterion, number, one_of, text

STATES = {"open": "未处理", "handled": "已处理", "voided": "已作废", "all": "全部"}
RUNGS = {level.value: level.label for level in LADDER}
SUBJECTS = {subject.value: subject.label for subject in Subject}
STOCKS = {"1": "存量", "0": "新增"}
MINE = {"1": "我分管的单位"}
ORDERS = {"rung": "梯级", "since": "起始", "number": "编号"}


def any_day(value: str, today: date) -> date:
    """A date, also one to come: alerts may have been made ahead."""
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"“{value[:30]}”不是日期，应如 2018-06-06。") from error


@dataclass(frozen=True)
class AlertFilter(Criteria):
    """Alerts of one campaign. ``unit`` is the unit whose seats are told, with all below it; ``township`` the
    place of the item; ``backlog`` what stood there when warnings were switched on."""

    campaign: str = criterion("campaign", "工作", text)
    state: str = criterion("state", "处理情况", one_of(STATES), "open")
    rung: str = criterion("rung", "梯级", one_of(RUNGS))
    subject: str = criterion("subject", "期限", one_of(SUBJECTS))
    unit: str = criterion("unit", "单位", text)
    township: str = criterion("township", "乡镇", text)
    backlog: str = criterion("backlog", "存量", one_of(STOCKS))
    mine: str = criterion("mine", "范围", one_of(MINE))
    q: str = criterion("q", "编号", text)
    made_on: date | None = criterion("made_on", "生成日期", any_day, None)
    page: int = criterion("page", "页码", number, 1)
