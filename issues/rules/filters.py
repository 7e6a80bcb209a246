"""What a list of issues may be narrowed by; what each of them finds is in issues.queries.issues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from issues.rules.five import VIEWS, View
from issues.rules.piles import PILES
from issues.rules.stages import State
from rectify.lib.criteria import Criteria, criterion, instant, number, one_of, past_day, text
from rectify.lib.lights import DEADLINE_CLASSES as DEADLINE_CLASSES

BASES = {"claimed": "上报数", "confirmed": "核实数"}
OPEN = "open"
TAKEN_OVER = "taken_over"
STATES = {
    OPEN: "未销号",
    **{state.value: state.label for state in State if state is not State.WITHDRAWN},
    TAKEN_OVER: "已销号（接收）",
}
"""``TAKEN_OVER``: those of the closed that came as history, never put right under our eyes."""
MEASURES = {
    "items": "列入的",
    "found": "列入的",
    "removed": "有调出",
    "claimed": "有自报完成",
    "confirmed": "有核实认定",
    "left": "未整改",
    "overdue": "逾期未整改",
    "undetermined": "时限未定",
    "unconfirmed": "时限待确认",
    "unstated": "未说明",
    "stated_left": "明确未整改",
    "closed": "已销号",
    "unverified": "自报未核实",
    "supplement": "锁定后增补",
    "unfiled": "待归档",
    "amount": "有金额",
    "amount_done": "有已整改金额",
    "amount_left": "有未整改金额",
}
MOVES = {
    "opening": "期初未整改",
    "found": "期间新增",
    "claimed": "期间完成",
    "cut": "期间核减",
    "confirmed": "期间核实",
    "removed": "期间调出",
    "closed": "期间销号",
}
"""What happened to an issue in a period, and what was left of it when the period began."""
STOCKS = {"stock": "存量", "increment": "增量"}
"""增量: what was added to a list after its lock (a supplement); 存量: all else, also on lists not locked."""
OMITTED = {"1": "漏报成立"}
"""What a person has ruled; a suspicion nobody has ruled on is no criterion: it is not counted (W-003)."""
SORTS = {
    "number": "编号", "ledger": "台账序号", "category": "类别", "place": "乡镇", "found": "数量",
    "done": "已整改", "left": "未整改", "due": "时限", "unit": "责任单位", "state": "状态",
}  # fmt: skip
DIRECTED_SORTS = (*SORTS, *(f"-{name}" for name in SORTS))
DEFAULT_SORT = "number"

Asked = list[tuple[str, str, Any]]
"""(field, label, value) of what narrows."""


@dataclass(frozen=True)
class IssueFilter(Criteria):
    """Each field is a code or a text as the address gives it; "-" asks for issues without one.

    ``as_of`` given means: as it was at the end of that day, issues then on the list; without it, now.
    ``waiting`` keeps a pile (issues.rules.piles), as it is now; ``holder`` what that unit or its branch
    answers for, whatever it is counted under.
    ``moved`` keeps what moved from the day ``since`` to the end of ``as_of`` (issues.queries.moved).
    ``measure`` keeps issues where that measure is above 0, ``category``, ``unit``, ``lead_unit`` and
    ``department`` take the whole branch unless the code ends in "!"."""

    campaign: str = criterion("campaign", "工作", text)
    list: str = criterion("list", "清单", text)
    category: str = criterion("category", "类别", text)
    township: str = criterion("township", "乡镇", text)
    village: str = criterion("village", "村（社区）", text)
    unit: str = criterion("unit", "责任单位", text)
    lead_unit: str = criterion("lead_unit", "牵头单位", text)
    department: str = criterion("department", "主管部门", text)
    source: str = criterion("source", "来源", text)
    leader: str = criterion("leader", "责任领导", text)
    counted_in: str = criterion("counted_in", "计量单位", text)
    state: str = criterion("state", "状态", one_of(STATES))
    deadline_class: str = criterion("deadline_class", "时限类别", one_of(DEADLINE_CLASSES))
    as_of: date | None = criterion("as_of", "截至", past_day, None)
    basis: str = criterion("basis", "口径", one_of(BASES), "claimed")
    known_at: datetime | None = criterion("known_at", "知悉时间", instant, None)
    measure: str = criterion("measure", "只看", one_of(MEASURES))
    moved: str = criterion("moved", "期间", one_of(MOVES))
    since: date | None = criterion("from", "期间起", past_day, None)
    stock: str = criterion("stock", "存量增量", one_of(STOCKS))
    waiting: str = criterion("waiting", "等办", one_of(PILES))
    holder: str = criterion("holder", "承办单位", text)
    project: str = criterion("project", "解决项目", text)
    omitted: str = criterion("omitted", "自查漏报", one_of(OMITTED))
    import_id: int | None = criterion("import", "导入", number, None)
    q: str = criterion("q", "搜索", text)
    view: str = criterion("view", "清单", one_of(VIEWS), View.PROBLEMS.value)
    sort: str = criterion("sort", "排序", one_of(DIRECTED_SORTS), DEFAULT_SORT)
    page: int = criterion("page", "页码", number, 1)

    def asked(self) -> Asked:
        """What narrows; which of the five lists is shown narrows nothing."""
        return [one for one in super().asked() if one[0] != "view"]

    @property
    def terms(self) -> tuple[str, ...]:
        """The words searched for; all of them have to occur."""
        return tuple(dict.fromkeys(self.q.split()))[:8]
